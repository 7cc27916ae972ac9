"""Being found: WebFinger, host-meta and NodeInfo, as other software asks for them."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from federation import vocabulary as as2
from storage.kinds import Visibility
from tests.node.served import START, ServedNode, served

OFFICE = "https://node.example/actors/office"


async def find(served_node: ServedNode, resource: str, *, rels: str = "") -> Any:
    return await served_node.get(f"/.well-known/webfinger?resource={quote(resource, safe='')}{rels}", None)


@pytest.mark.parametrize(
    "resource",
    [
        "acct:office@node.example",
        "acct:Office@node.example",
        "ACCT:OFFICE@NODE.EXAMPLE",
        "acct:@office@node.example",
        "acct:office@node.example:443",
        "office@node.example",
        "@office@node.example",
        "https://node.example/actors/office",
        "https://NODE.example/actors/office",
        "https://node.example/@office",
        "https://node.example/@Office",
        "https://node.example/%40office",
        "http://node.example/@office",
    ],
)
async def test_an_actor_is_found_under_every_name_it_has(tmp_path: Path, resource: str) -> None:
    async with served(tmp_path) as one:
        answer = await find(one, resource)
    assert answer.status_code == 200
    jrd = as2.read_jrd(answer.json())
    assert jrd.subject == "acct:office@node.example"
    assert set(jrd.aliases) == {OFFICE, "https://node.example/@office"}
    assert jrd.actor == OFFICE
    assert jrd.find("http://webfinger.net/rel/profile-page")[0].href == "https://node.example/@office"


@pytest.mark.parametrize(
    "query",
    [
        "resource=acct:office@node.example",
        "resource=acct%3Aoffice%40node.example",
        "rel=self&resource=acct:office%40node.example",
        "resource=acct:office@node.example&rel=http%3A%2F%2Fwebfinger.net%2Frel%2Fprofile-page",
    ],
)
async def test_spelling_and_order_of_the_query_do_not_matter(tmp_path: Path, query: str) -> None:
    async with served(tmp_path) as one:
        answer = await one.get(f"/.well-known/webfinger?{query}", None)
    assert answer.status_code == 200
    assert answer.json()["subject"] == "acct:office@node.example"


async def test_relations_that_are_asked_for_are_the_only_ones_given(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        only_self = await find(one, "acct:office@node.example", rels="&rel=self")
        unknown = await find(one, "acct:office@node.example", rels="&rel=copyright")
    assert [link["rel"] for link in only_self.json()["links"]] == ["self"]
    assert unknown.json()["links"] == []


async def test_the_picture_of_an_actor_is_shown(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person = await one.member("amina")
        await one.change(person, icon="https://node.example/media/1.png")
        jrd = as2.read_jrd((await find(one, "acct:amina@node.example")).json())
    assert jrd.find("http://webfinger.net/rel/avatar")[0].href == "https://node.example/media/1.png"


async def test_webfinger_is_open_to_browsers_and_may_be_kept_a_while(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await find(one, "acct:office@node.example")
        path = "/.well-known/webfinger?resource=acct:office@node.example"
        head = await one.client.head(path)
        again = await one.get(path, None, if_none_match=answer.headers["etag"])
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=180"
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("origin", ["https://node.example", "https://node.example/", "HTTPS://NODE.EXAMPLE/"])
async def test_the_bare_origin_leads_to_the_servers_actor(tmp_path: Path, origin: str) -> None:
    async with served(tmp_path) as one:
        answer = await find(one, origin)
    link = answer.json()["links"][0]
    assert link["rel"] == "https://www.w3.org/ns/activitystreams#Service"
    assert link["href"] == "https://node.example/actors/node"


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("acct:nobody@node.example", 404),
        ("acct:office@evil.example", 404),
        ("acct:admin@evil.test", 404),
        ("https://evil.example/@office", 404),
        ("https://node.example/practices/1", 404),
        ("https://node.example/actors/office#main-key", 404),
        ("acct:", 400),
        ("acct:@", 400),
        ("acct:office", 400),
        ("acct:a@b@c", 400),
        ("", 400),
        ("x" * 10_240, 400),
        ("acct:office@node.example\r\nX-Injected: yes", 400),
        ("acct:office\x00@node.example", 400),
        ("acct:оffice@node.example", 404),
        ("acct:office@node.example@", 400),
        ("acct:office@nöde.example", 404),
        ("acct:' OR 1=1 --@node.example", 400),
        ("<script>alert(1)</script>", 400),
        ("https://node.example:99999/@office", 400),
        ("https://user@node.example/@office", 400),
    ],
)
async def test_what_is_not_here_or_no_name_is_refused_and_never_repeated(
    tmp_path: Path, resource: str, status: int
) -> None:
    async with served(tmp_path) as one:
        answer = await find(one, resource)
    assert answer.status_code == status
    said = answer.text + str(answer.headers)
    assert "evil" not in said
    assert "script" not in said
    assert "Injected" not in said


async def test_one_resource_must_be_named(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        none = await one.get("/.well-known/webfinger", None)
        two = await one.get(
            "/.well-known/webfinger?resource=acct:office@node.example&resource=acct:node@node.example", None
        )
    assert (none.status_code, two.status_code) == (400, 400)


async def test_an_account_that_is_gone_is_gone_and_a_suspended_one_is_as_absent(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        gone, suspended = await one.member("gone"), await one.member("suspended")
        await one.change(gone, gone_at=START)
        await one.change(suspended, suspended_at=START)
        answers = [await find(one, f"acct:{name}@node.example") for name in ("gone", "suspended", "nobody")]
    assert [each.status_code for each in answers] == [410, 404, 404]
    assert answers[1].content == answers[2].content


async def test_handles_may_end_in_another_domain_than_the_node(tmp_path: Path) -> None:
    sections = {"node": {"domain": "legalaid.example", "base_url": "https://social.legalaid.example"}}
    async with served(tmp_path, sections) as one:
        for resource in (
            "acct:office@legalaid.example",
            "acct:office@social.legalaid.example",
            "https://social.legalaid.example/actors/office",
        ):
            jrd = as2.read_jrd((await find(one, resource)).json())
            assert jrd.subject == "acct:office@legalaid.example"
            assert jrd.actor == "https://social.legalaid.example/actors/office"
        path = "/.well-known/webfinger?resource=acct:office@legalaid.example"
        redirected = await one.get(path, None, host="legalaid.example")
    assert redirected.status_code == 200


async def test_host_meta_says_where_webfinger_is(tmp_path: Path) -> None:
    template = "https://node.example/.well-known/webfinger?resource={uri}"
    async with served(tmp_path) as one:
        xml = await one.get("/.well-known/host-meta", "*/*")
        by_name = await one.get("/.well-known/host-meta.json", "*/*")
        by_type = await one.get("/.well-known/host-meta", "application/json")
    assert xml.headers["content-type"].startswith("application/xrd+xml")
    link = ET.fromstring(xml.text).find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
    assert link is not None
    assert link.attrib == {"rel": "lrdd", "template": template}
    assert by_name.json()["links"][0]["template"] == by_type.json()["links"][0]["template"] == template


async def test_nodeinfo_leads_to_both_versions_and_to_the_servers_actor(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        links = as2.read_nodeinfo_links((await one.get("/.well-known/nodeinfo", None)).json())
        assert links.application == "https://node.example/actors/node"
        assert links.newest == "https://node.example/nodeinfo/2.1"
        for version in ("2.0", "2.1"):
            answer = await one.get(f"/nodeinfo/{version}", "application/json")
            read = as2.read_nodeinfo(answer.json())
            profile = f'profile="http://nodeinfo.diaspora.software/ns/schema/{version}#"'
            assert profile in answer.headers["content-type"]
            assert answer.headers["content-type"].startswith("application/json;")
            assert (read.version, read.software, read.protocols) == (version, "ilan-node", ("activitypub",))
            assert read.name == "Example body"
            assert answer.json()["metadata"]["staffAccounts"] == [OFFICE]
        assert (await one.get("/nodeinfo/2.2", None)).status_code == 404
        assert (await one.get("/nodeinfo/evil", None)).status_code == 404


async def test_nodeinfo_counts_what_anybody_may_read_and_nothing_else(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person = await one.member("amina")
        for visibility in Visibility:
            await one.publish(person, visibility)
        read = as2.read_nodeinfo((await one.get("/nodeinfo/2.1", None)).json())
    assert (read.users, read.local_posts) == (1, 2)


async def test_discovery_is_open_where_everything_else_asks_for_signatures(tmp_path: Path) -> None:
    async with served(tmp_path, {"federation": {"authorized_fetch": True}}) as one:
        answers = [
            await one.get(path)
            for path in (
                "/.well-known/webfinger?resource=acct:office@node.example",
                "/.well-known/host-meta",
                "/.well-known/host-meta.json",
                "/.well-known/nodeinfo",
                "/nodeinfo/2.0",
                "/actors/node",
            )
        ]
    assert [each.status_code for each in answers] == [200] * 6
