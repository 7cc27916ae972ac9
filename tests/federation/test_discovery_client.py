"""Finding others: WebFinger with the loop closed, split domains, who speaks for a server (D2, D4, D5, D7)."""

from typing import Any

import httpx
import pytest

from federation import vocabulary as as2
from federation.discovery import canonical_domain, describe_server, server_actor_uri, split_handle
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable
from federation.resolving import resolve_actor, resolve_handle
from storage.actors import Actor
from tests.federation.inbox_scene import ALICE, Scene, strangers
from tests.fediverse import Fediverse
from tests.remotes import answer

NODEINFO = "http://nodeinfo.diaspora.software/ns/schema"
SOCIAL = "https://social.body.example/users/alice"


async def find(scene: Scene, handle: str) -> Actor:
    return await resolve_handle(scene.node.node.federation, *handle.split("@"))


def split_domain(fediverse: Fediverse, **more: Any) -> Any:
    """Lay down an actor at social.body.example whose handle is @alice@body.example."""
    social, domain = fediverse.remote("social.body.example"), fediverse.remote("body.example")
    persona = social.person("alice", **more)
    for server, name in ((social, "social.body.example"), (domain, "body.example")):
        server.webfinger(f"acct:alice@{name}", subject="acct:alice@body.example", actor=SOCIAL)
    return persona


# Handles


