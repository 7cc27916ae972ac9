"""Knowing others: what is fetched is believed only where it stands at its own address (O1 to O7)."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable, Untrusted
from federation.resolving import Resolved, resolve_actor, resolve_all, resolve_handle, resolve_publication
from storage.actors import Actor
from storage.kinds import Policy
from tests import make
from tests.federation.inbox_scene import ALICE, Scene, befriend, meet, strangers
from tests.fediverse import Fediverse
from tests.remotes import answer, redirect

NOTE = f"{ALICE}/notes/1"


async def actor_of(scene: Scene, uri: str = ALICE, **how: Any) -> Actor:
    return await resolve_actor(scene.node.node.federation, uri, **how)


async def publication_of(scene: Scene, uri: str = NOTE, **how: Any) -> Resolved:
    return await resolve_publication(scene.node.node.federation, uri, **how)


# Actors


async def test_an_actor_is_fetched_once(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    first = await actor_of(scene)
    assert await actor_of(scene) == first
    assert scene.remote.fetched == ["/users/alice"]
    assert first.shared_inbox == "https://remote.example/inbox"


async def test_many_who_want_the_same_actor_share_one_fetch(fediverse: Fediverse) -> None:  # SSRF-24
    scene = await strangers(fediverse)
    found = await asyncio.gather(*(actor_of(scene) for _ in range(20)))
    assert len({actor.id for actor in found}) == 1
    assert scene.remote.fetched == ["/users/alice"]


async def test_whoever_gives_up_waiting_does_not_stop_the_others(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    gate = asyncio.Event()
    scene.remote.lay(ALICE, gate, scene.alice.document)
    impatient = asyncio.create_task(actor_of(scene))
    patient = asyncio.create_task(actor_of(scene))
    await scene.remote.is_asked()
    impatient.cancel()
    gate.set()
    assert (await patient).uri == ALICE
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert scene.remote.fetched == ["/users/alice"]


async def test_an_old_copy_is_looked_at_anew_when_it_is_needed(fediverse: Fediverse) -> None:  # A5
    scene = await strangers(fediverse)
    await actor_of(scene)
    scene.alice.publish(name="Changed")
    fediverse.wait(hours=23)
    assert (await actor_of(scene)).name == ""
    fediverse.wait(hours=2)
    assert (await actor_of(scene)).name == "Changed"


async def test_an_old_copy_is_better_than_none(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    await actor_of(scene)
    fediverse.wait(days=2)
    fediverse.down.add("remote.example")
    assert (await actor_of(scene)).uri == ALICE
    with pytest.raises(Unreachable):
        await actor_of(scene, refresh=True)
    fediverse.down.clear()
    scene.alice.vanish()
    with pytest.raises(Gone):
        await actor_of(scene)


async def test_an_actor_of_ours_is_never_fetched(fediverse: Fediverse) -> None:  # O5
    scene = await strangers(fediverse)
    assert await actor_of(scene, scene.office.uri, refresh=True) == scene.office
    with pytest.raises(Refused):
        await actor_of(scene, f"{scene.node.base}/actors/nobody")
    assert fediverse.hops == []


@pytest.mark.parametrize(
    ("laid", "error"),
    [
        (answer({"id": "https://node.example/actors/office", "type": "Person"}), Refused),
        (answer({"id": "https://victim.example/users/v", "type": "Person"}), Unreachable),
        (answer({"type": "Person"}), Malformed),
        (answer({"id": ALICE, "type": "Person"}), Malformed),
        (answer(make.note(ALICE, id=ALICE)), Malformed),
        (answer([]), Malformed),
        (httpx.Response(200, content=b"<html>", headers={"content-type": "text/html"}), Malformed),
        (redirect("https://10.0.0.1/"), Refused),
        (redirect("https://remote.example/users/alice"), Refused),
        (httpx.Response(302), Malformed),
        (httpx.Response(418), Unreachable),
    ],
)
async def test_what_is_no_actor_there_is_refused(
    laid: httpx.Response, error: type[FederationError], fediverse: Fediverse
) -> None:
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, laid)
    before = await scene.node.contents()
    with pytest.raises(error):
        await actor_of(scene)
    assert await scene.node.contents() == before


@pytest.mark.parametrize(
    "inbox",
    ["http://remote.example/inbox", "javascript:alert(1)", "https://[", "{foo:", "unix:/x", "inbox", 7, None],
)
async def test_an_actor_without_a_usable_inbox_is_refused(inbox: object, fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)  # SSRF-09, SSRF-15, SSRF-16
    scene.alice.publish(inbox=inbox)
    with pytest.raises(Malformed):
        await actor_of(scene)
    assert await scene.node.actor(ALICE) is None


async def test_an_address_that_leads_to_the_id_is_followed_once(fediverse: Fediverse) -> None:  # O3, ORG-04
    scene = await strangers(fediverse)
    scene.remote.lay("/@alice", scene.alice.document)
    assert (await actor_of(scene, "https://remote.example/@alice")).uri == ALICE
    scene.remote.lay("/@bob", redirect(ALICE))
    assert (await actor_of(scene, "https://remote.example/@bob")).uri == ALICE


async def test_an_id_that_does_not_stand_at_its_address_is_refused(
    fediverse: Fediverse,
) -> None:  # ORG-04 to 06
    scene = await strangers(fediverse)
    victim = fediverse.remote("victim.example").person("v", key=1)
    for where, document in {
        "/forged": {**scene.alice.document, "id": f"{victim.uri}/x"},
        "/similar": {**scene.alice.document, "id": f"{ALICE}?x"},
        "/within": {**scene.alice.document, "id": "https://remote.example/?https://victim.example/users/v"},
    }.items():
        scene.remote.lay(where, document)
        scene.remote.lay(f"{ALICE}?x", scene.alice.document)
        with pytest.raises((Untrusted, Unreachable)):
            await actor_of(scene, f"https://remote.example{where}")
    # What the victim's own server says is what counts, wherever one began.
    scene.remote.lay("/victim", {**scene.alice.document, "id": victim.uri})
    found = await actor_of(scene, "https://remote.example/victim")
    assert (found.uri, found.inbox) == (victim.uri, f"{victim.uri}/inbox")


async def test_only_ones_own_collections_are_believed(fediverse: Fediverse) -> None:  # O6
    scene = await strangers(fediverse)
    elsewhere = "https://victim.example/users/v"
    scene.alice.publish(
        followers=f"{elsewhere}/followers",
        following=f"{elsewhere}/following",
        outbox=f"{elsewhere}/outbox",
        featured=f"{elsewhere}/featured",
        endpoints={"sharedInbox": "https://victim.example/inbox"},
    )
    found = await actor_of(scene)
    assert (found.followers, found.following, found.outbox, found.featured, found.shared_inbox) == (None,) * 5


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://remote.example/@alice", True),
        ("https://elsewhere.example/@alice", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
    ],
)
async def test_a_page_elsewhere_is_not_shown(url: str, kept: bool, fediverse: Fediverse) -> None:  # ORG-25
    scene = await strangers(fediverse)
    scene.alice.publish(url=url)
    assert (await actor_of(scene)).url == (url if kept else None)


async def test_hostile_texts_are_cleaned_and_cut(fediverse: Fediverse) -> None:  # JSN-12, JSN-14
    scene = await strangers(fediverse)
    scene.alice.publish(
        name="<b>Alice</b>" + "x" * 5000,
        summary="<script>alert(1)</script><p>Hello</p>",
        attachment=[{"type": "PropertyValue", "name": "Site", "value": "<img src=x onerror=y>text"}] * 60,
    )
    found = await actor_of(scene)
    assert len(found.name) <= 2048
    assert "<script" not in found.summary
    assert len(found.fields) <= 50
    assert all("onerror" not in value for _, value in found.fields)


async def test_a_blocked_host_is_not_asked(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    await scene.node.set_policy("remote.example", Policy.BLOCKED)
    with pytest.raises(Refused):
        await actor_of(scene)
    assert fediverse.hops == []


async def test_a_redirect_to_a_blocked_host_is_not_followed(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    await scene.node.set_policy("evil.example", Policy.BLOCKED)
    scene.remote.lay("/go", redirect("https://evil.example/users/evil"))
    with pytest.raises(Refused):
        await actor_of(scene, "https://remote.example/go")
    assert [url for _, url in fediverse.hops] == ["https://remote.example/go"]


async def test_an_actor_that_comes_back_is_there_again(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    gone = await scene.node.actor(ALICE)
    assert gone is not None
    assert gone.gone_at is not None
    assert (await actor_of(scene, refresh=True)).gone_at is None


# Handles


async def test_a_handle_of_ours_is_not_asked_for_elsewhere(fediverse: Fediverse) -> None:
    scene = await strangers(
        fediverse, node={"base_url": "https://node.example", "domain": "legalaid.example"}
    )
    federation = scene.node.node.federation
    for domain in ("legalaid.example", "LEGALAID.example", "node.example"):
        assert (await resolve_handle(federation, "office", domain)).uri == scene.office.uri
        with pytest.raises(Gone):
            await resolve_handle(federation, "nobody", domain)
    assert fediverse.hops == []


async def test_a_known_handle_is_not_asked_for_again(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    await actor_of(scene)
    found = await resolve_handle(scene.node.node.federation, "Alice", "remote.example")
    assert found.uri == ALICE
    assert scene.remote.fetched == ["/users/alice"]


# Publications


async def test_a_publication_comes_with_its_author(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    scene.remote.lay_note(make.note(ALICE))
    found = await publication_of(scene)
    assert found.author.uri == ALICE
    assert found.incoming is not None
    assert found.incoming.content == "<p>Note 1.</p>"
    assert found.publication is None
    assert (await scene.node.contents())["publications"] == []


async def test_what_is_kept_is_not_fetched_but_to_refresh_it(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, make.create(make.note(ALICE)))
    asked = len(scene.remote.fetched)
    found = await publication_of(scene)
    assert found.incoming is None
    assert found.publication is not None
    assert len(scene.remote.fetched) == asked
    scene.remote.lay_note(make.note(ALICE, content="<p>newer</p>"))
    fresh = await publication_of(scene, refresh=True)
    assert fresh.incoming is not None
    assert fresh.incoming.content == "<p>newer</p>"
    assert fresh.publication == found.publication


async def test_what_is_ours_is_read_here(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    ours = await scene.node.publish(scene.office)
    for refresh in (False, True):
        found = await publication_of(scene, ours.uri, refresh=refresh)
        assert found.publication == ours
    with pytest.raises(Refused):
        await publication_of(scene, f"{scene.node.base}/o/77")
    assert fediverse.hops == []


@pytest.mark.parametrize(
    "authors",
    [
        "https://victim.example/users/v",
        [ALICE, "https://victim.example/users/v"],
        ["https://victim.example/users/v", ALICE],
        [],
    ],
)
async def test_an_author_elsewhere_is_refused(authors: object, fediverse: Fediverse) -> None:  # ORG-08
    scene = await strangers(fediverse)
    fediverse.remote("victim.example").person("v", key=1)
    scene.remote.lay_note(make.note(ALICE, attributedTo=authors))
    with pytest.raises(Untrusted):
        await publication_of(scene)
    assert fediverse.remote("victim.example").asked == []


async def test_the_work_of_whoever_is_suspended_is_refused(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    alice = await actor_of(scene)
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(alice, suspended_at=tx.now))
    scene.remote.lay_note(make.note(ALICE))
    with pytest.raises(Refused):
        await publication_of(scene)


# Several


async def test_several_things_are_resolved_and_each_says_how_it_went(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    scene.remote.lay_note(make.note(ALICE))
    gone, down = "https://remote.example/users/gone", "https://down.example/users/x"
    found = await resolve_all(scene.node.node.federation, [ALICE, gone, down], [NOTE, NOTE])
    assert {uri: type(value) for uri, value in found.items()} == {
        ALICE: Actor,
        gone: Gone,
        down: Unreachable,
        NOTE: Resolved,
    }


async def test_nothing_is_waited_for_longer_than_agreed(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    never = asyncio.Event()
    scene.remote.lay(NOTE, never, make.note(ALICE))
    found = await resolve_all(scene.node.node.federation, [ALICE], [NOTE], within=1.0)
    assert isinstance(found[ALICE], Actor)
    assert isinstance(found[NOTE], Unreachable)
    never.set()


async def test_only_a_few_are_asked_at_once(fediverse: Fediverse) -> None:  # I11
    scene = await strangers(fediverse)
    gate = asyncio.Event()
    uris = [f"https://remote.example/users/u{number}" for number in range(30)]
    for uri in uris:
        scene.remote.lay(uri, gate, httpx.Response(404))
    task = asyncio.create_task(resolve_all(scene.node.node.federation, uris, []))
    for _ in range(1000):
        await asyncio.sleep(0)
    assert len(scene.remote.asked) <= 8
    gate.set()
    assert {type(value) for value in (await task).values()} == {Gone}


async def test_the_followed_are_met_again_under_their_old_number(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    known = await scene.node.actor(ALICE)
    fresh = await actor_of(scene, refresh=True)
    assert known is not None
    assert (fresh.id, fresh.created_at) == (known.id, known.created_at)
    await befriend(scene, scene.remote.person("bob", key=1))
