"""toot, the command line, does what its users do with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.command_line import Toot, command_line
from tests.clients.live import Live
from tests.clients.pictures import png

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def amina(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toot]:
    with command_line(live, tmp_path_factory.mktemp("amina"), "amina") as found:
        yield found


@pytest.fixture(scope="module")
def baraka(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toot]:
    with command_line(live, tmp_path_factory.mktemp("baraka"), "baraka") as found:
        yield found


def test_the_command_line_knows_who_and_where_it_is(amina: Toot) -> None:
    assert "@amina" in amina.run("whoami")
    assert "ACTIVE" in amina.run("auth")
    assert "Example body" in amina.run("instance")


def test_a_status_is_posted_answered_read_and_deleted(amina: Toot, baraka: Toot) -> None:
    posted = amina.json(
        "post", "Duty counsel by phone #LegalAid", "--visibility", "public", "--language", "en"
    )
    answered = baraka.json("post", "@amina A rota?", "--reply-to", posted["id"])
    assert "Duty counsel by phone" in amina.run("status", posted["id"])
    thread = amina.run("thread", posted["id"])
    assert "A rota?" in thread
    assert "Duty counsel by phone" in amina.run("timelines", "tag", "legalaid", "--no-pager")
    assert "Duty counsel by phone" in amina.run("timelines", "home", "--no-pager")
    assert "Duty counsel by phone" in baraka.run("timelines", "public", "--local", "--no-pager")
    assert "mentioned you" in amina.run("notifications")
    assert baraka.json("delete", answered["id"])["id"] == answered["id"]


def test_media_and_polls_are_posted(amina: Toot, baraka: Toot, tmp_path: Path) -> None:
    picture = tmp_path / "square.png"
    picture.write_bytes(png())
    assert amina.json("upload", str(picture), "--description", "A square")["description"] == "A square"
    posted = amina.json("post", "A picture", "--media", str(picture), "--description", "A square")
    assert [each["description"] for each in posted["media_attachments"]] == ["A square"]
    asked = amina.json(
        "post", "Which?", "--poll-option", "One", "--poll-option", "Two", "--poll-expires-in", "1 day"
    )
    assert baraka.json("polls", "vote", asked["poll"]["id"], "1")["votes_count"] == 1
    assert "Two" in amina.run("polls", "show", asked["poll"]["id"])
    scheduled = amina.json("post", "Later", "--scheduled-in", "1 day")
    assert scheduled["params"]["text"] == "Later"


def test_a_status_is_liked_boosted_kept_and_pinned(amina: Toot, baraka: Toot) -> None:
    number = amina.json("post", "Good news")["id"]
    assert baraka.json("favourite", number)["favourited"]
    assert baraka.json("reblog", number)["reblog"]["id"] == number
    assert "amina" in baraka.run("timelines", "favourites", "--no-pager")
    assert "baraka" in amina.run("reblogged-by", number)
    assert baraka.json("bookmark", number)["bookmarked"]
    assert "Good news" in baraka.run("bookmarks", "--once")
    assert amina.json("pin", number)["pinned"]
    for word in ("unfavourite", "unreblog", "unbookmark"):
        assert baraka.json(word, number)["id"] == number
    assert amina.json("unpin", number)["pinned"] is False


def test_people_are_found_followed_muted_and_blocked(amina: Toot, baraka: Toot) -> None:
    assert "@baraka" in amina.run("whois", "baraka")
    assert "@baraka" in amina.run("search", "baraka")
    assert amina.json("follow", "baraka")["following"]
    assert "@baraka" in amina.run("following")
    assert "@amina" in baraka.run("followers")
    assert amina.json("mute", "baraka")["muting"]
    assert "@baraka" in amina.run("muted")
    assert amina.json("unmute", "baraka")["muting"] is False
    assert amina.json("block", "baraka")["blocking"]
    assert "@baraka" in amina.run("blocked")
    assert amina.json("unblock", "baraka")["blocking"] is False
    assert baraka.json("update-account", "--locked", "--display-name", "Baraka W.")["locked"]
    assert amina.json("follow", "baraka")["requested"]
    assert baraka.json("follow-requests", "list")[0]["username"] == "amina"
    assert baraka.json("follow-requests", "accept", "amina")["followed_by"]
    assert baraka.json("update-account", "--no-locked")["locked"] is False


def test_lists_and_hashtags_are_kept(amina: Toot) -> None:
    amina.run("follow", "baraka")
    made = amina.json("lists", "create", "Colleagues")
    amina.run("lists", "add", "Colleagues", "baraka")
    assert "baraka" in amina.run("lists", "accounts", "Colleagues")
    assert "Colleagues" in amina.run("lists", "list")
    amina.run("timelines", "list", made["id"], "--no-pager")
    amina.run("lists", "remove", "Colleagues", "baraka")
    amina.run("lists", "delete", "Colleagues")
    assert amina.json("tags", "follow", "Bail")["following"]
    assert "bail" in amina.run("tags", "followed").lower()
    assert amina.json("tags", "unfollow", "Bail")["following"] is False
    amina.run("tags", "feature", "LegalAid")
    assert "legalaid" in amina.run("tags", "featured").lower()
    amina.run("tags", "unfeature", "LegalAid")


def test_what_is_not_there_is_said_in_the_servers_words(amina: Toot) -> None:
    code, printed = amina.try_to("status", "1")
    assert code != 0
    assert "Record not found" in printed
