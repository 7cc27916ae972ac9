"""Nodes that know each other, for the journeys."""

from tests.fediverse import Fediverse, LiveNode


async def bodies(fediverse: Fediverse, *names: str) -> list[LiveNode]:
    """Start a node for each name; their server actors follow each other, as an operator lets them."""
    nodes = [await fediverse.node(f"{name}.example") for name in names]
    for node in nodes:
        for other in nodes:
            if other is not node:
                await node.follow(node.server, other.server.uri)
    await fediverse.settle()
    await fediverse.pass_time(steps=3, seconds=5)
    return nodes


async def held(node: LiveNode, uri: str) -> str | None:
    """Return the text that a node keeps of a publication, or None."""
    found = await node.publication(uri)
    return found.content if found is not None else None
