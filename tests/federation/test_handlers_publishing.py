"""Create, Update and Delete on receipt (`federation.md` §9): only what concerns us, only from its author."""

from typing import Any

import httpx
import pytest

from storage.kinds import Policy, Visibility
from storage.publications import Publication
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, Scene, befriend, meet
from tests.fediverse import Fediverse
from tests.remotes import answer

NOTE = f"{ALICE}/notes/1"
NOTHING_NEW = "It is kept already, was deleted, or concerns nobody here."


async def kept(scene: Scene, uri: str = NOTE) -> Publication:
    found = await scene.node.publication(uri)
    assert found is not None
    return found


def update(**more: Any) -> dict[str, Any]:
    document = make.note(ALICE, **{"content": "<p>new</p>", "updated": "2026-08-23T09:30:00Z", **more})
    return make.activity("Update", ALICE, document, document["id"].rpartition("/")[2])


# Create


async def test_what_somebody_we_follow_publishes_is_kept(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    publication = await kept(scene)
    assert publication.visibility == Visibility.PUBLIC
    assert publication.content == "<p>Note 1.</p>"


async def test_what_concerns_nobody_here_is_dropped(fediverse: Fediverse) -> None:  # I7
    scene = await meet(fediverse, follow=False)
    assert (await scene.outcome(scene.alice, GOOD))[0] == "ignored"
    assert await scene.node.publication(NOTE) is None


@pytest.mark.parametrize("how", ["to", "cc", "activity", "mention"])
async def test_what_is_for_somebody_here_is_kept(how: str, fediverse: Fediverse) -> None:  # I7
    scene = await meet(fediverse, follow=False)
    asha = await scene.node.person("asha")
    document = make.note(ALICE)
    said = make.create(document)
    if how in {"to", "cc"}:
        document[how] = [*document[how], asha.uri]
    elif how == "activity":
        said["cc"] = [*said["cc"], asha.uri]
    else:
        document["tag"] = [{"type": "Mention", "href": asha.uri, "name": "@asha@node.example"}]
    await scene.applies(scene.alice, said)
    await kept(scene)


async def test_replies_to_what_is_ours_and_to_whom_we_follow_are_kept(fediverse: Fediverse) -> None:  # I7
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    await scene.applies(scene.alice, GOOD)
    bob = scene.remote.person("bob", key=1)
    for number, parent in enumerate((ours.uri, NOTE)):
        await scene.applies(bob, make.create(make.note(bob.uri, number, inReplyTo=parent), number))
        await kept(scene, f"{bob.uri}/notes/{number}")
    stray = make.note(bob.uri, 9, inReplyTo=f"{bob.uri}/notes/0")
    assert (await scene.outcome(bob, make.create(stray, 9)))[0] == "ignored"


async def test_a_private_note_is_read_by_whom_it_is_for(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    asha = await scene.node.person("asha")
    await scene.applies(scene.alice, make.create(make.note(ALICE, to=[asha.uri], cc=[])))
    assert (await kept(scene)).visibility == Visibility.DIRECT
    async with scene.node.database.read() as tx:
        assert await tx.publications.readable(NOTE, asha) is not None
        assert await tx.publications.readable(NOTE, scene.office) is None


async def test_somebody_elses_followers_do_not_make_it_private(fediverse: Fediverse) -> None:  # ORG-26
    scene = await meet(fediverse)
    victim = "https://remote.example/users/victim/followers"
    await scene.applies(scene.alice, make.create(make.note(ALICE, to=[victim], cc=[])))
    assert (await kept(scene)).visibility == Visibility.DIRECT


@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://victim.example/notes/1"},  # ORG-01
        {"id": "https://node.example/o/1"},  # ORG-10
        {"id": "https://victim.example/notes/1", "attributedTo": None},
        {"attributedTo": "https://remote.example/users/victim"},  # ORG-02
        {"attributedTo": "https://victim.example/users/victim"},
        {"attributedTo": [ALICE, "https://victim.example/users/victim"]},  # ORG-08
        {"attributedTo": {"type": "Person", "id": "https://victim.example/users/victim"}},
    ],
)
async def test_nobody_publishes_for_somebody_else(change: dict[str, Any], fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    forgery = {**GOOD, "object": make.note(ALICE, **change)}
    before = (await scene.node.contents())["publications"]
    assert (await scene.outcome(scene.alice, forgery))[0] == "refused"
    assert (await scene.node.contents())["publications"] == before


async def test_a_work_that_names_nobody_is_the_senders(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, {**GOOD, "object": make.note(ALICE, attributedTo=None)})
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert (await kept(scene)).author_id == alice.id


async def test_account_and_channel_of_one_server_may_share_the_work(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    authors = [{"type": "Person", "id": ALICE}, {"type": "Group", "id": "https://remote.example/channels/a"}]
    await scene.applies(scene.alice, {**GOOD, "object": make.note(ALICE, attributedTo=authors)})
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert (await kept(scene)).author_id == alice.id


async def test_what_is_here_stays_as_it_is_until_an_update(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    await scene.applies(scene.alice, make.create(make.note(ALICE, content="<p>other</p>"), 2))
    assert (await kept(scene)).content == "<p>Note 1.</p>"


async def test_a_trusted_nodes_work_can_be_found_and_a_known_ones_only_if_it_says_so(
    fediverse: Fediverse,
) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, make.create(make.note(ALICE, 1)))
    await scene.node.set_policy("remote.example", Policy.TRUSTED)
    await scene.applies(scene.alice, make.create(make.note(ALICE, 2), 2))
    assert [(await kept(scene, f"{ALICE}/notes/{number}")).indexable for number in (1, 2)] == [False, True]


# Create by reference


async def test_an_object_by_its_id_is_fetched(fediverse: Fediverse) -> None:  # I9
    scene = await meet(fediverse)
    scene.remote.lay_note(make.note(ALICE))
    await scene.applies(scene.alice, {**GOOD, "object": NOTE})
    assert (await kept(scene)).content == "<p>Note 1.</p>"


async def test_an_object_by_its_id_for_somebody_here_is_fetched(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    scene.remote.lay_note(make.note(ALICE))
    await scene.applies(scene.alice, {**GOOD, "object": NOTE, "to": [scene.office.uri]})
    await kept(scene)


@pytest.mark.parametrize("follow", [True, False])
async def test_nothing_is_fetched_that_is_elsewhere_or_concerns_nobody(
    follow: bool, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse, follow=follow)
    uri = "https://victim.example/notes/1" if follow else NOTE
    fediverse.remote("victim.example").lay_note(make.note("https://victim.example"))
    assert (await scene.outcome(scene.alice, {**GOOD, "object": uri})) == ("ignored", NOTHING_NEW)
    assert "/users/alice/notes/1" not in scene.remote.fetched
    assert fediverse.remote("victim.example").asked == []


async def test_a_neighbours_object_by_its_id_is_refused(fediverse: Fediverse) -> None:  # ORG-02
    scene = await meet(fediverse)
    victim = scene.remote.person("victim", key=1)
    scene.remote.lay_note(make.note(victim.uri))
    outcome, _ = await scene.outcome(scene.alice, {**GOOD, "object": f"{victim.uri}/notes/1"})
    assert outcome == "refused"
    assert await scene.node.publication(f"{victim.uri}/notes/1") is None


async def test_an_object_that_cannot_be_had_is_asked_for_later(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    scene.remote.lay(NOTE, httpx.Response(503), answer({"@context": "x", **make.note(ALICE)}))
    assert (await scene.outcome(scene.alice, {**GOOD, "object": NOTE}))[0] is None
    await fediverse.pass_time(steps=1, minutes=2)
    await kept(scene)


async def test_an_object_that_never_comes_is_given_up(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    scene.remote.lay(NOTE, httpx.ConnectError("down"))
    await scene.outcome(scene.alice, {**GOOD, "object": NOTE})
    await fediverse.pass_time(steps=12, hours=3)
    assert (await scene.node.outcomes())[-1] == ("Create", "given up")
    assert scene.remote.fetched.count("/users/alice/notes/1") == 8


@pytest.mark.parametrize("status", [404, 410])
async def test_an_object_that_is_not_there_is_refused_at_once(status: int, fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    scene.remote.lay(NOTE, httpx.Response(status))
    assert (await scene.outcome(scene.alice, {**GOOD, "object": NOTE}))[0] == "refused"


# Update


async def test_an_author_may_change_what_it_published(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    first = await kept(scene)
    await scene.applies(
        scene.alice,
        update(published="2020-01-01T00:00:00Z", name="A title"),
    )
    changed = await kept(scene)
    assert (changed.content, changed.title, changed.revision) == ("<p>new</p>", "A title", 2)
    assert (changed.published_at, changed.author_id) == (first.published_at, first.author_id)  # O8


async def test_an_update_by_reference_is_fetched_from_its_origin(fediverse: Fediverse) -> None:  # I9
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    scene.remote.lay_note(make.note(ALICE, content="<p>fetched</p>", updated="2026-08-23T09:40:00Z"))
    await scene.applies(scene.alice, make.activity("Update", ALICE, NOTE))
    assert (await kept(scene)).content == "<p>fetched</p>"


async def test_an_update_by_reference_of_what_is_unknown_is_ignored(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    assert (await scene.outcome(scene.alice, make.activity("Update", ALICE, NOTE)))[0] == "ignored"
    assert "/users/alice/notes/1" not in scene.remote.fetched


async def test_an_update_never_makes_more_visible(fediverse: Fediverse) -> None:  # O8
    scene = await meet(fediverse)
    private = make.note(ALICE, to=[f"{ALICE}/followers"], cc=[])
    await scene.applies(scene.alice, make.create(private))
    await scene.applies(scene.alice, update())
    assert (await kept(scene)).visibility == Visibility.PRIVATE


@pytest.mark.parametrize(
    "change",
    [
        {"attributedTo": "https://remote.example/users/mallory"},
        {"attributedTo": ALICE},
        {"attributedTo": [ALICE, "https://remote.example/users/mallory"]},
    ],
)
async def test_nobody_changes_somebody_elses_work(
    change: dict[str, Any], fediverse: Fediverse
) -> None:  # ORG-15
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    mallory = scene.remote.person("mallory", key=1)
    await befriend(scene, mallory)
    said = make.activity("Update", mallory.uri, {**make.note(ALICE, content="<p>forged</p>"), **change})
    assert (await scene.outcome(mallory, said))[0] == "refused"
    assert (await kept(scene)).content == "<p>Note 1.</p>"


async def test_another_server_changes_nothing(fediverse: Fediverse) -> None:  # ORG-15
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    evil = fediverse.remote("evil.example").person("evil", key=1)
    for number, value in enumerate((make.note(ALICE, content="<p>forged</p>"), NOTE)):
        await scene.outcome(evil, make.activity("Update", evil.uri, value, number))
    assert (await kept(scene)).content == "<p>Note 1.</p>"


async def test_an_update_of_what_concerns_nobody_is_ignored(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    assert (await scene.outcome(scene.alice, update()))[0] == "ignored"


async def test_an_actor_that_says_it_changed_is_looked_at_anew(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    scene.alice.publish(name="Alice A. Example")
    # What came embedded is not believed, but for being a reason to look.
    said = make.activity("Update", ALICE, {**scene.alice.document, "name": "Somebody else"})
    await scene.applies(scene.alice, said)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.name == "Alice A. Example"


async def test_a_key_may_change_in_an_update_signed_with_the_old_one(
    fediverse: Fediverse,
) -> None:  # KEY-15, K3
    scene = await meet(fediverse)
    scene.alice.key = 1
    scene.alice.publish()
    scene.alice.key = 0
    await scene.applies(scene.alice, make.activity("Update", ALICE, ALICE))
    scene.alice.key = 1
    await scene.applies(scene.alice, GOOD)
    assert scene.remote.fetched.count("/users/alice") == 2


async def test_a_neighbour_cannot_change_an_actor(fediverse: Fediverse) -> None:  # KEY-15
    scene = await meet(fediverse)
    mallory = scene.remote.person("mallory", key=1)
    said = make.activity("Update", mallory.uri, {**scene.alice.document, "name": "Mallory"})
    await scene.outcome(mallory, said)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.name == ""


async def test_an_actor_that_cannot_be_had_is_looked_at_later(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    scene.remote.lay(ALICE, httpx.Response(500), answer(scene.alice.describe(name="Changed")))
    assert (await scene.outcome(scene.alice, make.activity("Update", ALICE, ALICE)))[0] is None
    await fediverse.pass_time(steps=1, minutes=2)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.name == "Changed"


# Delete


@pytest.mark.parametrize("form", ["by id", "Tombstone", "whole"])
async def test_an_author_may_delete_its_work(form: str, fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    value: Any = {
        "by id": NOTE,
        "Tombstone": {"id": NOTE, "type": "Tombstone"},
        "whole": make.note(ALICE),
    }[form]
    await scene.applies(scene.alice, make.activity("Delete", ALICE, value))
    assert await scene.node.publication(NOTE) is None
    async with scene.node.database.read() as tx:
        buried = await tx.tombstones.by_uri(NOTE)
    assert buried is not None
    assert buried.former_type == "Note"


@pytest.mark.parametrize("form", ["by id", "embedded as if it were the deleter's"])
async def test_nobody_deletes_somebody_elses_work(form: str, fediverse: Fediverse) -> None:  # ORG-16
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    mallory = scene.remote.person("mallory", key=1)
    evil = fediverse.remote("evil.example").person("evil", key=1)
    for persona in (mallory, evil):
        value = NOTE if form == "by id" else {**make.note(ALICE), "attributedTo": persona.uri}
        assert (await scene.outcome(persona, make.activity("Delete", persona.uri, value)))[0] == "refused"
    await kept(scene)


async def test_nobody_deletes_what_is_ours(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    for number, uri in enumerate((ours.uri, scene.office.uri)):
        assert (await scene.outcome(scene.alice, make.activity("Delete", ALICE, uri, number)))[0] == "refused"
    await kept(scene, ours.uri)


async def test_an_actor_may_leave_with_all_its_work(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    ours = await scene.node.publish(scene.office)
    await scene.node.take_in(
        scene.alice,
        GOOD,
        make.create(make.note(ALICE, 2), 2),
        make.activity("Follow", ALICE, scene.office.uri),
        make.activity("Like", ALICE, ours.uri),
    )
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    assert await scene.node.publication(NOTE) is None
    assert await scene.node.publication(f"{ALICE}/notes/2") is None
    assert await scene.node.follow_state(ALICE, scene.office.uri) is None
    assert await scene.node.follow_state(scene.office.uri, ALICE) is None
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at == fediverse.now
    async with scene.node.database.read() as tx:
        assert await tx.signing_keys.of(alice) == []
    posted = len(scene.remote.received)
    await scene.node.publish(scene.office)
    await fediverse.settle()
    assert scene.remote.received[posted:] == []


async def test_nothing_of_an_actor_is_kept_after_its_farewell_in_the_same_batch(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    for_us = make.create(make.note(ALICE, to=[scene.office.uri]))
    for document in (make.activity("Delete", ALICE, ALICE), for_us):
        assert (await scene.node.hear(scene.alice, document)).status == 202
    await fediverse.settle()
    assert (await scene.node.outcomes())[-2:] == [("Delete", "applied"), ("Create", "ignored")]


async def test_a_neighbour_cannot_say_farewell_for_somebody(fediverse: Fediverse) -> None:  # KEY-18
    scene = await meet(fediverse)
    mallory = scene.remote.person("mallory", key=1)
    await scene.outcome(mallory, make.activity("Delete", mallory.uri, ALICE))
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is None
    await scene.applies(scene.alice, GOOD)
