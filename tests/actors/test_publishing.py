"""Publishing, editing, withdrawing: what becomes of a draft, and what others are told of it."""

from dataclasses import replace
from typing import Any

import pytest

from actors.addresses import PUBLIC
from actors.errors import Invalid
from actors.following import accept, follow
from actors.kinds import Draft
from actors.publishing import edit, publish, withdraw
from actors.searching import search
from storage.activities import Activity
from storage.actors import Actor
from storage.kinds import ActorType, Visibility
from storage.publications import Publication
from storage.transaction import Transaction
from tests.drafting import EVENT, EVERY, NOTE, OFFER, PRACTICE, drafted
from tests.fediverse import Fediverse, LiveNode
from tests.make import remote_actor, remote_publication

LATE = 2**62


async def body(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


def practice(**more: Any) -> Draft:
    return drafted(
        {"kind": "practice", "title": "Night court", "body": "Open at night.", "jurisdiction": ["KE"], **more}
    )


async def done_by(tx: Transaction, actor: Actor) -> list[Activity]:
    """Return everything that waits to be sent of an actor, oldest first."""
    return [each for each in await tx.activities.waiting(1000) if each.actor_id == actor.id]


async def verbs(tx: Transaction, actor: Actor) -> list[tuple[str, str]]:
    return [(each.verb, each.object) for each in await done_by(tx, actor)]


@pytest.mark.parametrize("document", EVERY, ids=lambda document: str(document["kind"]))
async def test_every_kind_is_published_and_found_in_one_transaction(
    fediverse: Fediverse, document: dict[str, Any]
) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        published = await publish(tx, kenya.office, drafted(document))
        assert await tx.publications.by_uri(published.uri) == published
        found = await search(tx, published.title or "manual")
        assert [each.uri for each, _ in found.items] == [published.uri]
        assert ("Create", published.uri) in await verbs(tx, kenya.office)
        announced = [("Announce", published.uri)] if document["kind"] != "note" else []
        assert await verbs(tx, kenya.server) == announced
    assert published.uri == f"{kenya.base}/o/{published.id}"
    assert published.recipients["to"] == [PUBLIC]
    assert published.is_local
    assert published.revision == 1
    assert published.url
    assert published.url.isascii()


async def test_an_offer_leads_to_its_own_page(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        published = await publish(tx, kenya.office, drafted(OFFER))
    assert f'href="{published.url}"' in published.content


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
async def test_what_is_not_public_is_not_announced(fediverse: Fediverse, visibility: Visibility) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        published = await publish(tx, kenya.office, practice(visibility=visibility))
        assert await verbs(tx, kenya.server) == []
        assert [each.is_public for each in await done_by(tx, kenya.office)] == [published.is_public]


async def test_titles_that_are_the_same_lead_to_pages_of_their_own(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        first = [await publish(tx, kenya.office, practice()) for _ in range(12)]
        again = await publish(
            tx, kenya.office, drafted({**EVENT, "audience_group": None, "title": "Night court"})
        )
    slugs = [each.slug for each in first]
    assert slugs[:3] == ["night-court", "night-court-2", "night-court-3"]
    assert len(set(slugs)) == 12
    assert again.slug == "night-court"
    assert again.url == f"{kenya.base}/events/night-court"


async def test_an_author_who_does_not_want_to_be_found_is_not(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    shy = await kenya.person("amina", indexable=False)
    async with kenya.database.begin() as tx:
        published = await publish(tx, shy, practice())
        assert (await search(tx, "night court")).items == []
    assert not published.indexable


async def test_mentions_are_those_that_were_found_and_the_rest_stays_text(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    amina = await kenya.person("amina")
    async with kenya.database.begin() as tx:
        reader = await remote_actor(tx, "https://other.example/users/reader")
        named = {"amina": amina, "reader@alias.example": reader, "unused@other.example": kenya.server}
        draft = drafted(
            NOTE,
            body="@amina @reader@alias.example @nobody@other.example look.",
            visibility=Visibility.DIRECT,
        )
        published = await publish(tx, kenya.office, draft, mentioned=named)
        for actor in (amina, reader):
            assert await tx.publications.readable(published.uri, actor) is not None
        assert await tx.publications.readable(published.uri, kenya.server) is None
    assert published.recipients == {"to": [amina.uri, reader.uri], "cc": []}
    assert [tag["href"] for tag in published.tags if tag["type"] == "Mention"] == [amina.uri, reader.uri]
    assert "@nobody@other.example" in published.content


async def test_an_answer_belongs_to_the_conversation_it_answers(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        author = await remote_actor(tx)
        root = await remote_publication(tx, author, 1)
        middle = await remote_publication(
            tx, author, 2, in_reply_to=root.uri, context="https://remote.example/c/1"
        )
        first = await publish(tx, kenya.office, drafted(NOTE, in_reply_to=root.uri))
        second = await publish(tx, kenya.office, drafted(NOTE, in_reply_to=middle.uri))
        unknown = await publish(tx, kenya.office, drafted(NOTE, in_reply_to="https://far.example/o/1"))
    assert first.context == root.uri
    assert second.context == "https://remote.example/c/1"
    assert unknown.context is None
    assert unknown.in_reply_to == "https://far.example/o/1"


async def test_what_one_may_not_read_cannot_be_answered_and_tells_nothing(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    amina = await kenya.person("amina")
    async with kenya.database.begin() as tx:
        secret = await publish(tx, kenya.office, practice(visibility="private"))
        hidden = await remote_publication(
            tx, await remote_actor(tx), 1, visibility=Visibility.DIRECT, context="https://remote.example/c/9"
        )
        complaints = []
        for uri in (secret.uri, f"{kenya.base}/o/1"):
            with pytest.raises(Invalid) as refused:
                await publish(tx, amina, drafted(NOTE, in_reply_to=uri))
            complaints.append((str(refused.value), refused.value.fields))
        answer = await publish(tx, amina, drafted(NOTE, in_reply_to=hidden.uri))
    assert complaints[0] == complaints[1]
    assert answer.context is None


async def test_a_group_is_addressed_by_its_handle_or_its_address(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        group = await remote_actor(tx, "https://nepal.example/groups/custody", type=ActorType.GROUP)
        for named in (group.uri, "custody@nepal.example", "!custody@nepal.example"):
            published = await publish(tx, kenya.office, practice(audience_group=named))
            assert group.uri in published.recipients["cc"]
            assert published.details["audience_group"] == group.uri


async def test_nothing_but_a_group_widens_an_audience(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        person = await remote_actor(tx)
        for named in (
            PUBLIC,
            kenya.office.followers,
            kenya.office.uri,
            person.uri,
            person.handle,
            "nobody@nepal.example",
            "nobody",
        ):
            with pytest.raises(Invalid) as refused:
                await publish(tx, kenya.office, practice(visibility="private", audience_group=named))
            assert list(refused.value.fields) == ["audience_group"]


async def test_an_edit_keeps_what_was_and_says_what_is(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        former = await publish(tx, kenya.office, practice(title="Night court", concepts=["stage/arrest"]))
    fediverse.wait(hours=1)
    async with kenya.database.begin() as tx:
        changed = await edit(
            tx, kenya.office, former, practice(title="Day court", body="Open by day."), reason="New hours"
        )
        assert await tx.publications.by_uri(former.uri) == changed
        assert [each.uri for each, _ in (await search(tx, "day")).items] == [changed.uri]
        assert (await search(tx, "night")).items == []
        assert (await verbs(tx, kenya.office))[-1] == ("Update", changed.uri)
        (revision,) = await tx.revisions.of(changed)
        now = tx.now
    stays = ("id", "uri", "slug", "url", "published_at", "created_at", "author_id", "kind", "context")
    assert {name: getattr(changed, name) for name in stays} == {name: getattr(former, name) for name in stays}
    assert (changed.title, changed.revision, changed.updated_at) == ("Day court", 2, now)
    assert (revision.revision, revision.reason, revision.at) == (1, "New hours", now)
    assert revision.snapshot["title"] == {"en": "Night court"}
    assert revision.snapshot["updated"] == former.published_at.isoformat()


@pytest.mark.parametrize("document", EVERY, ids=lambda document: str(document["kind"]))
async def test_publishing_the_same_again_changes_nothing(
    fediverse: Fediverse, document: dict[str, Any]
) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        former = await publish(tx, kenya.office, drafted(document))
        count = len(await tx.activities.waiting(1000))
    fediverse.wait(hours=1)
    async with kenya.database.begin() as tx:
        kept = await tx.publications.get(former.id)
        assert await edit(tx, kenya.office, kept, drafted(document)) == former
        assert await tx.revisions.of(kept) == []
        assert len(await tx.activities.waiting(1000)) == count


@pytest.mark.parametrize("before", list(Visibility))
@pytest.mark.parametrize("after", list(Visibility))
async def test_an_edit_shows_nothing_to_others_but_may_take_it_out_of_lists(
    fediverse: Fediverse, before: Visibility, after: Visibility
) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        former = await publish(tx, kenya.office, drafted(NOTE, visibility=before))
        draft = drafted(NOTE, body="Another text.", visibility=after)
        if after == before or (before, after) == (Visibility.PUBLIC, Visibility.UNLISTED):
            assert (await edit(tx, kenya.office, former, draft)).visibility == after
        else:
            with pytest.raises(Invalid) as refused:
                await edit(tx, kenya.office, former, draft)
            assert list(refused.value.fields) == ["visibility"]
            assert await tx.publications.get(former.id) == former


async def test_everything_that_cannot_change_is_named_at_once(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        former = await publish(tx, kenya.office, practice(visibility="private"))
        draft = drafted(NOTE, visibility="public", in_reply_to="https://far.example/o/1")
        with pytest.raises(Invalid) as refused:
            await edit(tx, kenya.office, former, draft)
    assert set(refused.value.fields) == {"kind", "visibility", "in_reply_to"}


async def test_calling_an_event_off_is_an_edit_and_it_can_still_be_found(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    document = {**EVENT, "audience_group": None}
    async with kenya.database.begin() as tx:
        event = await publish(tx, kenya.office, drafted(document))
        called_off = await edit(
            tx, kenya.office, event, drafted(document, status="cancelled"), reason="Strike"
        )
        assert [verb for verb, _ in await verbs(tx, kenya.office)] == ["Create", "Update"]
        assert [each.uri for each, _ in (await search(tx, called_off.title)).items] == [event.uri]
    assert called_off.details["status"] == "cancelled"


async def test_an_author_who_opts_out_is_found_no_more_from_the_next_edit_on(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    amina = await kenya.person("amina")
    async with kenya.database.begin() as tx:
        published = await publish(tx, amina, practice())
        shy = replace(amina, indexable=False)
        await tx.actors.change(shy)
        await edit(tx, shy, published, practice(body="Another text."))
        assert (await search(tx, "night court")).items == []


async def test_a_withdrawal_leaves_a_tombstone_and_nothing_else(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        reader = await remote_actor(tx)
        await follow(tx, reader, kenya.office)
        await accept(tx, kenya.office, reader)
        published = await publish(tx, kenya.office, practice())
        await edit(tx, kenya.office, published, practice(body="Another."))
        await tx.likes.add(reader, published, "https://remote.example/likes/1", tx.now)
        changed = await tx.publications.get(published.id)
        await withdraw(tx, kenya.office, changed)
        assert await tx.publications.find(published.id) is None
        assert await tx.revisions.of(published) == []
        assert (await search(tx, "night court")).items == []
        tombstone = await tx.tombstones.by_uri(published.uri)
        by_page = await tx.tombstones.by_page("/practices/night-court")
        assert await tx.activities.outbox_page(kenya.office, before=LATE, size=10) == []
        assert await tx.activities.outbox_page(kenya.server, before=LATE, size=10) == []
        delete = (await done_by(tx, kenya.office))[-1]
    assert tombstone is not None
    assert tombstone == by_page
    assert (tombstone.former_type, tombstone.was_public) == ("Article", True)
    assert (delete.verb, delete.object, delete.publication_id) == ("Delete", published.uri, None)
    assert {
        "former_type": "Article",
        "kind": "practice",
        **published.recipients,
    }.items() <= delete.details.items()


async def test_what_was_private_leaves_a_tombstone_that_says_so(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        published: Publication = await publish(tx, kenya.office, practice(visibility="private"))
        await withdraw(tx, kenya.office, published)
        tombstone = await tx.tombstones.by_uri(published.uri)
    assert tombstone is not None
    assert not tombstone.was_public


async def test_the_link_to_join_is_in_the_source_alone(fediverse: Fediverse) -> None:
    kenya = await body(fediverse)
    link = "https://meet.example/secret"
    async with kenya.database.begin() as tx:
        event = await publish(
            tx,
            kenya.office,
            drafted({**EVENT, "audience_group": None}, join_url=link, join_mode="restricted"),
        )
        assert (await search(tx, "secret")).items == []
    assert event.source is not None
    assert event.source["details"]["join_url"] == link
    for name in ("details", "content", "content_map", "summary", "attachments", "tags"):
        assert link not in str(getattr(event, name))


@pytest.mark.parametrize("document", [PRACTICE, EVENT], ids=["practice", "event"])
async def test_an_unknown_group_elsewhere_is_kept_as_it_was_named(
    fediverse: Fediverse, document: dict[str, Any]
) -> None:
    kenya = await body(fediverse)
    async with kenya.database.begin() as tx:
        published = await publish(tx, kenya.office, drafted(document))
    assert document["audience_group"] in published.recipients["cc"]
