"""Polls in apps: asking, voting, and what is refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.described import check
from tests.node.statuses import STATUSES, done, posted, refused, shown

ASKED = {"options": ["Yes", "No", "Later"], "expires_in": 3600}


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


@pytest.fixture
async def bilal(live: LiveNode) -> Program:
    return await program(live, "bilal")


async def asked(who: Program, **more: Any) -> dict[str, Any]:
    return await posted(who, "Shall we?", poll={**ASKED, **more})


async def vote(who: Program, status: dict[str, Any], *choices: int) -> dict[str, Any]:
    number = status["poll"]["id"]
    found: dict[str, Any] = await done(who, "POST", f"/api/v1/polls/{number}/votes", {"choices": choices})
    return found


async def test_a_poll_stands_beside_its_text(live: LiveNode, amina: Program) -> None:
    status = await asked(amina)
    poll = status["poll"]
    assert poll == {
        "id": poll["id"],
        "expires_at": "2026-08-23T11:00:00.000Z",
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": 0,
        "options": [{"title": title, "votes_count": 0} for title in ASKED["options"]],  # type: ignore[attr-defined]
        "emojis": [],
        "voted": True,
        "own_votes": [],
    }
    guest = await done(anybody(live), "GET", f"/api/v1/polls/{poll['id']}")
    assert "voted" not in guest
    assert "own_votes" not in guest


async def test_a_poll_needs_no_text(amina: Program) -> None:
    assert (await posted(amina, "", poll=ASKED))["poll"]["options"][0]["title"] == "Yes"


async def test_a_vote_counts_and_is_answered_with_the_poll(amina: Program, bilal: Program) -> None:
    status = await asked(amina)
    poll = await vote(bilal, status, 1)
    assert (poll["voted"], poll["own_votes"], poll["votes_count"], poll["voters_count"]) == (True, [1], 1, 1)
    assert [option["votes_count"] for option in poll["options"]] == [0, 1, 0]
    assert (await shown(amina, status))["poll"]["own_votes"] == []


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("?choices[]=0&choices[]=2", "", None),
        ("", "choices[]=0&choices[]=2", "application/x-www-form-urlencoded"),
        ("", "choices[0]=0&choices[1]=2", "application/x-www-form-urlencoded"),
        ("", '{"choices":["0","2"]}', "application/json"),
        ("", '{"choices":[0,2]}', "application/json"),
    ],
)
async def test_choices_come_in_each_way_that_apps_have(
    amina: Program, bilal: Program, path: str, body: str, kind: str | None
) -> None:
    status = await asked(amina, multiple=True)
    answer = await bilal.send(
        "POST",
        f"/api/v1/polls/{status['poll']['id']}/votes{path}",
        body.encode(),
        {"content-type": kind} if kind else None,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["own_votes"] == [0, 2]


async def test_of_one_choice_only_one_counts(amina: Program, bilal: Program) -> None:
    status = await asked(amina)
    path = f"/api/v1/polls/{status['poll']['id']}/votes"
    already = "Validation failed: You have already voted on this poll"
    assert await refused(bilal, 422, "POST", path, {"choices": [0, 1]}) == already
    await vote(bilal, status, 0)
    assert await refused(bilal, 422, "POST", path, {"choices": [1]}) == already
    assert await refused(bilal, 422, "POST", path, {"choices": [0]}) == already
    assert (await shown(bilal, status))["poll"]["votes_count"] == 1


async def test_of_several_choices_each_counts_once(amina: Program, bilal: Program) -> None:
    status = await asked(amina, multiple=True)
    poll = await vote(bilal, status, 0, 1)
    assert (poll["votes_count"], poll["voters_count"]) == (2, 1)
    path = f"/api/v1/polls/{status['poll']['id']}/votes"
    assert "already voted" in await refused(bilal, 422, "POST", path, {"choices": [1]})
    poll = await vote(bilal, status, 2)
    assert (poll["votes_count"], poll["voters_count"], poll["own_votes"]) == (3, 1, [0, 1, 2])


async def test_what_cannot_be_chosen_is_refused(live: LiveNode, amina: Program, bilal: Program) -> None:
    status = await asked(amina)
    path = f"/api/v1/polls/{status['poll']['id']}/votes"
    missing = "Validation failed: The chosen vote option does not exist"
    for choice in (3, "-1", "yes", "9999"):
        assert await refused(bilal, 422, "POST", path, {"choices": [choice]}) == missing
    assert "choices" in await refused(bilal, 400, "POST", path, {})
    own = await refused(amina, 422, "POST", path, {"choices": [0]})
    assert own == "Validation failed: You cannot vote in your own polls"
    assert await refused(anybody(live), 401, "POST", path, {"choices": [0]})
    assert await refused(bilal, 404, "POST", "/api/v1/polls/12/votes", {"choices": [0]})


async def test_what_somebody_may_not_read_has_no_poll_for_them(amina: Program, bilal: Program) -> None:
    status = await posted(amina, "Shall we?", poll=ASKED, visibility="private")
    path = f"/api/v1/polls/{status['poll']['id']}"
    assert await refused(bilal, 404, "GET", path) == "Record not found"
    assert await refused(bilal, 404, "POST", f"{path}/votes", {"choices": [0]}) == "Record not found"


async def test_a_post_without_a_poll_has_none(amina: Program) -> None:
    status = await posted(amina)
    assert status["poll"] is None
    await refused(amina, 404, "GET", f"/api/v1/polls/{status['id']}")


async def test_after_its_end_nobody_votes(fediverse: Fediverse, amina: Program, bilal: Program) -> None:
    status = await asked(amina)
    fediverse.wait(hours=1)
    sentence = await refused(
        bilal, 422, "POST", f"/api/v1/polls/{status['poll']['id']}/votes", {"choices": [0]}
    )
    assert sentence == "Validation failed: The poll has already ended"
    assert (await shown(bilal, status))["poll"]["expired"] is True


async def test_how_it_stands_may_be_hidden_until_the_end(
    fediverse: Fediverse, amina: Program, bilal: Program
) -> None:
    status = await asked(amina, hide_totals=True)
    poll = await vote(bilal, status, 0)
    assert [option["votes_count"] for option in poll["options"]] == [None, None, None]
    fediverse.wait(hours=2)
    poll = (await shown(bilal, status))["poll"]
    assert [option["votes_count"] for option in poll["options"]] == [1, 0, 0]


async def test_other_options_take_all_votes_away(amina: Program, bilal: Program) -> None:
    status = await asked(amina)
    await vote(bilal, status, 0)
    path = f"{STATUSES}/{status['id']}"
    kept = await done(amina, "PUT", path, {"status": "Shall we?", "poll": {**ASKED, "expires_in": 7200}})
    assert kept["poll"]["votes_count"] == 1
    assert kept["poll"]["expires_at"] == "2026-08-23T12:00:00.000Z"
    other = {"options": ["Yes", "Never"], "expires_in": 3600}
    changed = await done(amina, "PUT", path, {"status": "Shall we?", "poll": other})
    assert changed["poll"]["votes_count"] == 0
    assert (await shown(bilal, status))["poll"]["voted"] is False
    without = await done(amina, "PUT", path, {"status": "Shall we?"})
    assert without["poll"] is None
    history = await done(amina, "GET", f"{path}/history")
    assert [
        [each["title"] for each in version.get("poll", {}).get("options", [])] for version in history
    ] == [
        ["Yes", "No", "Later"],
        ["Yes", "No", "Later"],
        ["Yes", "Never"],
        [],
    ]


async def test_a_vote_in_a_poll_elsewhere_goes_to_who_asked_and_to_nobody_else(
    fediverse: Fediverse, live: LiveNode, amina: Program, bilal: Program
) -> None:
    nepal, ghana = await fediverse.node("nepal.example"), await fediverse.node("ghana.example")
    maya = await program(nepal, "maya")
    assert bilal.actor is not None
    assert maya.actor is not None
    await live.follow(bilal.actor, maya.actor.handle)
    await ghana.follow(ghana.office, bilal.actor.handle)
    await fediverse.settle()
    there = await asked(maya, multiple=True)
    await fediverse.settle()
    here = (await done(bilal, "GET", "/api/v1/timelines/home"))[0]
    assert here["poll"]["options"] == there["poll"]["options"]
    poll = await vote(bilal, here, 0, 2)
    assert (poll["own_votes"], poll["voters_count"]) == ([0, 2], 1)
    await fediverse.settle()
    poll = (await shown(maya, there))["poll"]
    assert [option["votes_count"] for option in poll["options"]] == [1, 0, 1]
    assert poll["voters_count"] == 1
    assert (await shown(maya, there))["replies_count"] == 0
    assert not [row for row in await ghana.received() if "#votes/" in row.body]
    # Whoever follows is told of how it stands a few minutes later, and that is no edit.
    fediverse.wait(minutes=4)
    await fediverse.settle()
    assert await done(amina, "GET", f"/api/v1/polls/{here['poll']['id']}")
    again = await shown(amina, here)
    assert [option["votes_count"] for option in again["poll"]["options"]] == [1, 0, 1]
    assert again["edited_at"] is None


async def test_a_remote_poll_is_asked_for_at_most_once_a_minute(
    fediverse: Fediverse, live: LiveNode, bilal: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    maya, nima = await program(nepal, "maya"), await program(nepal, "nima")
    assert bilal.actor is not None
    assert maya.actor is not None
    await live.follow(bilal.actor, maya.actor.handle)
    await fediverse.settle()
    there = await asked(maya)
    await fediverse.settle()
    here = (await done(bilal, "GET", "/api/v1/timelines/home"))[0]
    await vote(nima, there, 1)
    path = f"/api/v1/polls/{here['poll']['id']}"
    assert (await done(bilal, "GET", path))["votes_count"] == 0
    fediverse.wait(minutes=2)
    fediverse.hops.clear()
    assert (await done(bilal, "GET", path))["votes_count"] == 1
    assert (await done(bilal, "GET", path))["votes_count"] == 1
    assert len([hop for hop in fediverse.hops if hop == ("GET", there["uri"])]) == 1
    fediverse.down.add("nepal.example")
    fediverse.wait(minutes=2)
    assert (await done(bilal, "GET", path))["votes_count"] == 1


async def test_the_end_of_a_poll_is_told(fediverse: Fediverse, live: LiveNode, bilal: Program) -> None:
    nepal = await fediverse.node("nepal.example")
    maya = await program(nepal, "maya")
    assert bilal.actor is not None
    assert maya.actor is not None
    await live.follow(bilal.actor, maya.actor.handle)
    await fediverse.settle()
    there = await asked(maya, hide_totals=True)
    await fediverse.settle()
    here = (await done(bilal, "GET", "/api/v1/timelines/home"))[0]
    await vote(bilal, here, 1)
    await fediverse.settle()
    document = (await anybody(nepal).get(f"/o/{there['id']}", accept="application/activity+json")).json()
    assert [option["replies"]["totalItems"] for option in document["oneOf"]] == [0, 0, 0]
    fediverse.wait(hours=1)
    await fediverse.settle()
    document = (await anybody(nepal).get(f"/o/{there['id']}", accept="application/activity+json")).json()
    assert [option["replies"]["totalItems"] for option in document["oneOf"]] == [0, 1, 0]
    assert (document["type"], document["closed"], document["votersCount"]) == (
        "Question",
        "2026-08-23T11:00:00Z",
        1,
    )
    poll = (await shown(bilal, here))["poll"]
    assert (poll["expired"], poll["votes_count"]) == (True, 1)


async def test_the_other_api_asks_and_quotes_too(amina: Program, bilal: Program) -> None:
    note = await amina.publish(
        {
            "kind": "note",
            "poll": {"options": ["Yes", "No"], "multiple": True, "ends": "2026-08-23T11:00:00Z"},
            "quote_policy": "nobody",
        }
    )
    status = await done(bilal, "GET", f"{STATUSES}/{note['id']}")
    assert [option["title"] for option in status["poll"]["options"]] == ["Yes", "No"]
    assert status["quote_approval"]["automatic"] == []
    quote = await amina.publish({"kind": "note", "quote": note["uri"]})
    assert (await done(amina, "GET", f"{STATUSES}/{quote['id']}"))["quote"]["state"] == "accepted"
    check(await amina.get(f"publications/{quote['id']}"), "publications/{id}")
    for document, field in (
        ({"poll": {"options": ["Yes"]}}, "poll.options"),
        ({"poll": {"options": ["Yes", "x" * 101]}}, "poll.options"),
        ({"poll": {"options": ["Yes", "No"], "color": "red"}}, "poll.color"),
        ({"body": "x", "quote_policy": "friends"}, "quote_policy"),
        ({}, "body"),
    ):
        answer = await amina.post("publications", {"kind": "note", **document})
        assert answer.status_code == 422
        assert field in answer.json()["fields"]
    answer = await bilal.post("publications", {"kind": "note", "quote": note["uri"]})
    assert answer.status_code == 404
