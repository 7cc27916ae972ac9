import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actors.addresses import PUBLIC
from federation.outbox import fan_out
from federation.translate.activities import outbox_documents
from storage.activities import Activity
from storage.actors import Actor, actors
from storage.base import values
from storage.deliveries import Delivery
from storage.follows import Follow, follows
from storage.kinds import DeliveryState, FollowState, Kind, Visibility
from storage.statements import Statement
from tests.federation.outgoing import (
    START,
    Node,
    act,
    add_follower,
    add_publication,
    add_remote,
    counted,
    node,
    remote,
    withdraw,
)
from tests.shared import shared_json

WAITING, CANCELLED = DeliveryState.WAITING, DeliveryState.CANCELLED


async def sent(home: Node, activity: Activity) -> dict[str, Any]:
    """Return the document that others get of an activity."""
    await fan_out(home.federation)
    async with home.database.read() as tx:
        kept = await tx.activities.by_uri(activity.uri)
    assert kept is not None
    assert kept.document is not None
    document: dict[str, Any] = json.loads(kept.document)
    return document


async def test_an_activity_becomes_one_delivery_for_each_inbox(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            for host in ("a.example", "a.example", "b.example:8443"):
                await add_follower(tx, home.office, host)
            await add_follower(tx, home.office, "a.example", shared=False, username="lone")
            note = await add_publication(tx, home.office)
            made = await act(tx, home.office, "Create", note)
        assert await fan_out(home.federation) == 1
        rows = await home.deliveries()
        assert {(row.inbox, row.host) for row in rows} == {
            ("https://a.example/inbox", "a.example"),
            ("https://a.example/users/lone/inbox", "a.example"),
            ("https://b.example:8443/inbox", "b.example:8443"),
        }
        for row in rows:
            assert (row.activity_id, row.sender_id, row.ordering_key) == (made.id, home.office.id, note.uri)
            assert (row.state, row.due_at, row.attempts) == (WAITING, START, 0)
        async with home.database.read() as tx:
            lanes = {peer.host: peer.next_delivery_at for peer in await tx.peers.all()}
        assert lanes == {"a.example": START, "b.example:8443": START}


async def test_nothing_is_fanned_out_twice_and_what_goes_nowhere_has_no_document(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            made = await act(tx, home.office, "Create", await add_publication(tx, home.office))
        assert [await fan_out(home.federation), await fan_out(home.federation)] == [1, 0]
        assert await home.deliveries() == []
        async with home.database.read() as tx:
            kept = await tx.activities.by_uri(made.uri)
        assert kept is not None
        assert (kept.fanned_out_at, kept.document) == (START, None)


async def test_more_activities_than_one_transaction_takes_all_leave(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            await add_follower(tx, home.office, "a.example")
            for _ in range(120):
                await act(tx, home.office, "Create", await add_publication(tx, home.office))
        assert await fan_out(home.federation) == 120
        assert len(await home.deliveries(WAITING)) == 120


async def test_ten_thousand_servers_are_not_too_many(tmp_path: Path) -> None:
    many = 10_000
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            people = [remote(tx, f"h{number}.example") for number in range(many)]
            await tx._connection.run_many(Statement(actors.insert()), [values(person) for person in people])
            await tx._connection.run_many(
                Statement(follows.insert()),
                [
                    values(
                        Follow(
                            tx.new_id(), person.id, home.office.id, person.uri, FollowState.ACCEPTED, tx.now
                        )
                    )
                    for person in people
                ],
            )
            first = await act(tx, home.office, "Create", await add_publication(tx, home.office))
            second = await act(tx, home.office, "Create", await add_publication(tx, home.office))
        assert await fan_out(home.federation) == 2
        rows = await home.deliveries(WAITING)
        assert {row.activity_id for row in rows} == {first.id, second.id}
        assert len({(row.activity_id, row.host) for row in rows}) == 2 * many


async def test_a_created_object_travels_whole_with_its_terms_and_its_audience(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            note = await add_publication(tx, home.office, mentioned=[friend])
            made = await act(tx, home.office, "Create", note)
        document = await sent(home, made)
    assert list(document)[:3] == ["@context", "id", "type"]
    assert "https://www.w3.org/ns/activitystreams" in document["@context"]
    assert "@context" not in document["object"]
    assert {name: document[name] for name in ("id", "type", "actor", "published", "to", "cc")} == {
        "id": made.uri,
        "type": "Create",
        "actor": home.office.uri,
        "published": "2026-08-23T10:00:00Z",
        "to": [PUBLIC],
        "cc": [home.office.followers, friend.uri],
    }
    assert (document["object"]["id"], document["object"]["type"]) == (note.uri, "Note")
    assert (document["object"]["to"], document["object"]["cc"]) == (document["to"], document["cc"])


@pytest.mark.parametrize("kind", [Kind.NOTE, Kind.PRACTICE])
async def test_neither_bto_nor_bcc_ever_leave(tmp_path: Path, kind: Kind) -> None:
    secret = {"bto": ["https://secret.example/u"], "bcc": ["https://secret.example/u"]}
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_follower(tx, home.office, "friend.example")
            post = await add_publication(tx, home.office, kind=kind, details={**secret}, source={**secret})
            made = [
                await act(tx, home.office, "Create", post, details={**secret}),
                await act(tx, home.office, "Update", post, details={**secret}),
                await act(
                    tx,
                    home.office,
                    "Accept",
                    "https://friend.example/1",
                    target=friend,
                    details={"activity": {"id": "https://friend.example/1", "type": "Follow", **secret}},
                ),
                await act(
                    tx,
                    home.office,
                    "Delete",
                    "https://node.example/o/1",
                    target=friend,
                    details={**post.recipients, **secret},
                ),
            ]
        for activity in made:
            assert "secret.example" not in json.dumps(await sent(home, activity))
        assert {row.host for row in await home.deliveries()} == {"friend.example"}


async def test_a_deletion_leaves_a_tombstone_as_in_the_examples(tmp_path: Path) -> None:
    example = shared_json("examples", "activity-delete.jsonld")
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            await add_follower(tx, home.office, "follower.example")
            post = await add_publication(tx, home.office, kind=Kind.PRACTICE)
            made = await withdraw(tx, home.office, post)
        document = await sent(home, made)
    assert list(document) == list(example)
    assert document["@context"] == example["@context"]
    assert (document["to"], document["cc"]) == ([PUBLIC], [home.office.followers])
    assert document["object"] == {
        "id": post.uri,
        "type": "Tombstone",
        "formerType": "Article",
        "deleted": "2026-08-23T10:00:00Z",
    }
    assert set(document["object"]) == set(example["object"])


async def test_a_share_is_addressed_as_in_the_examples(tmp_path: Path) -> None:
    example = shared_json("examples", "activity-group-announce-plain.jsonld")
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            post = await add_publication(tx, friend)
            made = await act(tx, home.office, "Announce", post, target=friend)
        document = await sent(home, made)
    assert list(document) == list(example)
    assert document == {
        **example,
        "id": made.uri,
        "actor": home.office.uri,
        "published": "2026-08-23T10:00:00Z",
        "cc": [home.office.followers, friend.uri],
        "object": post.uri,
    }


async def test_an_answer_embeds_what_it_answers(tmp_path: Path) -> None:
    example = shared_json("examples", "activity-accept-join.jsonld")
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            asked = {
                "id": "https://friend.example/follows/1",
                "type": "Follow",
                "actor": friend.uri,
                "object": home.office.uri,
            }
            made = {
                verb: await act(
                    tx, home.office, verb, asked["id"], target=friend, details={"activity": asked}
                )
                for verb in ("Accept", "Reject", "Undo")
            }
        documents = {verb: await sent(home, activity) for verb, activity in made.items()}
    for verb, document in documents.items():
        assert document == {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": made[verb].uri,
            "type": verb,
            "actor": home.office.uri,
            "to": [friend.uri],
            "object": asked,
        }
    assert set(documents["Accept"]) == set(example) - {"result"}


async def test_follows_likes_blocks_and_moves_name_what_they_mean(tmp_path: Path) -> None:
    new = "https://new.example/actors/office"
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_follower(tx, home.office, "friend.example")
            post = await add_publication(tx, friend)
            made = {
                "Follow": await act(tx, home.office, "Follow", friend, target=friend),
                "Like": await act(tx, home.office, "Like", post, target=friend, is_public=False),
                "Block": await act(tx, home.office, "Block", friend, target=friend),
                "Move": await act(tx, home.office, "Move", home.office, details={"target": new}),
            }
        expected: dict[str, dict[str, Any]] = {
            "Follow": {"to": [friend.uri], "object": friend.uri},
            "Like": {"to": [friend.uri], "object": post.uri},
            "Block": {"to": [friend.uri], "object": friend.uri},
            "Move": {"to": [home.office.followers], "object": home.office.uri, "target": new},
        }
        for verb, activity in made.items():
            document = await sent(home, activity)
            assert document == {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": activity.uri,
                "type": verb,
                "actor": home.office.uri,
                **expected[verb],
            }


async def test_a_changed_actor_travels_with_its_key_and_a_deleted_one_by_name(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            await add_follower(tx, home.office, "friend.example")
            changed = await act(tx, home.office, "Update", home.office)
            deleted = await act(tx, home.office, "Delete", home.office)
        update, delete = await sent(home, changed), await sent(home, deleted)
    assert update["object"]["id"] == home.office.uri
    assert update["object"]["publicKey"]["id"] == f"{home.office.uri}#main-key"
    assert "@context" not in update["object"]
    assert "https://w3id.org/security/v1" in update["@context"]
    assert (update["to"], update["cc"]) == ([PUBLIC], [home.office.followers])
    assert (delete["object"], delete["to"]) == (home.office.uri, [PUBLIC])


async def waiting(home: Node) -> list[tuple[str, str]]:
    async with home.database.read() as tx:
        rows = (await tx.deliveries.list(states=[WAITING]))[::-1]
        return [(await verb_of(home, row), row.host) for row in rows]


async def verb_of(home: Node, row: Delivery) -> str:
    async with home.database.read() as tx:
        documents = await tx.deliveries.documents([row.activity_id])
    verb: str = json.loads(documents[row.activity_id])["type"]
    return verb


async def test_a_deletion_cancels_what_never_left_and_nothing_else(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            await add_follower(tx, home.office, "a.example")
            await add_follower(tx, home.office, "b.example")
            post, other = await add_publication(tx, home.office), await add_publication(tx, home.office)
            await act(tx, home.office, "Create", post)
            await act(tx, home.office, "Create", other)
        await fan_out(home.federation)
        tried = (await home.deliveries())[0]
        assert tried.ordering_key == post.uri
        async with home.database.begin() as tx:
            # One of the two was tried, so it may have arrived although no answer did.
            await tx._connection.raw(f"UPDATE deliveries SET attempts = 1 WHERE id = {tried.id}")
        home.clock.forward(seconds=1)
        async with home.database.begin() as tx:
            await withdraw(tx, home.office, post)
        await fan_out(home.federation)
        (cancelled,) = await home.deliveries(CANCELLED)
        assert (cancelled.ordering_key, cancelled.host != tried.host) == (post.uri, True)
        about_it = [row for row in await home.deliveries(WAITING) if row.ordering_key == post.uri]
        assert [await verb_of(home, row) for row in about_it] == ["Create", "Delete", "Delete"]
        assert [row.host for row in about_it if row.host == tried.host] == [tried.host] * 2
        assert len([row for row in await home.deliveries(WAITING) if row.ordering_key == other.uri]) == 2


async def test_a_deletion_cancels_also_towards_those_whom_it_does_not_reach(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            former = await add_follower(tx, home.office, "former.example")
            post = await add_publication(tx, home.office)
            await act(tx, home.office, "Create", post)
        await fan_out(home.federation)
        home.clock.forward(seconds=1)
        async with home.database.begin() as tx:
            await tx.follows.remove(former, home.office)
            await withdraw(tx, home.office, post)
        await fan_out(home.federation)
        assert await waiting(home) == []


async def test_what_is_deleted_before_anybody_was_told_is_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            await add_follower(tx, home.office, "a.example")
            await add_follower(tx, home.server, "a.example")
            post = await add_publication(tx, home.office, kind=Kind.PRACTICE)
            made = await act(tx, home.office, "Create", post)
            await act(tx, home.server, "Announce", post, target=home.office)
            await act(tx, home.office, "Update", post)
            undo = {"id": made.uri, "type": "Announce", "actor": home.office.uri, "object": post.uri}
            await act(tx, home.office, "Undo", made.uri, publication=post, details={"activity": undo})
            await withdraw(tx, home.office, post)
        assert await fan_out(home.federation) == 5
        assert await waiting(home) == [("Delete", "a.example")]
    assert caplog.records == []


async def test_nobody_is_told_of_likes_and_shares_of_what_vanished(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_follower(tx, home.office, "friend.example")
            post = await add_publication(tx, friend)
            await act(tx, home.office, "Like", post, target=friend)
            await act(tx, home.office, "Announce", post, target=friend)
            await tx.publications.remove(post)
        assert await fan_out(home.federation) == 2
        assert await home.deliveries() == []


async def test_taking_back_is_ordered_after_what_is_taken_back(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            made = await act(tx, home.office, "Follow", friend, target=friend)
        await fan_out(home.federation)
        home.clock.forward(seconds=1)
        follow = {"id": made.uri, "type": "Follow", "actor": home.office.uri, "object": friend.uri}
        async with home.database.begin() as tx:
            await act(tx, home.office, "Undo", made.uri, target=friend, details={"activity": follow})
        await fan_out(home.federation)
        assert [(row.ordering_key, row.inbox) for row in await home.deliveries()] == [
            (friend.uri, friend.inbox)
        ] * 2


async def test_one_that_cannot_be_written_does_not_hold_up_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            await add_follower(tx, home.office, "follower.example")
            await tx.actors.change(replace(home.office, fields=[["a name without a value"]]))
            bad = await act(tx, home.office, "Update", home.office)
            await act(tx, home.office, "Follow", friend, target=friend)
        assert await fan_out(home.federation) == 2
        assert await waiting(home) == [("Follow", "friend.example")]
        assert bad.uri in caplog.text


async def page(home: Node, actor: Actor) -> list[dict[str, Any]]:
    async with home.database.read() as tx:
        return await outbox_documents(
            tx, actor, await tx.activities.outbox_page(actor, before=2**62, size=50)
        )


async def test_an_outbox_shows_what_is_public_as_it_is_now(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            shared = await add_publication(tx, friend)
            public = await add_publication(tx, home.office)
            private = await add_publication(tx, home.office, visibility=Visibility.PRIVATE)
            gone = await add_publication(tx, home.office)
            for post in (public, private, gone):
                await act(tx, home.office, "Create", post)
            await act(tx, home.office, "Announce", shared, target=friend)
            await act(tx, home.office, "Create", private, is_public=True)
            await withdraw(tx, home.office, gone)
        documents = await page(home, home.office)
        assert await page(home, home.server) == []
    found = {document["type"]: document for document in documents}
    assert len(documents) == len(found) == 2
    assert found["Create"]["object"]["id"] == public.uri
    assert found["Announce"]["object"] == shared.uri
    assert all("@context" not in document for document in documents)
    assert "@context" not in found["Create"]["object"]


async def test_a_page_of_an_outbox_costs_as_many_queries_as_one_entry(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            for _ in range(20):
                await act(tx, home.office, "Create", await add_publication(tx, home.office))
        costs = []
        for size in (1, 20):
            async with home.database.read() as tx:
                some = await tx.activities.outbox_page(home.office, before=2**62, size=size)
                with counted(tx) as statements:
                    assert len(await outbox_documents(tx, home.office, some)) == size
                costs.append(len(statements))
        assert costs[0] == costs[1] > 0
