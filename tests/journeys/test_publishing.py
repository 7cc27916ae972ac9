"""Publishing across nodes: a practice reaches the whole network, changes with its author, and goes."""

from typing import Any

import pytest

from actors.reacting import like, share, unlike
from storage.kinds import Policy, Visibility
from tests.drafting import EVENT, OFFER, PRACTICE
from tests.fediverse import Fediverse, LiveNode
from tests.journeys.network import bodies, held


def practice(**more: Any) -> dict[str, Any]:
    return {**PRACTICE, "audience_group": "", **more}


async def test_a_practice_is_found_on_every_node(fediverse: Fediverse) -> None:
    kenya, nepal, peru = await bodies(fediverse, "kenya", "nepal", "peru")
    published = await kenya.publish(kenya.office, **{"text": "", **practice()})
    await fediverse.settle()
    for node in (nepal, peru):
        kept = await node.publication(published.uri)
        assert kept is not None
        assert (kept.kind, kept.title, kept.jurisdiction) == ("practice", published.title, ["KE"])
        assert kept.details["sections_filled"] == published.details["sections_filled"]
        assert await node.search("custody lawyer") == [published.uri]
        assert await node.search("wakili") == [published.uri]


@pytest.mark.parametrize("document", [EVENT, OFFER], ids=["event", "offer"])
async def test_the_rest_of_the_catalogue_travels_as_well(
    document: dict[str, Any], fediverse: Fediverse
) -> None:
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    wanted = {"text": "", **document, "audience_group": "", "organisers": [], "provider": ""}
    wanted = {name: value for name, value in wanted.items() if value not in ("", []) or name == "text"}
    published = await kenya.publish(kenya.office, **wanted)
    await fediverse.settle()
    kept = await nepal.publication(published.uri)
    assert kept is not None
    assert (kept.kind, kept.starts_at, kept.ends_at) == (
        published.kind,
        published.starts_at,
        published.ends_at,
    )


async def test_notes_reach_those_who_follow_and_nobody_else(fediverse: Fediverse) -> None:
    kenya, nepal, peru = await bodies(fediverse, "kenya", "nepal", "peru")
    asha = await kenya.person("asha")
    binod = await nepal.person("binod")
    await nepal.follow(binod, "asha@kenya.example")
    await fediverse.settle()
    published = await kenya.publish(asha, "Night cover is paid apart.")
    await fediverse.settle()
    assert await held(nepal, published.uri) == published.content
    assert await held(peru, published.uri) is None


async def test_an_edit_and_its_withdrawal_reach_everybody_who_has_it(fediverse: Fediverse) -> None:
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    published = await kenya.publish(kenya.office, **{"text": "", **practice()})
    await fediverse.settle()
    fediverse.wait(minutes=5)
    changed = {**PRACTICE["sections"], "results": "Custody before first hearing fell to thirty hours."}
    await kenya.edit(kenya.office, published, "", **practice(sections=changed))
    await fediverse.settle()
    kept = await nepal.publication(published.uri)
    assert kept is not None
    assert kept.revision == 2
    assert await nepal.search("thirty hours") == [published.uri]
    assert await nepal.search("monitoring data, 2023") == []
    await kenya.withdraw(kenya.office, published)
    await fediverse.settle()
    assert await held(nepal, published.uri) is None
    assert await nepal.search("thirty hours") == []
    # Nobody can bring it back, not even by sharing it.
    await fediverse.pass_time(steps=3, minutes=5)
    assert await held(nepal, published.uri) is None


async def test_a_new_follower_reads_the_catalogue_back(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    published = []
    for number in range(12):
        published.append(
            await kenya.publish(
                kenya.office,
                **{"text": "", **practice(title={"en": f"Practice number {number}"}, translations=[])},
            )
        )
        fediverse.wait(minutes=1)
    nepal = await fediverse.node("nepal.example")
    await nepal.follow(nepal.server, "node@kenya.example")
    await fediverse.settle()
    await fediverse.pass_time(steps=6, seconds=2)
    for each in published:
        assert await held(nepal, each.uri) is not None
    assert len(await nepal.search("practice number")) == 12


async def test_a_private_note_stays_among_followers(fediverse: Fediverse) -> None:
    kenya, nepal, peru = await bodies(fediverse, "kenya", "nepal", "peru")
    binod = await nepal.person("binod")
    await nepal.follow(binod, "office@kenya.example")
    await fediverse.settle()
    published = await kenya.publish(kenya.office, "For members.", visibility="private")
    await fediverse.settle()
    kept = await nepal.publication(published.uri)
    assert kept is not None
    assert kept.visibility == Visibility.PRIVATE
    assert await held(peru, published.uri) is None
    async with nepal.database.read() as tx:
        assert await tx.publications.readable(published.uri, binod) is not None
        assert await tx.publications.readable(published.uri, None) is None
    assert await nepal.search("members") == []


async def test_a_trusted_node_is_a_decision_of_each(fediverse: Fediverse) -> None:
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    await nepal.set_policy("kenya.example", Policy.TRUSTED)
    published = await kenya.publish(kenya.office, **{"text": "", **practice()})
    await fediverse.settle()
    kept = await nepal.publication(published.uri)
    assert kept is not None
    assert kept.indexable


async def test_what_one_node_sends_another_reads_alike(fediverse: Fediverse) -> None:
    """The document over the wires is the one at the object's own address."""
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    published = await kenya.publish(kenya.office, **{"text": "", **practice()})
    await fediverse.settle()
    kept = await nepal.publication(published.uri)
    assert kept is not None
    assert kept.document is not None
    served = await kenya.ask(
        "GET",
        published.uri.removeprefix(kenya.base),
        [("host", "kenya.example"), ("accept", "application/activity+json")],
    )
    assert served.status == 200
    assert kept.document == served.document or _without_context(kept.document) == _without_context(
        served.document
    )


def _without_context(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "@context"}


async def test_everybody_sees_the_same_numbers(fediverse: Fediverse) -> None:
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    binod: Any = await nepal.person("binod")
    published = await kenya.publish(kenya.office, **{"text": "", **practice()})
    await fediverse.settle()

    async def counted(node: LiveNode) -> tuple[int, int]:
        kept = await node.publication(published.uri)
        assert kept is not None
        async with node.database.read() as tx:
            return await tx.likes.count(kept), await tx.shares.count(kept)

    before = await counted(kenya)
    kept = await nepal.publication(published.uri)
    assert kept is not None
    async with nepal.database.begin() as tx:
        await like(tx, binod, kept)
        await share(tx, binod, kept)
    await fediverse.settle()
    assert await counted(kenya) == (before[0] + 1, before[1] + 1)
    async with nepal.database.begin() as tx:
        await unlike(tx, binod, kept)
    await fediverse.settle()
    assert await counted(kenya) == (before[0], before[1] + 1)
