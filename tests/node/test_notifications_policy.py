"""Whose notifications a member wants, and those who wait to be let through, by their routes."""

from pathlib import Path
from typing import Any

import pytest

from actors.reacting import unlike
from tests.node.client_calls import calls_of
from tests.node.counting import statements
from tests.node.notices import ID, LIST, MOMENT, Scene, scene

POLICY = "/api/v2/notifications/policy"
OLD_POLICY = "/api/v1/notifications/policy"
REQUESTS = "/api/v1/notifications/requests"
USUAL = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "filter",
    "for_limited_accounts": "filter",
    "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
}


async def held_back(told: Scene, *names: str) -> None:
    """Let strangers wait, each with a mention and a like."""
    await told.calls.patch(POLICY, json={"for_not_following": "filter"})
    for each in await told.others(*names):
        await told.mention(each)
        await told.like(each)


async def requests(told: Scene, asked: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await told.calls.get(REQUESTS, asked)
    return found


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_the_policy_is_the_usual_one_and_changes_in_part(tmp_path: Path, method: str) -> None:
    async with scene(tmp_path) as told:
        assert await told.calls.get(POLICY) == USUAL
        response = await told.calls.send(method, POLICY, data={"for_new_accounts": "drop", "unknown": "1"})
        assert response.json() == USUAL | {"for_new_accounts": "drop"}
        response = await told.calls.send(method, POLICY, json={"for_private_mentions": "accept"})
        changed = USUAL | {"for_new_accounts": "drop", "for_private_mentions": "accept"}
        assert response.json() == await told.calls.get(POLICY) == changed


async def test_what_is_no_decision_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        body = {"for_new_accounts": "drop", "for_not_followers": "ignore"}
        refused = await told.calls.patch(POLICY, json=body, status=422)
        assert refused["error"] == "Validation failed: for_not_followers is not included in the list"
        assert await told.calls.get(POLICY) == USUAL


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_the_old_policy_is_the_same_in_booleans(tmp_path: Path, method: str) -> None:
    async with scene(tmp_path) as told:
        assert await told.calls.get(OLD_POLICY) == {
            "filter_not_following": False,
            "filter_not_followers": False,
            "filter_new_accounts": False,
            "filter_private_mentions": True,
            "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
        }
        body = {"filter_not_following": "true", "filter_private_mentions": "false"}
        response = await told.calls.send(method, OLD_POLICY, data=body)
        assert response.json()["filter_not_following"] is True
        changed = USUAL | {"for_not_following": "filter", "for_private_mentions": "accept"}
        assert await told.calls.get(POLICY) == changed


async def test_those_who_wait_are_listed_and_counted(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one", "two")
        assert await told.types() == []
        found = await requests(told)
        assert [each["account"]["username"] for each in found] == ["two", "one"]
        for each in found:
            assert each.keys() == {
                "id",
                "created_at",
                "updated_at",
                "notifications_count",
                "account",
                "last_status",
            }
            assert ID.fullmatch(each["id"])
            assert MOMENT.fullmatch(each["created_at"])
            # Mastodon writes this one number as a text.
            assert each["notifications_count"] == "2"
            assert await told.calls.get(f"{REQUESTS}/{each['id']}") == each
        assert (await told.calls.get(POLICY))["summary"] == {
            "pending_requests_count": 2,
            "pending_notifications_count": 4,
        }
        response = await told.calls.send("GET", REQUESTS, params={"limit": "1"})
        assert f'max_id={found[0]["id"]}>; rel="next"' in response.headers["link"]
        assert [[each["id"] for each in page] for page in await told.calls.pages(REQUESTS, limit=1)] == [
            [found[0]["id"]],
            [found[1]["id"]],
            [],
        ]


async def test_whoever_is_let_through_is_heard_now_and_from_now_on(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one", "two")
        two, one = await requests(told)
        assert await told.calls.post(f"{REQUESTS}/{one['id']}/accept") == {}
        assert await told.types() == ["favourite", "mention"]
        assert await requests(told) == [two]
        async with told.node.node.database.read() as tx:
            actor = await tx.actors.get(int(one["account"]["id"]))
        await told.follow(actor)
        assert await told.types() == ["follow", "favourite", "mention"]
        assert await told.calls.get(f"{REQUESTS}/merged") == {"merged": True}
        async with told.node.node.database.read() as tx:
            events = await tx.stream_events.after(0, size=100)
        assert [each.owner_id for each in events if each.event == "notifications_merged"] == [told.amina.id]


async def test_what_is_dismissed_is_forgotten_and_comes_back_as_something_new(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one")
        [one] = await requests(told)
        assert await told.calls.post(f"{REQUESTS}/{one['id']}/dismiss") == {}
        assert await requests(told) == []
        assert await told.types({"include_filtered": "true"}) == []
        [two] = await told.others("two")
        await told.like(two)
        assert [each["account"]["username"] for each in await requests(told)] == ["two"]


@pytest.mark.parametrize("verb", ["accept", "dismiss"])
async def test_several_are_decided_at_once_and_unknown_ones_ignored(tmp_path: Path, verb: str) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one", "two", "three")
        three, two, one = await requests(told)
        body = {"id": [one["id"], two["id"], "12", "nonsense"]}
        assert await told.calls.post(f"{REQUESTS}/{verb}", json=body) == {}
        assert [each["id"] for each in await requests(told)] == [three["id"]]
        assert len(await told.types()) == (4 if verb == "accept" else 0)
        # Ice Cubes sends the parameters of a POST in the address.
        await told.calls.post(f"{REQUESTS}/{verb}", params={"id[]": three["id"]})
        assert await requests(told) == []


async def test_what_is_taken_back_does_not_wait_any_more(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.calls.patch(POLICY, json={"for_not_following": "filter"})
        [one] = await told.others("one")
        await told.like(one)
        [request] = await requests(told)
        async with told.node.node.database.begin() as tx:
            await unlike(tx, one, told.post)
        assert await requests(told) == []
        await told.calls.get(f"{REQUESTS}/{request['id']}", status=404)
        assert (await told.calls.get(POLICY))["summary"]["pending_requests_count"] == 0


@pytest.mark.parametrize("verb", ["", "/accept", "/dismiss"])
async def test_nobody_decides_about_those_who_wait_for_others(tmp_path: Path, verb: str) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one")
        [one] = await requests(told)
        other = await calls_of(told.node, await told.node.member("bela"))
        method = "POST" if verb else "GET"
        for number in (one["id"], "12", "abc"):
            refused = await other.send(method, f"{REQUESTS}/{number}{verb}", status=404)
            assert refused.json() == {"error": "Record not found"}
        if verb:
            await other.post(f"{REQUESTS}{verb}", json={"id": [one["id"]]})
        assert [each["id"] for each in await requests(told)] == [one["id"]]


async def test_those_who_wait_cost_the_same_however_many_they_are(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.calls.get(f"/api/v1/statuses/{told.post.id}")
        costs: list[int] = []
        for names in (("a", "b"), ("c", "d", "e", "f")):
            await held_back(told, *names)
            with statements() as seen:
                assert await requests(told)
            costs.append(len(seen))
        assert len(set(costs)) == 1, costs


async def test_what_waits_is_read_by_naming_its_sender(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await held_back(told, "one")
        [one] = await requests(told)
        found = await told.calls.get(LIST, {"account_id": one["account"]["id"]})
        assert [each["filtered"] for each in found] == [True, True]
        assert one["last_status"]["id"] in {each["status"]["id"] for each in found}
