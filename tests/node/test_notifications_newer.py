"""Notifications that not every program knows: what they are about, and the words that come instead."""

from pathlib import Path

from actors.distancing import block_domain
from actors.moderating import act
from actors.reporting import report
from storage.kinds import Role
from tests.node.client_calls import Calls, calls_of
from tests.node.notices import GROUPS, ID, LIST, MOMENT, Scene, scene

FIELDS = {"id", "type", "created_at", "group_key", "account"}


async def moderated(told: Scene) -> Calls:
    """Let somebody be reported and somebody join; return the program of a moderator."""
    judy = await told.node.member("judy")
    calls = await calls_of(told.node, judy, role=Role.MODERATOR)
    [one] = await told.others("one<b>")
    async with told.node.node.database.begin() as tx:
        await report(tx, told.amina, one, comment="Spam.")
        moderator = await tx.members.of(judy)
        assert moderator is not None
        await act(tx, moderator, told.amina, "none", comment="Be kind.")
    return calls


async def test_reports_warnings_and_losses_say_what_they_are_about(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        judy = await moderated(told)
        [filed] = await judy.get(LIST)
        assert filed.keys() == FIELDS | {"report"}
        assert (filed["type"], filed["report"]["comment"]) == ("admin.report", "Spam.")
        assert filed["report"]["target_account"]["acct"] == "one<b>@other.example"
        [two] = await told.others("two")
        await told.follow(two)
        async with told.node.node.database.begin() as tx:
            await block_domain(tx, told.amina, "other.example")
        lost, warned = await told.calls.get(LIST)
        assert lost.keys() == FIELDS | {"event"}
        assert lost["account"]["acct"] == "amina"
        assert lost["event"] | {"id": "", "created_at": ""} == {
            "id": "",
            "type": "user_domain_block",
            "purged": True,
            "target_name": "other.example",
            "followers_count": 1,
            "following_count": 0,
            "created_at": "",
        }
        assert ID.fullmatch(lost["event"]["id"])
        assert MOMENT.fullmatch(lost["event"]["created_at"])
        assert warned.keys() == FIELDS | {"moderation_warning"}
        assert warned["moderation_warning"]["text"] == "Be kind."
        assert warned["account"]["acct"] == "office"


async def test_a_program_gets_words_for_what_it_does_not_know(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        judy = await moderated(told)
        assert "fallback" not in (await judy.get(LIST))[0]
        known = {"supported_types[]": ["mention", "admin.report"]}
        assert "fallback" not in (await judy.get(LIST, known))[0]
        [filed] = await judy.get(LIST, {"supported_types[]": "mention"})
        title = filed["fallback"].pop("title")
        assert title.startswith('<a href="https://node.example/')
        assert ">Amina</a> has reported <a " in title
        # Names are text, whatever stands in them.
        assert "one&lt;b&gt;" in title
        assert "<b>" not in title
        assert filed["fallback"] == {"summary": None, "description": None}
        one = await judy.get(f"{LIST}/{filed['id']}", {"supported_types[]": "mention"})
        assert one["fallback"]["title"] == title
        [group] = (await judy.get(GROUPS, {"supported_types[]": "mention"}))["notification_groups"]
        assert group["fallback"]["title"] == title


async def test_common_types_never_come_with_words(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        await told.of_everything()
        found = await told.calls.get(LIST, {"supported_types[]": "none"})
        assert len(found) == 4
        assert not any("fallback" in each for each in found)


async def test_losses_are_told_in_words_with_their_numbers(tmp_path: Path) -> None:
    async with scene(tmp_path) as told:
        [one] = await told.others("one")
        await told.follow(one)
        async with told.node.node.database.begin() as tx:
            await block_domain(tx, told.amina, "other.example")
        [lost] = await told.calls.get(LIST, {"supported_types[]": "mention"})
        assert lost["fallback"] == {
            "title": "You keep other.example away now",
            "summary": "Followers lost: 1. Accounts you no longer follow: 0.",
            "description": None,
        }
