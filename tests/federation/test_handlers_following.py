"""Follow, Accept, Reject and Block on receipt (`federation.md` §9): who may say what about whom."""

from typing import Any

import pytest

from actors.following import accept, block
from storage.kinds import FollowState, Policy
from tests import make
from tests.federation.inbox_scene import ALICE, Scene, befriend, meet
from tests.fediverse import Fediverse


def follow(scene: Scene, number: int | str = 1, **more: Any) -> dict[str, Any]:
    return make.activity("Follow", ALICE, scene.office.uri, number, **more)


async def state(scene: Scene, follower: str = ALICE, followed: str = "") -> str | None:
    return await scene.node.follow_state(follower, followed or scene.office.uri)


def sent(scene: Scene, verb: str) -> list[dict[str, Any]]:
    return [document for document in scene.remote.received if document["type"] == verb]


# Follow


async def test_a_follow_is_accepted_with_the_follow_embedded(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.applies(scene.alice, follow(scene))
    assert await state(scene) == FollowState.ACCEPTED
    (answer,) = sent(scene, "Accept")
    assert answer["actor"] == scene.office.uri
    assert answer["object"] == {
        "id": f"{ALICE}/activities/follow-1",
        "type": "Follow",
        "actor": ALICE,
        "object": scene.office.uri,
    }


async def test_who_is_followed_may_come_embedded_and_the_follow_without_an_id(
    fediverse: Fediverse,
) -> None:  # I9
    scene = await meet(fediverse, follow=False)
    await scene.applies(
        scene.alice, {**follow(scene), "object": {"id": scene.office.uri, "type": "Organization"}, "id": None}
    )
    assert await state(scene) == FollowState.ACCEPTED


async def test_the_servers_actor_can_be_followed(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.applies(scene.alice, {**follow(scene), "object": scene.node.server.uri})
    assert await state(scene, followed=scene.node.server.uri) == FollowState.ACCEPTED


async def test_a_follower_who_asks_again_is_told_again(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.node.take_in(scene.alice, follow(scene), follow(scene, 2))
    assert await state(scene) == FollowState.ACCEPTED
    assert [answer["object"]["id"] for answer in sent(scene, "Accept")] == [
        f"{ALICE}/activities/follow-1",
        f"{ALICE}/activities/follow-2",
    ]


async def test_whoever_decides_about_followers_is_asked(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    asha = await scene.node.person("asha", manually_approves_followers=True)
    await scene.applies(scene.alice, {**follow(scene), "object": asha.uri})
    assert await state(scene, followed=asha.uri) == FollowState.REQUESTED
    assert sent(scene, "Accept") == []
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await accept(tx, asha, alice)
    await fediverse.settle()
    assert len(sent(scene, "Accept")) == 1
    # Who was let in once need not be let in again.
    await scene.applies(scene.alice, {**follow(scene, 2), "object": asha.uri})
    assert await state(scene, followed=asha.uri) == FollowState.ACCEPTED
    assert len(sent(scene, "Accept")) == 2


async def test_from_a_limited_node_one_can_only_ask(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.node.set_policy("remote.example", Policy.LIMITED)
    await scene.applies(scene.alice, follow(scene))
    assert await state(scene) == FollowState.REQUESTED


async def test_a_blocked_follower_is_rejected(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await block(tx, scene.office, alice, uri=f"{scene.office.uri}#blocks/1")
    await fediverse.settle()
    await scene.applies(scene.alice, follow(scene))
    assert await state(scene) is None
    (answer,) = sent(scene, "Reject")
    assert answer["object"]["id"] == f"{ALICE}/activities/follow-1"


@pytest.mark.parametrize(
    "target",
    [
        "https://remote.example/users/bob",
        "https://elsewhere.example/users/x",
        "https://node.example/actors/nobody",
        "https://node.example/o/1",
        ALICE,
        make.PUBLIC,
    ],
)
async def test_only_an_actor_of_ours_can_be_followed_here(
    target: str, fediverse: Fediverse
) -> None:  # INB-02
    scene = await meet(fediverse, follow=False)
    scene.remote.person("bob")
    outcome, _ = await scene.outcome(scene.alice, {**follow(scene), "object": target})
    assert outcome == "refused"
    assert (await scene.node.contents())["follows"] == []


async def test_whoever_left_cannot_be_followed(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    asha = await scene.node.person("asha")
    async with scene.node.database.begin() as tx:
        await tx.actors.mark_gone(asha, tx.now)
    await scene.applies(scene.alice, {**follow(scene), "object": asha.uri})
    assert await state(scene, followed=asha.uri) is None
    assert len(sent(scene, "Reject")) == 1


# Taking a follow back


@pytest.mark.parametrize("form", ["embedded", "by id", "embedded without an id", "under another id"])
async def test_a_follower_may_leave(form: str, fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    said = follow(scene)
    await scene.applies(scene.alice, said)
    undone: Any = {
        "embedded": said,
        "by id": said["id"],
        "embedded without an id": {**said, "id": None},
        "under another id": {**said, "id": f"{ALICE}/activities/forgotten"},
    }[form]
    await scene.applies(scene.alice, make.activity("Undo", ALICE, undone))
    assert await state(scene) is None


@pytest.mark.parametrize("is_embedded", [True, False])
async def test_nobody_else_can_take_a_follow_back(is_embedded: bool, fediverse: Fediverse) -> None:  # ORG-17
    scene = await meet(fediverse, follow=False)
    said = follow(scene)
    await scene.applies(scene.alice, said)
    mallory = scene.remote.person("mallory", key=1)
    await scene.outcome(mallory, make.activity("Undo", mallory.uri, said if is_embedded else said["id"]))
    claimed = {**said, "actor": mallory.uri}
    await scene.outcome(mallory, make.activity("Undo", mallory.uri, claimed, 2))
    assert await state(scene) == FollowState.ACCEPTED


# Accept and Reject


async def asked(scene: Scene) -> dict[str, Any]:
    """Let the office ask to follow alice, and return what she was sent."""
    await scene.node.follow(scene.office, ALICE)
    await scene.fediverse.settle()
    return scene.remote.received[-1]


@pytest.mark.parametrize("form", ["embedded", "by id", "embedded without an id", "under another id"])
@pytest.mark.parametrize("verb", ["Accept", "Reject"])
async def test_the_one_who_was_asked_decides(form: str, verb: str, fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    said = await asked(scene)
    answered: Any = {
        "embedded": said,
        "by id": said["id"],
        "embedded without an id": {name: said[name] for name in ("type", "actor", "object")},
        "under another id": {**said, "id": f"{ALICE}/their-name-for-it"},
    }[form]
    await scene.applies(scene.alice, make.activity(verb, ALICE, answered))
    expected = FollowState.ACCEPTED if verb == "Accept" else FollowState.REJECTED
    assert await state(scene, scene.office.uri, ALICE) == expected


@pytest.mark.parametrize("is_embedded", [True, False])
@pytest.mark.parametrize("verb", ["Accept", "Reject"])
async def test_nobody_else_decides(verb: str, is_embedded: bool, fediverse: Fediverse) -> None:  # ORG-18
    scene = await meet(fediverse, follow=False)
    said = await asked(scene)
    mallory = scene.remote.person("mallory", key=1)
    for number, document in enumerate((said, {**said, "object": mallory.uri})):
        answered = document if is_embedded else said["id"]
        outcome, _ = await scene.outcome(mallory, make.activity(verb, mallory.uri, answered, number))
        assert outcome == "refused"
    assert await state(scene, scene.office.uri, ALICE) == FollowState.REQUESTED


async def test_a_follow_that_was_never_sent_cannot_be_accepted(
    fediverse: Fediverse,
) -> None:  # ORG-18, ORG-19
    scene = await meet(fediverse, follow=False)
    never = make.activity("Follow", scene.office.uri, ALICE)
    guessed = {**never, "id": f"{ALICE}/{scene.office.uri.rpartition('/')[2]}/1"}
    for number, answered in enumerate(
        (never, never["id"], guessed, guessed["id"], {**never, "actor": ALICE})
    ):
        outcome, _ = await scene.outcome(scene.alice, make.activity("Accept", ALICE, answered, number))
        assert outcome == "refused"
    assert (await scene.node.contents())["follows"] == []


async def test_a_second_accept_changes_nothing(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    said = sent(scene, "Follow")[0]
    before = (await scene.node.contents())["follows"]
    fediverse.wait(minutes=1)
    assert (await scene.outcome(scene.alice, make.activity("Accept", ALICE, said, 2)))[0] == "ignored"
    assert (await scene.node.contents())["follows"] == before


async def test_a_reject_after_an_accept_shows_us_out(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, make.activity("Reject", ALICE, sent(scene, "Follow")[0]))
    assert await state(scene, scene.office.uri, ALICE) == FollowState.REJECTED
    # What comes now concerns nobody here.
    assert (await scene.outcome(scene.alice, make.create(make.note(ALICE))))[0] == "ignored"


async def test_an_accept_after_we_left_does_not_bring_us_back(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    said = await asked(scene)
    await scene.node.unfollow(scene.office, ALICE)
    await fediverse.settle()
    assert (await scene.outcome(scene.alice, make.activity("Accept", ALICE, said)))[0] == "refused"
    assert await state(scene, scene.office.uri, ALICE) is None


@pytest.mark.parametrize("verb", ["Accept", "Reject"])
async def test_the_late_answer_to_an_old_follow_is_no_answer_to_the_new_one(
    verb: str, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse, follow=False)
    old = await asked(scene)
    await scene.node.unfollow(scene.office, ALICE)
    await fediverse.settle()
    new = await asked(scene)
    assert new["id"] != old["id"]
    assert (await scene.outcome(scene.alice, make.activity(verb, ALICE, old)))[0] == "ignored"
    assert (await scene.outcome(scene.alice, make.activity(verb, ALICE, old["id"], 2)))[0] == "refused"
    assert await state(scene, scene.office.uri, ALICE) == FollowState.REQUESTED
    await scene.applies(scene.alice, make.activity(verb, ALICE, new, 3))


@pytest.mark.parametrize("embedded", [{"type": "Join"}, {"type": "Offer"}, {"type": "Note", "content": "x"}])
async def test_other_answers_mean_nothing_yet(embedded: dict[str, Any], fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    document = {"id": f"{ALICE}/x", "actor": scene.office.uri, "object": ALICE, **embedded}
    assert (await scene.outcome(scene.alice, make.activity("Accept", ALICE, document)))[0] == "refused"


async def test_the_answer_to_our_servers_follow_starts_reading_its_catalogue(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    await scene.node.follow(scene.node.server, ALICE)
    await fediverse.settle()
    await scene.applies(scene.alice, make.activity("Accept", ALICE, scene.remote.received[-1]))
    assert len((await scene.node.contents())["backfills"]) == 1


# Block


async def test_a_block_ends_both_follows_and_is_not_answered(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, follow(scene))
    posted = len(scene.remote.received)
    await scene.applies(scene.alice, make.activity("Block", ALICE, scene.office.uri))
    assert await state(scene) is None
    assert await state(scene, scene.office.uri, ALICE) is None
    assert scene.remote.received[posted:] == []
    ours = await scene.node.publish(scene.office)
    await fediverse.settle()
    assert scene.remote.received[posted:] == []
    async with scene.node.database.read() as tx:
        assert await tx.publications.readable(ours.uri, await tx.actors.by_uri(ALICE)) is None


@pytest.mark.parametrize("form", ["embedded", "by id"])
async def test_a_block_may_be_lifted(form: str, fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    said = make.activity("Block", ALICE, scene.office.uri)
    await scene.applies(scene.alice, said)
    await scene.applies(scene.alice, make.activity("Undo", ALICE, said if form == "embedded" else said["id"]))
    await scene.applies(scene.alice, follow(scene))
    assert await state(scene) == FollowState.ACCEPTED


async def test_nobody_blocks_for_somebody_else(fediverse: Fediverse) -> None:  # ORG-17
    scene = await meet(fediverse)
    bob = scene.remote.person("bob", key=1)
    await befriend(scene, bob)
    for target in (ALICE, "https://node.example/actors/nobody"):
        assert (await scene.outcome(bob, make.activity("Block", bob.uri, target, target[-3:])))[
            0
        ] == "refused"
    said = make.activity("Block", bob.uri, scene.office.uri)
    await scene.applies(bob, said)
    await scene.outcome(scene.alice, make.activity("Undo", ALICE, said))
    await scene.outcome(scene.alice, make.activity("Undo", ALICE, said["id"], 2))
    assert len((await scene.node.contents())["blocks"]) == 1
