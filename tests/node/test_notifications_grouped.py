"""Notifications in groups, through their routes, as clients read them."""

from pathlib import Path
from typing import Any

import pytest

from tests.node.client_calls import calls_of
from tests.node.notices import GROUPS, ID, LIST, MOMENT, Scene, scene

GROUP_FIELDS = {
    "group_key",
    "notifications_count",
    "type",
    "most_recent_notification_id",
    "page_min_id",
    "page_max_id",
    "latest_page_notification_at",
    "sample_account_ids",
}


async def ids_of(told: Scene) -> list[str]:
    """Return the ids of all notifications, the newest first."""
    return [each["id"] for each in await told.calls.get(LIST)]


async def groups(told: Scene, asked: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await told.calls.get(GROUPS, asked))["notification_groups"]
    return found


async def test_what_many_did_is_one_group_with_a_sample_of_them(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        people = await told.others(*(f"p{number}" for number in range(10)))
        await told.like(*people)
        ids = await ids_of(told)
        found = await told.calls.get(GROUPS)
        [group] = found["notification_groups"]
        assert group.keys() == GROUP_FIELDS | {"status_id"}
        assert group["group_key"].startswith(f"favourite-{told.post.id}-")
        assert (group["type"], group["notifications_count"]) == ("favourite", 10)
        # The one number that is no text: Ice Cubes refuses anything else.
        assert group["most_recent_notification_id"] == int(ids[0])
        assert (group["page_max_id"], group["page_min_id"]) == (ids[0], ids[-1])
        assert MOMENT.fullmatch(group["latest_page_notification_at"])
        assert group["sample_account_ids"] == [str(each.id) for each in people[:1:-1]]
        assert {each["id"] for each in found["accounts"]} == set(group["sample_account_ids"])
        assert [each["id"] for each in found["statuses"]] == [group["status_id"]] == [str(told.post.id)]
        assert found.keys() == {"accounts", "statuses", "notification_groups"}


async def test_mentions_stand_alone_and_follows_together(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        one, two = await told.others("one", "two")
        await told.follow(one, two)
        post = await told.mention(one)
        mention, follow = await groups(told)
        number = mention["most_recent_notification_id"]
        assert mention["group_key"] == f"ungrouped-{number}"
        assert (mention["notifications_count"], mention["status_id"]) == (1, str(post.id))
        assert mention["page_min_id"] == mention["page_max_id"] == str(number)
        assert (follow["type"], follow["notifications_count"]) == ("follow", 2)
        assert follow.keys() == GROUP_FIELDS


async def test_pages_go_on_by_ids_and_name_each_group_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        people = await told.others(*"abcd")
        other = await told.node.publish(told.amina)
        await told.like(people[0])
        await told.mention(people[0])
        await told.like(people[1], post=other)
        await told.like(people[2])
        await told.follow(people[3])
        ids = await ids_of(told)
        response = await told.calls.send("GET", GROUPS, params={"limit": "2"})
        first = response.json()["notification_groups"]
        assert [each["type"] for each in first] == ["follow", "favourite"]
        assert response.headers["link"] == (
            f'<https://node.example{GROUPS}?limit=2&max_id={ids[1]}>; rel="next", '
            f'<https://node.example{GROUPS}?limit=2&min_id={ids[0]}>; rel="prev"'
        )
        # Only the newest of the group is on this page, but all are counted.
        assert (first[1]["page_min_id"], first[1]["notifications_count"]) == (ids[1], 2)
        second = await groups(told, {"limit": 2, "max_id": ids[1]})
        assert second[0]["status_id"] == str(other.id)
        assert [each["type"] for each in second] == ["favourite", "mention"]
        # The last page also has what is older than its last group.
        every = await groups(told)
        assert {each["group_key"] for each in every} == {each["group_key"] for each in [*first, *second]}
        assert (
            next(each for each in every if each.get("status_id") == str(told.post.id))["page_min_id"]
            == (ids[-1])
        )


async def test_a_group_that_grows_comes_again_to_whoever_reads_up(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        one, two = await told.others("one", "two")
        await told.like(one)
        [old] = await groups(told)
        await told.like(two)
        [new] = await groups(told, {"min_id": str(old["most_recent_notification_id"])})
        assert new["group_key"] == old["group_key"]
        assert new["notifications_count"] == 2
        assert new["page_min_id"] == new["page_max_id"] == str(new["most_recent_notification_id"])


async def test_programs_choose_what_they_show_in_groups(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        people = await told.others("one", "two")
        await told.like(*people)
        await told.follow(*people)
        ids = await ids_of(told)
        found = await groups(told, {"grouped_types[]": ["follow", "poke"]})
        assert [(each["type"], each["notifications_count"]) for each in found] == [
            ("follow", 2),
            ("favourite", 1),
            ("favourite", 1),
        ]
        assert [each["group_key"] for each in found[1:]] == [f"ungrouped-{number}" for number in ids[2:]]
        alone = f"{GROUPS}/ungrouped-{ids[2]}"
        [one] = (await told.calls.get(alone))["notification_groups"]
        assert one["notifications_count"] == 1
        assert [each["username"] for each in await told.calls.get(f"{alone}/accounts")] == ["two"]
        assert await told.calls.post(f"{alone}/dismiss") == {}
        assert await ids_of(told) == [*ids[:2], ids[3]]
        assert await told.calls.get(f"{GROUPS}/unread_count", {"grouped_types[]": "favourite"}) == {
            "count": 3
        }


async def test_whoever_came_last_is_shown_whole_and_the_others_by_their_pictures(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        one, two, three = await told.others("one", "two", "three")
        await told.like(one, two, three)
        found = await told.calls.get(GROUPS, {"expand_accounts": "partial_avatars"})
        assert [each["username"] for each in found["accounts"]] == ["three"]
        assert {each["acct"] for each in found["partial_accounts"]} == {
            "one@other.example",
            "two@other.example",
        }
        for each in found["partial_accounts"]:
            assert each.keys() == {"id", "acct", "locked", "bot", "url", "avatar", "avatar_static"}
            assert ID.fullmatch(each["id"])
        whole = await told.calls.get(GROUPS, {"expand_accounts": "full"})
        assert "partial_accounts" not in whole
        refused = await told.calls.get(GROUPS, {"expand_accounts": "some"}, status=400)
        assert "partial_avatars" in refused["error"]


async def test_one_group_is_shown_with_everybody_in_it_and_dismissed(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        people = await told.others(*(f"p{number}" for number in range(9)))
        await told.like(*people)
        await told.share(people[0])
        share, like = await groups(told)
        path = f"{GROUPS}/{like['group_key']}"
        found = await told.calls.get(path)
        [shown] = found["notification_groups"]
        assert (shown["group_key"], shown["notifications_count"]) == (like["group_key"], 9)
        assert shown["most_recent_notification_id"] == like["most_recent_notification_id"]
        accounts = await told.calls.get(f"{path}/accounts")
        assert [each["id"] for each in accounts] == [str(each.id) for each in people[::-1]]
        assert await told.calls.post(f"{path}/dismiss") == {}
        assert [each["group_key"] for each in await groups(told)] == [share["group_key"]]


@pytest.mark.parametrize("key", ["favourite-1-1", "ungrouped-12", "ungrouped-x", "ungrouped-" + "9" * 40])
async def test_a_group_that_is_not_there_or_somebody_elses_is_not_found(tmp_path: Path, key: str) -> None:
    async with scene(tmp_path) as told:
        await told.calls.get(f"{GROUPS}/{key}", status=404)
        await told.calls.get(f"{GROUPS}/{key}/accounts", status=404)
        assert await told.calls.post(f"{GROUPS}/{key}/dismiss") == {}


async def test_nobody_sees_or_dismisses_the_groups_of_others(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.like(*await told.others("one", "two"))
        [group] = await groups(told)
        other = await calls_of(told.node, await told.node.member("bela"))
        for key in (group["group_key"], f"ungrouped-{group['most_recent_notification_id']}"):
            await other.get(f"{GROUPS}/{key}", status=404)
            await other.post(f"{GROUPS}/{key}/dismiss")
        assert len(await ids_of(told)) == 2


async def test_unread_groups_are_counted_once_each(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        one, two = await told.others("one", "two")
        await told.mention(one)
        await told.like(one, two)
        ids = await ids_of(told)
        path = f"{GROUPS}/unread_count"
        assert await told.calls.get(path) == {"count": 2}
        assert await told.calls.get(path, limit=1) == {"count": 1}
        assert await told.calls.get(path, {"types[]": "mention"}) == {"count": 1}
        await told.calls.post("/api/v1/markers", json={"notifications": {"last_read_id": ids[2]}})
        assert await told.calls.get(path) == {"count": 1}


async def test_what_waits_stands_in_groups_of_its_own_where_it_is_asked_for(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.calls.put("/api/v2/notifications/policy", json={"for_not_following": "filter"})
        one, two = await told.others("one", "two")
        await told.like(one, two)
        assert await groups(told) == []
        found = await groups(told, {"include_filtered": "1"})
        assert [each["notifications_count"] for each in found] == [1, 1]
        assert len(await groups(told, {"account_id": str(one.id)})) == 1