async def test_a_handle_leads_to_its_actor(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    scene.remote.webfinger("acct:alice@remote.example", actor=ALICE)
    found = await find(scene, "alice@remote.example")
    assert (found.uri, found.handle) == (ALICE, "alice@remote.example")
    assert scene.remote.fetched == [
        "/.well-known/webfinger?resource=acct:alice@remote.example",
        "/users/alice",
    ]


@pytest.mark.parametrize(
    ("laid", "error"),
    [
        (httpx.Response(404), Gone),
        (httpx.Response(500), Unreachable),
        (answer({"links": []}, "application/jrd+json"), Malformed),
        (answer({"subject": "acct:alice@remote.example", "links": []}, "application/jrd+json"), Malformed),
        (
            answer(
                {
                    "subject": "acct:alice@remote.example",
                    "links": [{"rel": "self", "type": "text/html", "href": ALICE}],
                },
                "application/jrd+json",
            ),
            Malformed,
        ),
        (
            answer(
                {
                    "subject": "acct:alice@remote.example",
                    "links": [{"rel": "self", "type": "application/activity+json", "href": "data:x"}],
                },
                "application/jrd+json",
            ),
            Malformed,
        ),
        (
            answer(
                {
                    "subject": "acct:alice@remote.example",
                    "links": [
                        {
                            "rel": "self",
                            "type": "application/activity+json",
                            "href": "https://node.example/actors/x",
                        }
                    ],
                },
                "application/jrd+json",
            ),
            Refused,
        ),
    ],
)
async def test_a_handle_that_leads_nowhere_is_refused(
    laid: httpx.Response, error: type[FederationError], fediverse: Fediverse
) -> None:
    scene = await strangers(fediverse)
    scene.remote.lay("/.well-known/webfinger?resource=acct:alice@remote.example", laid)
    with pytest.raises(error):
        await find(scene, "alice@remote.example")


async def test_both_media_types_of_activitystreams_name_an_actor(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    links = [
        {"rel": "self", "type": "text/html", "href": "https://remote.example/@alice"},
        {
            "rel": "self",
            "type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
            "href": ALICE,
        },
    ]
    scene.remote.lay(
        "/.well-known/webfinger?resource=acct:alice@remote.example",
        answer({"subject": "acct:alice@remote.example", "links": links}, "application/json"),
    )
    assert (await find(scene, "alice@remote.example")).uri == ALICE


# Split domains


@pytest.mark.parametrize("typed", ["body.example", "social.body.example"])
@pytest.mark.parametrize("says", [True, False])
async def test_a_handle_may_carry_another_domain_than_the_server(
    typed: str, says: bool, fediverse: Fediverse
) -> None:  # D7, FEP-2c59
    scene = await strangers(fediverse)
    split_domain(fediverse, **({"webfinger": "alice@body.example"} if says else {}))
    found = await find(scene, f"alice@{typed}")
    assert found.uri == SOCIAL
    if says or typed == "body.example":
        assert found.handle == "alice@body.example"
        # Found so once, it needs no look the next time, under either name, and keeps its name.
        before = len(fediverse.hops)
        assert (await find(scene, "alice@body.example")).uri == SOCIAL
        assert len(fediverse.hops) == before
        fresh = await resolve_actor(scene.node.node.federation, SOCIAL, refresh=True)
        assert fresh.handle == "alice@body.example"
    else:
        assert found.handle == "alice@social.body.example"


async def test_a_confirmed_name_stays_while_its_domain_is_down(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    split_domain(fediverse)
    await find(scene, "alice@body.example")
    fediverse.down.add("body.example")
    fresh = await resolve_actor(scene.node.node.federation, SOCIAL, refresh=True)
    assert fresh.handle == "alice@body.example"
    fediverse.down.clear()
    fediverse.remote("body.example").lay(
        "/.well-known/webfinger?resource=acct:alice@body.example", httpx.Response(404)
    )
    fresh = await resolve_actor(scene.node.node.federation, SOCIAL, refresh=True)
    assert fresh.handle == "alice@social.body.example"


async def test_nobody_is_called_what_its_own_server_does_not_say(fediverse: Fediverse) -> None:  # ORG-22
    """An evil domain gives somebody else's actor a name of its own."""
    scene = await strangers(fediverse)
    evil = fediverse.remote("evil.example")
    evil.webfinger("acct:alice@evil.example", actor=ALICE)
    scene.remote.webfinger("acct:alice@remote.example", actor=ALICE)
    found = await find(scene, "alice@evil.example")
    assert (found.uri, found.handle) == (ALICE, "alice@remote.example")


@pytest.mark.parametrize("how", ["subject", "webfinger"])
async def test_nobody_is_called_what_that_domain_does_not_say(how: str, fediverse: Fediverse) -> None:
    """An evil actor claims a name at somebody else's domain (ORG-22, ORG-24)."""
    scene = await strangers(fediverse)
    evil = fediverse.remote("evil.example")
    persona = evil.person("trump", webfinger="trump@whitehouse.example" if how == "webfinger" else None)
    evil.webfinger("acct:trump@evil.example", subject="acct:trump@whitehouse.example", actor=persona.uri)
    house = fediverse.remote("whitehouse.example")
    real = house.person("trump", key=1)
    house.webfinger("acct:trump@whitehouse.example", actor=real.uri)
    assert (await find(scene, "trump@evil.example")).handle == "trump@evil.example"
    assert (await find(scene, "trump@whitehouse.example")).uri == real.uri


async def test_a_name_of_somebody_else_there_is_not_believed(fediverse: Fediverse) -> None:  # ORG-24
    scene = await strangers(fediverse)
    persona = split_domain(fediverse, webfinger="admin@body.example")
    fediverse.remote("body.example").webfinger("acct:admin@body.example", actor=persona.uri)
    found = await resolve_actor(scene.node.node.federation, SOCIAL)
    assert found.handle == "alice@social.body.example"


async def test_a_subject_that_changes_twice_is_not_followed(fediverse: Fediverse) -> None:  # ORG-23
    scene = await strangers(fediverse)
    names = ["a.example", "b.example", "c.example"]
    persona = fediverse.remote("a.example").person("x")
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        fediverse.remote(name).webfinger(f"acct:x@{name}", subject=f"acct:x@{following}", actor=persona.uri)
    for name in names:
        found = await find(scene, f"x@{name}")
        assert (found.uri, found.host) == (persona.uri, "a.example")
    assert fediverse.remote("c.example").fetched == ["/.well-known/webfinger?resource=acct:x@c.example"]


async def test_a_subject_that_leads_to_a_third_actor_is_not_followed(fediverse: Fediverse) -> None:  # ORG-23
    scene = await strangers(fediverse)
    split_domain(fediverse)
    third = fediverse.remote("third.example").person("alice", key=1)
    fediverse.remote("body.example").webfinger("acct:alice@body.example", actor=third.uri)
    found = await find(scene, "alice@social.body.example")
    assert (found.uri, found.host) == (SOCIAL, "social.body.example")


async def test_a_renamed_actor_takes_over_nobody(fediverse: Fediverse) -> None:  # ORG-31, ORG-32
    scene = await strangers(fediverse)
    mallory = scene.remote.person("mallory", key=1)
    first = await resolve_actor(scene.node.node.federation, ALICE)
    await resolve_actor(scene.node.node.federation, mallory.uri)
    mallory.publish(preferredUsername="alice")
    renamed = await resolve_actor(scene.node.node.federation, mallory.uri, refresh=True)
    assert renamed.id != first.id
    assert (await find(scene, "alice@remote.example")).uri == ALICE


# Servers


def nodeinfo(software: str = "mastodon", **more: Any) -> dict[str, Any]:
    return {"version": "2.1", "software": {"name": software, "version": "4.5"}, **more}


def lay_nodeinfo(
    scene: Scene, *, actor: str | None = None, href: str = "https://remote.example/nodeinfo/2.1"
) -> None:
    links = [{"rel": f"{NODEINFO}/2.1", "href": href}]
    if actor:
        links.append({"rel": f"{as2.AS2_CONTEXT}#Application", "href": actor})
    scene.remote.lay("/.well-known/nodeinfo", answer({"links": links}, "application/json"))


async def test_a_server_says_what_it_runs(fediverse: Fediverse) -> None:  # D4
    scene = await strangers(fediverse)
    lay_nodeinfo(scene, actor=ALICE)
    scene.remote.lay("/nodeinfo/2.1", answer(nodeinfo(metadata={"nodeName": "Remote"}), "application/json"))
    server = await describe_server(scene.node.node.federation, "remote.example")
    assert (server.actor, server.software, server.version, server.name) == (
        ALICE,
        "mastodon",
        "4.5",
        "Remote",
    )


@pytest.mark.parametrize(
    "href", ["data:application/json,{}", "http://remote.example/x", "https://127.0.0.1/x"]
)
async def test_a_nodeinfo_that_leads_into_the_cellar_is_left_alone(href: str, fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)  # SSRF-09
    lay_nodeinfo(scene, actor=ALICE, href=href)
    server = await describe_server(scene.node.node.federation, "remote.example")
    assert (server.actor, server.software) == (ALICE, None)
    assert len(fediverse.hops) == 1


async def test_the_servers_actor_is_named_by_nodeinfo(fediverse: Fediverse) -> None:  # D5, FEP-2677
    scene = await strangers(fediverse)
    lay_nodeinfo(scene, actor=ALICE)
    assert await server_actor_uri(scene.node.node.federation, "Remote.Example.") == ALICE


async def test_the_servers_actor_is_named_by_webfinger_of_its_origin(
    fediverse: Fediverse,
) -> None:  # FEP-d556
    scene = await strangers(fediverse)
    links = [{"rel": f"{as2.AS2_CONTEXT}#Service", "href": ALICE}]
    scene.remote.lay(
        "/.well-known/webfinger?resource=https://remote.example",
        answer({"subject": "https://remote.example", "links": links}, "application/jrd+json"),
    )
    assert await server_actor_uri(scene.node.node.federation, "remote.example") == ALICE


async def test_the_servers_actor_is_named_as_its_relay(fediverse: Fediverse) -> None:  # Mobilizon
    scene = await strangers(fediverse)
    scene.remote.webfinger("acct:relay@remote.example", actor="https://remote.example/relay")
    assert (
        await server_actor_uri(scene.node.node.federation, "remote.example") == "https://remote.example/relay"
    )


async def test_a_server_that_names_nobody_is_not_guessed_at(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    with pytest.raises(Unreachable, match=r"name one as user@remote\.example"):
        await server_actor_uri(scene.node.node.federation, "remote.example")


async def test_our_own_servers_actor_is_found_both_ways(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    assert await server_actor_uri(kenya.node.federation, "nepal.example") == nepal.server.uri
    described = await describe_server(kenya.node.federation, "nepal.example")
    assert (described.software, described.name) == ("ilan-node", "Nepal")


# Names


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("@alice@a.example", ("alice", "a.example")),
        ("alice@a.example", ("alice", "a.example")),
        ("acct:alice@a.example", ("alice", "a.example")),
        (" alice@a.example ", ("alice", "a.example")),
        ("alice", None),
        ("@alice", None),
        ("a.example", None),
        ("a@b@c", None),
        ("alice@a.example/path", None),
        ("https://a.example/@alice", None),
    ],
)
def test_handles_are_taken_apart(text: str, parts: tuple[str, str] | None) -> None:
    assert split_handle(text) == parts


async def test_a_domain_has_one_form(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    federation = scene.node.node.federation
    for written in ("Remote.Example", " remote.example ", "remote.example.", "remote.example:443"):
        assert canonical_domain(federation, written) == "remote.example"
    for written in ("", "remote example", "a@b.example", "remote.example/x", "https://remote.example"):
        with pytest.raises(Malformed):
            canonical_domain(federation, written)
