"""Votes of other software in our polls, and its polls here."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.actors import Actor
from storage.polls import PollView
from storage.publications import Publication
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
def voter(fediverse: Fediverse) -> Persona:
    return fediverse.remote("social.example").person("voter")


async def asked(live: LiveNode, who: Actor, **more: Any) -> Publication:
    poll = {"options": ["Yes", "No"], "ends": "2026-08-23T11:00:00Z", **more}
    return await live.publish(who, "Shall we?", poll=poll)


def vote(
    voter: Persona, publication: Publication, title: str, number: int = 1, **more: Any
) -> dict[str, Any]:
    """Return a vote as Mastodon sends it."""
    assert publication.uri
    uri = f"{voter.uri}#votes/{number}"
    return {
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": voter.uri,
        "to": publication.uri.partition("/o/")[0] + "/actors/office",
        "object": {
            "id": uri,
            "type": "Note",
            "name": title,
            "attributedTo": voter.uri,
            "inReplyTo": publication.uri,
            "to": publication.uri.partition("/o/")[0] + "/actors/office",
            **more,
        },
    }


async def poll_of(live: LiveNode, publication: Publication) -> PollView:
    async with live.database.read() as tx:
        found = await tx.polls.find(publication.id)
    assert found is not None
    return found


async def votes(live: LiveNode, publication: Publication) -> list[int]:
    return [option.votes for option in (await poll_of(live, publication)).options]


async def test_a_vote_counts_and_is_no_answer(kenya: LiveNode, voter: Persona) -> None:
    poll = await asked(kenya, kenya.office)
    document = vote(voter, poll, "No")
    await kenya.take_in(voter, document)
    assert await votes(kenya, poll) == [0, 1]
    assert (await poll_of(kenya, poll)).poll.voters == 1
    assert await kenya.publication(document["object"]["id"]) is None


async def test_the_same_vote_again_counts_once(kenya: LiveNode, voter: Persona) -> None:
    poll = await asked(kenya, kenya.office)
    await kenya.take_in(voter, vote(voter, poll, "No"), vote(voter, poll, "No", 2))
    assert await votes(kenya, poll) == [0, 1]
    assert await kenya.outcomes() == [("Create", "applied"), ("Create", "refused")]


async def test_a_second_choice_counts_only_where_several_may_be_made(kenya: LiveNode, voter: Persona) -> None:
    one = await asked(kenya, kenya.office)
    many = await asked(kenya, kenya.office, multiple=True)
    await kenya.take_in(voter, vote(voter, one, "No"), vote(voter, one, "Yes", 2))
    await kenya.take_in(voter, vote(voter, many, "No", 3), vote(voter, many, "Yes", 4))
    assert await votes(kenya, one) == [0, 1]
    assert await votes(kenya, many) == [1, 1]
    assert (await poll_of(kenya, many)).poll.voters == 1


async def test_a_vote_for_nothing_that_can_be_chosen_is_refused(kenya: LiveNode, voter: Persona) -> None:
    poll = await asked(kenya, kenya.office)
    await kenya.take_in(voter, vote(voter, poll, "Perhaps"))
    assert await kenya.outcomes() == [("Create", "refused")]
    assert await votes(kenya, poll) == [0, 0]


async def test_after_the_end_no_vote_counts(fediverse: Fediverse, kenya: LiveNode, voter: Persona) -> None:
    poll = await asked(kenya, kenya.office)
    fediverse.wait(hours=1)
    await kenya.take_in(voter, vote(voter, poll, "No"))
    assert await kenya.outcomes() == [("Create", "refused")]
    assert await votes(kenya, poll) == [0, 0]


async def test_who_may_not_read_a_poll_has_no_vote(kenya: LiveNode, voter: Persona) -> None:
    poll = await kenya.publish(
        kenya.office, "Shall we?", poll={"options": ["Yes", "No"]}, visibility="private"
    )
    await kenya.take_in(voter, vote(voter, poll, "No"))
    assert await kenya.outcomes() == [("Create", "refused")]


async def test_a_note_with_a_text_is_an_answer_whatever_its_name(kenya: LiveNode, voter: Persona) -> None:
    poll = await asked(kenya, kenya.office)
    document = vote(voter, poll, "No", content="<p>No, because.</p>")
    await kenya.take_in(voter, document)
    assert await votes(kenya, poll) == [0, 0]
    assert await kenya.publication(document["object"]["id"]) is not None


async def test_voters_elsewhere_are_told_of_the_result(
    fediverse: Fediverse, kenya: LiveNode, voter: Persona
) -> None:
    poll = await asked(kenya, kenya.office)
    await kenya.take_in(voter, vote(voter, poll, "No"))
    assert voter.remote.received == []
    fediverse.wait(minutes=4)
    await fediverse.settle()
    (update,) = voter.remote.received
    assert update["type"] == "Update"
    assert update["object"]["type"] == "Question"
    assert [option["replies"]["totalItems"] for option in update["object"]["oneOf"]] == [0, 1]
    assert update["object"]["votersCount"] == 1
    assert "updated" not in update["object"]
    assert voter.uri not in str(update)
    fediverse.wait(hours=1)
    await fediverse.settle()
    assert [each["object"].get("closed") for each in voter.remote.received] == [None, "2026-08-23T11:00:00Z"]


def question(persona: Persona, **more: Any) -> dict[str, Any]:
    """Return a poll as Mastodon sends it."""
    return {
        "id": f"{persona.uri}/polls/1",
        "type": "Question",
        "attributedTo": persona.uri,
        "to": [PUBLIC],
        "cc": [f"{persona.uri}/followers"],
        "published": "2026-08-23T09:00:00Z",
        "content": "<p>Which?</p>",
        "endTime": "2026-08-23T12:00:00Z",
        "votersCount": 3,
        "anyOf": [
            {"type": "Note", "name": "A", "replies": {"type": "Collection", "totalItems": 2}},
            {"type": "Note", "name": "B", "replies": {"type": "Collection", "totalItems": 1}},
        ],
        **more,
    }


def saying(verb: str, persona: Persona, subject: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": f"{persona.uri}/activities/{number}",
        "type": verb,
        "actor": persona.uri,
        "to": [PUBLIC],
        "cc": ["https://kenya.example/actors/office"],
        "object": subject,
    }


async def kept(kenya: LiveNode, persona: Persona, **more: Any) -> Publication:
    await kenya.take_in(persona, saying("Create", persona, question(persona, **more), 1))
    found = await kenya.publication(question(persona)["id"])
    assert found is not None
    return found


async def test_a_poll_elsewhere_is_kept_as_it_stands(kenya: LiveNode, voter: Persona) -> None:
    publication = await kept(kenya, voter)
    view = await poll_of(kenya, publication)
    assert [(option.title, option.votes) for option in view.options] == [("A", 2), ("B", 1)]
    assert (view.poll.multiple, view.poll.voters) == (True, 3)
    assert publication.type == "Question"


async def test_counts_are_no_edit(kenya: LiveNode, voter: Persona) -> None:
    publication = await kept(kenya, voter)
    more = question(voter, votersCount=5, closed="2026-08-23T09:59:00Z")
    more["anyOf"][0]["replies"]["totalItems"] = 4
    await kenya.take_in(voter, saying("Update", voter, more, 2))
    view = await poll_of(kenya, publication)
    assert [option.votes for option in view.options] == [4, 1]
    assert view.poll.voters == 5
    assert view.is_over(kenya.fediverse.now)
    again = await kenya.publication(publication.uri)
    assert again is not None
    assert (again.revision, again.updated_at) == (1, None)


async def test_other_options_take_our_votes_away(kenya: LiveNode, voter: Persona) -> None:
    publication = await kept(kenya, voter)
    async with kenya.database.begin() as tx:
        await tx.polls.vote(publication.id, kenya.office, 0, None, tx.now)
    changed = question(voter, updated="2026-08-23T09:30:00Z")
    changed["anyOf"][0]["name"] = "C"
    await kenya.take_in(voter, saying("Update", voter, changed, 2))
    async with kenya.database.read() as tx:
        view = await tx.polls.find(publication.id, kenya.office)
    assert view is not None
    assert [option.title for option in view.options] == ["C", "B"]
    assert view.choices == ()


async def test_a_poll_may_go(kenya: LiveNode, voter: Persona) -> None:
    publication = await kept(kenya, voter)
    changed = {**question(voter, updated="2026-08-23T09:30:00Z"), "type": "Note"}
    del changed["anyOf"]
    await kenya.take_in(voter, saying("Update", voter, changed, 2))
    async with kenya.database.read() as tx:
        assert await tx.polls.find(publication.id) is None


async def test_votes_in_polls_of_others_are_not_counted_here(
    fediverse: Fediverse, kenya: LiveNode, voter: Persona
) -> None:
    publication = await kept(kenya, voter)
    other = fediverse.remote("else.example").person("other")
    await kenya.take_in(other, vote(other, publication, "A"))
    assert (await kenya.outcomes())[-1] == ("Create", "ignored")
    assert await votes(kenya, publication) == [2, 1]
