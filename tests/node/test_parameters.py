"""Parameters in every style that clients have, through the methods that take them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from storage.actors import Actor
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

FILTERS = "/api/v2/filters"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as found:
        yield found


@pytest.fixture
async def amina(node: ServedNode) -> Calls:
    return await calls_of(node, await node.member("amina"))


async def others(node: ServedNode, count: int = 3) -> list[Actor]:
    return [await node.stranger(f"other{number}") for number in range(count)]


#: One filter, in each way of sending it.
SENT: dict[str, Callable[[], dict[str, Any]]] = {
    "query": lambda: {
        "params": [("title", "Bail"), ("context[]", "home"), ("keywords_attributes[][keyword]", "bail")]
    },
    "form": lambda: {
        "data": {"title": "Bail", "context[]": ["home"], "keywords_attributes[0][keyword]": "bail"}
    },
    "multipart": lambda: {
        "files": [
            ("title", (None, "Bail")),
            ("context[0]", (None, "home")),
            ("keywords_attributes[][keyword]", (None, "bail")),
        ]
    },
    "JSON": lambda: {
        "json": {"title": "Bail", "context": ["home"], "keywords_attributes": [{"keyword": "bail"}]}
    },
    "JSON with places as names": lambda: {
        "json": {"title": "Bail", "context": ["home"], "keywords_attributes": {"0": {"keyword": "bail"}}}
    },
    "JSON with flat names": lambda: {
        "json": {"title": "Bail", "context[]": ["home"], "keywords_attributes[0][keyword]": "bail"}
    },
    "one value for a list": lambda: {
        "json": {"title": "Bail", "context": "home", "keywords_attributes": [{"keyword": "bail"}]}
    },
    "all at once": lambda: {
        "params": {"title": "Bail"},
        "data": {"context": "home", "keywords_attributes[][keyword]": "bail"},
    },
}


@pytest.mark.parametrize("way", sorted(SENT))
async def test_a_method_takes_its_parameters_in_every_way(amina: Calls, way: str) -> None:
    made = await amina.post(FILTERS, **SENT[way]())
    assert (made["title"], made["context"]) == ("Bail", ["home"])
    assert [each["keyword"] for each in made["keywords"]] == ["bail"]


async def test_the_body_counts_where_the_query_says_something_else(amina: Calls) -> None:
    made = await amina.post(
        f"{FILTERS}?title=Query&context[]=home", json={"title": "Body", "nobody_knows": {"this": [1]}}
    )
    assert (made["title"], made["context"]) == ("Body", ["home"])


@pytest.mark.parametrize(
    "query", ["id[]={0}&id[]={1}", "id[0]={0}&id[1]={1}", "id[1]={1}&id[0]={0}", "id[][]={0}&id[][]={1}"]
)
async def test_lists_are_written_in_several_ways(node: ServedNode, amina: Calls, query: str) -> None:
    one, two, _ = await others(node)
    asked = query.format(one.id, two.id)
    found = await amina.get(f"/api/v1/accounts/relationships?{asked}")
    assert [each["id"] for each in found] == [str(one.id), str(two.id)]


async def test_one_id_is_a_list_of_one_and_nonsense_is_passed_over(node: ServedNode, amina: Calls) -> None:
    one, *_ = await others(node)
    path = "/api/v1/accounts/relationships"
    assert [each["id"] for each in await amina.get(f"{path}?id={one.id}")] == [str(one.id)]
    found = await amina.get(f"{path}?id[]={one.id}&id[]=abc&id[]=-1&id[]={2**63}&id[]={one.id}&id[]=٣")
    assert [each["id"] for each in found] == [str(one.id)]


async def test_the_same_key_again_starts_the_next_of_a_list(amina: Calls) -> None:
    # httpx would put the values of one name together.
    made = await amina.post(
        f"{FILTERS}?"
        + urlencode(
            [
                ("title", "Two"),
                ("context[]", "home"),
                ("keywords_attributes[][keyword]", "one"),
                ("keywords_attributes[][whole_word]", "false"),
                ("keywords_attributes[][keyword]", "two"),
                ("keywords_attributes[][whole_word]", "true"),
            ]
        )
    )
    assert [(each["keyword"], each["whole_word"]) for each in made["keywords"]] == [
        ("one", False),
        ("two", True),
    ]


@pytest.mark.parametrize(
    ("value", "is_true"),
    [
        *((value, False) for value in (False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF")),
        *((value, True) for value in (True, 1, "1", "true", "t", "on", "no", "False ")),
    ],
)
async def test_only_a_few_words_are_false(amina: Calls, value: Any, is_true: bool) -> None:
    made = await amina.post(FILTERS, json={"title": "x", "context": ["home"]})
    path = f"{FILTERS}/{made['id']}/keywords"
    found = await amina.post(path, json={"keyword": "x", "whole_word": value})
    assert found["whole_word"] is is_true
    if isinstance(value, str):
        found = await amina.post(path, data={"keyword": "x", "whole_word": value})
        assert found["whole_word"] is is_true


async def test_empty_booleans_and_null_are_as_good_as_nothing(amina: Calls) -> None:
    made = await amina.post(
        FILTERS,
        json={
            "title": "x",
            "context": ["home"],
            "expires_in": 60,
            "keywords_attributes": [{"keyword": "x", "whole_word": None}, {"keyword": "y", "whole_word": ""}],
        },
    )
    assert [each["whole_word"] for each in made["keywords"]] == [True, True]
    again = await amina.put(f"{FILTERS}/{made['id']}", json={"title": None, "expires_in": None, "id": None})
    assert again == made


async def test_ids_in_json_may_be_numbers(node: ServedNode, amina: Calls) -> None:
    post = await node.publish(await node.stranger("one"))
    made = await amina.post(FILTERS, json={"title": "x", "context": ["home"]})
    found = await amina.post(f"{FILTERS}/{made['id']}/statuses", json={"status_id": post.id})
    assert found["status_id"] == str(post.id)
    second = await node.publish(await node.stranger("two"))
    found = await amina.post(f"{FILTERS}/{made['id']}/statuses", json={"status_id": str(second.id)})
    assert found["status_id"] == str(second.id)


@pytest.mark.parametrize("way", ["form", "JSON", "query"])
async def test_bodies_of_deletions_are_read(node: ServedNode, amina: Calls, way: str) -> None:
    one, two, _ = await others(node)
    async with node.node.database.begin() as tx:
        owner = await tx.actors.local("amina")
    assert owner is not None
    for other in (one, two):
        await node.accept(owner, other)
    wanted = await amina.post("/api/v1/lists", json={"title": "One"})
    path = f"/api/v1/lists/{wanted['id']}/accounts"
    await amina.post(path, json={"account_ids": [one.id, str(two.id)]})
    sent: dict[str, Any] = {
        "form": {"data": {"account_ids[]": [str(one.id)]}},
        "JSON": {"json": {"account_ids": [one.id]}},
        "query": {"params": {"account_ids[]": str(one.id)}},
    }[way]
    assert await amina.delete(path, **sent) == {}
    assert [each["id"] for each in await amina.get(path)] == [str(two.id)]


async def test_put_and_patch_are_the_same(amina: Calls) -> None:
    made = await amina.post(FILTERS, json={"title": "x", "context": ["home"]})
    path = f"{FILTERS}/{made['id']}"
    assert (await amina.put(path, json={"title": "put"}))["title"] == "put"
    assert (await amina.patch(path, json={"title": "patch"}))["title"] == "patch"


async def test_a_slash_at_the_end_changes_nothing(amina: Calls) -> None:
    made = await amina.post(f"{FILTERS}/", json={"title": "x", "context": ["home"]})
    assert await amina.get(f"{FILTERS}/") == [made]
    assert await amina.get(f"{FILTERS}/{made['id']}/") == made
    assert (await amina.get("/api/v1/tags/LegalAid/"))["name"] == "legalaid"


async def test_texts_lose_nul_and_keep_every_script(amina: Calls) -> None:
    made = await amina.post(FILTERS, data={"title": "a\x00b", "context[]": "home"})
    assert made["title"] == "ab"
    made = await amina.post(
        FILTERS,
        content="title=%D9%85%D8%B3%D8%A7%D8%B9%D8%AF%D8%A9+%FF&context[]=home",
        headers={"content-type": "application/x-www-form-urlencoded; charset=UTF-8"},
    )
    assert made["title"] == "مساعدة \ufffd"


JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (400, {"json": ["a", "list"]}),
        (400, {"content": b'{"title": ', "headers": JSON}),
        (400, {"content": b'{"title": "\xff"}', "headers": JSON}),
        (400, {"content": b'{"a":' * 40 + b"1" + b"}" * 40, "headers": JSON}),
        (400, {"params": {"a[b][c][d][e][f]": "1"}}),
        (400, {"params": [("a[]", "1")] * 1001}),
        (400, {"content": "&".join(["a=1"] * 1001), "headers": FORM}),
        (400, {"content": b"no form", "headers": {"content-type": "multipart/form-data; boundary=x"}}),
        (400, {"content": b"no form", "headers": {"content-type": "multipart/form-data"}}),
        (400, {"files": [("a[]", (None, "1"))] * 1001}),
        (413, {"content": b"a=" + b"x" * 2_000_000, "headers": FORM}),
        (413, {"content": b'{"a": "' + b"x" * 2_000_000 + b'"}', "headers": JSON}),
        (413, {"files": [("a", ("a.txt", b"x" * 2_000_000))]}),
        (400, {"data": {"title": "x", "context[]": "home", "expires_in": "soon"}}),
    ],
    ids=lambda value: None if isinstance(value, int) else next(iter(value)),
)
async def test_what_cannot_be_read_is_refused_in_json(
    amina: Calls, status: int, sent: dict[str, Any]
) -> None:
    response = await amina.send("POST", FILTERS, status=status, **sent)
    assert response.json()["error"]
    assert response.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", str(2**63), "9" * 100, "%00", "٣"])
async def test_what_can_be_nobodys_id_is_not_found(amina: Calls, number: str) -> None:
    for path in (f"{FILTERS}/{number}", f"/api/v1/statuses/{number}", f"/api/v1/accounts/{number}"):
        assert await amina.get(path, status=404) == {"error": "Record not found"}


async def test_limits_are_taken_as_they_come(node: ServedNode, amina: Calls) -> None:
    author = await node.member("author")
    for _ in range(3):
        await node.publish(author)
    path = "/api/v1/timelines/public"
    assert len(await amina.get(path, limit="1000")) == 3
    assert len(await amina.get(path, limit="-2")) == 2
    assert len(await amina.get(path, limit="")) == 3
    assert await amina.get(path, limit="0") == []
    assert (await amina.get(path, limit="many", status=400))["error"] == "limit must be a whole number."
    assert await amina.get(path, max_id="abc") == []
