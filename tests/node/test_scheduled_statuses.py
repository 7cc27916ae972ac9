"""Posts for later: scheduled, moved, taken out, and published at their time, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node.workers import publish_scheduled
from tests.fediverse import START, Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.media import LIMITS, uploaded
from tests.node.statuses import STATUSES, done, refused

SCHEDULED = "/api/v1/scheduled_statuses"


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example", limits=dict(LIMITS))


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


def after(**duration: float) -> str:
    return (START + timedelta(**duration)).isoformat()


async def scheduled(who: Program, moment: str, /, **more: Any) -> dict[str, Any]:
    document = {"status": "Later.", "scheduled_at": moment, **more}
    found: dict[str, Any] = await done(who, "POST", STATUSES, document)
    return found


async def statuses(who: Program) -> list[dict[str, Any]]:
    assert who.actor is not None
    found: list[dict[str, Any]] = await done(who, "GET", f"/api/v1/accounts/{who.actor.id}/statuses")
    return found


async def test_what_is_scheduled_is_kept_as_it_was_sent(amina: Program) -> None:
    kept = await scheduled(
        amina,
        after(hours=1),
        visibility="unlisted",
        language="sw",
        spoiler_text="CW",
        poll={"options": ["a", "b"], "expires_in": 600},
    )
    assert kept["scheduled_at"] == "2026-08-23T11:00:00.000Z"
    assert kept["media_attachments"] == []
    assert kept["params"] == {
        "text": "Later.",
        "poll": {"options": ["a", "b"], "expires_in": 600, "multiple": False, "hide_totals": False},
        "media_ids": None,
        "sensitive": None,
        "spoiler_text": "CW",
        "visibility": "unlisted",
        "in_reply_to_id": None,
        "language": "sw",
        "application_id": None,
        "scheduled_at": None,
        "idempotency": None,
        "with_rate_limit": False,
        "quoted_status_id": None,
        "quote_approval_policy": None,
        "allowed_mentions": None,
    }
    assert await done(amina, "GET", SCHEDULED) == [kept]
    assert await done(amina, "GET", f"{SCHEDULED}/{kept['id']}") == kept
    assert await statuses(amina) == []


async def test_it_is_published_at_its_time(fediverse: Fediverse, amina: Program) -> None:
    nepal = await fediverse.node("nepal.example")
    await scheduled(
        amina,
        after(hours=1),
        status="Dear @office@nepal.example",
        visibility="unlisted",
        poll={"options": ["a", "b"], "expires_in": 600},
    )
    fediverse.wait(minutes=59)
    await fediverse.settle()
    assert await statuses(amina) == []
    fediverse.wait(minutes=1)
    await fediverse.settle()
    (status,) = await statuses(amina)
    assert (status["visibility"], status["created_at"]) == ("unlisted", "2026-08-23T11:00:00.000Z")
    assert status["poll"]["expires_at"] == "2026-08-23T11:10:00.000Z"
    assert status["mentions"][0]["acct"] == "office@nepal.example"
    assert await done(amina, "GET", SCHEDULED) == []
    assert await nepal.publication(status["uri"]) is not None


async def test_it_is_published_once_whoever_does_it(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    await scheduled(amina, after(hours=1))
    fediverse.wait(hours=1)
    await asyncio.gather(*(publish_scheduled(live.node) for _ in range(3)))
    assert len(await statuses(amina)) == 1


async def test_its_media_waits_for_it(fediverse: Fediverse, amina: Program) -> None:
    picture = await uploaded(amina)
    kept = await scheduled(amina, after(days=3), media_ids=[picture["id"]])
    assert [each["id"] for each in kept["media_attachments"]] == [picture["id"]]
    fediverse.wait(days=3)
    await fediverse.settle()
    (status,) = await statuses(amina)
    assert [each["id"] for each in status["media_attachments"]] == [picture["id"]]


async def test_a_moment_that_is_past_means_now(amina: Program) -> None:
    assert (await scheduled(amina, after(hours=-1)))["content"] == "<p>Later.</p>"


async def test_a_moment_too_soon_is_refused(amina: Program) -> None:
    document = {"status": "x", "scheduled_at": after(minutes=4)}
    sentence = await refused(amina, 422, "POST", STATUSES, document)
    assert sentence == "Validation failed: Scheduled at date must be in the future"


async def test_it_can_be_moved(fediverse: Fediverse, amina: Program) -> None:
    kept = await scheduled(amina, after(hours=1))
    path = f"{SCHEDULED}/{kept['id']}"
    await refused(amina, 422, "PUT", path, {"scheduled_at": after(minutes=1)})
    moved = await done(amina, "PUT", path, {"scheduled_at": after(hours=3)})
    assert moved["scheduled_at"] == "2026-08-23T13:00:00.000Z"
    assert await done(amina, "PATCH", path, {}) == moved
    fediverse.wait(hours=2)
    await fediverse.settle()
    assert await statuses(amina) == []
    fediverse.wait(hours=1)
    await fediverse.settle()
    assert len(await statuses(amina)) == 1


async def test_it_can_be_taken_out(fediverse: Fediverse, amina: Program) -> None:
    kept = await scheduled(amina, after(hours=1))
    assert await done(amina, "DELETE", f"{SCHEDULED}/{kept['id']}") == {}
    assert await refused(amina, 404, "GET", f"{SCHEDULED}/{kept['id']}") == "Record not found"
    fediverse.wait(hours=2)
    await fediverse.settle()
    assert await statuses(amina) == []


async def test_it_is_nobody_elses_business(live: LiveNode, amina: Program) -> None:
    kept = await scheduled(amina, after(hours=1))
    bilal = await program(live, "bilal")
    assert await done(bilal, "GET", SCHEDULED) == []
    for method, body in (("GET", None), ("PUT", {"scheduled_at": after(hours=2)}), ("DELETE", None)):
        assert await refused(bilal, 404, method, f"{SCHEDULED}/{kept['id']}", body) == "Record not found"
    await refused(anybody(live), 401, "GET", SCHEDULED)


async def test_the_list_is_paged(live: LiveNode, amina: Program) -> None:
    made = [await scheduled(amina, after(hours=hour)) for hour in range(1, 4)]
    page = await amina.get(f"{SCHEDULED}?limit=2")
    assert [each["id"] for each in page.json()] == [made[2]["id"], made[1]["id"]]
    following = page.headers["link"].partition(">")[0].lstrip("<").removeprefix(live.base)
    assert await amina.ids(following) == [made[0]["id"]]


async def test_there_is_a_limit_for_a_day_and_for_all(amina: Program) -> None:
    for _ in range(25):
        kept = await scheduled(amina, after(days=1))
    document = {"status": "x", "scheduled_at": after(days=1, hours=2)}
    assert "25 scheduled posts for today" in await refused(amina, 422, "POST", STATUSES, document)
    # Moving one within its day is no further one.
    await done(amina, "PUT", f"{SCHEDULED}/{kept['id']}", {"scheduled_at": after(days=1, hours=1)})
    for day in range(2, 13):
        for _ in range(25):
            await scheduled(amina, after(days=day))
    document = {"status": "x", "scheduled_at": after(days=20)}
    assert "limit of 300 scheduled posts" in await refused(amina, 422, "POST", STATUSES, document)


async def test_the_same_key_schedules_once(amina: Program) -> None:
    document = {"status": "x", "scheduled_at": after(hours=1)}
    answers = [await amina.post(STATUSES, document, idempotency_key="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await done(amina, "GET", SCHEDULED)) == 1


@pytest.mark.parametrize(("more", "code"), [({"status": ""}, 422), ({"in_reply_to_id": "12"}, 404)])
async def test_what_cannot_be_posted_cannot_be_scheduled(
    amina: Program, more: dict[str, Any], code: int
) -> None:
    await refused(amina, code, "POST", STATUSES, {"status": "x", "scheduled_at": after(hours=1), **more})


async def test_what_cannot_be_published_any_more_waits_and_costs_nothing_else(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    first = await done(amina, "POST", STATUSES, {"status": "First"})
    await scheduled(amina, after(hours=1), in_reply_to_id=first["id"])
    await scheduled(amina, after(hours=1), status="Fine")
    await done(amina, "DELETE", f"{STATUSES}/{first['id']}")
    fediverse.wait(hours=1)
    await fediverse.settle()
    assert [each["content"] for each in await statuses(amina)] == ["<p>Fine</p>"]
    assert [each["params"]["text"] for each in await done(amina, "GET", SCHEDULED)] == ["Later."]
    for _ in range(6):
        fediverse.wait(hours=1)
        await fediverse.settle()
    async with live.database.read() as tx:
        assert await tx.scheduled.due(tx.now + timedelta(days=300), 10) == []


async def test_somebody_disabled_publishes_nothing(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    await scheduled(amina, after(hours=1))
    assert amina.actor is not None
    async with live.database.begin() as tx:
        await tx.actors.change(replace(amina.actor, suspended_at=tx.now))
    fediverse.wait(hours=2)
    assert await publish_scheduled(live.node) == 0
