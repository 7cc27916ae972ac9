"""Moderating: what moderators do about accounts and other nodes, kept with who did it and why."""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from actors import accounts, reporting
from actors.addresses import BODY, SERVER
from actors.errors import Conflict, Forbidden, Invalid
from actors.notifying import About, notify
from actors.recording import record
from actors.roles import Act, may, require
from storage.actors import Actor
from storage.kinds import Policy
from storage.members import Member
from storage.moderation import HostDecision, ModerationAction
from storage.reports import Report
from storage.transaction import Transaction


class Measure(StrEnum):
    """What may be done about an account, in the words of the client API.

    NONE only warns. SENSITIVE puts all it publishes behind a warning, SILENCE keeps it out of public lists.
    DISABLE lets a member in no more. SUSPEND shows nothing of it any more.
    """

    NONE = "none"
    SENSITIVE = "sensitive"
    DISABLE = "disable"
    SILENCE = "silence"
    SUSPEND = "suspend"


_LOCKED_OUT: Final = frozenset({Measure.DISABLE, Measure.SUSPEND})
MAX_COMMENT: Final = 5000
OURS: Final = "The actors of this node itself cannot be moderated."


async def act(
    tx: Transaction,
    moderator: Member,
    target: Actor,
    measure: str,
    *,
    comment: str = "",
    report: Report | None = None,
) -> None:
    """Do something about an account, and resolve the report that asked for it.

    Raises Invalid for an unknown measure, Forbidden for who may not, and Conflict for the last administrator.
    """
    by = await _moderator(tx, moderator)
    if measure not in set(Measure):
        raise Invalid(
            "Validation failed: Type is not included in the list",
            {"type": f"is not one of {', '.join(Measure)}"},
        )
    if len(comment) > MAX_COMMENT:
        raise Invalid("The text is too long.", {"text": f"is longer than {MAX_COMMENT} characters"})
    member = await _check_may_be_moderated(tx, moderator, target)
    match Measure(measure):
        case Measure.SENSITIVE:
            await tx.actors.change(replace(target, sensitized_at=target.sensitized_at or tx.now))
            await tx.moderation.mark_all_sensitive(target)
        case Measure.SILENCE:
            await tx.actors.change(replace(target, silenced_at=target.silenced_at or tx.now))
        case Measure.DISABLE:
            if member is None:
                raise Invalid("Only members of this node can be locked out.", {"type": "is for members only"})
            await accounts.disable(tx, member)
        case Measure.SUSPEND:
            await _suspend(tx, target, member)
    action = await _note(tx, by, measure, target, comment=comment, report=report)
    body = await tx.actors.local(BODY)
    if member is not None and body is not None and measure not in _LOCKED_OUT:
        # They hear it from the body: who moderates is nobody's business.
        await notify(tx, target, About.WARNING, body, subject=action.id)
    if report is not None:
        await reporting.resolve(tx, report, by)


async def undo(tx: Transaction, moderator: Member, target: Actor, measure: Measure) -> Actor:
    """Take back what was done about an account; returns it as it is now. Raises Forbidden for who may not."""
    by = await _moderator(tx, moderator)
    changed = target
    match measure:
        case Measure.SENSITIVE:
            # What it published in the meantime keeps its warning: nobody knows which would have had one.
            changed = replace(target, sensitized_at=None)
        case Measure.SILENCE:
            changed = replace(target, silenced_at=None)
        case Measure.SUSPEND:
            changed = replace(target, suspended_at=None)
        case Measure.DISABLE:
            member = await tx.members.of(target)
            if member is not None:
                await accounts.enable(tx, member)
        case Measure.NONE:
            return target
    if changed != target:
        await tx.actors.change(changed)
    if measure is Measure.SUSPEND and target.suspended_at is not None:
        await record(tx, changed, "Update", changed.uri)
    await _note(tx, by, f"undo {measure}", target)
    return changed


async def treat_host(
    tx: Transaction,
    moderator: Member,
    host: str,
    policy: Policy,
    *,
    public_comment: str | None = None,
    private_comment: str | None = None,
) -> HostDecision:
    """Decide how to treat another node, and why; a comment that is None stays as it is.

    Raises Forbidden for who may not, and Invalid for a comment that is too long.
    """
    by = await _moderator(tx, moderator)
    for name, text in (("public_comment", public_comment), ("private_comment", private_comment)):
        if text is not None and len(text) > MAX_COMMENT:
            raise Invalid("The comment is too long.", {name: f"is longer than {MAX_COMMENT} characters"})
    await tx.peers.set_policy(host, policy, tx.now)
    known = (await tx.moderation.decisions([host])).get(host) or HostDecision(host, tx.new_id(), tx.now)
    decision = replace(
        known,
        public_comment=known.public_comment if public_comment is None else public_comment,
        private_comment=known.private_comment if private_comment is None else private_comment,
    )
    await tx.moderation.decide(decision)
    await tx.moderation.add(
        ModerationAction(
            tx.new_id(), by.id, f"host {policy}", tx.now, host=host, comment=private_comment or ""
        )
    )
    return decision


def check_may_moderate(moderator: Member) -> None:
    """Raise Forbidden for a member who is no moderator."""
    require(moderator.role, Act.MODERATE)


async def _moderator(tx: Transaction, member: Member) -> Actor:
    check_may_moderate(member)
    return await tx.actors.get(member.actor_id)


async def _check_may_be_moderated(tx: Transaction, moderator: Member, target: Actor) -> Member | None:
    """Return the member behind an account, if any; administrators are only moderated by their like."""
    if target.is_local and target.username in {BODY, SERVER}:
        raise Forbidden(OURS)
    member = await tx.members.of(target) if target.is_local else None
    if member is not None and may(member.role, Act.ADMINISTER) and not may(moderator.role, Act.ADMINISTER):
        raise Forbidden("Only an administrator may do something about an administrator.")
    if member is not None and member.id == moderator.id:
        raise Conflict("Nobody moderates themselves.")
    return member


async def _suspend(tx: Transaction, target: Actor, member: Member | None) -> None:
    if target.suspended_at is not None:
        return
    if member is not None:
        # Those who are shown nowhere need not come in either; this also spares the last administrator.
        await accounts.disable(tx, member)
    changed = replace(target, suspended_at=tx.now)
    await tx.actors.change(changed)
    await record(tx, changed, "Update", changed.uri)


async def _note(
    tx: Transaction,
    moderator: Actor,
    verb: str,
    target: Actor,
    *,
    comment: str = "",
    report: Report | None = None,
) -> ModerationAction:
    return await tx.moderation.add(
        ModerationAction(
            tx.new_id(),
            moderator.id,
            verb,
            tx.now,
            target_id=target.id,
            report_id=report.id if report else None,
            comment=comment,
        )
    )
