"""Moving house: followers on every node go along, and later news come from the new address."""

from dataclasses import replace

from storage.kinds import FollowState
from tests import make
from tests.fediverse import Fediverse, LiveNode, Persona
from tests.journeys.network import held

OLD = "https://old.example/users/alice"
NEW = "https://new.example/users/alice"


async def befriend(node: LiveNode, persona: Persona) -> None:
    """Let the office of a node follow an actor of other software, who accepts."""
    await node.follow(node.office, persona.uri)
    await node.fediverse.settle()
    await answer_follows(node, persona)


async def answer_follows(node: LiveNode, persona: Persona) -> None:
    """Let an actor of other software accept what this node asked last."""
    asked = [
        document
        for document in persona.remote.received
        if document["type"] == "Follow" and document["actor"].startswith(node.base)
    ]
    number = asked[-1]["id"].rpartition("/")[2]
    await node.take_in(persona, make.activity("Accept", persona.uri, asked[-1], number))


async def test_followers_on_every_node_go_along(fediverse: Fediverse) -> None:
    nodes = [await fediverse.node("kenya.example"), await fediverse.node("nepal.example")]
    old = fediverse.remote("old.example").person("alice")
    for node in nodes:
        await befriend(node, old)
        await node.take_in(old, make.create(make.note(OLD)))
    new = fediverse.remote("new.example").person("alice", key=1, alsoKnownAs=[OLD])
    old.publish(movedTo=NEW)
    for node in nodes:
        await node.take_in(old, make.activity("Move", OLD, OLD, target=NEW))
    await fediverse.settle()
    for node in nodes:
        await answer_follows(node, new)
        assert await node.follow_state(node.office.uri, OLD) is None
        assert await node.follow_state(node.office.uri, NEW) == FollowState.ACCEPTED
        await node.take_in(new, make.create(make.note(NEW)))
        # What was written under the old name stays.
        assert await held(node, f"{OLD}/notes/1") == "<p>Note 1.</p>"
        assert await held(node, f"{NEW}/notes/1") == "<p>Note 1.</p>"


async def test_a_move_to_one_of_our_nodes_is_followed_by_the_others(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    old = fediverse.remote("old.example").person("alice")
    await befriend(nepal, old)
    alice = await kenya.person("alice")
    async with kenya.database.begin() as tx:
        await tx.actors.change(replace(alice, also_known_as=[OLD]))
    old.publish(movedTo=alice.uri)
    await nepal.take_in(old, make.activity("Move", OLD, OLD, target=alice.uri))
    await fediverse.settle()
    assert await nepal.follow_state(nepal.office.uri, alice.uri) == FollowState.ACCEPTED
    assert await kenya.follow_state(nepal.office.uri, alice.uri) == FollowState.ACCEPTED
    published = await kenya.publish(alice, "I am here now.")
    await fediverse.settle()
    assert await held(nepal, published.uri) == published.content


async def test_nobody_goes_along_with_a_lie(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    old = fediverse.remote("old.example").person("alice")
    await befriend(kenya, old)
    fediverse.remote("new.example").person("alice", key=1)
    await kenya.take_in(old, make.activity("Move", OLD, OLD, target=NEW))
    assert await kenya.follow_state(kenya.office.uri, OLD) == FollowState.ACCEPTED
    assert await kenya.follow_state(kenya.office.uri, NEW) is None
