"""Joining and leaving events as other software does it, Mobilizon above all."""

import json
from typing import Any

import pytest

from actors import attending, following
from actors.replicating import keep
from federation.resolving import resolve_publication
from storage.attendance import AttendanceState, Turnout
from storage.publications import Publication
from tests.fediverse import Fediverse, LiveNode, Persona
from tests.make import activity
from tests.shared import shared_json


@pytest.fixture
async def kenya(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
def guest(fediverse: Fediverse) -> Persona:
    return fediverse.remote("mobilizon.example").person("guest")


async def announced(live: LiveNode, **more: Any) -> Publication:
    return await live.publish(
        live.office,
        "Come.",
        **{"kind": "event", "title": "Hearings", "starts": "2026-08-30T14:00:00+03:00", **more},
    )


async def turnout(live: LiveNode, event: Publication) -> Turnout:
    async with live.database.read() as tx:
        return (await tx.attendance.of([event.id]))[event.id]


def join(who: Persona, event: Publication, number: int = 1, **more: Any) -> dict[str, Any]:
    return activity("Join", who.uri, event.uri, number, **more)


def leave(who: Persona, event: Publication, number: int = 1) -> dict[str, Any]:
    return activity("Leave", who.uri, event.uri, number)


def answers(who: Persona) -> list[tuple[str, str]]:
    """Return (verb, id of what is answered) of all that somebody was sent."""
    return [
        (each["type"], each["object"] if isinstance(each["object"], str) else each["object"]["id"])
        for each in who.remote.received
    ]


async def test_a_join_is_accepted_and_counts(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya)
    document = join(guest, event, participationMessage=None)
    await kenya.take_in(guest, document)
    assert await kenya.outcomes() == [("Join", "applied")]
    assert (await turnout(kenya, event)).accepted == 1
    (accept,) = guest.remote.received
    assert (accept["type"], accept["actor"], accept["to"]) == ("Accept", kenya.office.uri, [guest.uri])
    assert accept["object"] == {
        "id": document["id"],
        "type": "Join",
        "actor": guest.uri,
        "object": event.uri,
    }


async def test_a_second_join_is_answered_and_counts_once(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya, capacity=1)
    first, second = join(guest, event), join(guest, event, 2)
    await kenya.take_in(guest, first, second)
    assert answers(guest) == [("Accept", first["id"]), ("Accept", second["id"])]
    assert (await turnout(kenya, event)).accepted == 1


async def test_mobilizons_own_documents_join_and_leave(fediverse: Fediverse, kenya: LiveNode) -> None:
    event = await announced(kenya)
    joins = shared_json("fixtures", "mobilizon", "join-2.json")
    leaves = shared_json("fixtures", "mobilizon", "leave.json")
    del leaves["signature"]
    remote = fediverse.remote("mobilizon.example")
    persona = Persona(remote, f"{remote.base}/@guest")
    persona.publish()
    for document in (joins, leaves):
        document |= {"actor": persona.uri, "object": event.uri}
        document["id"] = f"{remote.base}/{document['type'].lower()}/1"
    await kenya.take_in(persona, joins)
    assert (await turnout(kenya, event)).accepted == 1
    assert answers(persona) == [("Accept", joins["id"])]
    await kenya.take_in(persona, leaves)
    assert (await turnout(kenya, event)).accepted == 0
    assert await kenya.outcomes() == [("Join", "applied"), ("Leave", "applied")]


@pytest.mark.parametrize("embedded", [True, False])
async def test_taking_the_join_back_is_leaving(kenya: LiveNode, guest: Persona, embedded: bool) -> None:
    event = await announced(kenya)
    document = join(guest, event)
    taken = {name: held for name, held in document.items() if name != "@context"}
    await kenya.take_in(guest, document, activity("Undo", guest.uri, taken if embedded else document["id"]))
    assert await kenya.outcomes() == [("Join", "applied"), ("Undo", "applied")]
    assert (await turnout(kenya, event)).accepted == 0


async def test_nobody_leaves_for_somebody_else(fediverse: Fediverse, kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya)
    document = join(guest, event)
    other = fediverse.remote("else.example").person("other", key=1)
    await kenya.take_in(guest, document)
    taken = {name: held for name, held in document.items() if name != "@context"}
    await kenya.take_in(
        other,
        leave(other, event),
        activity("Undo", other.uri, taken, 2),
        activity("Undo", other.uri, document["id"], 3),
    )
    assert (await turnout(kenya, event)).accepted == 1


async def test_a_join_that_was_taken_back_first_does_not_count(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya)
    document = join(guest, event)
    await kenya.take_in(guest, activity("Undo", guest.uri, document["id"]), document)
    assert (await turnout(kenya, event)).accepted == 0
    assert (await kenya.outcomes())[-1] == ("Join", "ignored")


async def test_leaving_what_one_never_joined_changes_nothing(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya)
    await kenya.take_in(guest, leave(guest, event))
    assert await kenya.outcomes() == [("Leave", "ignored")]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "cancelled"},
        {"closes": "2026-08-20"},
        {"join_mode": "none"},
        {"join_mode": "external", "registration_url": "https://tickets.example/"},
    ],
)
async def test_a_join_that_cannot_be_is_rejected(
    kenya: LiveNode, guest: Persona, more: dict[str, Any]
) -> None:
    event = await announced(kenya, **more)
    document = join(guest, event)
    await kenya.take_in(guest, document)
    assert answers(guest) == [("Reject", document["id"])]
    assert (await turnout(kenya, event)).accepted == 0


