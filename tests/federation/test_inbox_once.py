"""Everything once, in whatever order it comes (I4, I5)."""

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import Any

import pytest

from federation.inbox import apply_due
from storage.publications import Publication
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, Scene, forged, meet
from tests.fediverse import Fediverse

NOTE = f"{ALICE}/notes/1"


def update(text: str, *, uri: str = f"{ALICE}#update", **more: Any) -> dict[str, Any]:
    return make.activity("Update", ALICE, make.note(ALICE, content=f"<p>{text}</p>", **more), id=uri)


def undo(document: dict[str, Any], number: int | str = 1) -> dict[str, Any]:
    return make.activity("Undo", ALICE, document, number)


async def published(scene: Scene) -> Publication:
    found = await scene.node.publication(NOTE)
    assert found is not None
    return found


async def reactions(scene: Scene, publication: Publication) -> tuple[int, int]:
    async with scene.node.database.read() as tx:
        return await tx.likes.count(publication), await tx.shares.count(publication)


# Replays


async def test_the_same_request_twice_is_one_activity(fediverse: Fediverse) -> None:  # SIG-29
    scene = await meet(fediverse)
    assert (await scene.node.deliver(forged())).status == 202
    await fediverse.settle()
    await scene.refuses(202, forged())


async def test_the_same_activity_signed_anew_is_one_activity(fediverse: Fediverse) -> None:  # SIG-30
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    fediverse.wait(minutes=5)
    assert await scene.outcome(scene.alice, GOOD) == ("dropped", None)


async def test_the_same_activity_at_two_inboxes_is_one_activity(fediverse: Fediverse) -> None:  # I1
    scene = await meet(fediverse)
    await scene.node.person("asha")
    for inbox in ("/inbox", "/actors/office/inbox", "/actors/asha/inbox"):
        await scene.node.hear(scene.alice, GOOD, inbox=scene.node.base + inbox)
    await fediverse.settle()
    assert (await scene.node.outcomes())[1:] == [("Create", "applied")]


async def test_many_copies_at_once_are_one_activity(fediverse: Fediverse) -> None:  # INB-04
    scene = await meet(fediverse)
    replies = await asyncio.gather(*(scene.node.hear(scene.alice, GOOD) for _ in range(20)))
    assert {reply.status for reply in replies} == {202}
    await asyncio.gather(apply_due(scene.node.node.federation), apply_due(scene.node.node.federation))
    assert (await scene.node.outcomes())[1:] == [("Create", "applied")]


