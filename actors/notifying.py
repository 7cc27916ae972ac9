"""Notifying: what members are told of, decided in the transaction in which it happens.

Nobody is told of their own doing, of what those do whom they block or mute or whose host they keep away, or
of a thread they have silenced; what strangers do waits or is dropped where a member's policy says so.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from actors.pushing import wake
from storage.acquaintances import Acquaintance
from storage.actors import Actor
from storage.kinds import GROUPABLE, About, Role, Visibility
from storage.notification_policies import NotificationRequest
from storage.notifications import Notification, own_key
from storage.publications import Publication
from storage.transaction import Transaction

__all__ = [
    "GROUPABLE",
    "About",
    "is_heard",
    "notify",
    "of_edit",
    "of_publication",
    "take_back",
    "tell_moderators",
]

_TOGETHER: Final = 12
"""For how many hours a group stays open."""

_OLD_NEWS: Final = timedelta(days=2)
_NEW_ACCOUNT: Final = timedelta(days=30)
_NEW_FOLLOWER: Final = timedelta(days=3)
#: What a policy may hold back: what anybody can do to anybody.
_SIFTED: Final = frozenset(
    {About.MENTION, About.REBLOG, About.FAVOURITE, About.FOLLOW, About.FOLLOW_REQUEST, About.QUOTE}
)
#: What the node itself tells; whom somebody mutes does not matter for it.
_OF_THE_NODE: Final = frozenset({About.SIGN_UP, About.REPORT, About.SEVERED, About.WARNING})
_OF_ONESELF: Final = frozenset({About.POLL, About.SEVERED})


async def notify(
    tx: Transaction,
    owner: Actor,
    about: About,
    doer: Actor,
    publication: Publication | None = None,
    *,
    subject: int = 0,
) -> None:
    """Tell a member what somebody did, once; nothing where the member does not want to be told.

    `subject` is the number of what it is about where that is no publication, such as a report.

    Actors of other nodes, and those that are no people, are told nothing here.
    """
    if not owner.is_local or (owner.id == doer.id and about not in _OF_ONESELF):
        return
    thread = (publication.conversation or publication.uri) if publication else ""
    found = await tx.acquaintances.between(owner.id, doer, thread)
    if found is None:
        return
    verdict = "accept"
    if about not in _OF_THE_NODE:
        if found.is_unwanted or found.is_silent:
            return
        verdict = await _judged(tx, found, owner.id, about, doer, publication)
        if verdict == "drop":
            return
    await _keep(
        tx,
        owner,
        about,
        doer,
        publication,
        subject=publication.id if publication else subject,
        filtered=verdict == "filter",
    )


async def is_heard(tx: Transaction, owner_id: int, author: Actor, publication: Publication) -> bool:
    """Whether a member hears what somebody writes to them: it is not kept away, and does not wait."""
    found = await tx.acquaintances.between(owner_id, author, publication.conversation or publication.uri)
    if found is None or found.is_unwanted or found.is_silent:
        return False
    return await _judged(tx, found, owner_id, About.MENTION, author, publication) == "accept"


async def of_publication(
    tx: Transaction, publication: Publication, author: Actor, mentioned: Collection[Actor]
) -> None:
    """Tell those whom a new publication mentions, and those who want to hear all that its author says.

    `mentioned` are the actors known here whom it names in any way. What is old by now is no news.
    """
    if tx.now - publication.published_at > _OLD_NEWS:
        return
    told = await _tell_mentioned(tx, publication, author, mentioned)
    if publication.visibility == Visibility.DIRECT:
        return
    curious = await tx.home.curious(publication)
    if not curious or not await _speaks_to_everybody(tx, publication, author):
        return
    for owner in curious:
        if owner.id not in told:
            await notify(tx, owner, About.STATUS, author, publication)


async def of_edit(
    tx: Transaction, publication: Publication, author: Actor, mentioned: Collection[Actor]
) -> None:
    """Tell those who shared or quoted something that it says something else now, and whom it mentions now.

    Those who quoted it are told of their own publication. `mentioned` is as in `of_publication`.
    """
    for owner in await tx.shares.members_who_did(publication):
        await _tell_latest(tx, owner, About.UPDATE, author, publication)
    quoting = await tx.quotes.of_members(publication)
    owners = await tx.actors.by_ids(sorted({each.author_id for each in quoting})) if quoting else {}
    for each in quoting:
        await _tell_latest(tx, owners[each.author_id], About.QUOTED_UPDATE, author, each)
    await _tell_mentioned(tx, publication, author, mentioned)


async def take_back(
    tx: Transaction, owner: Actor, about: About, doer: Actor, publication: Publication | None = None
) -> None:
    """Forget that a member was told of what is taken back now."""
    if owner.is_local:
        await tx.notifications.take_back(owner.id, about, doer.id, publication.id if publication else 0)


async def tell_moderators(tx: Transaction, about: About, doer: Actor, *, subject: int = 0) -> None:
    """Tell everybody who looks after the node of something, such as the report with the number `subject`."""
    for member, actor in await tx.members.all():
        if member.role in {Role.MODERATOR, Role.ADMIN} and member.disabled_at is None:
            await notify(tx, actor, about, doer, subject=subject)


async def _tell_mentioned(
    tx: Transaction, publication: Publication, author: Actor, mentioned: Collection[Actor]
) -> set[int]:
    """Tell those whom the text names, or who are written to; whoever only gets a copy is not addressed."""
    here = [actor for actor in mentioned if actor.is_local]
    if not here:
        return set()
    named = {tag.get("href") for tag in publication.tags if tag.get("type") == "Mention"}
    named.update(publication.recipients.get("to", []))
    meant = [actor for actor in here if actor.uri in named or (actor.url is not None and actor.url in named)]
    for owner in meant:
        await notify(tx, owner, About.MENTION, author, publication)
    return {owner.id for owner in meant}


async def _tell_latest(
    tx: Transaction, owner: Actor, about: About, author: Actor, publication: Publication
) -> None:
    # The latest edit is the news.
    await tx.notifications.take_back(owner.id, about, author.id, publication.id)
    await notify(tx, owner, about, author, publication)


async def _speaks_to_everybody(tx: Transaction, publication: Publication, author: Actor) -> bool:
    """Whether something is no answer, or one to what its author said before: a thread."""
    if publication.in_reply_to is None:
        return True
    parent = await tx.publications.by_uri(publication.in_reply_to)
    return parent is not None and parent.author_id == author.id


async def _keep(
    tx: Transaction,
    owner: Actor,
    about: About,
    doer: Actor,
    publication: Publication | None,
    *,
    subject: int,
    filtered: bool,
) -> None:
    number = tx.new_id()
    key = own_key(number)
    if about in GROUPABLE and not filtered:
        key = await _group_of(tx, owner, about, subject)
    is_new = await tx.notifications.add(
        Notification(
            number,
            owner.id,
            about,
            doer.id,
            subject,
            publication.id if publication else None,
            key,
            tx.now,
            filtered,
        )
    )
    if not is_new:
        return
    if filtered:
        await tx.notification_policies.request(
            NotificationRequest(
                tx.new_id(), owner.id, doer.id, publication.id if publication else None, tx.now, tx.now
            )
        )
        return
    await tx.stream_events.add("notification", owner_id=owner.id, notification_id=number)
    await wake(tx, owner, about, doer, number)


async def _group_of(tx: Transaction, owner: Actor, about: About, subject: int) -> str:
    """Return the key of the group that began in the last hours, or of a new one."""
    hour = int(tx.now.timestamp()) // 3600
    # What new followers and new members are about has no number, and they are one group.
    key = f"{about}-{subject}" if about in {About.FAVOURITE, About.REBLOG} else str(about)
    keys = [f"{key}-{each}" for each in range(hour - _TOGETHER + 1, hour + 1)]
    return await tx.notifications.open_group(owner.id, keys) or keys[-1]


async def _judged(
    tx: Transaction,
    found: Acquaintance,
    owner_id: int,
    about: About,
    doer: Actor,
    publication: Publication | None,
) -> str:
    """Return what a member's policy says of a notification: accept, filter or drop."""
    if about not in _SIFTED or found.is_permitted:
        return "accept"
    policy = found.policy
    verdicts = set()
    if found.followed_since is None or tx.now - found.followed_since < _NEW_FOLLOWER:
        verdicts.add(policy.for_not_followers)
    if not found.follows:
        verdicts.add(policy.for_not_following)
        if tx.now - (doer.published_at or doer.created_at) < _NEW_ACCOUNT:
            verdicts.add(policy.for_new_accounts)
        if found.is_of_limited_host or doer.silenced_at is not None:
            verdicts.add(policy.for_limited_accounts)
        if (
            policy.for_private_mentions != "accept"
            and about is About.MENTION
            and publication is not None
            and publication.visibility == Visibility.DIRECT
            and not await _is_answer(tx, owner_id, doer, publication)
        ):
            verdicts.add(policy.for_private_mentions)
    return next((verdict for verdict in ("drop", "filter") if verdict in verdicts), "accept")


async def _is_answer(tx: Transaction, owner_id: int, doer: Actor, publication: Publication) -> bool:
    """Whether a member began to write to somebody, who goes on now."""
    if publication.in_reply_to is None or publication.conversation is None:
        return False
    return await tx.acquaintances.has_spoken_to(owner_id, doer, publication.conversation)
