"""Polls: asking, voting, and the end of it.

Votes are counted where the poll was asked. A member's vote in a poll of another node goes to whoever asked,
and to nobody else; who voted for what is shown to nobody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from actors.errors import Conflict, Invalid, NotFound
from actors.incoming import IncomingPoll
from actors.notifying import About, notify
from actors.recording import record
from storage.actors import Actor
from storage.polls import Option, Poll, PollView
from storage.publications import Publication
from storage.transaction import Transaction

MAX_OPTIONS: Final = 10
MAX_OPTION_CHARACTERS: Final = 100
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(days=180)

TOLD_AFTER: Final = timedelta(minutes=3)
"""How long votes are gathered before other nodes are told how the poll stands."""

AT_ONCE: Final = 100

ENDED: Final = "The poll has already ended"
NO_SUCH_CHOICE: Final = "The chosen vote option does not exist"
OWN_POLL: Final = "You cannot vote in your own polls"
VOTED_ALREADY: Final = "You have already voted on this poll"


async def attach(tx: Transaction, publication: Publication, said: Mapping[str, Any]) -> None:
    """Give a new local publication its poll: {"options", "multiple", "hide_totals", "ends"}."""
    await tx.polls.add(
        Poll(
            publication.id,
            multiple=bool(said.get("multiple")),
            hides_totals=bool(said.get("hide_totals")),
            ends_at=_moment(said.get("ends")),
        ),
        [Option(title) for title in said["options"]],
    )


async def change(
    tx: Transaction,
    publication: Publication,
    before: Mapping[str, Any] | None,
    said: Mapping[str, Any] | None,
) -> None:
    """Let an edited publication ask something else; other options take all votes away, another end none."""
    if before == said:
        return
    if before is None or said is None or _asks(before) != _asks(said):
        if before is not None:
            await tx.polls.remove(publication.id)
        if said is not None:
            await attach(tx, publication, said)
        return
    await tx.polls.reschedule(
        publication.id, _moment(said.get("ends")), hides_totals=bool(said.get("hide_totals"))
    )


async def receive(
    tx: Transaction, publication: Publication, incoming: IncomingPoll | None, *, asked: bool = False
) -> None:
    """Let a remote poll stand as its author's node says; other options take all votes away.

    `asked`: this was just fetched, so that it need not be fetched again for a while.
    """
    known = await tx.polls.find(publication.id)
    if incoming is None:
        if known is not None:
            await tx.polls.remove(publication.id)
        return
    poll = Poll(
        publication.id,
        multiple=incoming.multiple,
        voters=incoming.voters,
        ends_at=incoming.ends_at,
        closed_at=incoming.closed_at,
        fetched_at=tx.now if asked or known is None else known.poll.fetched_at,
    )
    titles = [title for title, _ in incoming.options]
    if known is not None:
        is_same = [option.title for option in known.options] == titles
        if is_same and known.poll.multiple == incoming.multiple:
            await tx.polls.refresh(poll, [votes for _, votes in incoming.options])
            return
        await tx.polls.remove(publication.id)
    await tx.polls.add(poll, [Option(title, votes) for title, votes in incoming.options])


async def vote(
    tx: Transaction, voter: Actor, publication: Publication, author: Actor, choices: Sequence[int]
) -> None:
    """Vote for options by their positions; all of them count, or none.

    Raises Invalid, with the sentence that clients show, for a poll that is over, one's own, one in which the
    voter has voted, and for what cannot be chosen.
    """
    poll = await tx.polls.lock(publication.id)
    view = await tx.polls.find(publication.id, voter)
    if poll is None or view is None:
        raise NotFound("There is no such poll.")
    _check_vote(view, voter, choices, tx.now)
    for choice in choices:
        uri = None if publication.is_local else f"{voter.uri}#votes/{tx.new_id()}"
        await tx.polls.vote(publication.id, voter, choice, uri, tx.now)
        if uri is not None:
            await _send(tx, voter, publication, author, uri, view.options[choice].title)
    if publication.is_local and not poll.hides_totals:
        await tx.polls.mark_changed(publication.id, tx.now)


async def receive_vote(tx: Transaction, voter: Actor, publication: Publication, title: str, uri: str) -> None:
    """Count a remote actor's vote in a local poll; each option is voted for in a message of its own.

    Raises Conflict for a vote that comes too late or twice, NotFound for what cannot be chosen.
    """
    poll = await tx.polls.lock(publication.id)
    view = await tx.polls.find(publication.id, voter)
    if poll is None or view is None:
        raise NotFound("There is no such poll.")
    titles = [option.title for option in view.options]
    if title not in titles:
        raise NotFound(f"{NO_SUCH_CHOICE}.")
    choice = titles.index(title)
    try:
        _check_vote(view, voter, [choice], tx.now)
    except Invalid as error:
        raise Conflict(f"{error}.") from error
    await tx.polls.vote(publication.id, voter, choice, uri, tx.now)
    if not poll.hides_totals:
        await tx.polls.mark_changed(publication.id, tx.now)


async def tell_changes(tx: Transaction) -> int:
    """Tell other nodes how polls stand in which somebody voted lately; return how many there were."""
    numbers = await tx.polls.changed(tx.now - TOLD_AFTER, AT_ONCE)
    for publication in (await tx.publications.by_ids(numbers)).values():
        await tx.polls.told(publication.id)
        await _tell(tx, publication)
    return len(numbers)


async def conclude_ended(tx: Transaction) -> list[Publication]:
    """Close the next few polls that are over, tell everybody concerned, and return them all."""
    numbers = await tx.polls.ended(tx.now, AT_ONCE)
    found = await tx.publications.by_ids(numbers)
    for publication in found.values():
        await tx.polls.conclude(publication.id, tx.now)
        if publication.is_local:
            await _tell(tx, publication)
        await _tell_of_end(tx, publication)
    return list(found.values())


async def _tell_of_end(tx: Transaction, publication: Publication) -> None:
    """Tell whoever asked, and the members who voted, that a poll is over."""
    author = await tx.actors.get(publication.author_id)
    voters = await tx.polls.voters(publication.id, local=True)
    for actor in {each.id: each for each in (author, *voters)}.values():
        await notify(tx, actor, About.POLL, author, publication)


def _asks(said: Mapping[str, Any]) -> tuple[list[str], bool]:
    return list(said["options"]), bool(said.get("multiple"))


def _check_vote(view: PollView, voter: Actor, choices: Sequence[int], now: datetime) -> None:
    if view.is_over(now):
        raise Invalid(ENDED)
    if any(not 0 <= choice < len(view.options) for choice in choices):
        raise Invalid(NO_SUCH_CHOICE)
    if view.author_id == voter.id:
        raise Invalid(OWN_POLL)
    made = set(view.choices)
    is_again = made & set(choices) if view.poll.multiple else made or len(set(choices)) > 1
    if is_again or len(set(choices)) < len(choices):
        raise Invalid(VOTED_ALREADY)


async def _send(
    tx: Transaction, voter: Actor, publication: Publication, author: Actor, uri: str, title: str
) -> None:
    await record(
        tx,
        voter,
        "Create",
        uri,
        target=author,
        details={
            "to": [author.uri],
            "cc": [],
            "object": {
                "id": uri,
                "type": "Note",
                "attributedTo": voter.uri,
                "to": author.uri,
                "inReplyTo": publication.uri,
                "name": title,
                "published": tx.now.isoformat(timespec="seconds"),
            },
        },
    )


async def _tell(tx: Transaction, publication: Publication) -> None:
    """Send a local poll to those who have it; how it stands is no edit."""
    author = await tx.actors.get(publication.author_id)
    await record(
        tx, author, "Update", publication.uri, publication=publication, is_public=publication.is_public
    )


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