async def test_the_last_place_goes_to_the_first(
    fediverse: Fediverse, kenya: LiveNode, guest: Persona
) -> None:
    event = await announced(kenya, capacity=1)
    other = fediverse.remote("else.example").person("other", key=1)
    await kenya.take_in(guest, join(guest, event))
    await kenya.take_in(other, join(other, event))
    assert [verb for verb, _ in answers(guest)] == ["Accept"]
    assert [verb for verb, _ in answers(other)] == ["Reject"]
    await kenya.take_in(guest, leave(guest, event))
    await kenya.take_in(other, join(other, event, 2))
    assert [verb for verb, _ in answers(other)] == ["Reject", "Accept"]


async def test_who_asks_to_take_part_waits(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya, join_mode="restricted")
    document = join(guest, event)
    await kenya.take_in(guest, document)
    assert answers(guest) == []
    assert (await turnout(kenya, event)).accepted == 0
    asker = await kenya.actor(guest.uri)
    assert asker is not None
    async with kenya.database.begin() as tx:
        await attending.accept(tx, event, asker)
    await kenya.fediverse.settle()
    assert answers(guest) == [("Accept", document["id"])]
    assert (await turnout(kenya, event)).accepted == 1
    async with kenya.database.begin() as tx:
        await attending.reject(tx, event, asker)
    await kenya.take_in(guest, join(guest, event, 2))
    assert [verb for verb, _ in answers(guest)] == ["Accept", "Reject", "Reject"]


async def test_what_is_no_event_of_ours_cannot_be_joined(kenya: LiveNode, guest: Persona) -> None:
    note = await kenya.publish(kenya.office)
    private = await announced(kenya, visibility="private")
    await kenya.take_in(
        guest,
        join(guest, note),
        join(guest, private, 2),
        activity("Join", guest.uri, "https://else.example/events/1", 3),
    )
    assert [outcome for _, outcome in await kenya.outcomes()] == ["refused"] * 3
    assert answers(guest) == []


async def test_who_is_blocked_does_not_come_in(kenya: LiveNode, guest: Persona) -> None:
    event = await announced(kenya)
    blocked = await kenya.resolve(guest.uri)
    async with kenya.database.begin() as tx:
        await following.block(tx, kenya.office, blocked)
    await kenya.fediverse.settle()
    await kenya.take_in(guest, join(guest, event))
    assert (await turnout(kenya, event)).accepted == 0


# Our members, and events of others.


def elsewhere(organiser: Persona, **more: Any) -> dict[str, Any]:
    """Return Mobilizon's event, published by somebody else and still to come."""
    document: dict[str, Any] = shared_json("fixtures", "mobilizon", "event-2.json")
    return {
        **json.loads(json.dumps(document)),
        "id": f"{organiser.remote.base}/events/1",
        "url": f"{organiser.remote.base}/events/1",
        "actor": organiser.uri,
        "attributedTo": organiser.uri,
        "cc": [f"{organiser.uri}/followers"],
        "published": "2026-08-23T09:00:00Z",
        "updated": "2026-08-23T09:00:00Z",
        "startTime": "2026-08-30T11:00:00Z",
        "endTime": "2026-08-30T12:00:00Z",
        "participantCount": 7,
        **more,
    }


