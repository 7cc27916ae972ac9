"""What waits, what failed, what is kept: `deliveries`, `received`, `index`, `prune`, `search` and `stats`."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from storage.actors import Actor
from storage.deliveries import Delivery
from storage.kinds import DeliveryState, Kind, Outcome, Policy, Visibility
from storage.publications import Publication
from storage.received import Received
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node
from tests.node.test_cli_publish import PRACTICE, publish

OLD = timedelta(days=400)


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path)


async def add_stranger(tx: Transaction, name: str = "reader", host: str = "other.example") -> Actor:
    uri = f"https://{host}/users/{name}"
    await tx.peers.meet(host, tx.now)
    return await tx.actors.add(
        Actor(tx.new_id(), uri, "Person", name, host, is_local=False, created_at=tx.now, inbox=f"{uri}/inbox")
    )


async def add_post(tx: Transaction, author: Actor, number: int, **facts: Any) -> Publication:
    moment = tx.now - OLD
    return await tx.publications.add(
        Publication(
            id=tx.new_id(moment),
            uri=f"https://{author.host}/posts/{number}",
            author_id=author.id,
            kind=facts.pop("kind", Kind.POST),
            type="Note",
            is_local=False,
            visibility=Visibility.PUBLIC,
            published_at=moment,
            created_at=facts.pop("created_at", moment),
            content="<p>Old news</p>",
            **facts,
        )
    )


def add_deliveries(node: Commands) -> dict[str, int]:
    """Queue one delivery in each of four states, and return their ids by state."""

    async def add(tx: Transaction) -> dict[str, int]:
        activities = await tx.activities.waiting(1)
        states = {
            state: Delivery(
                id=tx.new_id(),
                activity_id=activities[0].id,
                sender_id=activities[0].actor_id,
                host="other.example",
                inbox=f"https://other.example/{state.name.lower()}/inbox",
                ordering_key="x",
                state=state,
                created_at=tx.now - timedelta(hours=2),
                due_at=tx.now + timedelta(hours=5),
                attempts=3,
                status=503,
                error="other.example is down.",
            )
            for state in (
                DeliveryState.WAITING,
                DeliveryState.REFUSED,
                DeliveryState.GIVEN_UP,
                DeliveryState.SENT,
            )
        }
        await tx.deliveries.add(list(states.values()))
        await tx.peers.open_lanes(["other.example"], tx.now)
        await tx.peers.failed(
            "other.example", tx.now, "other.example is down.", resting_until=tx.now + timedelta(hours=5)
        )
        return {state: row.id for state, row in states.items()}

    publish(node, PRACTICE)
    return node.write(add)


def test_what_waits_and_what_failed_is_listed_with_the_reason(node: Commands) -> None:
    assert node.ok("deliveries", "list") == "Nothing waits, nothing failed.\n"
    ids = add_deliveries(node)
    rows = node.json("deliveries", "list")
    assert {row["state"] for row in rows} == {"waiting", "refused", "given up"}
    waiting = next(row for row in rows if row["state"] == "waiting")
    assert waiting["id"] == str(ids[DeliveryState.WAITING])
    assert (waiting["domain"], waiting["verb"]) == ("other.example", "Create")
    assert (waiting["attempts"], waiting["status"]) == (3, 503)
    assert waiting["error"] == "other.example is down."
    assert waiting["due_at"] is not None
    assert "other.example is down." in node.ok("deliveries", "list")
    assert [row["state"] for row in node.json("deliveries", "list", "--state", "sent")] == ["sent"]
    assert node.json("deliveries", "list", "--node", "nowhere.example") == []


@pytest.mark.parametrize(
    "arguments", [["--all"], ["--node", "other.example"], ["WAITING", "GIVEN_UP", "REFUSED"]]
)
def test_deliveries_are_tried_again_at_once(node: Commands, arguments: list[str]) -> None:
    ids = add_deliveries(node)
    given = [
        str(ids[DeliveryState[each]]) if each in DeliveryState.__members__ else each for each in arguments
    ]
    assert node.ok("deliveries", "retry", *given).startswith("3 deliveries")
    assert {row["state"] for row in node.json("deliveries", "list")} == {"waiting"}

    async def due(tx: Transaction) -> set[str]:
        return {row.host for row in await tx.deliveries.claim(tx.now, tx.now + OLD, lanes=5, per_lane=5)}

    assert node.write(due) == {"other.example"}


def test_what_was_sent_or_is_not_there_is_not_tried_again(node: Commands) -> None:
    ids = add_deliveries(node)
    for each in (ids[DeliveryState.SENT], 12345):
        assert f"no delivery {each}" in node.refused("deliveries", "retry", str(each))
    # All or nothing.
    both = (str(ids[DeliveryState.REFUSED]), "12345")
    node.refused("deliveries", "retry", *both)
    assert len(node.json("deliveries", "list", "--state", "refused")) == 1


def add_received(node: Commands) -> dict[str | None, int]:
    async def add(tx: Transaction) -> dict[str | None, int]:
        sender = await add_stranger(tx)
        rows = {
            outcome: Received(
                id=tx.new_id(),
                sender_id=sender.id,
                uri=f"https://other.example/activities/{outcome}",
                fingerprint="",
                verb="Create",
                body="{}",
                received_at=tx.now - timedelta(minutes=30),
                due_at=tx.now + timedelta(minutes=30),
                attempts=2,
                reason="other.example did not answer in time.",
            )
            for outcome in (None, Outcome.REFUSED, Outcome.GIVEN_UP, Outcome.APPLIED)
        }
        await tx.received.keep(list(rows.values()))
        for outcome, row in rows.items():
            if outcome is not None:
                await tx.received.conclude(row, outcome, row.reason, tx.now)
        return {outcome: row.id for outcome, row in rows.items()}

    return node.write(add)


def test_what_could_not_be_applied_is_listed_and_tried_again(node: Commands) -> None:
    ids = add_received(node)
    rows = node.json("received", "list")
    assert {row["outcome"] for row in rows} == {"waiting", "refused", "given up"}
    assert all(row["sender"] == "https://other.example/users/reader" for row in rows)
    assert all(row["reason"] == "other.example did not answer in time." for row in rows)
    assert [row["outcome"] for row in node.json("received", "list", "--outcome", "applied")] == ["applied"]
    assert f"no received activity {ids[Outcome.APPLIED]}" in node.refused(
        "received", "retry", str(ids[Outcome.APPLIED])
    )
    assert node.ok("received", "retry", "--node", "other.example").startswith("3 activities")
    assert {row["outcome"] for row in node.json("received", "list")} == {"waiting"}

    async def due(tx: Transaction) -> int:
        return len(await tx.received.due(tx.now, 10))

    assert node.read(due) == 3


@pytest.mark.parametrize("command", ["deliveries", "received"])
def test_what_to_try_again_is_said_in_one_way(node: Commands, command: str) -> None:
    node.misused(command, "retry")
    node.misused(command, "retry", "1", "--all")
    node.misused(command, "retry", "--all", "--node", "other.example")
    node.misused(command, "retry", "one")
    node.misused(command, "list", "--limit", "0")


def test_the_index_is_rebuilt_with_private_things_and_without_what_must_not_be_found(node: Commands) -> None:
    publish(node, PRACTICE)
    publish(node, PRACTICE | {"title": "Private counsel", "visibility": "private"})

    async def lose(tx: Transaction) -> None:
        for publication in (await tx.publications.by_ids(await all_ids(tx))).values():
            await tx.search.forget(publication.id)

    async def all_ids(tx: Transaction) -> list[int]:
        body = await tx.actors.local("office")
        return [publication.id for publication, _ in await tx.publications.page(body, author=body)]

    node.write(lose)
    assert node.json("search", "counsel")["total"] == 0
    assert node.ok("index", "rebuild") == "2 publications read anew, 2 of them can be found.\n"
    assert [item["title"] for item in node.json("search", "counsel")["items"]] == ["Duty counsel by phone"]


def test_search_finds_by_words_and_facets(node: Commands) -> None:
    uri = publish(node, PRACTICE)
    publish(node, PRACTICE | {"kind": "practice", "title": "Mobile clinic", "jurisdiction": ["SN"]})
    found = node.json("search", "counsel phone")
    assert found["total"] == 1
    (item,) = found["items"]
    assert item["uri"] == uri
    assert item["url"] == "https://legalaid.example/practices/duty-counsel-by-phone"
    assert (item["title"], item["kind"]) == ("Duty counsel by phone", "practice")
    assert item["node"] == "legalaid.example"
    assert item["published"].endswith("+00:00")
    assert "A lawyer within three hours of arrest." in item["excerpt"]
    assert "<" not in item["excerpt"]
    assert "Duty counsel by phone" in node.ok("search", "counsel")
    assert node.json("search", "", "--country", "SN")["items"][0]["title"] == "Mobile clinic"
    assert node.json("search", "--kind", "practice", "--topic", "stage/police-custody")["total"] == 2
    assert node.json("search", "--kind", "event")["total"] == 0
    assert node.json("search", "--lang", "fr")["total"] == 0
    assert node.json("search", "", "--limit", "1", "--offset", "1")["items"][0]["uri"] == uri
    assert "--offset 1 shows more" in node.run("search", "", "--limit", "1").stderr
    assert node.ok("search", "nothingness") == "Nothing was found.\n"
    node.misused("search", "--kind", "song")


def test_old_posts_of_others_go_unless_somebody_here_cares(node: Commands) -> None:
    note = json.dumps({"kind": "note", "body": "Thank you", "in_reply_to": "https://other.example/posts/3"})

    async def add(tx: Transaction) -> None:
        body = await tx.actors.local("office")
        assert body is not None
        author = await add_stranger(tx)
        posts = {number: await add_post(tx, author, number) for number in range(1, 8)}
        await tx.likes.add(body, posts[1], f"{body.uri}#like", tx.now)
        await tx.shares.add(body, posts[2], f"{body.uri}#share", tx.now)
        await tx.publications.set_mentions(posts[4], [body.id])
        await tx.likes.add(author, posts[5], f"{author.uri}#like", tx.now)
        await add_post(tx, author, 8, kind=Kind.PRACTICE)
        await add_post(tx, author, 9, created_at=tx.now)

    node.write(add)
    node.ok("publish", "-", given=note)
    counted = node.json("prune", "--dry-run")
    assert (counted["posts_of_other_nodes"], counted["dry_run"]) == (3, True)
    assert node.json("prune")["posts_of_other_nodes"] == 3

    async def left(tx: Transaction) -> list[str]:
        found = [publication.uri for publication, _ in await tx.publications.page(None, local=False)]
        return sorted(uri.rpartition("/")[2] for uri in found)

    assert node.read(left) == ["1", "2", "3", "4", "8", "9"]
    assert node.json("prune")["posts_of_other_nodes"] == 0


def test_counting_what_would_go_removes_nothing(node: Commands) -> None:
    ids = add_received(node)

    async def age(tx: Transaction) -> None:
        for outcome, row_id in ids.items():
            if outcome is not None:
                await tx._connection.raw(
                    "UPDATE received SET concluded_at = concluded_at - 40 * 86400 * 1000000 WHERE id = ?",
                    row_id,
                )

    node.write(age)
    assert node.json("prune", "--dry-run")["received"] == 3
    assert len(node.json("received", "list", "--outcome", "refused")) == 1
    assert node.json("prune")["received"] == 3
    assert [row["outcome"] for row in node.json("received", "list")] == ["waiting"]


def test_spent_tokens_and_links_go_after_a_while(node: Commands) -> None:
    node.add_member("amina", "editor")
    kept, spent = node.ok("token", "amina"), node.ok("token", "amina")

    async def revoke(tx: Transaction) -> None:
        await tx.members.revoke_token(_digest(spent), tx.now - timedelta(days=31))

    node.write(revoke)
    assert node.json("prune")["tokens_and_links"] == 1

    async def held(tx: Transaction) -> bool:
        return await tx.members.by_token(_digest(kept)) is not None

    assert node.read(held)


def _digest(token: str) -> str:
    return sha256(token.strip().encode()).hexdigest()


def test_stats_count_what_there_is(node: Commands) -> None:
    node.add_member()
    add_deliveries(node)
    add_received(node)
    found = node.json("stats")
    assert found["domain"] == "legalaid.example"
    assert found["publications"] == {"local": {"practice": 1}, "remote": {}}
    assert found["people"]["members"] == 1
    assert found["people"]["roles"] == {"admin": 1}
    assert found["people"]["remote_actors"] == 1
    assert found["deliveries"]["waiting"] == 1
    assert found["deliveries"]["sent"] == 1
    assert 7000 < found["deliveries"]["oldest_waiting_seconds"] < 8000
    assert found["received"]["waiting"] == 1
    assert found["received"]["refused"] == 1
    assert found["follows"]["node"] == {"followers": 0, "following": 0}
    assert found["workers"] == {"at_work": False, "last_heartbeat": None}
    assert found["disk"]["database"] > 100_000
    assert found["disk"]["media"] == 0
    assert found["disk"]["free"] > 0
    (peer,) = found["peers"]
    assert (peer["domain"], peer["policy"], peer["waiting"]) == ("other.example", Policy.KNOWN, 1)
    assert peer["last_error"] == "other.example is down."
    text = node.ok("stats")
    assert "1 (1 practice)" in text
    assert "the oldest waits for 2 hours" in text
    assert "other.example is down." in text


def test_what_others_send_steers_no_terminal(node: Commands) -> None:
    async def add(tx: Transaction) -> None:
        peer = await add_stranger(tx, host="evil.example")
        await tx.peers.failed("evil.example", tx.now, "\x1b[2J\u202egnp", resting_until=None)
        await tx.actors.change(replace(peer, name="\x1b]0;x\x07"))

    node.write(add)
    text = node.ok("stats")
    assert "\x1b" not in text
    assert "\u202e" not in text
