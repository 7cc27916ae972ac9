"""Those who have left, and those who are not welcome: what may still be said in their name (I6, K5)."""

from dataclasses import replace

import httpx

from storage.kinds import Policy
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, body_of, forged, meet, strangers
from tests.fediverse import Fediverse


async def test_the_farewell_of_a_stranger_is_taken_without_a_look(fediverse: Fediverse) -> None:  # I6
    scene = await strangers(fediverse)
    scene.alice.vanish()
    await scene.refuses(202, forged(body=body_of(make.activity("Delete", ALICE, ALICE))))
    embedded = make.activity("Delete", ALICE, {"id": ALICE, "type": "Person"}, type=["Delete"])
    await scene.refuses(202, forged(body=body_of(embedded)))


async def test_the_farewell_of_somebody_known_counts_when_its_key_still_fits(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    scene.alice.vanish()
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    assert await scene.node.publication(f"{ALICE}/notes/1") is None
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is not None
    # Whatever was signed before then is worth nothing any more.
    await scene.refuses(401, forged(body=body_of({**GOOD, "id": f"{ALICE}/late"})), fetches=1)


async def test_a_farewell_whose_key_is_gone_is_believed_when_the_actor_is_gone(
    fediverse: Fediverse,
) -> None:  # I6
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    scene.alice.vanish()
    scene.alice.key = 1  # Signed with a key that we never saw, and now cannot see.
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is not None
    assert await scene.node.publication(f"{ALICE}/notes/1") is None


async def test_a_farewell_whose_key_is_gone_is_a_lie_when_the_actor_is_there(
    fediverse: Fediverse,
) -> None:  # I6
    scene = await meet(fediverse)
    farewell = body_of(make.activity("Delete", ALICE, ALICE))
    nowhere = "https://remote.example/keys/none"
    await scene.refuses(401, forged(body=farewell, key_id=nowhere), fetches=2)
    # The actor is not looked at again and again.
    await scene.refuses(401, forged(body=farewell, key_id=f"{nowhere}/2"), fetches=1)


async def test_a_farewell_waits_when_nobody_can_say_whether_it_is_true(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    nowhere = "https://remote.example/keys/none"
    scene.remote.lay(ALICE, httpx.Response(502))
    farewell = forged(body=body_of(make.activity("Delete", ALICE, ALICE)), key_id=nowhere)
    await scene.refuses(503, farewell, fetches=2)
    scene.alice.vanish()
    assert (await scene.node.deliver(farewell)).status == 202


async def test_only_a_farewell_is_believed_without_its_key(fediverse: Fediverse) -> None:  # KEY-18
    scene = await meet(fediverse)
    victim = scene.remote.person("victim", key=1)
    await scene.node.resolve(victim.uri)
    scene.alice.vanish()
    nowhere = f"{ALICE}#gone"
    for document in (make.activity("Delete", ALICE, victim.uri), GOOD):
        assert (await scene.node.deliver(forged(body=body_of(document), key_id=nowhere))).status == 401
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is None


async def test_a_suspended_actor_only_says_that_things_are_over(
    fediverse: Fediverse,
) -> None:  # KEY-19, INB-08
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(alice, suspended_at=tx.now))
    scene.node.node.federation.keyring.forget(ALICE)
    await scene.refuses(202, forged(body=body_of(make.create(make.note(ALICE, 2), 2))))
    await scene.applies(scene.alice, make.activity("Delete", ALICE, f"{ALICE}/notes/1"))


async def test_what_came_before_a_suspension_is_not_applied_after_it(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    assert (await scene.node.hear(scene.alice, GOOD)).status == 202
    await scene.node.set_policy("remote.example", Policy.BLOCKED)
    await fediverse.settle()
    assert await scene.node.publication(f"{ALICE}/notes/1") is None
    assert (await scene.node.outcomes())[-1] == ("Create", "ignored")
