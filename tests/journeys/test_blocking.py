"""Keeping apart: operators block nodes, people block people, and nothing crosses any more."""

import pytest

from actors.following import block, unblock
from federation import signatures
from federation.errors import Refused, Unreachable
from storage.kinds import FollowState, Policy
from tests.fediverse import Fediverse, LiveNode
from tests.journeys.network import bodies, held
from tests.key_pool import signing_key


async def neighbours(fediverse: Fediverse) -> list[LiveNode]:
    """Start two nodes whose offices follow each other."""
    nodes = [await fediverse.node("kenya.example"), await fediverse.node("nepal.example")]
    for one, other in (nodes, nodes[::-1]):
        await one.follow(one.office, other.office.uri)
    await fediverse.settle()
    return nodes


async def test_nothing_is_exchanged_with_a_blocked_node(fediverse: Fediverse) -> None:
    kenya, nepal = await neighbours(fediverse)
    await kenya.set_policy("nepal.example", Policy.BLOCKED)
    hops = len(fediverse.hops)
    ours = await kenya.publish(kenya.office, "Not for you.")
    await fediverse.settle()
    assert fediverse.hops[hops:] == []
    theirs = await nepal.publish(nepal.office, "Hello?")
    await fediverse.settle()
    # It was delivered, and answered like any other; nothing came of it.
    assert [url for _, url in fediverse.hops[hops:]] == ["https://kenya.example/inbox"]
    assert await held(kenya, theirs.uri) is None
    assert await held(nepal, ours.uri) is None
    asked = await kenya.ask(
        "GET",
        ours.uri.removeprefix(kenya.base),
        [("host", "kenya.example"), ("accept", "application/activity+json"), *_signed(nepal, ours.uri)],
    )
    assert asked.status == 403


def _signed(node: LiveNode, url: str) -> list[tuple[str, str]]:
    headers = signatures.sign(
        "GET", url, None, key=signing_key(2), key_id=f"{node.server.uri}#main-key", now=node.fediverse.now
    )
    return [(name, value) for name, value in headers.items() if name != "host"]


async def test_an_allow_list_is_each_nodes_own(fediverse: Fediverse) -> None:  # J2
    kenya = await fediverse.node("kenya.example", federation={"mode": "allow-list"})
    nepal, peru = await fediverse.node("nepal.example"), await fediverse.node("peru.example")
    await kenya.set_policy("nepal.example", Policy.TRUSTED)
    await nepal.follow(nepal.office, kenya.office.uri)
    await fediverse.settle()
    assert await nepal.follow_state(nepal.office.uri, kenya.office.uri) == FollowState.ACCEPTED
    with pytest.raises(Unreachable, match="403"):
        await peru.follow(peru.office, kenya.office.uri)
    with pytest.raises(Refused):
        await kenya.follow(kenya.office, peru.office.uri)
    assert await kenya.actor(peru.server.uri) is None


async def test_two_who_block_neither_follow_nor_read_each_other(fediverse: Fediverse) -> None:
    kenya, nepal = await neighbours(fediverse)
    other = await kenya.actor(nepal.office.uri)
    assert other is not None
    async with kenya.database.begin() as tx:
        await block(tx, kenya.office, other, uri=f"{kenya.office.uri}#blocks/1")
    await fediverse.settle()
    for node in (kenya, nepal):
        for one, two in ((kenya, nepal), (nepal, kenya)):
            state = await node.follow_state(one.office.uri, two.office.uri)
            assert state in {None, FollowState.REJECTED}
    for one, two in ((kenya, nepal), (nepal, kenya)):
        published = await one.publish(one.office, "For the others.")
        await fediverse.settle()
        assert await held(two, published.uri) is None
    # Asking again is refused, until the block is lifted.
    await nepal.follow(nepal.office, kenya.office.uri)
    await fediverse.settle()
    assert await nepal.follow_state(nepal.office.uri, kenya.office.uri) == FollowState.REJECTED
    async with kenya.database.begin() as tx:
        await unblock(tx, kenya.office, other)
    await nepal.follow(nepal.office, kenya.office.uri)
    await fediverse.settle()
    assert await nepal.follow_state(nepal.office.uri, kenya.office.uri) == FollowState.ACCEPTED


async def test_whom_somebody_blocks_is_not_told(fediverse: Fediverse) -> None:
    kenya, nepal = await neighbours(fediverse)
    other = await kenya.actor(nepal.office.uri)
    assert other is not None
    async with kenya.database.begin() as tx:
        await block(tx, kenya.office, other, uri=f"{kenya.office.uri}#blocks/1")
    await fediverse.settle()
    assert {row.verb for row in await nepal.received()} <= {"Follow", "Accept", "Reject", "Undo"}
    assert "Block" not in "".join(row.body for row in await nepal.received())


async def test_a_limited_node_is_still_read_by_those_who_follow_it(fediverse: Fediverse) -> None:
    kenya, nepal = await bodies(fediverse, "kenya", "nepal")
    asha = await kenya.person("asha")
    await kenya.follow(asha, nepal.office.uri)
    await fediverse.settle()
    await kenya.set_policy("nepal.example", Policy.LIMITED)
    published = await nepal.publish(nepal.office, "Quietly.")
    await fediverse.settle()
    assert await held(kenya, published.uri) == published.content
    await nepal.follow(nepal.office, "asha@kenya.example")
    await fediverse.settle()
    assert await kenya.follow_state(nepal.office.uri, asha.uri) == FollowState.REQUESTED
