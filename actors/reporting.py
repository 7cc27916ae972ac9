"""Reports: people tell the moderators about somebody, here or on the node where that somebody is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actors.addresses import SERVER
from actors.errors import Invalid
from actors.notifying import About, tell_moderators
from actors.recording import record
from storage.actors import Actor
from storage.publications import Publication
from storage.reports import Report
from storage.transaction import Transaction

CATEGORIES: Final = ("spam", "legal", "violation", "other")
MAX_COMMENT: Final = 1000
MAX_FROM_ELSEWHERE: Final = 5000
"""Characters of a comment: of a member's, and of one from another node, which is cut off there."""

MAX_PUBLICATIONS: Final = 100


async def report(
    tx: Transaction,
    reporter: Actor,
    target: Actor,
    *,
    publications: Sequence[Publication] = (),
    rule_ids: Sequence[int] = (),
    comment: str = "",
    category: str = "",
    forward: bool = False,
) -> Report:
    """Tell the moderators about somebody, and about some of what they published.

    With `forward` the moderators of the node where a remote `target` is are told as well: by this node, which
    does not say who asked for it. Rules that are broken make it a violation. Raises Invalid.
    """
    faults = {}
    if len(comment) > MAX_COMMENT:
        faults["comment"] = f"is longer than {MAX_COMMENT} characters"
    if category and category not in CATEGORIES:
        faults["category"] = f"is not one of {', '.join(CATEGORIES)}"
    rules = await tx.documents.rules_by_ids(rule_ids)
    if len(rules) < len(set(rule_ids)):
        faults["rule_ids"] = "does not reference valid rules"
    if any(each.author_id != target.id for each in publications):
        faults["status_ids"] = "must all be of the account that is reported"
    if faults:
        raise Invalid("Validation failed: this cannot be reported.", faults)
    is_forwarded = forward and not target.is_local
    kept = await tx.reports.add(
        Report(
            tx.new_id(),
            reporter.id,
            target.id,
            "violation" if rules else category or "other",
            comment,
            [each.id for each in publications[:MAX_PUBLICATIONS]],
            [rule.id for rule in rules],
            is_forwarded,
            tx.now,
            tx.now,
        )
    )
    if is_forwarded:
        await _forward(tx, target, publications, comment)
    await tell_moderators(tx, About.REPORT, reporter, subject=kept.id)
    return kept


async def receive(
    tx: Transaction,
    reporter: Actor,
    target: Actor,
    publications: Sequence[Publication],
    comment: str,
    uri: str,
) -> Report | None:
    """Keep a report from another node about somebody of this one; None when it came before."""
    if await tx.reports.by_uri(uri, target.id) is not None:
        return None
    kept = await tx.reports.add(
        Report(
            tx.new_id(),
            reporter.id,
            target.id,
            "other",
            comment[:MAX_FROM_ELSEWHERE],
            [each.id for each in publications[:MAX_PUBLICATIONS]],
            [],
            forwarded=False,
            created_at=tx.now,
            updated_at=tx.now,
            uri=uri,
        )
    )
    await tell_moderators(tx, About.REPORT, reporter, subject=kept.id)
    return kept


async def assign(tx: Transaction, known: Report, moderator: Actor | None) -> Report:
    """Let a moderator look after a report; None: nobody in particular."""
    changed = replace(known, assigned_to=moderator.id if moderator else None, updated_at=tx.now)
    await tx.reports.change(changed)
    return changed


async def classify(
    tx: Transaction, known: Report, category: str | None, rule_ids: Sequence[int] | None
) -> Report:
    """Say what a report is about; None leaves it as it is. Raises Invalid."""
    if category is not None and category not in CATEGORIES:
        raise Invalid(
            "Validation failed: Category is not included in the list",
            {"category": f"is not one of {', '.join(CATEGORIES)}"},
        )
    rules = known.rule_ids if rule_ids is None else list(dict.fromkeys(rule_ids))
    if len(await tx.documents.rules_by_ids(rules)) < len(rules):
        raise Invalid(
            "Validation failed: Rule ids does not reference valid rules",
            {"rule_ids": "does not reference valid rules"},
        )
    category = category or known.category
    changed = replace(
        known, category=category, rule_ids=rules if category == "violation" else [], updated_at=tx.now
    )
    await tx.reports.change(changed)
    return changed


async def resolve(tx: Transaction, known: Report, moderator: Actor) -> Report:
    """Note that a report needs no more attention; one that is resolved stays as it is."""
    if known.resolved_at is not None:
        return known
    changed = replace(known, resolved_by=moderator.id, resolved_at=tx.now, updated_at=tx.now)
    await tx.reports.change(changed)
    return changed


async def reopen(tx: Transaction, known: Report) -> Report:
    """Note that a report needs attention again."""
    changed = replace(known, resolved_by=None, resolved_at=None, updated_at=tx.now)
    await tx.reports.change(changed)
    return changed


async def _forward(tx: Transaction, target: Actor, publications: Sequence[Publication], comment: str) -> None:
    server = await tx.actors.local(SERVER)
    assert server is not None
    objects = [target.uri, *(each.uri for each in publications[:MAX_PUBLICATIONS])]
    details = {"object": objects, "content": comment, "to": [target.uri]}
    await record(tx, server, "Flag", target.uri, target=target, details=details)
