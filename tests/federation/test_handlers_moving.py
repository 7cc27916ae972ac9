"""Move on receipt (`federation.md` §9, W1): both accounts say so, or nobody moves."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from actors.following import accept, follow
from storage.kinds import FollowState
from tests import make
from tests.federation.inbox_scene import ALICE, Scene, meet
from tests.fediverse import Fediverse, Persona

NEW = "https://new.example/users/alice"


async def movers(fediverse: Fediverse, **of_the_new: Any) -> tuple[Scene, Persona]:
    """Set a scene in which alice has moved to another server, and both sides say so."""
    scene = await meet(fediverse)
    new = fediverse.remote("new.example").person("alice", key=1, **{"alsoKnownAs": [ALICE], **of_the_new})
    scene.alice.publish(movedTo=NEW)
    return scene, new


def move(actor: str = ALICE, old: str = ALICE, new: str = NEW, number: int = 1) -> dict[str, Any]:
    return make.activity("Move", actor, old, number, target=new)


async def state(scene: Scene, followed: str) -> str | None:
    return await scene.node.follow_state(scene.office.uri, followed)


@pytest.mark.parametrize("is_pulled", [False, True])
async def test_followers_move_along(is_pulled: bool, fediverse: Fediverse) -> None:  # FEP-7628
    scene, new = await movers(fediverse)
    await scene.applies(new if is_pulled else scene.alice, move(NEW if is_pulled else ALICE))
    assert await state(scene, ALICE) is None
    assert await state(scene, NEW) == FollowState.REQUESTED
    await fediverse.settle()
    assert [document["type"] for document in new.remote.received] == ["Follow"]
    old = await scene.node.actor(ALICE)
    assert old is not None
    assert old.moved_to == NEW


async def test_the_new_account_must_name_the_old_one(fediverse: Fediverse) -> None:  # ORG-20, O7
    scene, _ = await movers(fediverse, alsoKnownAs=["https://remote.example/users/somebody"])
    assert (await scene.outcome(scene.alice, move()))[0] == "refused"
    assert await state(scene, ALICE) == FollowState.ACCEPTED


async def test_the_old_account_must_name_the_new_one(fediverse: Fediverse) -> None:
    scene, _ = await movers(fediverse)
    scene.alice.publish(movedTo="https://elsewhere.example/users/alice")
    assert (await scene.outcome(scene.alice, move()))[0] == "refused"
    assert await state(scene, ALICE) == FollowState.ACCEPTED


async def test_nobody_moves_somebody_else(fediverse: Fediverse) -> None:  # ORG-20
    scene, _ = await movers(fediverse)
    mallory = scene.remote.person("mallory", key=1, alsoKnownAs=[ALICE])
    for number, said in enumerate((move(mallory.uri), move(mallory.uri, new=mallory.uri))):
        assert (await scene.outcome(mallory, {**said, "id": f"{mallory.uri}/{number}"}))[0] == "refused"
    assert await state(scene, ALICE) == FollowState.ACCEPTED


async def test_a_second_move_within_a_week_is_not_followed(fediverse: Fediverse) -> None:  # ORG-20, INB-12
    scene, _ = await movers(fediverse)
    asha = await scene.node.person("asha")
    await scene.applies(scene.alice, move())
    third = "https://third.example/users/alice"
    fediverse.remote("third.example").person("alice", key=1, alsoKnownAs=[ALICE])
    scene.alice.publish(movedTo=third)
    async with scene.node.database.begin() as tx:
        old = await tx.actors.by_uri(ALICE)
        assert old is not None
        # Somebody who never heard of the first move still follows the old account.
        await follow(tx, asha, replace(old, moved_to=None))
        await accept(tx, old, asha)
    assert (await scene.outcome(scene.alice, move(new=third, number=2)))[0] == "refused"
    assert await scene.node.follow_state(asha.uri, third) is None
    fediverse.wait(days=8)
    await scene.applies(scene.alice, move(new=third, number=3))
    assert await scene.node.follow_state(asha.uri, third) == FollowState.REQUESTED


async def test_a_chain_of_moves_is_not_followed(fediverse: Fediverse) -> None:  # ORG-20
    scene, _ = await movers(fediverse, movedTo="https://third.example/users/alice")
    assert (await scene.outcome(scene.alice, move()))[0] == "ignored"
    assert await state(scene, ALICE) == FollowState.ACCEPTED


async def test_an_account_may_move_here(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    asha = await scene.node.person("asha")
    scene.alice.publish(movedTo=asha.uri)
    assert (await scene.outcome(scene.alice, move(new=asha.uri)))[0] == "refused"
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(asha, also_known_as=[ALICE]))
    await scene.applies(scene.alice, move(new=asha.uri, number=2))
    assert await state(scene, asha.uri) == FollowState.ACCEPTED


async def test_whoever_moves_here_does_not_follow_itself(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(scene.office, also_known_as=[ALICE]))
    scene.alice.publish(movedTo=scene.office.uri)
    await scene.applies(scene.alice, move(new=scene.office.uri))
    assert await state(scene, ALICE) is None
    assert await state(scene, scene.office.uri) is None


async def test_a_move_that_concerns_nobody_here_asks_nobody(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    fediverse.remote("new.example").person("alice", key=1, alsoKnownAs=[ALICE])
    assert (await scene.outcome(scene.alice, move()))[0] == "ignored"
    assert scene.remote.fetched == ["/users/alice"]
    assert fediverse.remote("new.example").asked == []


async def test_a_move_waits_for_a_server_that_is_down(fediverse: Fediverse) -> None:
    scene, new = await movers(fediverse)
    new.remote.lay(NEW, httpx.Response(503))
    assert (await scene.outcome(scene.alice, move()))[0] is None
    new.publish(alsoKnownAs=[ALICE])
    await fediverse.pass_time(steps=1, minutes=2)
    assert await state(scene, NEW) == FollowState.REQUESTED


async def test_a_move_without_a_target_is_refused(fediverse: Fediverse) -> None:
    scene, _ = await movers(fediverse)
    said = {name: value for name, value in move().items() if name != "target"}
    assert (await scene.node.hear(scene.alice, said)).status == 400
