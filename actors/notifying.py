"""Notifying: what members are told of, decided in the transaction in which it happens.

Nobody is told of their own doing, of what those do whom they mute or whose host they block, or of a thread
they have silenced; what strangers do waits or is dropped where a member's policy says so.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from actors.pushing import wake
from storage.actors import Actor
from storage.kinds import FollowState, Policy, Role, Visibility
from storage.notification_policies import NotificationPolicy, NotificationRequest
from storage.notifications import Notification
from storage.publications import Publication
from storage.transaction import Transaction


class About(StrEnum):
    """What a notification tells, in the words of the client API."""

    MENTION = "mention"
    STATUS = "status"
    REBLOG = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    QUOTE = "quote"
    QUOTED_UPDATE = "quoted_update"
    SIGN_UP = "admin.sign_up"
    REPORT = "admin.report"
    SEVERED = "severed_relationships"
    WARNING = "moderation_warning"


GROUPABLE: Final = frozenset({About.FAVOURITE, About.REBLOG, About.FOLLOW, About.SIGN_UP})
"""What is told together where it comes within half a day."""

_TOGETHER: Final = timedelta(hours=12)
_OLD_NEWS: Final = timedelta(days=2)
_NEW_ACCOUNT: Final = timedelta(days=30)
#: What the node itself tells its own people is never filtered.
_FROM_THE_NODE: Final = frozenset(
    {About.POLL, About.SIGN_UP, About.REPORT, About.SEVERED, About.WARNING, About.UPDATE, About.QUOTED_UPDATE}
)


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
    if not owner.is_local or (owner.id == doer.id and about is not About.POLL):
        return
    if await tx.members.of(owner) is None:
        return
    filtered = False
    if about not in _FROM_THE_NODE:
        if await tx.mutes.hides_notifications(owner.id, doer.id):
            return
        if publication is not None and await tx.notification_policies.is_muted(
            owner.id, publication.conversation or publication.uri
        ):
            return
        verdict = await _judged(tx, owner, about, doer, publication)
        if verdict == "drop":
            return
        filtered = verdict == "filter"
    subject = publication.id if publication else subject
    await _keep(tx, owner, about, doer, publication, subject=subject, filtered=filtered)


async def of_publication(tx: Transaction, publication: Publication, author: Actor) -> None:
    """Tell those whom a new publication mentions, and those who want to hear all that its author says."""
    if tx.now - publication.published_at > _OLD_NEWS:
        return
    mentioned: set[int] = set()
    if any(tag.get("type") == "Mention" for tag in publication.tags):
        mentioned = await tx.conversations.members_in(publication) - {author.id}
        for owner in (await tx.actors.by_ids(sorted(mentioned))).values():
            await notify(tx, owner, About.MENTION, author, publication)
    if publication.visibility == Visibility.DIRECT or publication.in_reply_to is not None:
        return
    for owner in await tx.follows.notified_followers(author):
        if owner.id not in mentioned:
            await notify(tx, owner, About.STATUS, author, publication)


async def of_edit(tx: Transaction, publication: Publication, author: Actor) -> None:
    """Tell those who shared or quoted something that it says something else now."""
    for about, owners in (
        (About.UPDATE, await tx.shares.members_who_did(publication)),
        (About.QUOTED_UPDATE, await tx.quotes.members_quoting(publication)),
    ):
        for owner in owners:
            # The latest edit is the news.
            await tx.notifications.take_back(owner.id, about, author.id, publication.id)
            await notify(tx, owner, about, author, publication)


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
    key = f"ungrouped-{number}"
    if about in GROUPABLE:
        known = await tx.notifications.open_group(owner.id, about, subject, tx.now - _TOGETHER)
        hours = int(tx.now.timestamp()) // 3600
        key = known or (f"{about}-{subject}-{hours}" if subject else f"{about}-{hours}")
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


async def _judged(
    tx: Transaction, owner: Actor, about: About, doer: Actor, publication: Publication | None
) -> str:
    """Return what a member's policy says of a notification: accept, filter or drop."""
    policy = await tx.notification_policies.of(owner.id)
    verdicts = await _verdicts(tx, policy, owner, about, doer, publication)
    worst = "drop" if "drop" in verdicts else "filter" if "filter" in verdicts else "accept"
    if worst == "accept" or await tx.notification_policies.is_permitted(owner.id, doer.id):
        return "accept"
    return worst


async def _verdicts(
    tx: Transaction,
    policy: NotificationPolicy,
    owner: Actor,
    about: About,
    doer: Actor,
    publication: Publication | None,
) -> set[str]:
    following = await _follows(tx, owner, doer)
    if following:
        # Whom one follows is no stranger; only the policy about followers still says something.
        is_stranger = policy.for_not_followers != "accept" and not await _follows(tx, doer, owner)
        return {policy.for_not_followers} if is_stranger else set()
    verdicts = {policy.for_not_following}
    if policy.for_not_followers != "accept" and not await _follows(tx, doer, owner):
        verdicts.add(policy.for_not_followers)
    if policy.for_new_accounts != "accept":
        born = doer.published_at or doer.created_at
        if tx.now - born < _NEW_ACCOUNT:
            verdicts.add(policy.for_new_accounts)
    if policy.for_private_mentions != "accept" and _is_private(about, publication):
        answered = await _is_answer_to(tx, owner, publication)
        if not answered:
            verdicts.add(policy.for_private_mentions)
    if policy.for_limited_accounts != "accept" and not doer.is_local:
        peers = await tx.peers.by_hosts([doer.host])
        if any(peer.policy == Policy.LIMITED for peer in peers):
            verdicts.add(policy.for_limited_accounts)
    return verdicts


async def _follows(tx: Transaction, follower: Actor, followed: Actor) -> bool:
    known = await tx.follows.find(follower, followed)
    return known is not None and known.state == FollowState.ACCEPTED


def _is_private(about: About, publication: Publication | None) -> bool:
    return about is About.MENTION and publication is not None and publication.visibility == Visibility.DIRECT


async def _is_answer_to(tx: Transaction, owner: Actor, publication: Publication | None) -> bool:
    if publication is None or publication.in_reply_to is None:
        return False
    parent = await tx.publications.by_uri(publication.in_reply_to)
    return parent is not None and parent.author_id == owner.id
