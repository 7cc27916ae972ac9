"""How other nodes are treated, as clients see it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from node.mastodon.replies import stamp
from storage.kinds import Policy
from storage.moderation import HostDecision

SEVERITIES: Final[Mapping[Policy, str]] = {Policy.BLOCKED: "suspend", Policy.LIMITED: "silence"}
"""Mastodon's words for our policies."""


def domain_block_entity(host: str, policy: Policy, decision: HostDecision | None) -> dict[str, Any]:
    """Return a DomainBlock as everybody may see it who may see it at all."""
    return {
        "domain": host,
        "digest": digest_of(host),
        "severity": SEVERITIES[policy],
        "comment": (decision.public_comment or None) if decision else None,
    }


def admin_block_entity(decision: HostDecision, policy: Policy) -> dict[str, Any]:
    """Return an Admin::DomainBlock. What is blocked sends neither media nor reports."""
    is_blocked = policy == Policy.BLOCKED
    return {
        "id": str(decision.id),
        "domain": decision.host,
        "digest": digest_of(decision.host),
        "created_at": stamp(decision.created_at),
        "severity": SEVERITIES[policy],
        "reject_media": is_blocked,
        "reject_reports": is_blocked,
        "private_comment": decision.private_comment or None,
        "public_comment": decision.public_comment or None,
        "obfuscate": False,
    }


def admin_allow_entity(decision: HostDecision) -> dict[str, Any]:
    """Return an Admin::DomainAllow."""
    return {
        "id": str(decision.id),
        "domain": decision.host,
        "created_at": stamp(decision.created_at),
    }


def digest_of(host: str) -> str:
    """Return the SHA-256 by which a host is known where its name is hidden."""
    return sha256(host.encode()).hexdigest()
