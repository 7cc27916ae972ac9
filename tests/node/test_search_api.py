"""Searching through the API: marked excerpts, counts, and what each node contributed."""

from urllib.parse import urlencode

import pytest

from actors.publishing import publish
from storage.kinds import Policy, Role
from tests.drafting import EVERY, drafted
from tests.fediverse import Fediverse
from tests.make import create, note
from tests.node.api_client import anybody, program
from tests.node.counting import statements
from tests.node.described import check
from tests.storage.corpus import TEXTS
from tests.storage.test_search import HOSTILE

SEARCH = "/api/ilan/v1/search"
#: How many statements a search costs, however many hits it has and however many nodes are followed.
STATEMENTS_OF_A_SEARCH = 10


def marked(pieces: list[dict[str, object]]) -> list[object]:
    return [piece["text"] for piece in pieces if piece["hit"]]


async def test_hits_are_marked_where_they_stand_in_the_language_that_has_them(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    amina = await program(kenya)
    await amina.publish(
        {
            "kind": "practice",
            "language": "en",
            "title": {"en": "Rota", "fr": "Tour de garde"},
            "body": {"en": "Lawyers visit *every* station.", "fr": "Les avocats visitent chaque poste."},
        }
    )
    for query, hits in {
        "lawyer": ["Lawyers"],
        "avocats poste": ["avocats", "poste"],
        "visit* station": 2,
    }.items():
        found = check(await anybody(kenya).get(f"{SEARCH}?q={query}"), "search")
        (hit,) = found["items"]
        assert found["total"] == 1
        assert (
            marked(hit["excerpt"]) == hits if isinstance(hits, list) else len(marked(hit["excerpt"])) == hits
        )
        assert "<" not in "".join(piece["text"] for piece in hit["excerpt"])
        assert "content" not in hit


async def test_nothing_is_shown_of_what_has_a_warning_before_it(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    amina = await program(kenya)
    await amina.publish(
        {"kind": "note", "body": "A violent scene.", "summary": "Violence", "sensitive": True}
    )
    (hit,) = check(await anybody(kenya).get("search?q=violent"), "search")["items"]
    assert hit["excerpt"] == []


async def test_facets_are_counted_and_concepts_recognised(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    amina = await program(kenya, role=Role.PUBLISHER)
    for document in EVERY:
        await amina.publish({name: value for name, value in document.items() if name != "audience_group"})
    found = check(await anybody(kenya).get("search"), "search")
    assert found["total"] == found["facets"]["counted"] == len(EVERY)
    assert found["facets"]["kind"] == {document["kind"]: 1 for document in EVERY}
    assert found["facets"]["country"]["KE"] >= 2
    found = check(await anybody(kenya).get("search?q=garde à vue&lang=en"), "search")
    assert [concept["reference"] for concept in found["concepts"]] == ["stage/police-custody"]
    assert {each["kind"] for each in found["items"]} >= {"practice", "training"}
    assert all("en" in each["title"] for each in found["items"])


async def test_each_node_is_named_with_how_it_answered(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    chile = await fediverse.node("chile.example")
    await kenya.publish(kenya.office, "x", kind="practice", title="Custody here")
    await nepal.publish(nepal.office, "x", kind="practice", title="Custody there")
    await kenya.follow(kenya.server, nepal.server.uri)
    await kenya.follow(kenya.server, chile.server.uri)
    reader = anybody(kenya)
    # The others have not answered yet.
    assert [each["domain"] for each in check(await reader.get("search?q=custody"), "search")["nodes"]] == [
        "kenya.example"
    ]
    await fediverse.settle()
    fediverse.wait(hours=1)
    found = check(await reader.get("search?q=custody"), "search")
    heard = "2026-08-23T10:00:00.000Z"
    assert found["nodes"] == [
        {"domain": "kenya.example", "state": "local", "items": 1, "complete": True, "last_success": None},
        {
            "domain": "nepal.example",
            "state": "replicated",
            "items": 1,
            "complete": True,
            "last_success": heard,
        },
        {
            "domain": "chile.example",
            "state": "replicated",
            "items": 0,
            "complete": True,
            "last_success": heard,
        },
    ]
    await kenya.set_policy("nepal.example", Policy.LIMITED)
    found = check(await reader.get("search?q=custody"), "search")
    assert [each["domain"] for each in found["nodes"]] == ["kenya.example", "chile.example"]
    assert found["total"] == 1


async def test_a_node_of_which_only_some_is_kept_is_not_called_complete(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    remote = fediverse.remote("remote.example")
    author = remote.person("author", indexable=True)
    document = note(author.uri, content="<p>Custody.</p>", cc=[kenya.office.uri])
    reply = await kenya.hear(author, create(document))
    assert reply.status == 202
    await fediverse.settle()
    found = check(await anybody(kenya).get("search?q=custody"), "search")
    assert found["total"] == 1
    assert {(each["domain"], each["complete"]) for each in found["nodes"]} == {
        ("kenya.example", True),
        ("remote.example", False),
    }


async def test_pages_are_cut_by_offset_and_limit(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        for number in range(7):
            await publish(tx, kenya.office, drafted(kind="note", body=f"Custody {number}"))
    reader = anybody(kenya)
    whole = await reader.ids("search?q=custody")
    assert len(whole) == 7
    assert await reader.ids("search?q=custody&limit=3") == whole[:3]
    assert await reader.ids("search?q=custody&limit=3&offset=6") == whole[6:]
    deep = check(await reader.get("search?q=custody&offset=999999999"), "search")
    assert (deep["items"], deep["total"], deep["offset"]) == ([], 7, 10_000)
    refused = check(await reader.get("search?q=custody&offset=-1&limit=many&kind=poem"), "search", 422)
    assert set(refused["fields"]) == {"offset", "limit", "kind"}


@pytest.mark.parametrize("text", [each[:5_000] for each in HOSTILE if each != "\ud800"])
async def test_nothing_that_can_be_typed_is_an_error(fediverse: Fediverse, text: str) -> None:
    kenya = await fediverse.node("kenya.example")
    await kenya.publish(kenya.office, "Nothing of the sort.", visibility="private")
    found = check(await anybody(kenya).get(f"search?{_query(text)}"), "search")
    assert found["total"] == 0
    assert len(found["query"]) <= 400


def _query(text: str) -> str:
    return urlencode({"q": text})


async def test_every_script_is_found_over_http(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        made = {
            text.language: await publish(
                tx,
                kenya.office,
                drafted(kind="practice", language=text.language, title=text.title, body=text.body),
            )
            for text in TEXTS
        }
    for text in TEXTS:
        assert await anybody(kenya).ids(f"search?{_query(text.found_by[0])}") == [str(made[text.language].id)]


async def test_searching_too_often_is_stopped_for_whoever_does(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example", limits={"search_per_minute": 2})
    amina = await program(kenya)
    for who in (anybody(kenya), amina):
        for _ in range(2):
            assert (await who.get("search?q=custody")).status_code == 200
        answer = await who.get("search?q=custody")
        assert check(answer, "search", 429)["error"]
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("count", [1, 20])
async def test_a_search_costs_the_same_few_statements_whatever_it_finds(
    fediverse: Fediverse, count: int
) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    async with nepal.database.begin() as tx:
        for number in range(count):
            await publish(tx, nepal.office, drafted(kind="practice", title=f"Custody {number}"))
    await fediverse.settle()
    with statements() as seen:
        assert len(await anybody(kenya).ids("search?q=custody&kind=practice")) == count
    # A page that is full has to be counted, and titles that fill it make the second look needless.
    assert len(seen) == STATEMENTS_OF_A_SEARCH, "\n".join(seen)


async def test_vocabularies_list_what_publications_can_be_about(fediverse: Fediverse) -> None:
    reader = anybody(await fediverse.node("kenya.example"))
    listed = check(await reader.get("/api/ilan/v1/vocabularies"), "vocabularies")
    names = [each["name"] for each in listed]
    assert {"stage", "topic", "maturity"} <= set(names)
    for each in listed:
        shown = check(await reader.get(f"/api/ilan/v1/vocabularies/{each['name']}"), "vocabularies/{scheme}")
        assert len(shown["concepts"]) == each["concepts"]
    custody = next(
        each for each in (await reader.get("vocabularies/stage")).json()["concepts"] if each["broader"]
    )
    assert custody["broader"].startswith("stage/")
    assert check(await reader.get("vocabularies/nothing"), "vocabularies/{scheme}", 404)["error"]
