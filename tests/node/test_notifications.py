"""Notifications one by one, through their routes, as clients read them."""

from pathlib import Path

import pytest

from tests.node.client_calls import Calls, calls_of
from tests.node.counting import statements
from tests.node.notices import ID, LIST, MOMENT, scene

FIELDS = {"id", "type", "created_at", "group_key", "account"}


async def test_each_type_has_exactly_the_fields_that_clients_read(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.of_everything()
        found = await told.calls.get(LIST)
        assert [each["type"] for each in found] == ["follow", "reblog", "favourite", "mention"]
        for each in found:
            has_status = each["type"] != "follow"
            assert each.keys() == FIELDS | ({"status"} if has_status else set())
            assert ID.fullmatch(each["id"])
            assert MOMENT.fullmatch(each["created_at"])
            assert isinstance(each["account"]["id"], str)
            if each["type"] in {"favourite", "reblog"}:
                assert each["status"]["id"] == str(told.post.id)
        assert found[-1]["status"]["account"]["acct"] == found[-1]["account"]["acct"] == "one@other.example"
        assert found[-1]["group_key"] == f"ungrouped-{found[-1]['id']}"
        assert found[2]["group_key"].startswith(f"favourite-{told.post.id}-")


async def test_pages_go_on_by_the_ids_of_notifications(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        people = await told.others(*"abcde")
        await told.like(*people)
        ids = [each["id"] for each in await told.calls.get(LIST)]
        response = await told.calls.send("GET", LIST, params={"limit": "2", "types[]": "favourite"})
        base = f"https://node.example{LIST}?limit=2&types%5B%5D=favourite"
        assert response.headers["link"] == (
            f'<{base}&max_id={ids[1]}>; rel="next", <{base}&min_id={ids[0]}>; rel="prev"'
        )
        pages = await told.calls.pages(LIST, limit=2)
        assert [[each["id"] for each in page] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
        for bounds, expected in (
            ({"max_id": ids[3]}, ids[4:]),
            ({"since_id": ids[3], "limit": 2}, ids[:2]),
            ({"min_id": ids[3], "limit": 2}, ids[1:3]),
            ({"min_id": ids[0]}, []),
        ):
            assert [each["id"] for each in await told.calls.get(LIST, bounds)] == expected


async def test_types_are_chosen_and_unknown_ones_ignored(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.of_everything()
        assert await told.types({"types[]": ["mention", "follow", "poke"]}) == ["follow", "mention"]
        assert await told.types({"exclude_types[]": ["mention", "poke"]}) == ["follow", "reblog", "favourite"]
        assert await told.types({"types[]": ["mention", "follow"], "exclude_types[]": "follow"}) == [
            "mention"
        ]
        assert await told.types({"types[]": "poke"}) == []


async def test_one_senders_are_chosen_with_what_waits_of_them(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        one, two = await told.others("one", "two")
        await told.like(two)
        await told.calls.put("/api/v2/notifications/policy", json={"for_not_following": "filter"})
        await told.mention(one)
        await told.like(one)
        assert await told.types() == ["favourite"]
        assert await told.types({"include_filtered": "true"}) == ["favourite", "mention", "favourite"]
        found = await told.calls.get(LIST, {"account_id": str(one.id)})
        assert [(each["type"], each["filtered"]) for each in found] == [
            ("favourite", True),
            ("mention", True),
        ]
        assert await told.types({"account_id": str(one.id), "types[]": "mention"}) == ["mention"]
        assert await told.types({"account_id": "nobody"}) == []
        # What waits is no group yet.
        assert found[0]["group_key"] == f"ungrouped-{found[0]['id']}"


async def test_one_is_shown_and_dismissed_in_every_way(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        ids = await told.of_everything()
        listed = {each["id"]: each for each in await told.calls.get(LIST)}
        for number in ids.values():
            assert await told.calls.get(f"{LIST}/{number}") == listed[number]
        assert await told.calls.post(f"{LIST}/{ids['follow']}/dismiss") == {}
        assert await told.calls.delete(f"{LIST}/{ids['reblog']}") == {}
        body = {"ids[]": [ids["favourite"], "12"]}
        assert await told.calls.delete(f"{LIST}/destroy_multiple", data=body) == {}
        assert await told.types() == ["mention"]
        assert await told.calls.post(f"{LIST}/clear") == {}
        assert await told.types() == []
        await told.like(*await told.others("three"))
        assert await told.calls.post("/api/v2/notifications/clear") == {}
        assert await told.types() == []


async def test_nobody_sees_or_dismisses_what_others_are_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        ids = await told.of_everything()
        number = ids["mention"]
        other = await calls_of(told.node, await told.node.member("bela"))
        for method, path in (
            ("GET", f"{LIST}/{number}"),
            ("POST", f"{LIST}/{number}/dismiss"),
            ("DELETE", f"{LIST}/{number}"),
            ("GET", f"{LIST}/12"),
            ("GET", f"{LIST}/abc"),
        ):
            answered = await other.send(method, path, status=404)
            assert answered.json() == {"error": "Record not found"}
        await other.delete(f"{LIST}/destroy_multiple", json={"ids": list(ids.values())})
        await other.post(f"{LIST}/clear")
        assert len(await told.types()) == 4


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", LIST, "read:notifications"),
        ("GET", f"{LIST}/12", "read:notifications"),
        ("GET", f"{LIST}/unread_count", "read:notifications"),
        ("POST", f"{LIST}/clear", "write:notifications"),
        ("POST", f"{LIST}/12/dismiss", "write:notifications"),
        ("DELETE", f"{LIST}/12", "write:notifications"),
        ("DELETE", f"{LIST}/destroy_multiple", "write:notifications"),
        ("GET", "/api/v2/notifications", "read:notifications"),
        ("GET", "/api/v2/notifications/some-key", "read:notifications"),
        ("GET", "/api/v2/notifications/some-key/accounts", "write:notifications"),
        ("POST", "/api/v2/notifications/some-key/dismiss", "write:notifications"),
        ("GET", "/api/v2/notifications/unread_count", "read:notifications"),
        ("POST", "/api/v2/notifications/clear", "write:notifications"),
        ("GET", "/api/v2/notifications/policy", "read:notifications"),
        ("PATCH", "/api/v2/notifications/policy", "write:notifications"),
        ("GET", "/api/v1/notifications/policy", "read:notifications"),
        ("PUT", "/api/v1/notifications/policy", "write:notifications"),
        ("GET", "/api/v1/notifications/requests", "read:notifications"),
        ("GET", "/api/v1/notifications/requests/12", "read:notifications"),
        ("GET", "/api/v1/notifications/requests/merged", "read:notifications"),
        ("POST", "/api/v1/notifications/requests/accept", "write:notifications"),
        ("POST", "/api/v1/notifications/requests/dismiss", "write:notifications"),
        ("POST", "/api/v1/notifications/requests/12/accept", "write:notifications"),
        ("POST", "/api/v1/notifications/requests/12/dismiss", "write:notifications"),
        ("GET", "/api/v1/markers", "read:statuses"),
        ("POST", "/api/v1/markers", "write:statuses"),
    ],
)
async def test_each_method_needs_its_scope_and_a_member(
    tmp_path: Path, method: str, path: str, scope: str
) -> None:
    async with scene(tmp_path, "profile") as told:
        refused = await told.calls.send(method, path, status=403)
        assert refused.json()["error"] == "This action is outside the authorized scopes"
        guest = await Calls(told.node).send(method, path, status=401)
        assert guest.json()["error"] == "The access token is invalid"
        right = await calls_of(told.node, told.amina, (scope,))
        answered = await told.node.client.request(
            method, path, headers={"authorization": f"Bearer {right.token}"}
        )
        assert answered.status_code in {200, 404}


async def test_unread_ones_are_counted_up_to_a_limit(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.like(*await told.others(*"abcd"))
        await told.follow(*await told.others("e"))
        ids = [each["id"] for each in await told.calls.get(LIST)]
        path = f"{LIST}/unread_count"
        assert await told.calls.get(path) == {"count": 5}
        assert await told.calls.get(path, limit=3) == {"count": 3}
        assert await told.calls.get(path, {"types[]": "follow"}) == {"count": 1}
        assert await told.calls.get(path, {"exclude_types[]": "follow"}) == {"count": 4}
        await told.calls.post("/api/v1/markers", json={"notifications": {"last_read_id": ids[2]}})
        assert await told.calls.get(path) == {"count": 2}
        await told.calls.post("/api/v1/markers", json={"notifications": {"last_read_id": ids[0]}})
        assert await told.calls.get(path) == {"count": 0}


async def test_what_one_may_not_read_any_more_is_left_out(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        ids = await told.of_everything()
        [one] = [each["account"] for each in await told.calls.get(LIST) if each["type"] == "mention"]
        await told.calls.post(f"/api/v1/accounts/{one['id']}/block")
        assert await told.types() == ["follow", "reblog"]
        await told.calls.get(f"{LIST}/{ids['mention']}", status=404)


@pytest.mark.parametrize("path", [LIST, "/api/v2/notifications"])
async def test_a_page_costs_the_same_however_long_it_is(tmp_path: Path, path: str) -> None:
    async with scene(tmp_path) as told:
        # The first request also looks for the reader's filters, which are kept then.
        await told.calls.get(f"/api/v1/statuses/{told.post.id}")
        costs: list[int] = []
        for names in (("a", "b"), ("c", "d", "e", "f", "g", "h")):
            people = await told.others(*names)
            await told.like(*people)
            await told.follow(*people)
            for each in people:
                await told.mention(each)
            # Another address each time, so that no answer is one that is kept.
            with statements() as seen:
                assert await told.calls.get(path, limit=40 + len(costs))
            costs.append(len(seen))
        assert len(set(costs)) == 1, costs
        assert costs[0] <= 10
