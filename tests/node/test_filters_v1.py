"""Filters as programs of before Mastodon 4 know them: one for each keyword."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.entities.filters import FilterV1
from tests.clients.validation import validate
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

OLD = "/api/v1/filters"
NEW = "/api/v2/filters"
NOT_FOUND = {"error": "Record not found"}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as found:
        yield found


@pytest.fixture
async def amina(node: ServedNode) -> Calls:
    return await calls_of(node, await node.member("amina"))


async def test_an_old_filter_is_one_keyword(amina: Calls) -> None:
    made = await amina.post(
        OLD,
        data={"phrase": "bail", "context[]": ["public", "home"], "irreversible": "true", "expires_in": "60"},
    )
    validate(made, FilterV1)
    [whole] = await amina.get(NEW)
    assert made == {
        "id": whole["keywords"][0]["id"],
        "phrase": "bail",
        "context": ["home", "public"],
        "whole_word": False,
        "expires_at": "2026-08-23T10:01:00.000Z",
        "irreversible": True,
    }
    assert (whole["title"], whole["filter_action"]) == ("bail", "hide")
    assert await amina.get(OLD) == [made]
    assert await amina.get(f"{OLD}/{made['id']}") == made


async def test_every_keyword_of_a_new_filter_is_an_old_one(amina: Calls) -> None:
    words = [{"keyword": "one"}, {"keyword": "two", "whole_word": False}]
    new = await amina.post(NEW, json={"title": "Both", "context": ["home"], "keywords_attributes": words})
    found = await amina.get(OLD)
    assert [(each["id"], each["phrase"], each["whole_word"]) for each in found] == [
        (each["id"], each["keyword"], each["whole_word"]) for each in new["keywords"]
    ]


async def test_an_old_filter_is_changed(amina: Calls) -> None:
    made = await amina.post(OLD, json={"phrase": "bail", "context": ["home"], "expires_in": 60})
    path = f"{OLD}/{made['id']}"
    changed = await amina.put(
        path, data={"phrase": "bond", "context[]": "thread", "whole_word": "true", "expires_in": ""}
    )
    assert changed == {
        **made,
        "phrase": "bond",
        "context": ["thread"],
        "whole_word": True,
        "expires_at": None,
    }
    assert (await amina.patch(path, json={"irreversible": True}))["irreversible"] is True
    [whole] = await amina.get(NEW)
    assert (whole["title"], whole["filter_action"]) == ("bond", "hide")


async def test_a_title_that_was_given_stays(amina: Calls) -> None:
    words = [{"keyword": "one"}]
    new = await amina.post(NEW, json={"title": "Mine", "context": ["home"], "keywords_attributes": words})
    await amina.put(f"{OLD}/{new['keywords'][0]['id']}", json={"phrase": "two"})
    [whole] = await amina.get(NEW)
    assert (whole["title"], whole["keywords"][0]["keyword"]) == ("Mine", "two")


async def test_the_last_keyword_takes_its_filter_with_it(amina: Calls) -> None:
    words = [{"keyword": "one"}, {"keyword": "two"}]
    new = await amina.post(NEW, json={"title": "Both", "context": ["home"], "keywords_attributes": words})
    first, second = (each["id"] for each in new["keywords"])
    assert await amina.delete(f"{OLD}/{first}") == {}
    assert len(await amina.get(NEW)) == 1
    assert await amina.delete(f"{OLD}/{second}") == {}
    assert await amina.get(NEW) == []
    assert await amina.delete(f"{OLD}/{second}", status=404) == NOT_FOUND


async def test_old_filters_are_nobody_elses(node: ServedNode, amina: Calls) -> None:
    made = await amina.post(OLD, json={"phrase": "bail", "context": ["home"]})
    bilal = await calls_of(node, await node.member("bilal"))
    path = f"{OLD}/{made['id']}"
    assert await bilal.get(OLD) == []
    assert await bilal.get(path, status=404) == NOT_FOUND
    assert await bilal.put(path, json={"phrase": "x"}, status=404) == NOT_FOUND
    assert await bilal.delete(path, status=404) == NOT_FOUND
    await amina.post(OLD, json={"context": ["home"]}, status=422)
    await amina.post(OLD, json={"phrase": "x"}, status=422)
    for method, where in (("GET", OLD), ("POST", OLD), ("GET", path), ("PUT", path), ("DELETE", path)):
        await Calls(node).send(method, where, status=401)
