"""Taking part in events with the poll of their status: one choice joins, the other leaves."""

from typing import Any

import pytest

from actors import attending
from storage.actors import Actor
from storage.publications import Publication
from tests.clients.entities.statuses import Poll, Status
from tests.clients.validation import validate
from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import done, refused

TAKE_PART, NOT_THIS_TIME = 0, 1


@pytest.fixture
async def kenya(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def nepal(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("nepal.example")


@pytest.fixture
async def amina(kenya: LiveNode) -> Program:
    return await program(kenya)


def actor(who: Program) -> Actor:
    assert who.actor is not None
    return who.actor


async def announced(live: LiveNode, **more: Any) -> Publication:
    """Announce an event that begins in a week."""
    return await live.publish(
        live.office,
        "Come.",
        **{
            "kind": "event",
            "title": "Bail hearings",
            "starts": "2026-08-30T14:00:00+03:00",
            "timezone": "Africa/Nairobi",
            "online": True,
            **more,
        },
    )


async def poll_of(who: Program, event: Publication) -> dict[str, Any]:
    """Return the poll of an event as its status has it, which is the same as the poll's own method says."""
    status = await done(who, "GET", f"/api/v1/statuses/{event.id}")
    validate(status, Status, member=who.token is not None)
    poll: dict[str, Any] = await done(who, "GET", f"/api/v1/polls/{event.id}")
    assert status["poll"] == poll
    return poll


async def vote(who: Program, event: Publication, choice: int) -> dict[str, Any]:
    found: dict[str, Any] = await done(who, "POST", f"/api/v1/polls/{event.id}/votes?choices[]={choice}")
    validate(found, Poll)
    return found


async def no_vote(who: Program, event: Publication, body: Any, code: int = 422) -> str:
    return await refused(who, code, "POST", f"/api/v1/polls/{event.id}/votes", body)


def counts(poll: dict[str, Any]) -> list[int]:
    return [option["votes_count"] for option in poll["options"]]


async def recorded(live: LiveNode) -> list[tuple[str, str]]:
    """Return (verb, object) of all that this node's actors did."""
    async with live.database.begin() as tx:
        return [(each.verb, each.object) for each in await tx.activities.waiting(1000)]


async def test_an_event_is_a_status_with_two_answers(kenya: LiveNode, amina: Program) -> None:
    event = await announced(kenya, closes="2026-08-28")
    poll = await poll_of(amina, event)
    assert poll == {
        "id": str(event.id),
        "expires_at": "2026-08-28T23:59:59.000Z",
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": 0,
        "options": [
            {"title": "Take part", "votes_count": 0},
            {"title": "Not this time", "votes_count": 0},
        ],
        "emojis": [],
        "voted": False,
        "own_votes": [],
    }
    guest = await poll_of(anybody(kenya), event)
    assert "voted" not in guest


async def test_the_answers_are_in_the_language_of_the_event(kenya: LiveNode, amina: Program) -> None:
    french = await announced(kenya, language="fr")
    english = await announced(kenya)
    titles = [option["title"] for option in (await poll_of(amina, french))["options"]]
    assert titles != [option["title"] for option in (await poll_of(amina, english))["options"]]
    assert all(titles)


async def test_an_event_without_a_deadline_takes_answers_until_it_begins(
    fediverse: Fediverse, kenya: LiveNode, amina: Program
) -> None:
    event = await announced(kenya)
    assert (await poll_of(amina, event))["expires_at"] == "2026-08-30T11:00:00.000Z"
    fediverse.wait(days=7, hours=1)
    assert (await done(amina, "GET", f"/api/v1/polls/{event.id}"))["expired"] is True
    await no_vote(amina, event, {"choices": [TAKE_PART]})
    await no_vote(amina, event, {"choices": [NOT_THIS_TIME]})


async def test_choosing_again_changes_the_answer(kenya: LiveNode, amina: Program) -> None:
    event = await announced(kenya)
    bilal = await program(kenya, "bilal")
    poll = await vote(amina, event, TAKE_PART)
    assert (counts(poll), poll["voted"], poll["own_votes"]) == ([1, 0], True, [0])
    assert await vote(amina, event, TAKE_PART) == poll
    poll = await vote(bilal, event, NOT_THIS_TIME)
    assert (counts(poll), poll["own_votes"]) == ([1, 1], [1])
    poll = await vote(amina, event, NOT_THIS_TIME)
    assert (counts(poll), poll["own_votes"], poll["votes_count"]) == ([0, 2], [1], 2)
    poll = await vote(amina, event, TAKE_PART)
    assert (counts(poll), poll["own_votes"]) == ([1, 1], [0])
    assert await poll_of(amina, event) == poll


async def test_the_number_of_places_holds(kenya: LiveNode, amina: Program) -> None:
    event = await announced(kenya, capacity=1)
    bilal = await program(kenya, "bilal")
    await vote(amina, event, TAKE_PART)
    assert "no place left" in await no_vote(bilal, event, {"choices": [TAKE_PART]})
    assert counts(await poll_of(bilal, event)) == [1, 0]
    assert (await vote(amina, event, TAKE_PART))["own_votes"] == [0]
    await vote(amina, event, NOT_THIS_TIME)
    assert counts(await vote(bilal, event, TAKE_PART)) == [1, 1]


async def test_after_the_deadline_one_can_only_leave(
    fediverse: Fediverse, kenya: LiveNode, amina: Program
) -> None:
    event = await announced(kenya, closes="2026-08-25")
    bilal = await program(kenya, "bilal")
    await vote(amina, event, TAKE_PART)
    fediverse.wait(days=4)
    assert "closed" in await no_vote(bilal, event, {"choices": [TAKE_PART]})
    assert "closed" in await no_vote(bilal, event, {"choices": [NOT_THIS_TIME]})
    assert counts(await vote(amina, event, NOT_THIS_TIME)) == [0, 1]
    assert (await poll_of(amina, event))["expired"] is True


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
async def test_what_is_called_off_takes_no_answers(kenya: LiveNode, amina: Program, status: str) -> None:
    event = await announced(kenya, status=status)
    assert (await poll_of(amina, event))["expired"] is True
    await no_vote(amina, event, {"choices": [TAKE_PART]})


@pytest.mark.parametrize(
    "more",
    [
        {"join_mode": "external", "registration_url": "https://tickets.example/x"},
        {"join_mode": "none"},
        {"join_mode": "invite"},
    ],
)
async def test_where_nobody_registers_here_there_is_no_poll(
    kenya: LiveNode, amina: Program, more: dict[str, Any]
) -> None:
    event = await announced(kenya, **more)
    assert (await done(amina, "GET", f"/api/v1/statuses/{event.id}"))["poll"] is None
    assert (await amina.get(f"/api/v1/polls/{event.id}")).status_code == 404
    assert await no_vote(amina, event, {"choices": [TAKE_PART]}, 404) == "Record not found"


async def test_what_is_no_event_has_no_answers(kenya: LiveNode, amina: Program) -> None:
    note = await kenya.publish(kenya.office)
    await no_vote(amina, note, {"choices": [TAKE_PART]}, 404)
    assert (await amina.get(f"/api/v1/polls/{note.id}")).status_code == 404


@pytest.mark.parametrize("choices", [[2], [0, 1], ["x"], [-1]])
async def test_only_one_of_two_answers_can_be_given(
    kenya: LiveNode, amina: Program, choices: list[Any]
) -> None:
    event = await announced(kenya)
    await no_vote(amina, event, {"choices": choices})
    await no_vote(amina, event, {}, 400)
    assert counts(await poll_of(amina, event)) == [0, 0]


async def test_guests_and_those_who_may_not_see_it_do_not_answer(kenya: LiveNode, amina: Program) -> None:
    private = await announced(kenya, visibility="private")
    await no_vote(amina, private, {"choices": [0]}, 404)
    event = await announced(kenya)
    await no_vote(anybody(kenya), event, {"choices": [0]}, 401)
    reader = await program(kenya, "reader", scopes=("read",))
    await no_vote(reader, event, {"choices": [0]}, 403)


async def test_who_asks_waits_for_the_organisers(kenya: LiveNode, amina: Program) -> None:
    event = await announced(kenya, join_mode="restricted", kind="training")
    poll = await vote(amina, event, TAKE_PART)
    assert (counts(poll), poll["own_votes"]) == ([0, 0], [0])
    async with kenya.database.begin() as tx:
        await attending.accept(tx, event, actor(amina))
    assert counts(await poll_of(amina, event)) == [1, 0]
    async with kenya.database.begin() as tx:
        await attending.reject(tx, event, actor(amina))
    poll = await poll_of(amina, event)
    assert (counts(poll), poll["own_votes"]) == ([0, 0], [])
    assert "decided otherwise" in await no_vote(amina, event, {"choices": [TAKE_PART]})
    await vote(amina, event, NOT_THIS_TIME)
    await no_vote(amina, event, {"choices": [TAKE_PART]})


async def test_a_member_takes_part_in_an_event_of_another_node(
    fediverse: Fediverse, kenya: LiveNode, nepal: LiveNode
) -> None:
    member = await program(nepal, "bina")
    await nepal.follow(actor(member), "office@kenya.example")
    await fediverse.settle()
    event = await announced(kenya, capacity=2)
    await fediverse.settle()
    there = await nepal.publication(event.uri)
    assert there is not None
    [shown] = await done(member, "GET", "/api/v1/timelines/home")
    validate(shown, Status)
    assert (shown["id"], shown["poll"]["own_votes"]) == (str(there.id), [])
    assert shown["content"].startswith("<p><strong>Bail hearings</strong>")

    poll = await vote(member, there, TAKE_PART)
    assert (poll["voted"], poll["own_votes"], counts(poll)) == (True, [0], [0, 0])
    await fediverse.settle()
    assert ("Join", "applied") in await kenya.outcomes()
    assert ("Accept", "applied") in await nepal.outcomes()
    assert counts(await poll_of(anybody(kenya), event)) == [1, 0]
    poll = await poll_of(member, there)
    assert (poll["own_votes"], counts(poll)) == ([0], [1, 0])

    poll = await vote(member, there, NOT_THIS_TIME)
    assert (poll["own_votes"], counts(poll)) == ([1], [0, 1])
    await fediverse.settle()
    assert (await kenya.outcomes())[-1] == ("Leave", "applied")
    # That somebody cannot come is nobody else's business.
    assert counts(await poll_of(anybody(kenya), event)) == [0, 0]
    received = await nepal.outcomes()

    await vote(member, there, TAKE_PART)
    await fediverse.settle()
    assert counts(await poll_of(anybody(kenya), event)) == [1, 0]
    assert len(await nepal.outcomes()) == len(received) + 1


async def test_who_asks_another_node_waits_for_its_answer(
    fediverse: Fediverse, kenya: LiveNode, nepal: LiveNode
) -> None:
    member = await program(nepal, "bina")
    await nepal.follow(actor(member), "office@kenya.example")
    await fediverse.settle()
    event = await announced(kenya, join_mode="restricted")
    await fediverse.settle()
    there = await nepal.publication(event.uri)
    assert there is not None
    await vote(member, there, TAKE_PART)
    await fediverse.settle()
    assert counts(await poll_of(member, there)) == [0, 0]
    async with kenya.database.begin() as tx:
        guest = await tx.actors.by_uri(actor(member).uri)
        assert guest is not None
        await attending.accept(tx, event, guest)
    await fediverse.settle()
    assert counts(await poll_of(member, there)) == [1, 0]
    async with kenya.database.begin() as tx:
        await attending.reject(tx, event, guest)
    await fediverse.settle()
    poll = await poll_of(member, there)
    assert (counts(poll), poll["own_votes"]) == ([0, 0], [])


async def test_where_another_node_has_no_place_left_the_answer_is_no(
    fediverse: Fediverse, kenya: LiveNode, nepal: LiveNode
) -> None:
    member = await program(nepal, "bina")
    await nepal.follow(actor(member), "office@kenya.example")
    await fediverse.settle()
    event = await announced(kenya, capacity=1)
    await vote(await program(kenya), event, TAKE_PART)
    await fediverse.settle()
    there = await nepal.publication(event.uri)
    assert there is not None
    await vote(member, there, TAKE_PART)
    await fediverse.settle()
    assert ("Reject", "applied") in await nepal.outcomes()
    poll = await poll_of(member, there)
    assert (poll["voted"], poll["own_votes"]) == (False, [])
    assert counts(await poll_of(anybody(kenya), event)) == [1, 0]


async def test_what_a_member_says_of_an_event_here_reaches_no_other_node(
    fediverse: Fediverse, kenya: LiveNode, nepal: LiveNode, amina: Program
) -> None:
    follower = await nepal.person("follower")
    await nepal.follow(follower, "office@kenya.example")
    await nepal.follow(follower, "amina@kenya.example")
    await fediverse.settle()
    event = await announced(kenya)
    await fediverse.settle()
    before = await nepal.outcomes()
    await vote(amina, event, TAKE_PART)
    assert {verb for verb, _ in await recorded(kenya)} == {"Join", "Accept"}
    await fediverse.settle()
    assert await nepal.outcomes() == before
