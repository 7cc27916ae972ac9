"""Decisions about other nodes as CSV: Mastodon's columns for domain blocks, and two of ours.

    #domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate,#policy,#follow

`suspend` is our `blocked`, `silence` our `limited`, `noop` our `known`; `#policy`, where it is given, is in
our own words and counts more. `#follow` says whether this node follows that one.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from federation.errors import Malformed
from federation.origins import canonical_host
from node.cli.frame import CommandFailed
from storage.kinds import Policy

COLUMNS = (
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
    "#policy",
    "#follow",
)
_POLICIES = {"suspend": Policy.BLOCKED, "silence": Policy.LIMITED, "noop": Policy.KNOWN}
_SEVERITIES = {
    Policy.BLOCKED: "suspend",
    Policy.LIMITED: "silence",
    Policy.KNOWN: "noop",
    Policy.TRUSTED: "noop",
}
_TRUE, _FALSE = frozenset({"true", "1", "yes", "t", "y"}), frozenset({"false", "0", "no", "f", "n", ""})


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of one node: its policy (None: leave it), and whether it is followed."""

    domain: str
    policy: Policy | None
    follow: bool = False


def read_decisions(text: str) -> list[Decision]:
    """Read such a file; CommandFailed names every line that cannot be read.

    Of several lines about one node the last counts.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    names = {name: name.strip().lstrip("#").lower() for name in rows.fieldnames or () if name}
    known = set(names.values())
    if "domain" not in known or not known & {"severity", "policy", "follow"}:
        raise CommandFailed(
            "The first line must name the columns.",
            "#domain, and #severity, #policy or #follow; others are not needed.",
        )
    decisions: dict[str, Decision] = {}
    problems = []
    for row in rows:
        fields = {names[name]: (value or "").strip() for name, value in row.items() if name in names}
        if not any(fields.values()):
            continue
        try:
            decision = _decision(fields)
        except ValueError as error:
            problems.append(f"line {rows.line_num}: {error}")
        else:
            decisions[decision.domain] = decision
    if problems:
        raise CommandFailed("Nothing was changed, because of:", "\n".join(problems))
    return list(decisions.values())


def write_decisions(decisions: Iterable[Decision]) -> str:
    """Write such a file."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in decisions:
        policy = each.policy or Policy.KNOWN
        is_blocked = "true" if policy == Policy.BLOCKED else "false"
        follow = "true" if each.follow else "false"
        writer.writerow(
            [each.domain, _SEVERITIES[policy], is_blocked, is_blocked, "", "false", policy.value, follow]
        )
    return written.getvalue()


def _decision(fields: dict[str, str]) -> Decision:
    try:
        domain = canonical_host(fields["domain"])
    except Malformed as error:
        raise ValueError(f"{fields['domain']!r} is not a domain") from error
    severity, policy = fields.get("severity", "").lower(), fields.get("policy", "").lower()
    if severity and severity not in _POLICIES:
        raise ValueError(f"the severity {severity!r} is not one of {', '.join(_POLICIES)}")
    if policy and policy not in set(Policy):
        raise ValueError(f"the policy {policy!r} is not one of {', '.join(Policy)}")
    wished = fields.get("follow", "").lower()
    if wished not in _TRUE | _FALSE:
        raise ValueError(f"follow is {wished!r}, and must be true or false")
    decided = Policy(policy) if policy else _POLICIES.get(severity)
    if wished in _TRUE and decided == Policy.BLOCKED:
        raise ValueError("a blocked node cannot be followed")
    return Decision(domain, decided, wished in _TRUE)
