"""Publishing and reading through the API: who may, what is answered, and what is refused in which words."""

import asyncio
import json
from typing import Any

import pytest

from actors.following import accept, block, follow
from actors.publishing import publish
from actors.reacting import like, share
from storage.kinds import Role, Visibility
from storage.publications import Publication
from tests.drafting import EVENT, EVERY, NOTE, PRACTICE, drafted
from tests.fediverse import Fediverse, LiveNode
from tests.make import note, remote_actor
from tests.node.api_client import Program, anybody, program
from tests.node.counting import statements
from tests.node.described import check

LIST = "/api/ilan/v1/publications"
#: How many statements a page of the list costs, however many items it has.
STATEMENTS_OF_A_LIST = 4
STATEMENTS_OF_AN_AUTHORS_LIST = 4
STATEMENTS_OF_ONE = 2


async def node(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


def without_group(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a worked example that any node can publish."""
    return {name: value for name, value in document.items() if name != "audience_group"} | more


RIGHT = without_group(PRACTICE)
OPEN_EVENT = without_group(EVENT)


async def kept(live: LiveNode, number: str) -> Publication:
    async with live.database.read() as tx:
        return await tx.publications.get(int(number))


# Publishing


@pytest.mark.parametrize("document", EVERY, ids=lambda document: str(document["kind"]))
async def test_every_kind_is_published_and_shown_as_described(
    fediverse: Fediverse, document: dict[str, Any]
) -> None:
    kenya = await node(fediverse)
    publisher = await program(kenya, role=Role.PUBLISHER)
    answer = await publisher.post("publications", without_group(document, **{"as": "office"}))
    published = check(answer, "publications", 201)
    assert published["author"]["uri"] == kenya.office.uri
    assert published["uri"] == f"{kenya.base}/o/{published['id']}"
    assert (published["local"], published["node"]) == (True, "kenya.example")
    assert answer.headers["location"] == f"{kenya.base}{LIST}/{published['id']}"
    assert answer.headers["etag"] == '"1"'
    shown = await publisher.get(f"publications/{published['id']}")
    assert check(shown, "publications/{id}") == published
    listed = await anybody(kenya).get("publications")
    (card,) = check(listed, "publications")
    assert ("content" in card) is (document["kind"] == "note")
    assert "source" not in card


async def test_a_member_publishes_in_their_own_name_unless_they_say_otherwise(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina = await program(kenya)
    published = await amina.publish(NOTE)
    assert published["author"]["handle"] == "amina@kenya.example"


async def test_the_body_speaks_through_its_publishers_alone(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    editor, coordinator = (
        await program(kenya, "editor", Role.EDITOR),
        await program(kenya, "coordinator", Role.COORDINATOR),
    )
    document = {**RIGHT, "as": "office"}
    for each in (editor, coordinator):
        refused = check(await each.post("publications", document), "publications", 403)
        assert "publisher or admin" in refused["error"]
    # A coordinator runs the body's events and offers.
    assert (await coordinator.publish({**OPEN_EVENT, "as": "office"}))["author"]["uri"] == kenya.office.uri


async def test_everything_that_is_wrong_is_named_at_once(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina = await program(kenya, role=Role.ADMIN)
    answer = await amina.post(
        "publications",
        {
            "kind": "event",
            "as": "brian",
            "starts": "2027-01-02T10:00:00+03:00",
            "ends": "2027-01-01T10:00:00+03:00",
            "jurisdiction": ["Kenya"],
            "colour": "red",
        },
    )
    refused = check(answer, "publications", 422)
    assert set(refused["fields"]) == {"as", "title", "starts", "jurisdiction", "colour"}
    assert refused["fields"]["starts"] == "must be before ends"
    async with kenya.database.read() as tx:
        assert await tx.publications.counts() == []


@pytest.mark.parametrize("name", [5, ["office"], {}])
async def test_a_name_that_is_none_is_refused(fediverse: Fediverse, name: Any) -> None:
    amina = await program(await node(fediverse))
    refused = check(await amina.post("publications", {**NOTE, "as": name}), "publications", 422)
    assert list(refused["fields"]) == ["as"]


async def test_only_somebody_with_a_token_that_may_write_publishes(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    reader = await program(kenya, "reader", scopes=("read", "write:favourites"))
    writer = await program(kenya, "writer", scopes=("write:statuses",))
    nobody = anybody(kenya)
    stranger = Program(kenya, token="x" * 43)
    assert check(await nobody.post("publications", NOTE), "publications", 401)["error"]
    assert check(await stranger.post("publications", NOTE), "publications", 401)["error"]
    refused = await reader.post("publications", NOTE)
    assert check(refused, "publications", 403)["error"] == "This action is outside the authorized scopes"
    assert 'scope="write:statuses"' in refused.headers["www-authenticate"]
    assert (await writer.publish(NOTE))["kind"] == "note"
    # A token in the address is none (OAU-09).
    in_address = await nobody.post(f"publications?access_token={writer.token}", NOTE)
    assert in_address.status_code == 401


async def test_a_token_opens_nothing_once_it_is_revoked_or_its_member_disabled(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina = await program(kenya)
    published = await amina.publish(without_group(NOTE, visibility="private"))
    assert amina.actor is not None
    async with kenya.database.begin() as tx:
        member = await tx.members.of(amina.actor)
        assert member is not None
        await tx.members.revoke_tokens(member, tx.now)
    for answer in (
        await amina.post("publications", NOTE),
        await amina.get("publications"),
        await amina.get(f"publications/{published['id']}"),
        await amina.get("search?q=manual"),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"kind": "note", "kind": "practice"}', "application/json", 400),
        (b"kind=note", "application/x-www-form-urlencoded", 415),
        (b'{"kind": "note"}', "text/plain", 415),
        (b" " * 2_000_000, "application/json", 413),
        (b"{}", "application/json", 422),
    ],
)
async def test_what_is_no_json_object_is_refused(
    fediverse: Fediverse, body: bytes, media_type: str, status: int
) -> None:
    amina = await program(await node(fediverse))
    answer = await amina.send("POST", LIST, body, {"content-type": media_type})
    assert check(answer, "publications", status)["error"]


async def test_only_what_is_named_can_be_set(fediverse: Fediverse) -> None:
    amina = await program(await node(fediverse))
    for name in ("id", "uri", "author_id", "is_local", "revision", "published", "recipients", "indexable"):
        refused = check(await amina.post("publications", {**NOTE, name: "1"}), "publications", 422)
        assert list(refused["fields"]) == [name]


async def test_mentions_are_looked_up_and_those_not_found_stay_text(fediverse: Fediverse) -> None:
    kenya, nepal = await node(fediverse), await fediverse.node("nepal.example")
    amina = await program(kenya)
    published = await amina.publish(
        {
            "kind": "note",
            "language": "en",
            "body": "@office@nepal.example and @nobody@down.example",
            "visibility": "direct",
        }
    )
    assert nepal.office.url is not None
    assert f'href="{nepal.office.url}"' in published["content"]["en"]
    assert "@nobody@down.example" in published["content"]["en"]
    await fediverse.settle()
    assert (await nepal.publication(published["uri"])) is not None


async def test_an_unknown_group_is_a_bad_field(fediverse: Fediverse) -> None:
    amina = await program(await node(fediverse))
    answer = await amina.post("publications", without_group(NOTE, audience_group="custody@down.example"))
    assert list(check(answer, "publications", 422)["fields"]) == ["audience_group"]


async def test_an_answer_goes_to_no_more_people_than_what_it_answers(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina = await program(kenya)
    private = await amina.publish(without_group(NOTE, visibility="private"))
    answer = {"kind": "note", "body": "Yes.", "in_reply_to": private["uri"]}
    assert (await amina.publish(answer))["visibility"] == "private"
    assert (await amina.publish({**answer, "visibility": "public"}))["visibility"] == "public"
    brian = await program(kenya, "brian")
    refused = check(await brian.post("publications", answer), "publications", 422)
    absent = check(
        await brian.post("publications", {**answer, "in_reply_to": f"{kenya.base}/o/1"}), "publications", 422
    )
    assert refused == absent
    assert list(refused["fields"]) == ["in_reply_to"]


async def test_an_answer_to_somebody_elsewhere_reaches_them(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina = await program(kenya)
    remote = fediverse.remote("remote.example")
    parent = remote.lay_note(note(remote.person("author").uri))
    published = await amina.publish({"kind": "note", "body": "Thank you.", "in_reply_to": parent["id"]})
    await fediverse.settle()
    assert [each["object"]["inReplyTo"] for each in remote.received] == [parent["id"]]
    assert published["in_reply_to"] == parent["id"]


# Requests that come twice


async def test_a_request_that_comes_twice_publishes_once(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina, brian = await program(kenya, "amina"), await program(kenya, "brian")
    first = await amina.post("publications", NOTE, idempotency_key="one")
    again = await amina.post("publications", NOTE, idempotency_key="one")
    assert check(first, "publications", 201) == check(again, "publications", 201)
    assert first.headers["location"] == again.headers["location"]
    others = [
        await amina.post("publications", NOTE, idempotency_key="two"),
        await amina.post("publications", NOTE),
        await brian.post("publications", NOTE, idempotency_key="one"),
    ]
    assert len({answer.json()["id"] for answer in (first, *others)}) == 4


async def test_of_requests_that_come_at_once_one_publishes(fediverse: Fediverse) -> None:
    amina = await program(await node(fediverse))
    answers = await asyncio.gather(
        *(amina.post("publications", NOTE, idempotency_key="one") for _ in range(5))
    )
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    # On PostgreSQL those that were slower are told so, and find it when they ask again.
    assert {answer.status_code for answer in answers} <= {201, 409}


async def test_what_a_request_published_and_somebody_withdrew_is_not_published_again(
    fediverse: Fediverse,
) -> None:
    amina = await program(await node(fediverse))
    made = (await amina.post("publications", NOTE, idempotency_key="one")).json()
    await amina.send("DELETE", f"{LIST}/{made['id']}")
    answer = await amina.post("publications", NOTE, idempotency_key="one")
    assert check(answer, "publications", 410)["error"]


async def test_a_key_that_is_too_long_is_refused(fediverse: Fediverse) -> None:
    amina = await program(await node(fediverse))
    assert check(await amina.post("publications", NOTE, idempotency_key="x" * 256), "publications", 400)


async def test_a_request_that_was_refused_may_come_again(fediverse: Fediverse) -> None:
    amina = await program(await node(fediverse))
    refused = await amina.post("publications", {"kind": "note"}, idempotency_key="one")
    assert refused.status_code == 422
    assert (await amina.post("publications", NOTE, idempotency_key="one")).status_code == 201


# Reading


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT])
async def test_what_somebody_may_not_read_is_exactly_as_absent(
    fediverse: Fediverse, visibility: Visibility
) -> None:
    kenya = await node(fediverse)
    amina, brian = await program(kenya, "amina"), await program(kenya, "brian", Role.ADMIN)
    hidden = await amina.publish(without_group(NOTE, visibility=visibility))
    number = int(hidden["id"])
    for each in (anybody(kenya), brian):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/revisions", None),
            ("PUT", "", NOTE),
            ("PATCH", "", {"body": "x"}),
            ("DELETE", "", None),
        ):
            found = await each.send(method, f"{LIST}/{number}{path}", body)
            absent = await each.send(method, f"{LIST}/{number + 1}{path}", body)
            assert found.status_code == (404 if method == "GET" or each.token else 401)
            assert (found.status_code, found.content) == (absent.status_code, absent.content)
            assert set(found.headers) == set(absent.headers)
        assert hidden["id"] not in await each.ids("publications")
        assert hidden["id"] not in await each.ids("publications?author=amina")
        assert hidden["id"] not in await each.ids("search?q=manual")


async def test_followers_read_what_is_for_them_and_whoever_is_blocked_does_not(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    amina, brian = await program(kenya, "amina"), await program(kenya, "brian")
    assert amina.actor is not None
    assert brian.actor is not None
    private = await amina.publish(without_group(NOTE, visibility="private"))
    async with kenya.database.begin() as tx:
        await follow(tx, brian.actor, amina.actor)
        await accept(tx, amina.actor, brian.actor)
    assert (await brian.get(f"publications/{private['id']}")).status_code == 200
    assert private["id"] in await brian.ids("search?q=manual")
    assert private["id"] in await brian.ids("publications")
    # A program that may only write reads what anybody may.
    writer = await program(kenya, "writer", scopes=("write",))
    assert (await writer.get(f"publications/{private['id']}")).status_code == 404
    async with kenya.database.begin() as tx:
        await block(tx, amina.actor, brian.actor, uri=f"{amina.actor.uri}/blocks/1")
    assert (await brian.get(f"publications/{private['id']}")).status_code == 404
    assert await brian.ids("search?q=manual") == []


@pytest.mark.parametrize("number", ["0", "-1", "01", "1.5", "x", "٣", "9" * 19, "9" * 30, "%00", "1'--"])
async def test_a_number_that_is_none_is_not_found(fediverse: Fediverse, number: str) -> None:
    kenya = await node(fediverse)
    for path in (f"publications/{number}", f"publications/{number}/revisions"):
        assert (await anybody(kenya).get(path)).status_code == 404


async def test_the_link_to_join_is_shown_to_those_who_may_edit_alone(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    link = "https://meet.example/secret"
    publisher = await program(kenya, "publisher", Role.PUBLISHER)
    editor = await program(kenya, "editor", Role.EDITOR)
    event = await publisher.publish({**OPEN_EVENT, "as": "office", "join_url": link, "online": True})
    assert event["source"]["join_url"] == link
    await publisher.send("PATCH", f"{LIST}/{event['id']}", {"join_url": f"{link}/2", "title": "Moved"})
    for each in (anybody(kenya), editor):
        for path in (
            f"publications/{event['id']}",
            f"publications/{event['id']}/revisions",
            "publications",
            "search?q=moved",
            "search?q=secret",
        ):
            assert link not in (await each.get(path)).text
    shown = (await publisher.get(f"publications/{event['id']}")).json()
    assert shown["source"]["join_url"] == f"{link}/2"
    assert link not in json.dumps({name: value for name, value in shown.items() if name != "source"})


async def test_the_source_can_be_published_again_as_it_is(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    publisher = await program(kenya, role=Role.PUBLISHER)
    for document in EVERY:
        published = await publisher.publish({**without_group(document), "as": "office"})
        again = await publisher.send("PUT", f"{LIST}/{published['id']}", published["source"])
        assert check(again, "publications/{id}") == published


async def test_replicas_are_shown_with_their_origin_and_reactions_are_counted(fediverse: Fediverse) -> None:
    kenya, nepal = await node(fediverse), await fediverse.node("nepal.example")
    amina = await program(kenya)
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    original = await nepal.publish(
        nepal.office, "x", kind="practice", title="Station desk", jurisdiction=["NP"]
    )
    await fediverse.settle()
    replica = await kenya.publication(original.uri)
    assert replica is not None
    assert amina.actor is not None
    async with kenya.database.begin() as tx:
        await like(tx, amina.actor, replica)
        await like(tx, kenya.office, replica)
        await share(tx, amina.actor, replica)
    shown = check(await anybody(kenya).get(f"publications/{replica.id}"), "publications/{id}")
    assert (shown["uri"], shown["url"], shown["node"]) == (original.uri, original.url, "nepal.example")
    # Its own server shared it with those who follow the catalogue.
    assert (shown["local"], shown["likes"], shown["shares"]) == (False, 2, 2)
    assert shown["title"] == {"en": "Station desk"}
    assert shown["author"]["handle"] == "office@nepal.example"


# Lists


async def test_a_list_is_paged_by_links_forth_and_back(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    publisher = await program(kenya, role=Role.PUBLISHER)
    made = [(await publisher.publish({**NOTE, "body": f"Note {number}"}))["id"] for number in range(5)][::-1]
    reader = anybody(kenya)

    async def pages(path: str, relation: str) -> list[list[str]]:
        found = []
        while path:
            answer = await reader.get(path)
            check(answer, "publications")
            found.append([each["id"] for each in answer.json()])
            path = (
                answer.links.get(relation, {}).get("url", "").removeprefix(kenya.base)
                if answer.json()
                else ""
            )
        return found

    assert await pages("publications?limit=2&kind=note", "next") == [made[:2], made[2:4], made[4:]]
    assert await pages(f"publications?limit=2&min_id={made[4]}", "prev") == [made[2:4], made[:2], []]
    assert await reader.ids(f"publications?since_id={made[3]}&limit=2") == made[:2]
    assert await reader.ids(f"publications?since_id={made[1]}") == made[:1]
    assert await reader.ids(f"publications?max_id={made[0]}&since_id={made[3]}") == made[1:3]
    first = await reader.get("publications?limit=2&kind=note&max_id=1&min_id=2&since_id=3")
    assert first.json() == []
    assert "link" not in first.headers
    linked = (await reader.get("publications?limit=2&kind=note")).links["next"]["url"]
    assert linked == f"{kenya.base}{LIST}?limit=2&kind=note&max_id={made[1]}"


async def test_a_list_is_narrowed_by_facets(fediverse: Fediverse) -> None:
    kenya, nepal = await node(fediverse), await fediverse.node("nepal.example")
    publisher = await program(kenya, role=Role.PUBLISHER)
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    made = {
        document["kind"]: (await publisher.publish({**without_group(document), "as": "office"}))["id"]
        for document in EVERY
    }
    own = (await publisher.publish(NOTE))["id"]
    there = await nepal.publish(nepal.office, "x", kind="practice", title="There", jurisdiction=["NP"])
    await fediverse.settle()
    replica = await kenya.publication(there.uri)
    assert replica is not None
    reader = anybody(kenya)
    for path, expected in {
        "kind=practice": {made["practice"], str(replica.id)},
        "kind=event&kind=training": {made["event"], made["training"]},
        "kind=event,training": {made["event"], made["training"]},
        "kind[]=event&kind[]=training": {made["event"], made["training"]},
        "kind=practice&local=true": {made["practice"]},
        "kind=practice&local=false": {str(replica.id)},
        "country=np&kind=practice": {str(replica.id)},
        "topic=genre/manual": {made["resource"]},
        "topic=https://w3id.org/ilan/v/genre/manual": {made["resource"]},
        "lang=es": {made["resource"]},
        "author=amina": {own},
        "author=office&kind=note": {made["note"]},
        "author=office@nepal.example": {str(replica.id)},
        f"author={nepal.office.uri}&country=NP": {str(replica.id)},
        "author=office@nepal.example&local=true": set(),
    }.items():
        assert set(await reader.ids(f"publications?{path}")) == expected, path


async def test_parameters_that_are_wrong_are_named_at_once(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    wrong = (
        "kind=poem&country=Kenya&topic=stage/nowhere&lang=!!&author=nobody&local=perhaps&limit=x&max_id=-1"
    )
    refused = check(await anybody(kenya).get(f"publications?{wrong}"), "publications", 422)
    assert set(refused["fields"]) == {
        "kind",
        "country",
        "topic",
        "lang",
        "author",
        "local",
        "limit",
        "max_id",
    }
    assert "practice" in refused["fields"]["kind"]
    many = "&".join(f"country={code}" for code in ("KE", "NP") * 20)
    assert (await anybody(kenya).get(f"publications?{many}")).status_code == 422
    assert (await anybody(kenya).get("publications?limit=0")).status_code == 422
    assert (await anybody(kenya).get("publications?limit=5000&kind=&country=")).status_code == 200


async def test_an_author_who_is_not_shown_is_as_unknown(fediverse: Fediverse) -> None:
    kenya = await node(fediverse)
    async with kenya.database.begin() as tx:
        gone = await remote_actor(tx, "https://gone.example/users/author", gone_at=tx.now)
        suspended = await remote_actor(tx, "https://remote.example/users/author", suspended_at=tx.now)
        limited = await remote_actor(tx, "https://limited.example/users/author")
        await tx.peers.set_policy("limited.example", "limited", tx.now)
    amina = await program(kenya)
    for actor in (gone, suspended, limited):
        assert (await anybody(kenya).get(f"publications?author={actor.uri}")).status_code == 422
    assert (await amina.get(f"publications?author={limited.uri}")).status_code == 200


@pytest.mark.parametrize("count", [1, 20])
async def test_a_page_costs_the_same_few_statements_whatever_is_on_it(
    fediverse: Fediverse, count: int
) -> None:
    kenya = await node(fediverse)
    async with kenya.database.begin() as tx:
        made = [await publish(tx, kenya.office, drafted(RIGHT)) for _ in range(count)]
    reader = anybody(kenya)
    for path in ("publications", "publications?kind=practice&country=KE"):
        with statements() as seen:
            assert len(await reader.ids(path)) == count
        assert len(seen) == STATEMENTS_OF_A_LIST, seen
    with statements() as seen:
        assert len(await reader.ids("publications?author=office")) == count
    assert len(seen) == STATEMENTS_OF_AN_AUTHORS_LIST, seen
    with statements() as seen:
        assert (await reader.get(f"publications/{made[0].id}")).status_code == 200
    assert len(seen) == STATEMENTS_OF_ONE, seen
