"""Posting through the client API: what becomes of it, what is refused, and requests that come twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import STATUSES, posted, refused


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


async def test_a_post_is_answered_as_a_status_and_can_be_read(live: LiveNode, amina: Program) -> None:
    status = await posted(amina, "First line\nsecond line\n\nAnother #LegalAid", language="en")
    assert status["content"] == (
        "<p>First line<br>second line</p><p>Another "
        f'<a href="{live.base}/tags/legalaid" class="mention hashtag" rel="tag nofollow noopener">'
        "#<span>LegalAid</span></a></p>"
    )
    assert status["tags"] == [{"name": "LegalAid", "url": f"{live.base}/tags/legalaid"}]
    assert (status["visibility"], status["language"], status["sensitive"]) == ("public", "en", False)
    assert status["account"]["acct"] == "amina"
    again = await anybody(live).get(f"{STATUSES}/{status['id']}")
    assert again.json()["content"] == status["content"]


async def test_the_link_of_a_mention_is_the_address_that_is_told(live: LiveNode, amina: Program) -> None:
    await program(live, "bilal")
    status = await posted(amina, "Dear @bilal, see https://law.example/a/very/long/path/that/never/ends")
    (mention,) = status["mentions"]
    assert mention["acct"] == "bilal"
    assert f'href="{mention["url"]}"' in status["content"]
    assert '<span class="invisible">https://</span><span class="ellipsis">' in status["content"]


async def test_mentions_on_other_nodes_are_looked_up_before(fediverse: Fediverse, amina: Program) -> None:
    nepal = await fediverse.node("nepal.example")
    status = await posted(amina, "Dear @office@nepal.example")
    assert [each["acct"] for each in status["mentions"]] == ["office@nepal.example"]
    await fediverse.settle()
    assert await nepal.publication(status["uri"]) is not None


async def test_direct_reaches_only_those_it_mentions(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    ghana = await fediverse.node("ghana.example")
    assert amina.actor is not None
    await ghana.follow(ghana.office, amina.actor.handle)
    await fediverse.settle()
    bilal, carol = await program(live, "bilal"), await program(live, "carol")
    status = await posted(amina, "@bilal @office@nepal.example secret", visibility="direct")
    await fediverse.settle()
    assert await nepal.publication(status["uri"]) is not None
    assert await ghana.publication(status["uri"]) is None
    assert (await bilal.get(f"{STATUSES}/{status['id']}")).status_code == 200
    for other in (carol, anybody(live)):
        assert (await other.get(f"{STATUSES}/{status['id']}")).status_code == 404


async def test_what_a_post_does_not_say_is_as_its_author_prefers(live: LiveNode, amina: Program) -> None:
    assert amina.actor is not None
    async with live.database.begin() as tx:
        member = await tx.members.of(amina.actor)
        assert member is not None
        preferences = await tx.preferences.of(member)
        await tx.preferences.keep(
            type(preferences)(member.id, "private", True, "sw", "nobody", "default", False, False)
        )
    status = await posted(amina)
    assert (status["visibility"], status["sensitive"], status["language"]) == ("private", True, "sw")
    said = await posted(amina, visibility="unlisted", sensitive=False, language="fr")
    assert (said["visibility"], said["sensitive"], said["language"]) == ("unlisted", False, "fr")
    assert said["quote_approval"]["automatic"] == []


async def test_a_warning_makes_a_post_sensitive_and_stands_for_its_text(amina: Program) -> None:
    status = await posted(amina, "", spoiler_text="Violence")
    assert (status["content"], status["spoiler_text"], status["sensitive"]) == ("<p>.</p>", "Violence", True)


async def test_a_reply_stands_in_its_thread(live: LiveNode, amina: Program) -> None:
    first = await posted(amina, "A question")
    reply = await posted(amina, "An answer", in_reply_to_id=first["id"])
    assert reply["in_reply_to_id"] == first["id"]
    thread = (await anybody(live).get(f"{STATUSES}/{first['id']}/context")).json()
    assert [each["id"] for each in thread["descendants"]] == [reply["id"]]


async def test_a_reply_to_a_boost_answers_what_it_brought(amina: Program) -> None:
    first = await posted(amina)
    boost = (await amina.post(f"{STATUSES}/{first['id']}/reblog", None)).json()
    assert (await posted(amina, in_reply_to_id=boost["id"]))["in_reply_to_id"] == first["id"]


@pytest.mark.parametrize(
    ("document", "status", "sentence"),
    [
        ({}, 422, "Validation failed: Text can't be blank"),
        ({"status": "  "}, 422, "Validation failed: Text can't be blank"),
        ({"status": "x" * 5001}, 422, "Validation failed: Text character limit of 5000 exceeded"),
        ({"status": "x", "visibility": "secret"}, 422, "Validation failed: Visibility is not included"),
        ({"status": "x", "in_reply_to_id": "12"}, 404, "The post you are trying to reply to does not"),
        ({"status": "x", "in_reply_to_id": "twelve"}, 404, "The post you are trying to reply to does not"),
        ({"status": "x", "quoted_status_id": "12"}, 404, "The post you are trying to quote does not"),
        ({"status": "x", "media_ids": ["77"]}, 422, "Media 77 not found or already attached"),
        ({"status": "x", "media_ids": ["none"]}, 422, "Media 0 not found or already attached"),
        (
            {"status": "x", "quote_approval_policy": "friends"},
            422,
            "Validation failed: Quote approval policy",
        ),
        ({"status": "x", "scheduled_at": "tomorrow"}, 422, "Validation failed: Scheduled at is not"),
        (
            {"status": "x", "poll": {"options": ["a"], "expires_in": 600}},
            422,
            "Validation failed: Choices must",
        ),
        (
            {"status": "x", "poll": {"options": ["a", "a"], "expires_in": 600}},
            422,
            "Validation failed: Choices contain duplicate items",
        ),
        (
            {"status": "x", "poll": {"options": ["a", "b" * 101], "expires_in": 600}},
            422,
            "Validation failed: Choices cannot be longer than 100 characters each",
        ),
        (
            {"status": "x", "poll": {"options": [str(n) for n in range(11)], "expires_in": 600}},
            422,
            "Validation failed: Choices can't contain more than 10 items",
        ),
        (
            {"status": "x", "poll": {"options": ["a", "b"], "expires_in": 60}},
            422,
            "Validation failed: Deadline is too soon",
        ),
        (
            {"status": "x", "poll": {"options": ["a", "b"], "expires_in": 10**9}},
            422,
            "Validation failed: Deadline is too far into the future",
        ),
        (
            {"status": "x", "poll": {"options": ["a", "b"]}},
            422,
            "Validation failed: Deadline can't be blank",
        ),
    ],
)
async def test_what_cannot_be_posted_is_refused_in_the_words_that_apps_know(
    amina: Program, document: dict[str, Any], status: int, sentence: str
) -> None:
    assert (await refused(amina, status, "POST", STATUSES, document)).startswith(sentence)


async def test_what_somebody_may_not_read_cannot_be_answered(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    hidden = await posted(bilal, visibility="direct")
    assert "reply" in await refused(
        amina, 404, "POST", STATUSES, {"status": "x", "in_reply_to_id": hidden["id"]}
    )


async def test_addresses_count_the_same_however_long_they_are(amina: Program) -> None:
    await posted(amina, "x" * 4976 + " https://law.example/" + "y" * 500)
    await refused(amina, 422, "POST", STATUSES, {"status": "x" * 4977 + " https://law.example/"})


async def test_a_character_is_what_people_take_for_one(amina: Program) -> None:
    await posted(amina, "👩‍👩‍👧‍👦" * 5000)
    await refused(amina, 422, "POST", STATUSES, {"status": "é" * 5000, "spoiler_text": "!"})


async def test_who_may_not_post_is_told(live: LiveNode) -> None:
    reader = await program(live, "reader", scopes=("read",))
    assert (await reader.post(STATUSES, {"status": "x"})).status_code == 403
    assert (await anybody(live).post(STATUSES, {"status": "x"})).status_code == 401


async def test_unexpected_mentions_are_named_and_nothing_is_posted(live: LiveNode, amina: Program) -> None:
    bilal = await program(live, "bilal")
    assert bilal.actor is not None
    answer = await amina.post(STATUSES, {"status": "@bilal", "allowed_mentions": []})
    assert answer.status_code == 422
    assert [each["acct"] for each in answer.json()["unexpected_accounts"]] == ["bilal"]
    await posted(amina, "@bilal", allowed_mentions=[str(bilal.actor.id)])


async def test_the_same_key_posts_once(live: LiveNode, amina: Program) -> None:
    answers = await asyncio.gather(
        *(amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1") for _ in range(5))
    )
    assert {each.status_code for each in answers} == {200}
    assert len({each.json()["id"] for each in answers}) == 1
    other = await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k2")
    assert other.json()["id"] != answers[0].json()["id"]
    bilal = await program(live, "bilal")
    theirs = await bilal.post(STATUSES, {"status": "Once."}, idempotency_key="k1")
    assert theirs.json()["account"]["acct"] == "bilal"


async def test_a_key_is_forgotten_after_an_hour(fediverse: Fediverse, amina: Program) -> None:
    first = await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1")
    fediverse.wait(minutes=59)
    assert (await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1")).json() == first.json()
    fediverse.wait(minutes=2)
    again = await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1")
    assert again.json()["id"] != first.json()["id"]


async def test_a_key_that_is_too_long_is_refused(amina: Program) -> None:
    answer = await amina.post(STATUSES, {"status": "x"}, idempotency_key="k" * 256)
    assert answer.status_code == 400


async def test_what_a_key_made_and_was_deleted_is_not_made_again(amina: Program) -> None:
    first = (await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1")).json()
    await amina.send("DELETE", f"{STATUSES}/{first['id']}")
    again = await amina.post(STATUSES, {"status": "Once."}, idempotency_key="k1")
    assert (again.status_code, again.json()["error"]) == (404, "Record not found")


async def test_deleting_gives_the_text_back_and_tells_others(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    status = await posted(amina, "Dear @office@nepal.example", spoiler_text="CW")
    await fediverse.settle()
    answer = await amina.send("DELETE", f"{STATUSES}/{status['id']}")
    deleted = answer.json()
    assert (deleted["text"], deleted["spoiler_text"]) == ("Dear @office@nepal.example", "CW")
    assert "content" not in deleted
    assert (await anybody(live).get(f"{STATUSES}/{status['id']}")).status_code == 404
    await fediverse.settle()
    assert await nepal.publication(status["uri"]) is None


async def test_only_ones_own_posts_can_be_deleted(live: LiveNode, amina: Program) -> None:
    status = await posted(amina)
    bilal = await program(live, "bilal")
    answer = await bilal.send("DELETE", f"{STATUSES}/{status['id']}")
    assert (answer.status_code, answer.json()["error"]) == (404, "Record not found")
    assert (await anybody(live).get(f"{STATUSES}/{status['id']}")).status_code == 200


async def test_deleting_ones_boost_takes_it_back(amina: Program) -> None:
    status = await posted(amina)
    boost = (await amina.post(f"{STATUSES}/{status['id']}/reblog", None)).json()
    assert (await amina.send("DELETE", f"{STATUSES}/{boost['id']}")).status_code == 200
    assert (await amina.get(f"{STATUSES}/{boost['id']}")).status_code == 404
    assert (await amina.get(f"{STATUSES}/{status['id']}")).json()["reblogs_count"] == 0
