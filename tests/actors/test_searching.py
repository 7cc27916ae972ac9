"""Searching over several nodes: replicas are found like one's own, and follow their originals."""

import pytest

from actors.publishing import publish
from actors.searching import LARGEST_PAGE, Facets, reindex, search, survey
from storage.kinds import Visibility
from tests.drafting import NOTE, drafted
from tests.fediverse import Fediverse, LiveNode
from tests.make import remote_actor, remote_publication


async def two_nodes(fediverse: Fediverse) -> tuple[LiveNode, LiveNode]:
    """Return two nodes, of which the first follows the second."""
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    return kenya, nepal


async def test_what_another_node_publishes_is_found_here_and_its_edits_and_deletion_count(
    fediverse: Fediverse,
) -> None:
    kenya, nepal = await two_nodes(fediverse)
    practice = await nepal.publish(
        nepal.office,
        "Paralegals visit every station.",
        kind="practice",
        title="Station desk",
        jurisdiction=["NP"],
    )
    await fediverse.settle()
    assert await kenya.search("paralegal station") == [practice.uri]
    async with kenya.database.read() as tx:
        assert (await survey(tx, "", None, Facets(countries=("NP",)))).hosts == {"nepal.example": 1}
        assert (await search(tx, "", None, Facets(is_local=True))).items == []
    fediverse.wait(minutes=1)
    await nepal.edit(nepal.office, practice, "Advocates visit.", title="Court desk", jurisdiction=["NP"])
    await fediverse.settle()
    assert await kenya.search("paralegal") == []
    assert await kenya.search("court desk") == [practice.uri]
    await nepal.withdraw(nepal.office, practice)
    await fediverse.settle()
    assert await kenya.search("court desk") == []


async def test_results_say_what_the_words_were_taken_for(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.read() as tx:
        results = await search(tx, "garde à vue -zamu")
    assert [concept.reference for concept in results.concepts] == ["stage/police-custody"]
    assert len(results.query.required) == 2
    assert len(results.query.excluded) == 1


async def test_totals_are_exact_on_every_page(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        for _ in range(5):
            await publish(tx, kenya.office, drafted(NOTE))
        for offset, size, items in ((0, 20, 5), (0, 5, 5), (0, 2, 2), (4, 2, 1), (5, 5, 0), (90, 5, 0)):
            results = await search(tx, "manual", offset=offset, size=size)
            assert (results.total, len(results.items)) == (5, items)
        assert (await search(tx, "absent", size=5)).total == 0


async def test_a_page_has_at_most_a_hundred(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        author = await remote_actor(tx)
        kept = [
            await remote_publication(tx, author, number, indexable=True, title="Rota")
            for number in range(LARGEST_PAGE + 5)
        ]
        assert await reindex(tx, kept) == len(kept)
        results = await search(tx, "rota", size=10_000)
    assert (len(results.items), results.total) == (LARGEST_PAGE, LARGEST_PAGE + 5)


async def test_reindexing_finds_what_may_be_found_and_drops_the_rest(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        author = await remote_actor(tx)
        wanted = await remote_publication(tx, author, 1, indexable=True, title="Rota")
        unwanted = await remote_publication(tx, author, 2, indexable=False, title="Rota")
        assert await reindex(tx, [wanted, unwanted]) == 1
        assert [each.uri for each, _ in (await search(tx, "rota")).items] == [wanted.uri]


@pytest.mark.parametrize("text", ["", "   ", "?!", '""', "-", "-manual"])
async def test_words_that_hold_nothing_to_look_for_find_nothing_but_none_at_all_list(
    fediverse: Fediverse, text: str
) -> None:
    kenya = await fediverse.node("kenya.example")
    async with kenya.database.begin() as tx:
        await publish(tx, kenya.office, drafted(NOTE))
        await publish(tx, kenya.office, drafted(NOTE, visibility=Visibility.UNLISTED))
        results = await search(tx, text)
    assert results.total == len(results.items) == (0 if text.strip() else 1)
