"""Like, Announce and Undo on receipt (`federation.md` §9): what is shared comes from its own origin."""

from typing import Any

import httpx
import pytest

from actors.following import block
from storage.kinds import Policy
from storage.publications import Publication
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, Scene, befriend, meet
from tests.fediverse import Fediverse
from tests.remotes import answer, redirect

AUTHOR = "https://origin.example/users/author"
NOTE = f"{AUTHOR}/notes/1"


def like(uri: str, number: int | str = 1, **more: Any) -> dict[str, Any]:
    return make.activity("Like", ALICE, uri, number, **more)


def announce(value: object, number: int | str = 1, **more: Any) -> dict[str, Any]:
    return make.activity("Announce", ALICE, value, number, **more)


def undo(value: object, number: int | str = 1) -> dict[str, Any]:
    return make.activity("Undo", ALICE, value, number)


async def counts(scene: Scene, publication: Publication) -> tuple[int, int]:
    async with scene.node.database.read() as tx:
        return await tx.likes.count(publication), await tx.shares.count(publication)


async def origin(fediverse: Fediverse, **more: Any) -> Any:
    """Lay down an author and a note on a third server."""
    server = fediverse.remote("origin.example")
    server.person("author", key=1)
    server.lay_note(make.note(AUTHOR, **more))
    return server


# Like


