"""One's own account through its routes: credentials, the profile and its pictures, preferences."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.profiles import MAX_FIELDS, field_link
from node.mastodon.entities.roles import Permission, permissions_of
from storage.kinds import ActorType, Role
from tests.clients.pictures import PNG
from tests.node.client_calls import Calls, calls_of, recorded
from tests.node.media import LIMITS
from tests.node.served import ServedNode, served

UPDATE = "/api/v1/accounts/update_credentials"
VERIFY = "/api/v1/accounts/verify_credentials"


async def stored_file(node: ServedNode, url: str) -> httpx.Response:
    return await node.client.get(url.removeprefix(node.node.base_url))


async def test_credentials_have_what_is_nobody_elses_business(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        calls = await calls_of(node, amina, ("profile",))
        found = await calls.get(VERIFY)
        assert found["source"] == {
            "privacy": "public",
            "sensitive": False,
            "language": None,
            "note": "",
            "fields": [],
            "follow_requests_count": 0,
            "hide_collections": False,
            "discoverable": True,
            "indexable": True,
            "attribution_domains": [],
            "quote_policy": "public",
        }
        assert found["role"] == {
            "id": "1",
            "name": "Member",
            "permissions": "0",
            "color": "",
            "highlighted": False,
        }
        assert found["avatar"].endswith("/missing.png")
        assert "source" not in await Calls(node).get(f"/api/v1/accounts/{amina.id}")
        await Calls(node).get(VERIFY, status=401)
        await (await calls_of(node, amina, ("write",))).get(VERIFY, status=403)


def test_permissions_follow_the_role() -> None:
    assert permissions_of(Role.PUBLISHER) == 0
    moderating = permissions_of(Role.MODERATOR)
    assert Permission.MANAGE_REPORTS in moderating
    assert Permission.ADMINISTRATOR not in moderating
    assert Permission.ADMINISTRATOR in permissions_of(Role.ADMIN)


async def test_an_administrators_role_has_its_permissions(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"), role=Role.ADMIN)
        role = (await calls.get(VERIFY))["role"]
        assert int(role["permissions"]) & Permission.ADMINISTRATOR
        assert (role["name"], role["highlighted"]) == ("Admin", True)


async def test_only_what_is_given_changes_and_others_are_told_once(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        calls = await calls_of(node, amina)
        found = await calls.patch(
            UPDATE,
            data={
                "display_name": " Amina  K. ",
                "note": "I defend.\n\nWith #LegalAid and @office",
                "locked": "true",
                "discoverable": "0",
                "indexable": "false",
                "fields_attributes[0][name]": "Site",
                "fields_attributes[0][value]": "https://amina.example/",
                "fields_attributes[1][name]": "City & <land>",
                "fields_attributes[1][value]": "Nairobi <b>",
            },
        )
        assert found["display_name"] == "Amina K."
        assert found["note"].startswith("<p>I defend.</p><p>With <a href=")
        assert 'class="u-url mention"' in found["note"]
        assert (found["locked"], found["discoverable"], found["indexable"]) == (True, False, False)
        assert found["fields"][0]["name"] == "Site"
        assert field_link(found["fields"][0]["value"]) == "https://amina.example/"
        assert found["fields"][0]["verified_at"] is None
        assert found["fields"][1] == {
            "name": "City & <land>",
            "value": "Nairobi &lt;b&gt;",
            "verified_at": None,
        }
        assert found["source"]["note"] == "I defend.\n\nWith #LegalAid and @office"
        assert found["source"]["fields"][1]["value"] == "Nairobi <b>"
        assert await recorded(node) == [("amina", "Update", amina.uri)]
        assert await calls.get(VERIFY) == found
        found = await calls.put(UPDATE, json={"bot": True, "attribution_domains": ["News.example"]})
        assert (found["bot"], found["locked"], found["display_name"]) == (True, True, "Amina K.")
        assert found["source"]["attribution_domains"] == ["news.example"]
        assert len(await recorded(node)) == 2
        await calls.put(UPDATE, json={"bot": True})
        assert len(await recorded(node)) == 2
        document = (await node.get("/actors/amina")).json()
        assert document["type"] == ActorType.SERVICE
        assert document["name"] == "Amina K."
        assert document["attributionDomains"] == ["news.example"]
        assert [each["name"] for each in document["attachment"]] == ["Site", "City & <land>"]
        found = await calls.patch(UPDATE, json={"fields_attributes": {"0": {"name": "", "value": ""}}})
        assert found["fields"] == found["source"]["fields"] == []


async def test_what_a_profile_cannot_be_is_said_by_field_and_nothing_changes(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        before = await calls.get(VERIFY)
        for wrong, field in (
            ({"display_name": "x" * 101}, "display_name"),
            ({"note": "x" * 2001}, "note"),
            ({"fields_attributes": [{"name": "x", "value": "y"}] * (MAX_FIELDS + 1)}, "fields"),
            ({"fields_attributes": [{"name": "x" * 256, "value": "y"}]}, "fields"),
            ({"fields_attributes": [{"name": "", "value": "y"}]}, "fields"),
            ({"attribution_domains": ["not a host"]}, "attribution_domains"),
            ({"source": {"privacy": "secret"}}, "privacy"),
            ({"source": {"language": "no language at all"}}, "language"),
            ({"source": {"quote_policy": "some"}}, "quote_policy"),
            ({"avatar": "data:image/png;base64,!"}, "avatar"),
            ({"avatar_description": "x" * 1501}, "avatar_description"),
        ):
            refused = await calls.patch(UPDATE, json={"locked": True, **wrong}, status=422)
            assert refused["error"].startswith("Validation failed: ")
            assert field in refused["details"]
        assert await calls.get(VERIFY) == before
        assert await recorded(node) == []
        await (await calls_of(node, await node.member("bela"), ("read",))).patch(UPDATE, status=403)


async def test_defaults_for_new_posts_are_kept_and_shown_as_preferences(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        assert await calls.get("/api/v1/preferences") == {
            "posting:default:visibility": "public",
            "posting:default:sensitive": False,
            "posting:default:language": None,
            "posting:default:quote_policy": "public",
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
            "reading:autoplay:gifs": False,
        }
        found = await calls.patch(
            UPDATE,
            data={
                "source[privacy]": "unlisted",
                "source[sensitive]": "true",
                "source[language]": "sw",
                "source[quote_policy]": "nobody",
            },
        )
        assert found["source"]["privacy"] == "unlisted"
        preferences = await calls.get("/api/v1/preferences")
        assert preferences["posting:default:visibility"] == "unlisted"
        assert preferences["posting:default:sensitive"] is True
        assert preferences["posting:default:language"] == "sw"
        assert preferences["posting:default:quote_policy"] == "nobody"
        found = await calls.patch(UPDATE, json={"source": {"language": ""}})
        assert (found["source"]["language"], found["source"]["privacy"]) == (None, "unlisted")
        assert await recorded(node) == []
        await Calls(node).get("/api/v1/preferences", status=401)


async def test_pictures_are_uploaded_described_and_taken_away(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": LIMITS}) as node:
        amina = await node.member("amina")
        calls = await calls_of(node, amina)
        found = await calls.patch(
            UPDATE, files={"avatar": ("me.png", PNG, "image/png")}, data={"avatar_description": "Me"}
        )
        assert found["avatar_description"] == "Me"
        assert found["header"].endswith("/missing.png")
        first = found["avatar"]
        assert (await stored_file(node, first)).status_code == 200
        inline = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
        found = await calls.put("/api/v1/profile", json={"header": inline, "header_description": "A view"})
        assert (await stored_file(node, found["header"])).status_code == 200
        assert (found["avatar"], found["header_description"]) == (first, "A view")
        document = (await node.get("/actors/amina")).json()
        assert document["icon"] | {"mediaType": ""} == {
            "type": "Image",
            "mediaType": "",
            "url": first,
            "name": "Me",
        }
        found = await calls.delete("/api/v1/profile/avatar")
        assert found["avatar"].endswith("/missing.png")
        assert found["avatar_description"] == ""
        assert "source" in found
        found = await calls.delete("/api/v1/profile/header")
        assert found["header"].endswith("/missing.png")
        profile = await calls.get("/api/v1/profile")
        assert profile["avatar"] is None
        assert profile["header_static"] is None
        assert len(await recorded(node)) == 4
        await calls.patch(UPDATE, files={"avatar": ("me.png", b"no picture", "image/png")}, status=422)
        await Calls(node).delete("/api/v1/profile/avatar", status=401)
        await Calls(node).delete("/api/v1/profile/header", status=401)


async def test_a_profile_is_edited_as_it_was_typed(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        calls = await calls_of(node, amina)
        await calls.post("/api/v1/featured_tags", json={"name": "Courts"})
        changes: dict[str, Any] = {
            "note": "Plain & simple",
            "show_media": False,
            "show_media_replies": False,
            "show_featured": False,
            "fields_attributes": [{"name": "Work", "value": "Courts"}],
        }
        found = await calls.patch("/api/v1/profile", json=changes)
        assert found == {
            "id": str(amina.id),
            "display_name": "Amina",
            "note": "Plain & simple",
            "fields": [{"name": "Work", "value": "Courts", "verified_at": None}],
            "avatar": None,
            "avatar_static": None,
            "avatar_description": "",
            "header": None,
            "header_static": None,
            "header_description": "",
            "locked": False,
            "bot": False,
            "hide_collections": False,
            "discoverable": True,
            "indexable": True,
            "show_media": False,
            "show_media_replies": False,
            "show_featured": False,
            "attribution_domains": [],
            "featured_tags": await calls.get("/api/v1/featured_tags"),
        }
        assert await calls.get("/api/v1/profile") == found
        assert (await calls.put("/api/v1/profile", json={"show_media": True}))["show_media"] is True
        await Calls(node).get("/api/v1/profile", status=401)


@pytest.mark.parametrize("words", ["<p>Old &amp; <em>wise</em></p>", ""])
async def test_what_was_never_edited_reads_as_what_is_shown(tmp_path: Path, words: str) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        await node.change(amina, summary=words, fields=[["Site", "<a href='https://a.example/'>a</a>"]])
        source = (await (await calls_of(node, amina)).get(VERIFY))["source"]
        assert source["note"] == ("Old & wise" if words else "")
        assert source["fields"] == [{"name": "Site", "value": "a", "verified_at": None}]
