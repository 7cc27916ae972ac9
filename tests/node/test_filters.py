"""Filters, through the second version of their methods, and what they do to statuses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from actors.filtering import MAX_FILTERS, MAX_KEYWORDS
from storage.actors import Actor
from tests.clients.entities.filters import Filter, FilterKeyword, FilterStatus
from tests.clients.entities.statuses import Status
from tests.clients.validation import validate
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

FILTERS = "/api/v2/filters"
NOT_FOUND = {"error": "Record not found"}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as found:
        yield found


@pytest.fixture
async def amina(node: ServedNode) -> Calls:
    return await calls_of(node, await node.member("amina"))


@pytest.fixture
async def bilal(node: ServedNode) -> Calls:
    return await calls_of(node, await node.member("bilal"))


@pytest.fixture
async def author(node: ServedNode) -> Actor:
    return await node.stranger("author")


async def made(who: Calls, *keywords: str, **more: Any) -> dict[str, Any]:
    """Make a filter."""
    document = {
        "title": "Not now",
        "context": ["home"],
        "keywords_attributes": [{"keyword": keyword} for keyword in keywords],
        **more,
    }
    found: dict[str, Any] = await who.post(FILTERS, json=document)
    validate(found, Filter)
    return found


async def filtered(who: Calls, number: int) -> list[dict[str, Any]]:
    """Return which filters apply to a status."""
    status = await who.get(f"/api/v1/statuses/{number}")
    validate(status, Status, member=True)
    found: list[dict[str, Any]] = status["filtered"]
    return found


async def test_a_filter_is_made_shown_listed_changed_and_forgotten(node: ServedNode, amina: Calls) -> None:
    first = await made(amina, "bail", context=["public", "home"], filter_action="hide", expires_in=3600)
    assert first == {
        "id": first["id"],
        "title": "Not now",
        "context": ["home", "public"],
        "expires_at": "2026-08-23T11:00:00.000Z",
        "filter_action": "hide",
        "keywords": [{"id": first["keywords"][0]["id"], "keyword": "bail", "whole_word": True}],
        "statuses": [],
    }
    second = await made(amina, filter_action="blur")
    assert await amina.get(FILTERS) == [first, second]
    assert await amina.get(f"{FILTERS}/{first['id']}") == first
    changed = await amina.put(f"{FILTERS}/{first['id']}", json={"title": "Later", "filter_action": "warn"})
    assert changed == {**first, "title": "Later", "filter_action": "warn"}
    changed = await amina.patch(f"{FILTERS}/{first['id']}", data={"context[]": ["thread", "account"]})
    assert changed["context"] == ["thread", "account"]
    assert await amina.delete(f"{FILTERS}/{first['id']}") == {}
    assert await amina.get(FILTERS) == [second]
    assert await amina.delete(f"{FILTERS}/{first['id']}", status=404) == NOT_FOUND
    async with node.node.database.read() as tx:
        assert await tx._connection.raw("SELECT * FROM filter_keywords") == []


async def test_an_empty_end_is_never_and_an_absent_one_stays(amina: Calls) -> None:
    one = await made(amina, expires_in="")
    assert one["expires_at"] is None
    path = f"{FILTERS}/{one['id']}"
    assert (await amina.put(path, data={"expires_in": "60"}))["expires_at"] == "2026-08-23T10:01:00.000Z"
    assert (await amina.put(path, data={"title": "x"}))["expires_at"] == "2026-08-23T10:01:00.000Z"
    assert (await amina.put(path, data={"expires_in": ""}))["expires_at"] is None
    far = await amina.put(path, json={"expires_in": 10**15})
    assert far["expires_at"].startswith("2036-")


async def test_keywords_are_edited_with_their_filter(amina: Calls) -> None:
    one = await made(amina, "one", "two", "three")
    first, second, third = one["keywords"]
    changed = await amina.put(
        f"{FILTERS}/{one['id']}",
        json={
            "keywords_attributes": [
                {"id": first["id"], "keyword": "first", "whole_word": False},
                {"id": int(second["id"]), "_destroy": True},
                {"keyword": "four"},
                {"keyword": "five", "_destroy": "1"},
            ]
        },
    )
    assert [(each["keyword"], each["whole_word"]) for each in changed["keywords"]] == [
        ("first", False),
        ("three", True),
        ("four", True),
    ]
    form = {
        "keywords_attributes[0][id]": third["id"],
        "keywords_attributes[0][_destroy]": "false",
        "keywords_attributes[0][whole_word]": "0",
        "keywords_attributes[1][id]": first["id"],
        "keywords_attributes[1][_destroy]": "true",
    }
    changed = await amina.put(f"{FILTERS}/{one['id']}", data=form)
    assert [(each["keyword"], each["whole_word"]) for each in changed["keywords"]] == [
        ("three", False),
        ("four", True),
    ]


async def test_keywords_have_methods_of_their_own(amina: Calls, bilal: Calls) -> None:
    one = await made(amina)
    path = f"{FILTERS}/{one['id']}/keywords"
    word = await amina.post(path, data={"keyword": " bail ", "whole_word": "false"})
    validate(word, FilterKeyword)
    assert (word["keyword"], word["whole_word"]) == ("bail", False)
    assert await amina.get(path) == [word]
    own = f"{FILTERS}/keywords/{word['id']}"
    assert await amina.get(own) == word
    assert await amina.put(own, json={"whole_word": True}) == {**word, "whole_word": True}
    assert (await amina.patch(own, json={"keyword": "bond"}))["keyword"] == "bond"
    for method in (bilal.get, bilal.put, bilal.delete):
        assert await method(own, status=404) == NOT_FOUND
    assert await bilal.get(path, status=404) == NOT_FOUND
    assert await bilal.post(path, json={"keyword": "x"}, status=404) == NOT_FOUND
    assert await amina.delete(own) == {}
    assert await amina.get(path) == []


async def test_posts_have_methods_of_their_own(node: ServedNode, amina: Calls, bilal: Calls) -> None:
    author = await node.stranger("author")
    post, other = await node.publish(author), await node.publish(author)
    hidden = await node.publish(author, "private")
    one = await made(amina)
    path = f"{FILTERS}/{one['id']}/statuses"
    found = await amina.post(path, json={"status_id": str(post.id)})
    validate(found, FilterStatus)
    assert found["status_id"] == str(post.id)
    assert await amina.post(path, json={"status_id": str(post.id)}) == found
    assert await amina.get(path) == [found]
    own = f"{FILTERS}/statuses/{found['id']}"
    assert await amina.get(own) == found
    for number in (str(hidden.id), "7", "x", ""):
        assert await amina.post(path, json={"status_id": number}, status=404) == NOT_FOUND
    assert await bilal.get(own, status=404) == NOT_FOUND
    assert await bilal.delete(own, status=404) == NOT_FOUND
    assert await bilal.get(path, status=404) == NOT_FOUND
    assert await bilal.post(path, json={"status_id": str(post.id)}, status=404) == NOT_FOUND
    assert [each["status_matches"] for each in await filtered(amina, post.id)] == [[str(post.id)]]
    assert await filtered(amina, other.id) == []
    assert await filtered(bilal, post.id) == []
    assert await amina.delete(own) == {}
    assert await filtered(amina, post.id) == []
    assert await amina.get(own, status=404) == NOT_FOUND


async def test_filters_are_nobody_elses(amina: Calls, bilal: Calls) -> None:
    one = await made(amina, "bail")
    path = f"{FILTERS}/{one['id']}"
    assert await bilal.get(FILTERS) == []
    assert await bilal.get(path, status=404) == NOT_FOUND
    assert await bilal.put(path, json={"title": "mine"}, status=404) == NOT_FOUND
    assert await bilal.delete(path, status=404) == NOT_FOUND
    own = await made(bilal)
    stolen = {"keywords_attributes": [{"id": one["keywords"][0]["id"], "keyword": "stolen"}]}
    assert (await bilal.put(f"{FILTERS}/{own['id']}", json=stolen))["keywords"] == []
    assert await amina.get(path) == one


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"context": ["home"]}, "title"),
        ({"title": " ", "context": ["home"]}, "title"),
        ({"title": "x" * 257, "context": ["home"]}, "title"),
        ({"title": "x"}, "context"),
        ({"title": "x", "context": ["nowhere"]}, "context"),
        ({"title": "x", "context": ["home"], "filter_action": "burn"}, "filter_action"),
        ({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": " "}]}, "keyword"),
        ({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "x" * 513}]}, "keyword"),
        (
            {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "x"}] * 501},
            "keyword",
        ),
    ],
)
async def test_what_is_wrong_is_said(amina: Calls, document: dict[str, Any], field: str) -> None:
    refused = await amina.post(FILTERS, json=document, status=422)
    assert refused["error"]
    assert field in refused["details"]
    assert await amina.get(FILTERS) == []


async def test_there_cannot_be_too_many(amina: Calls) -> None:
    one = await made(amina, *(f"word{number}" for number in range(MAX_KEYWORDS)))
    path = f"{FILTERS}/{one['id']}"
    await amina.post(f"{path}/keywords", json={"keyword": "more"}, status=422)
    await amina.put(path, json={"keywords_attributes": [{"keyword": "more"}]}, status=422)
    for _ in range(MAX_FILTERS - 1):
        await made(amina)
    assert (
        "title"
        in (await amina.post(FILTERS, json={"title": "more", "context": ["home"]}, status=422))["details"]
    )


async def test_a_filter_says_what_it_found(node: ServedNode, amina: Calls, author: Actor) -> None:
    one = await made(amina, "bail", "police", filter_action="hide")
    post = await node.publish(author, content="<p>No <strong>BAIL</strong> at the Police station</p>")
    [match] = await filtered(amina, post.id)
    assert match == {
        "filter": {name: one[name] for name in ("id", "title", "context", "expires_at", "filter_action")},
        "keyword_matches": ["BAIL", "Police"],
        "status_matches": None,
    }
    guest = await Calls(node).get(f"/api/v1/statuses/{post.id}")
    assert "filtered" not in guest


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"summary": "<p>Violence</p>"}, "violence"),
        ({"content": "<p>with a <a href='https://a.example'>link</a></p>"}, "link"),
        (
            {
                "attachments": [
                    {"type": "Image", "url": "https://other.example/a.png", "mediaType": "image/png"}
                    | {"name": "A courtroom", "width": 40, "height": 30}
                ]
            },
            "courtroom",
        ),
        ({"type": "Article", "title": "Juvenile justice"}, "juvenile"),
        ({"content": "<p>សិទ្ធិមនុស្សនៅកម្ពុជា</p>"}, "មនុស្ស"),
        ({"content": "<p>สิทธิมนุษยชนไทย</p>"}, "มนุษยชน"),
        ({"content": "<p>المساعدة القانونية</p>"}, "القانونية"),
        ({"content": "<p>ПРАВО на защиту</p>"}, "право"),
    ],
    ids=["warning", "text", "alt text", "title", "Khmer", "Thai", "Arabic", "Cyrillic"],
)
async def test_words_are_found_wherever_they_stand(
    node: ServedNode, amina: Calls, author: Actor, facts: dict[str, Any], word: str
) -> None:
    await made(amina, word)
    post = await node.publish(author, **facts)
    assert [each["filter"]["title"] for each in await filtered(amina, post.id)] == ["Not now"]


async def test_options_of_polls_are_looked_into(amina: Calls) -> None:
    poll = {"options": ["Acquittal", "Sentence"], "expires_in": 3600}
    status = await amina.post("/api/v1/statuses", json={"status": "Which?", "poll": poll})
    await made(amina, "acquittal")
    [match] = await filtered(amina, int(status["id"]))
    assert match["keyword_matches"] == ["Acquittal"]


async def test_only_whole_words_are_found_unless_parts_will_do(
    node: ServedNode, amina: Calls, author: Actor
) -> None:
    one = await made(amina, "bail")
    post = await node.publish(author, content="<p>The bailiff came.</p>")
    assert await filtered(amina, post.id) == []
    await amina.put(f"{FILTERS}/keywords/{one['keywords'][0]['id']}", json={"whole_word": False})
    assert [each["keyword_matches"] for each in await filtered(amina, post.id)] == [["bail"]]


async def test_a_filter_ends_by_itself(node: ServedNode, amina: Calls, author: Actor) -> None:
    await made(amina, "bail", expires_in=60)
    post = await node.publish(author, content="<p>bail</p>")
    assert len(await filtered(amina, post.id)) == 1
    node.clock.forward(seconds=61)
    # Answers are kept for half a second of the real time, so another address is asked.
    assert (await amina.get(f"/api/v1/statuses/{post.id}?later"))["filtered"] == []
    [kept] = await amina.get(FILTERS)
    assert kept["expires_at"] == "2026-08-23T10:01:00.000Z"


async def test_what_is_shared_and_what_is_quoted_is_filtered_too(
    node: ServedNode, amina: Calls, author: Actor
) -> None:
    post = await node.publish(author, content="<p>bail</p>")
    shared = await amina.post(f"/api/v1/statuses/{post.id}/reblog")
    await made(amina, "bail")
    found = await amina.get(f"/api/v1/statuses/{shared['id']}")
    assert len(found["filtered"]) == len(found["reblog"]["filtered"]) == 1


async def test_programs_are_told_that_filters_changed(node: ServedNode, amina: Calls) -> None:
    one = await made(amina, "bail")
    await amina.put(f"{FILTERS}/{one['id']}", json={"title": "x"})
    await amina.delete(f"{FILTERS}/{one['id']}")
    async with node.node.database.read() as tx:
        rows = await tx._connection.raw("SELECT event FROM stream_events WHERE event = 'filters_changed'")
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", FILTERS),
        ("POST", FILTERS),
        ("GET", f"{FILTERS}/1"),
        ("PUT", f"{FILTERS}/1"),
        ("DELETE", f"{FILTERS}/1"),
        ("GET", f"{FILTERS}/1/keywords"),
        ("POST", f"{FILTERS}/1/keywords"),
        ("GET", f"{FILTERS}/keywords/1"),
        ("PUT", f"{FILTERS}/keywords/1"),
        ("DELETE", f"{FILTERS}/keywords/1"),
        ("GET", f"{FILTERS}/1/statuses"),
        ("POST", f"{FILTERS}/1/statuses"),
        ("GET", f"{FILTERS}/statuses/1"),
        ("DELETE", f"{FILTERS}/statuses/1"),
    ],
)
async def test_filters_need_a_token_with_their_scope(node: ServedNode, method: str, path: str) -> None:
    await Calls(node).send(method, path, status=401)
    verb = "write" if method == "GET" else "read"
    wrong = await calls_of(node, await node.member("amina"), (f"{verb}:filters", "read:statuses"))
    response = await wrong.send(method, path, status=403)
    assert response.json() == {"error": "This action is outside the authorized scopes"}
