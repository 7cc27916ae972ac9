"""Links of profiles are proven by pages that link back."""

from pathlib import Path

import httpx
import pytest

from actors.profiles import ProfileChange, edit_profile
from federation.verifying import links_back, verify_due
from storage.actors import Actor
from tests.fediverse import Fediverse, LiveNode
from tests.remotes import Remote

SITE = "https://amina.example/about"


def page(body: str, media_type: str = "text/html; charset=utf-8") -> httpx.Response:
    return httpx.Response(200, headers={"content-type": media_type}, content=body.encode())


async def with_link(live: LiveNode, owner: Actor, *links: str) -> Actor:
    async with live.database.begin() as tx:
        fields = [(f"Site {number}", link) for number, link in enumerate(links)]
        known = await tx.actors.get(owner.id)
        return await edit_profile(tx, known, ProfileChange(fields=fields), {})


async def proven(live: LiveNode, owner: Actor) -> list[str]:
    async with live.database.read() as tx:
        return sorted((await tx.verified_links.of([owner.id])).get(owner.id, {}))


async def test_a_page_that_links_back_proves_a_link_and_is_looked_at_again_later(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live, remote = await fediverse.node("kenya.example"), fediverse.remote("amina.example")
        owner = await live.person("amina")
        remote.lay(SITE, page(f'<p>Hello <a rel="nofollow ME" href="{live.base}/@amina">me</a>'))
        await with_link(live, owner, SITE, "only text", "http://amina.example/plain")
        assert await verify_due(live.node.federation) == 1
        assert await proven(live, owner) == [SITE]
        assert await verify_due(live.node.federation) == 0
        fediverse.wait(days=31)
        remote.lay(SITE, page("<p>Gone"))
        assert await verify_due(live.node.federation) == 1
        assert await proven(live, owner) == []


async def test_what_does_not_link_back_is_looked_at_again_when_the_profile_is_saved(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live, remote = await fediverse.node("kenya.example"), fediverse.remote("amina.example")
        owner = await live.person("amina")
        remote.lay(SITE, page(f'<a href="{live.base}/@amina">me</a>'))
        await with_link(live, owner, SITE)
        await verify_due(live.node.federation)
        assert await proven(live, owner) == []
        remote.lay(SITE, page(f'<link rel="me" href="{live.base}/actors/amina/">'))
        await with_link(live, owner, SITE)
        await verify_due(live.node.federation)
        assert await proven(live, owner) == [SITE]
        await with_link(live, owner)
        assert await proven(live, owner) == []


async def test_a_node_that_is_down_proves_nothing_and_takes_nothing_away(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live, remote = await fediverse.node("kenya.example"), fediverse.remote("amina.example")
        owner = await live.person("amina")
        remote.lay(SITE, page(f'<a rel="me" href="{live.base}/@amina">me</a>'))
        await with_link(live, owner, SITE)
        await verify_due(live.node.federation)
        fediverse.down.add("amina.example")
        fediverse.wait(days=31)
        assert await verify_due(live.node.federation) == 1
        assert await proven(live, owner) == [SITE]
        assert await verify_due(live.node.federation) == 0
        fediverse.down.clear()
        fediverse.wait(days=2)
        assert await verify_due(live.node.federation) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        page("{}", "application/json"),
        page(f'<!-- <a rel="me" href="https://kenya.example/@amina"> --><a rel="me" href="{SITE}">'),
    ],
)
async def test_other_answers_prove_nothing(tmp_path: Path, answer: httpx.Response) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live, remote = await fediverse.node("kenya.example"), fediverse.remote("amina.example")
        owner = await live.person("amina")
        remote.lay(SITE, answer)
        await with_link(live, owner, SITE)
        assert await verify_due(live.node.federation) == 1
        assert await proven(live, owner) == []


async def test_our_own_pages_are_not_asked(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live = await fediverse.node("kenya.example")
        owner = await live.person("amina")
        await with_link(live, owner, f"{live.base}/@amina")
        assert await verify_due(live.node.federation) == 1
        assert fediverse.hops == []
        assert await proven(live, owner) == []


async def test_a_proof_is_for_its_owner_alone(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live = await fediverse.node("kenya.example")
        amina, bela = await live.person("amina"), await live.person("bela")
        body = f'<a rel="me" href="{live.base}/@amina">'
        assert links_back(body, amina)
        assert not links_back(body, bela)


async def test_a_proven_link_is_shown_on_the_account(tmp_path: Path) -> None:
    async with Fediverse(tmp_path) as fediverse:
        live = await fediverse.node("kenya.example")
        remote: Remote = fediverse.remote("amina.example")
        owner = await live.person("amina")
        remote.lay(SITE, page(f'<a rel="me" href="{live.base}/@amina">'))
        await with_link(live, owner, SITE)
        await fediverse.settle()
        reply = await live.ask("GET", f"/api/v1/accounts/{owner.id}", [("host", "kenya.example")])
        assert b'"verified_at":"2026-08-23T10:00:00.000Z"' in reply.body