async def kept(kenya: LiveNode, organiser: Persona, document: dict[str, Any]) -> Publication:
    """Let the node find an event, as for somebody who pasted its address."""
    organiser.remote.lay(document["id"], document)
    found = await resolve_publication(kenya.node.federation, document["id"])
    assert found.incoming is not None
    async with kenya.database.begin() as tx:
        event = await keep(tx, found.author, found.incoming)
    assert event is not None
    return event


async def joined(kenya: LiveNode, event: Publication) -> dict[str, Any]:
    """Let the office take part, and return the Join as it was sent."""
    async with kenya.database.begin() as tx:
        state = await attending.join(tx, kenya.office, event)
        # An event of Mobilizon's without a limit says that it has zero places.
        assert state is AttendanceState.REQUESTED
    await kenya.fediverse.settle()
    remotes = kenya.fediverse.remotes.values()
    [sent] = [each for remote in remotes for each in remote.received if each["type"] == "Join"]
    return sent


async def state(kenya: LiveNode, event: Publication) -> str | None:
    async with kenya.database.read() as tx:
        return (await tx.attendance.of([event.id], kenya.office))[event.id].own


@pytest.mark.parametrize("verb", ["Accept", "Reject"])
@pytest.mark.parametrize("embedded", [True, False])
async def test_mobilizons_answer_is_understood(
    kenya: LiveNode,
    guest: Persona,
    verb: str,
    embedded: bool,
) -> None:
    event = await kept(kenya, guest, elsewhere(guest))
    sent = await joined(kenya, event)
    assert (sent["object"], sent["to"]) == (event.uri, [guest.uri])
    answer = shared_json("fixtures", "mobilizon", "accept-join.json")
    answer |= {"type": verb, "actor": guest.uri, "id": f"{guest.remote.base}/accept/join/1"}
    about = {"id": sent["id"], "actor": kenya.office.uri, "object": event.uri}
    answer["object"] = {**answer["object"], **about} if embedded else sent["id"]
    await kenya.take_in(guest, answer)
    assert (await kenya.outcomes())[-1] == (verb, "applied")
    assert await state(kenya, event) == {"Accept": "accepted", "Reject": "rejected"}[verb]


async def test_the_person_who_made_a_groups_event_answers_for_it(
    fediverse: Fediverse, kenya: LiveNode, guest: Persona
) -> None:
    group = fediverse.remote("mobilizon.example").person("group", key=1, type="Group")
    document = elsewhere(group, actor=guest.uri)
    event = await kept(kenya, group, document)
    sent = await joined(kenya, event)
    await kenya.take_in(guest, activity("Accept", guest.uri, sent["id"], 7))
    assert await state(kenya, event) == "accepted"


async def test_nobody_else_answers(fediverse: Fediverse, kenya: LiveNode, guest: Persona) -> None:
    event = await kept(kenya, guest, elsewhere(guest))
    sent = await joined(kenya, event)
    other = fediverse.remote("else.example").person("other", key=1)
    await kenya.take_in(other, activity("Accept", other.uri, sent["id"]))
    await kenya.take_in(other, activity("Reject", other.uri, sent, 2))
    assert [outcome for _, outcome in (await kenya.outcomes())[-2:]] == ["refused", "refused"]
    assert await state(kenya, event) == "requested"


async def test_leaving_an_event_elsewhere_tells_its_organisers(kenya: LiveNode, guest: Persona) -> None:
    event = await kept(kenya, guest, elsewhere(guest))
    await joined(kenya, event)
    async with kenya.database.begin() as tx:
        await attending.decline(tx, kenya.office, event)
    await kenya.fediverse.settle()
    assert [(each["type"], each["object"]) for each in guest.remote.received[1:]] == [("Leave", event.uri)]
    assert await state(kenya, event) == "declined"
    # An answer that crossed it comes too late.
    sent = guest.remote.received[0]
    await kenya.take_in(guest, activity("Accept", guest.uri, sent["id"]))
    assert await state(kenya, event) == "declined"


async def test_an_event_elsewhere_without_a_way_to_join_takes_none(kenya: LiveNode, guest: Persona) -> None:
    document = elsewhere(guest)
    del document["joinMode"]
    event = await kept(kenya, guest, document)
    assert not attending.takes_answers(event)