async def test_two_workers_apply_an_activity_once(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.node.hear(scene.alice, make.activity("Follow", ALICE, scene.office.uri))
    await asyncio.gather(apply_due(scene.node.node.federation), apply_due(scene.node.node.federation))
    await fediverse.settle()
    assert [document["type"] for document in scene.remote.received].count("Accept") == 1


async def test_nobody_can_use_up_somebody_elses_ids(fediverse: Fediverse) -> None:  # I4, INB-16
    scene = await meet(fediverse)
    mallory = scene.remote.person("mallory", key=1)
    burnt = {**GOOD, "actor": mallory.uri, "object": make.note(mallory.uri)}
    await scene.outcome(mallory, burnt)
    await scene.outcome(mallory, make.activity("Delete", mallory.uri, NOTE))
    await scene.outcome(mallory, make.activity("Undo", mallory.uri, GOOD["id"]))
    await scene.outcome(mallory, make.activity("Undo", mallory.uri, NOTE, 2))
    follow = make.activity("Follow", ALICE, scene.office.uri)
    await scene.outcome(mallory, make.activity("Undo", mallory.uri, follow["id"], 3))
    await scene.applies(scene.alice, GOOD)
    assert (await published(scene)).content == "<p>Note 1.</p>"
    await scene.applies(scene.alice, follow)


async def test_a_crash_in_the_middle_is_as_if_it_had_not_begun(fediverse: Fediverse) -> None:  # INB-22, I3
    scene = await meet(fediverse)
    assert (await scene.node.hear(scene.alice, GOOD)).status == 202
    before = await scene.node.contents()
    federation = scene.node.node.federation
    add = federation.database.begin

    class PowerCutError(BaseException):
        pass

    def begin_and_fail() -> Any:
        @asynccontextmanager
        async def cut() -> Any:
            async with add() as tx:
                yield tx
                raise PowerCutError

        return cut()

    object.__setattr__(federation.database, "begin", begin_and_fail)
    with pytest.raises(PowerCutError):
        await apply_due(federation)
    object.__setattr__(federation.database, "begin", add)
    assert await scene.node.contents() == before
    await fediverse.settle()
    assert (await published(scene)).content == "<p>Note 1.</p>"


# The same fact under several names


async def test_one_like_for_each_actor_however_often_it_is_said(fediverse: Fediverse) -> None:  # INB-04
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    for number in (1, 1, 2, 3):
        await scene.node.take_in(scene.alice, make.activity("Like", ALICE, ours.uri, number))
        await scene.node.take_in(scene.alice, make.activity("Announce", ALICE, ours.uri, number))
    assert await reactions(scene, ours) == (1, 1)


async def test_servers_that_use_an_id_again_are_understood(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    follow = make.activity("Follow", ALICE, scene.office.uri, id=f"{ALICE}/follows/office")
    like = make.activity("Like", ALICE, ours.uri, id=f"{ALICE}/likes/1")
    for _ in range(3):
        await scene.node.take_in(scene.alice, follow, like)
        assert await scene.node.follow_state(ALICE, scene.office.uri) == "accepted"
        assert await reactions(scene, ours) == (1, 0)
        fediverse.wait(minutes=1)
        for document in (follow, like):
            await scene.node.take_in(scene.alice, undo(document) | {"id": f"{document['id']}/undo"})
        assert await scene.node.follow_state(ALICE, scene.office.uri) is None
        assert await reactions(scene, ours) == (0, 0)
        fediverse.wait(minutes=1)


# Edits


async def test_every_edit_counts_though_all_have_one_id(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    for minute, text in ((1, "second"), (2, "third")):
        await scene.applies(scene.alice, update(text, updated=f"2026-08-23T09:0{minute}:00Z"))
        assert (await published(scene)).content == f"<p>{text}</p>"


async def test_an_older_edit_changes_nothing(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    await scene.node.take_in(
        scene.alice,
        update("newer", updated="2026-08-23T09:05:00Z"),
        update("older", updated="2026-08-23T09:01:00Z"),
        update("older", updated="2026-08-23T08:00:00Z", uri=f"{ALICE}#other"),
    )
    assert (await published(scene)).content == "<p>newer</p>"


async def test_an_edit_without_a_date_is_as_new_as_its_activity(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    newer = update("newer") | {"published": "2026-08-23T09:30:00Z"}
    older = update("older", uri=f"{ALICE}#older") | {"published": "2026-08-23T09:10:00Z"}
    await scene.node.take_in(scene.alice, newer, older)
    assert (await published(scene)).content == "<p>newer</p>"


async def test_an_edit_from_the_future_does_not_stop_later_ones(fediverse: Fediverse) -> None:  # JSN-11
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    await scene.node.take_in(scene.alice, update("early", updated="2099-01-01T00:00:00Z"))
    fediverse.wait(minutes=10)
    await scene.node.take_in(scene.alice, update("late", updated="2026-08-23T10:09:00Z"))
    assert (await published(scene)).content == "<p>late</p>"


# Out of order


async def test_a_delete_that_comes_first_wins(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, make.activity("Delete", ALICE, NOTE))
    await scene.outcome(scene.alice, GOOD)
    await scene.outcome(scene.alice, update("back"))
    assert await scene.node.publication(NOTE) is None


async def test_what_was_deleted_stays_deleted(fediverse: Fediverse) -> None:  # ORG-30
    scene = await meet(fediverse)
    tombstone = {"id": NOTE, "type": "Tombstone"}
    await scene.node.take_in(scene.alice, GOOD, make.activity("Delete", ALICE, tombstone))
    assert await scene.node.publication(NOTE) is None
    again = make.create(make.note(ALICE), 2)
    await scene.node.take_in(scene.alice, again, update("back", updated="2026-08-23T09:59:00Z"))
    assert await scene.node.publication(NOTE) is None


async def test_an_update_that_comes_first_is_not_undone_by_the_create(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.node.take_in(scene.alice, update("newest", updated="2026-08-23T09:30:00Z"), GOOD)
    assert (await published(scene)).content == "<p>newest</p>"


async def test_what_is_answered_is_fetched_from_its_origin(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    author = fediverse.remote("origin.example").person("author", key=1)
    question = author.remote.lay_note(make.note(author.uri, inReplyTo=f"{author.uri}/notes/0"))
    await scene.applies(scene.alice, make.create(make.note(ALICE, inReplyTo=question["id"])))
    kept = await scene.node.publication(question["id"])
    assert kept is not None
    assert kept.content == "<p>Note 1.</p>"
    # One step back, and no further.
    assert author.remote.fetched == ["/users/author/notes/1", "/users/author"]


async def test_a_reply_is_kept_though_what_it_answers_cannot_be_had(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    parents = ["https://down.example/1", "https://remote.example/gone", "not an address", NOTE + "/deleted"]
    for number, parent in enumerate(parents):
        reply = make.create(make.note(ALICE, number, inReplyTo=parent), number)
        await scene.applies(scene.alice, reply)
        assert await scene.node.publication(f"{ALICE}/notes/{number}") is not None


async def test_a_reply_does_not_wait_long_for_what_it_answers(
    fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.applying.SHORT_PATIENCE", 0.05)
    scene = await meet(fediverse)
    never = asyncio.Event()
    fediverse.remote("slow.example").lay("/1", never, make.note("https://slow.example"))
    await scene.applies(scene.alice, make.create(make.note(ALICE, inReplyTo="https://slow.example/1")))
    await published(scene)
    never.set()


async def test_what_strangers_answer_is_not_fetched(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    asked = fediverse.remote("origin.example")
    reply = make.note(ALICE, inReplyTo="https://origin.example/1", to=[scene.office.uri])
    await scene.applies(scene.alice, make.create(reply))
    assert asked.asked == []


async def test_a_reply_may_come_before_what_it_answers(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    reply = make.create(make.note(ALICE, 2, inReplyTo=NOTE), 2)
    await scene.node.take_in(scene.alice, reply, GOOD)
    kept = await scene.node.publication(f"{ALICE}/notes/2")
    assert kept is not None
    assert kept.in_reply_to == (await published(scene)).uri


@pytest.mark.parametrize("verb", ["Like", "Announce", "EmojiReact"])
@pytest.mark.parametrize("by_id", [True, False])
async def test_what_was_taken_back_before_it_came_never_was(
    verb: str, by_id: bool, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    said = make.activity(verb, ALICE, ours.uri, content="🙂")
    await scene.node.take_in(scene.alice, undo(said["id"] if by_id else said), said)
    assert await reactions(scene, ours) == (0, 0)
    assert (await scene.node.outcomes())[-1] == (verb, "ignored")
    # It may be said anew, and after a day even under the same name.
    await scene.applies(scene.alice, make.activity(verb, ALICE, ours.uri, "anew"))
    assert sum(await reactions(scene, ours)) == 1
    await scene.node.take_in(scene.alice, undo(make.activity(verb, ALICE, ours.uri, "anew"), 2))
    fediverse.wait(days=1)
    await scene.applies(scene.alice, said)
    assert sum(await reactions(scene, ours)) == 1


@pytest.mark.parametrize("by_id", [True, False])
async def test_a_follow_or_block_that_was_taken_back_before_it_came_never_was(
    by_id: bool, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse)
    follow = make.activity("Follow", ALICE, scene.office.uri)
    block = make.activity("Block", ALICE, scene.office.uri)
    for number, said in enumerate((follow, block)):
        await scene.node.take_in(scene.alice, undo(said["id"] if by_id else said, number), said)
    assert await scene.node.follow_state(ALICE, scene.office.uri) is None
    assert await scene.node.follow_state(scene.office.uri, ALICE) == "accepted"


async def test_the_late_undo_of_an_old_follow_does_not_end_the_new_one(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    old, new = (make.activity("Follow", ALICE, scene.office.uri, number) for number in (1, 2))
    await scene.node.take_in(scene.alice, old, new, undo(old))
    assert await scene.node.follow_state(ALICE, scene.office.uri) == "accepted"
    await scene.node.take_in(scene.alice, undo(new, 2))
    assert await scene.node.follow_state(ALICE, scene.office.uri) is None


async def test_all_orders_of_one_story_end_alike(fediverse: Fediverse) -> None:
    """Create, a first and a second edit, and a like that is taken back; in batches and one by one."""
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    for number, order in enumerate(itertools.permutations(range(4))):
        uri = f"{ALICE}/notes/{number}"
        note = make.note(ALICE, number)
        like = make.activity("Like", ALICE, ours.uri, number)
        story = [
            make.create(note, number),
            make.activity(
                "Update",
                ALICE,
                {**note, "content": "<p>last</p>", "updated": "2026-08-23T09:20:00Z"},
                number,
            ),
            like,
            undo(like, number),
        ]
        for index in order:
            assert (await scene.node.hear(scene.alice, story[index])).status == 202
            if number % 2:
                await fediverse.settle()
        await fediverse.settle()
        kept = await scene.node.publication(uri)
        assert kept is not None
        assert kept.content == "<p>last</p>", order
        assert await reactions(scene, ours) == (0, 0), order
