"""Outages: a node that was down gets everything later, in order, and once."""

import pytest

from federation.delivery import deliver_due
from federation.inbox import apply_due
from federation.outbox import fan_out
from tests.fediverse import Fediverse
from tests.journeys.network import bodies, held


async def test_a_node_that_was_down_gets_the_activity_later(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await nepal.follow(nepal.office, "office@kenya.example")
    await fediverse.settle()
    fediverse.down.add("nepal.example")
    published = await kenya.publish(kenya.office, "While you were away.")
    await fediverse.settle()
    assert await held(nepal, published.uri) is None
    fediverse.down.clear()
    await fediverse.pass_time(steps=3, hours=1)
    assert await held(nepal, published.uri) == published.content


async def test_news_arrive_in_order_after_an_outage(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await nepal.follow(nepal.office, "office@kenya.example")
    await fediverse.settle()
    fediverse.down.add("nepal.example")
    first = await kenya.publish(kenya.office, "One.")
    second = await kenya.publish(kenya.office, "Two.")
    for minute in range(3):
        fediverse.wait(minutes=10)
        first = await kenya.edit(kenya.office, first, f"One, edit {minute}.")
        await fediverse.settle()
    await kenya.withdraw(kenya.office, second)
    await fediverse.settle()
    fediverse.down.clear()
    await fediverse.pass_time(steps=4, hours=2)
    assert await held(nepal, first.uri) == first.content
    assert await held(nepal, second.uri) is None
    kept = await nepal.publication(first.uri)
    assert kept is not None
    assert kept.updated_at is not None


async def test_nothing_is_applied_twice_when_the_answer_was_lost(fediverse: Fediverse) -> None:
    """The sender cannot know that it arrived, so it sends again."""
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await nepal.follow(nepal.office, "office@kenya.example")
    await fediverse.settle()
    published = await kenya.publish(kenya.office, "Once.")
    await fediverse.settle()
    rows = len(await nepal.received())
    async with kenya.database.begin() as tx:
        for delivery in await tx.deliveries.list(states=["sent"], size=100):
            await tx._connection.raw(
                f"UPDATE deliveries SET state = 'waiting', due_at = {int(tx.now.timestamp() * 1e6)} "
                f"WHERE id = {delivery.id}"
            )
        await tx.peers.open_lanes({"nepal.example"}, tx.now)
    posted = len([hop for hop in fediverse.hops if hop[0] == "POST"])
    fediverse.wait(minutes=5)
    await fediverse.settle()
    assert len([hop for hop in fediverse.hops if hop[0] == "POST"]) > posted
    outcomes = await nepal.outcomes()
    assert [verb for verb, outcome in outcomes if outcome == "applied"].count("Create") == 1
    assert len(await nepal.received()) - rows <= 1  # An Accept may be said again, and changes nothing.
    assert await held(nepal, published.uri) == published.content


async def test_a_node_that_forgot_its_memory_still_applies_once(fediverse: Fediverse) -> None:
    """What was kept before the 202 is applied after a crash, and only once (I3)."""
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await nepal.follow(nepal.office, "office@kenya.example")
    await fediverse.settle()
    published = await kenya.publish(kenya.office, "Kept.")
    await fan_out(kenya.node.federation)
    await deliver_due(kenya.node.federation)
    assert ("Create", None) in await nepal.outcomes()
    await nepal.database.close()  # The process ends here; the next finds what was kept.
    assert await apply_due(nepal.node.federation) == 1
    assert await apply_due(nepal.node.federation) == 0
    assert await held(nepal, published.uri) == published.content


@pytest.mark.parametrize("who", ["kenya.example", "nepal.example", "peru.example"])
async def test_one_node_that_is_down_keeps_nobody_waiting(who: str, fediverse: Fediverse) -> None:
    nodes = await bodies(fediverse, "kenya", "nepal", "peru")
    fediverse.down.add(who)
    authors = [node for node in nodes if node.domain != who]
    published = [
        await node.publish(
            node.office,
            text="Read it.",
            kind="practice",
            title="A guide",
            sections={"problem": "None.", "what_we_did": "All."},
        )
        for node in authors
    ]
    await fediverse.settle()
    for node, other in zip(authors, reversed(authors), strict=True):
        for each in published:
            if each.uri.startswith(other.base):
                assert await held(node, each.uri) is not None
    fediverse.down.clear()
    await fediverse.pass_time(steps=4, hours=3)
    for each in published:
        assert await held(fediverse.nodes[who], each.uri) is not None