@pytest.mark.parametrize("verb", ["Like", "EmojiReact"])
@pytest.mark.parametrize("embedded", [True, False])
async def test_what_is_ours_may_be_liked(verb: str, embedded: bool, fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    value: Any = {"id": ours.uri, "type": "Note", "content": "anything"} if embedded else ours.uri
    await scene.applies(scene.alice, make.activity(verb, ALICE, value, content="🙂"))
    assert await counts(scene, ours) == (1, 0)


async def test_a_like_without_an_id_counts(fediverse: Fediverse) -> None:  # I9
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    await scene.applies(scene.alice, like(ours.uri, id=None))
    assert await counts(scene, ours) == (1, 0)


async def test_a_like_of_what_is_unknown_is_ignored_without_a_look(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    server = await origin(fediverse)
    assert (await scene.outcome(scene.alice, like(NOTE)))[0] == "ignored"
    assert server.asked == []


async def test_what_one_may_not_read_one_cannot_like(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office, visibility="private")
    assert (await scene.outcome(scene.alice, like(ours.uri)))[0] == "refused"
    await scene.applies(scene.alice, make.activity("Follow", ALICE, scene.office.uri))
    await scene.applies(scene.alice, like(ours.uri, 2))


async def test_whoever_is_blocked_cannot_react(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await block(tx, scene.office, alice, uri=f"{scene.office.uri}#blocks/1")
    for number, said in enumerate((like(ours.uri), announce(ours.uri))):
        assert (await scene.outcome(scene.alice, said))[0] == "refused", number
    assert await counts(scene, ours) == (0, 0)


# Announce


async def test_what_is_ours_may_be_shared(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    await scene.applies(scene.alice, announce(ours.uri))
    assert await counts(scene, ours) == (0, 1)


async def test_what_somebody_we_follow_shares_is_fetched_from_its_origin(fediverse: Fediverse) -> None:  # O4
    scene = await meet(fediverse)
    server = await origin(fediverse)
    await scene.applies(scene.alice, announce(NOTE))
    kept = await scene.node.publication(NOTE)
    assert kept is not None
    assert kept.content == "<p>Note 1.</p>"
    assert await counts(scene, kept) == (0, 1)
    assert server.fetched == ["/users/author/notes/1", "/users/author"]


async def test_an_embedded_work_of_somebody_else_is_not_believed(fediverse: Fediverse) -> None:  # ORG-14
    scene = await meet(fediverse)
    await origin(fediverse)
    await scene.applies(scene.alice, announce(make.note(AUTHOR, content="<p>altered</p>")))
    kept = await scene.node.publication(NOTE)
    assert kept is not None
    assert kept.content == "<p>Note 1.</p>"


async def test_what_strangers_share_is_not_fetched(fediverse: Fediverse) -> None:  # I7
    scene = await meet(fediverse, follow=False)
    server = await origin(fediverse)
    assert (await scene.outcome(scene.alice, announce(NOTE)))[0] == "ignored"
    assert server.asked == []


async def test_a_share_that_is_fetched_once_serves_all(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    bob = scene.remote.person("bob", key=1)
    await befriend(scene, bob)
    server = await origin(fediverse)
    for persona in (scene.alice, bob):
        assert (await scene.node.hear(persona, make.activity("Announce", persona.uri, NOTE))).status == 202
    await fediverse.settle()
    kept = await scene.node.publication(NOTE)
    assert kept is not None
    assert await counts(scene, kept) == (0, 2)
    assert server.fetched.count("/users/author/notes/1") == 1


async def test_what_came_in_the_same_batch_is_not_fetched(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    bob = scene.remote.person("bob", key=1)
    await befriend(scene, bob)
    uri = GOOD["object"]["id"]
    assert (await scene.node.hear(bob, make.activity("Announce", bob.uri, uri))).status == 202
    assert (await scene.node.hear(scene.alice, GOOD)).status == 202
    await fediverse.settle()
    assert (await scene.node.outcomes())[-2:] == [("Announce", "applied"), ("Create", "applied")]
    assert "/users/alice/notes/1" not in scene.remote.fetched


async def test_ones_own_work_may_be_shared_and_private_work_only_by_its_author(
    fediverse: Fediverse,
) -> None:  # R4
    scene = await meet(fediverse)
    private = make.note(ALICE, to=[f"{ALICE}/followers"], cc=[])
    await scene.node.take_in(scene.alice, make.create(private))
    await scene.applies(scene.alice, announce(private["id"]))
    bob = scene.remote.person("bob", key=1)
    said = make.activity("Announce", bob.uri, private["id"])
    assert (await scene.outcome(bob, said))[0] == "refused"


async def test_a_local_private_work_is_not_shared_by_others(fediverse: Fediverse) -> None:  # INB-07
    scene = await meet(fediverse)
    await scene.node.take_in(scene.alice, make.activity("Follow", ALICE, scene.office.uri))
    ours = await scene.node.publish(scene.office, visibility="private")
    assert (await scene.outcome(scene.alice, announce(ours.uri)))[0] == "refused"
    assert await counts(scene, ours) == (0, 0)


@pytest.mark.parametrize(
    "laid",
    [
        httpx.Response(404),
        httpx.Response(410),
        answer({"id": NOTE, "type": "Tombstone"}),
        answer({"id": NOTE, "type": "Person", "inbox": f"{NOTE}/inbox"}),
        answer(make.note(AUTHOR, id="https://elsewhere.example/1")),
        answer(make.note(AUTHOR), "application/json"),
        answer(make.note(AUTHOR, attributedTo="https://elsewhere.example/users/x")),
        answer(make.note(AUTHOR, attributedTo=[AUTHOR, "https://elsewhere.example/users/x"])),
        redirect("https://node.example/o/1"),
        redirect("https://origin.example/users/author"),
    ],
)
async def test_what_its_origin_does_not_stand_for_is_not_kept(
    laid: httpx.Response, fediverse: Fediverse
) -> None:  # ORG-04, ORG-05
    scene = await meet(fediverse)
    server = await origin(fediverse)
    server.lay(NOTE, laid)
    before = (await scene.node.contents())["publications"]
    outcome, _ = await scene.outcome(scene.alice, announce(NOTE))
    assert outcome in {"refused", None}
    contents = await scene.node.contents()
    assert contents["publications"] == before
    assert contents["shares"] == []


async def test_what_lies_on_a_blocked_host_is_not_fetched(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    server = await origin(fediverse)
    await scene.node.set_policy("origin.example", Policy.BLOCKED)
    assert (await scene.outcome(scene.alice, announce(NOTE)))[0] == "refused"
    assert server.asked == []


async def test_nothing_of_ours_is_fetched_from_ourselves(fediverse: Fediverse) -> None:  # O5
    scene = await meet(fediverse)
    hops = len(fediverse.hops)
    assert (await scene.outcome(scene.alice, announce(f"{scene.node.base}/o/77")))[0] == "refused"
    assert fediverse.hops[hops:] == []


async def test_an_announced_activity_is_ignored(fediverse: Fediverse) -> None:  # JSN-17, ORG-33
    scene = await meet(fediverse)
    inner: Any = make.activity("Update", AUTHOR, {"id": AUTHOR, "type": "Person", "inbox": f"{AUTHOR}/inbox"})
    for number in range(3):
        assert (await scene.outcome(scene.alice, announce(inner, number)))[0] == "ignored"
        inner = announce(inner, f"inner-{number}")
    assert await scene.node.actor(AUTHOR) is None


async def test_a_share_waits_for_its_origin(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await origin(fediverse)
    fediverse.down.add("origin.example")
    assert (await scene.outcome(scene.alice, announce(NOTE)))[0] is None
    # Others are not kept waiting.
    await scene.applies(scene.alice, GOOD)
    fediverse.down.clear()
    await fediverse.pass_time(steps=1, minutes=2)
    kept = await scene.node.publication(NOTE)
    assert kept is not None
    assert await counts(scene, kept) == (0, 1)


# Undo


@pytest.mark.parametrize("form", ["embedded", "by id", "embedded without an id"])
@pytest.mark.parametrize("verb", ["Like", "Announce"])
async def test_what_was_said_may_be_taken_back(verb: str, form: str, fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    said = make.activity(verb, ALICE, ours.uri)
    await scene.applies(scene.alice, said)
    undone: Any = {"embedded": said, "by id": said["id"], "embedded without an id": {**said, "id": None}}[
        form
    ]
    await scene.applies(scene.alice, undo(undone))
    assert await counts(scene, ours) == (0, 0)


@pytest.mark.parametrize("form", ["embedded", "by id", "as if it were theirs"])
@pytest.mark.parametrize("verb", ["Like", "Announce"])
async def test_nobody_else_can_take_it_back(verb: str, form: str, fediverse: Fediverse) -> None:  # ORG-17
    scene = await meet(fediverse, follow=False)
    ours = await scene.node.publish(scene.office)
    said = make.activity(verb, ALICE, ours.uri)
    await scene.applies(scene.alice, said)
    for persona in (scene.remote.person("m", key=1), fediverse.remote("evil.example").person("e", key=1)):
        undone: Any = {
            "embedded": said,
            "by id": said["id"],
            "as if it were theirs": {**said, "actor": persona.uri},
        }[form]
        await scene.outcome(persona, make.activity("Undo", persona.uri, undone))
    assert sum(await counts(scene, ours)) == 1


async def test_an_undo_of_something_else_means_nothing(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    for number, value in enumerate((GOOD, GOOD["id"], GOOD["object"]["id"], "https://elsewhere.example/1")):
        outcome, _ = await scene.outcome(scene.alice, undo(value, number))
        assert outcome in {"applied", "ignored"}
    assert await scene.node.publication(GOOD["object"]["id"]) is not None
