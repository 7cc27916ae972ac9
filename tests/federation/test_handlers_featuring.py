"""Add and Remove: what actors of other software pin to their profiles."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fediverse import Fediverse, LiveNode, Persona

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def kenya(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
def persona(fediverse: Fediverse) -> Persona:
    found = fediverse.remote("social.example").person("maya")
    found.publish(featured=f"{found.uri}/featured")
    return found


def note(persona: Persona, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{persona.uri}/notes/{number}",
        "type": "Note",
        "attributedTo": persona.uri,
        "to": [PUBLIC],
        "cc": ["https://kenya.example/actors/office"],
        "published": "2026-08-23T09:00:00Z",
        "content": "<p>Look</p>",
        **more,
    }


def saying(verb: str, persona: Persona, subject: Any, number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{persona.uri}/activities/{number}",
        "type": verb,
        "actor": persona.uri,
        "object": subject,
        **more,
    }


async def pinned(live: LiveNode, persona: Persona) -> list[str]:
    async with live.database.read() as tx:
        actor = await tx.actors.by_uri(persona.uri)
        assert actor is not None
        return [each.uri for each in await tx.pins.of(actor, 10)]


async def test_what_is_pinned_is_known_until_it_is_not(kenya: LiveNode, persona: Persona) -> None:
    first, second = note(persona, 1), note(persona, 2)
    collection = f"{persona.uri}/featured"
    await kenya.take_in(
        persona,
        saying("Create", persona, first, 1),
        saying("Create", persona, second, 2),
        saying("Add", persona, first["id"], 3, target=collection),
        saying("Add", persona, first["id"], 4, target=collection),
        saying("Add", persona, second, 5, target=collection),
    )
    assert await pinned(kenya, persona) == [second["id"], first["id"]]
    await kenya.take_in(persona, saying("Remove", persona, second["id"], 6, target=collection))
    assert await pinned(kenya, persona) == [first["id"]]
    assert {outcome for _, outcome in await kenya.outcomes()} == {"applied"}


async def test_what_somebody_pins_whom_a_member_follows_is_fetched(kenya: LiveNode, persona: Persona) -> None:
    follow = await kenya.follow(kenya.office, persona.uri)
    await kenya.take_in(persona, saying("Accept", persona, follow.uri, 1))
    old = persona.remote.lay_note(note(persona))
    await kenya.take_in(persona, saying("Add", persona, old["id"], 2, target=f"{persona.uri}/featured"))
    assert await pinned(kenya, persona) == [old["id"]]


async def test_nothing_is_fetched_for_strangers(kenya: LiveNode, persona: Persona) -> None:
    old = persona.remote.lay_note(note(persona))
    await kenya.take_in(persona, saying("Add", persona, old["id"], 2, target=f"{persona.uri}/featured"))
    assert (await kenya.outcomes())[-1] == ("Add", "ignored")
    assert "/users/maya/notes/1" not in persona.remote.fetched


async def test_other_collections_are_no_profile(kenya: LiveNode, persona: Persona) -> None:
    await kenya.take_in(
        persona,
        saying("Create", persona, note(persona), 1),
        saying("Add", persona, note(persona)["id"], 2, target=f"{persona.uri}/shelf"),
        saying("Remove", persona, note(persona)["id"], 3, target=f"{persona.uri}/shelf"),
    )
    assert await kenya.outcomes() == [("Create", "applied"), ("Add", "ignored"), ("Remove", "ignored")]


async def test_nobody_pins_the_work_of_others(
    fediverse: Fediverse, kenya: LiveNode, persona: Persona
) -> None:
    other = fediverse.remote("else.example").person("other")
    await kenya.take_in(other, saying("Create", other, note(other), 1))
    await kenya.take_in(
        persona, saying("Add", persona, note(other)["id"], 2, target=f"{persona.uri}/featured")
    )
    assert (await kenya.outcomes())[-1] == ("Add", "refused")
    assert await pinned(kenya, persona) == []
