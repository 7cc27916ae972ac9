"""Objects and activities: exactly those who may read them do, and all others see nothing at all."""

from pathlib import Path

import httpx
import pytest

from federation import vocabulary as as2
from storage.actors import Actor
from storage.history import Tombstone
from storage.kinds import Visibility
from storage.publications import Publication
from tests.node.served import START, ServedNode, served


def seen(answer: httpx.Response) -> tuple[object, ...]:
    """Return everything about an answer that could tell two apart, but its number."""
    headers = {name: value for name, value in answer.headers.items() if not name.startswith("x-r")}
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED])
async def test_what_is_public_is_anybodys(tmp_path: Path, visibility: Visibility) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office, visibility)
        answer = await one.get(f"/o/{published.id}")
    value = as2.read(answer.json())
    assert isinstance(value, as2.Object)
    assert (value.id, value.attributed_to) == (published.uri, one.office.uri)
    assert answer.headers["cache-control"] == "public, max-age=180"
    assert answer.headers["vary"] == "Accept, Signature"


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT])
@pytest.mark.parametrize("accept", ["application/activity+json", "text/html", "*/*"])
async def test_what_is_not_public_is_for_strangers_exactly_as_absent(
    tmp_path: Path, visibility: Visibility, accept: str
) -> None:
    async with served(tmp_path) as one:
        hidden = await one.publish(one.office, visibility)
        reader = await one.stranger()
        for path in ("", "/replies", "/likes", "/shares"):
            absent = seen(await one.get(f"/o/{hidden.id + 1}{path}", accept))
            assert absent[0] == 404
            assert seen(await one.get(f"/o/{hidden.id}{path}", accept)) == absent
            assert seen(await one.get_as(reader, f"/o/{hidden.id}{path}", accept)) == absent


async def test_a_follower_who_signs_reads_what_is_for_followers(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        hidden = await one.publish(one.office, Visibility.PRIVATE)
        reader = await one.stranger()
        await one.accept(reader, one.office)
        answers = [
            await one.get_as(reader, f"/o/{hidden.id}{path}")
            for path in ("", "/replies", "/likes", "/shares")
        ]
    assert [each.status_code for each in answers] == [200] * 4
    assert {each.headers["cache-control"] for each in answers} == {"private, no-store"}
    assert not any("etag" in each.headers for each in answers)


async def test_only_those_who_are_named_read_what_is_direct(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        named, other = await one.stranger("named"), await one.stranger("other")
        await one.accept(other, one.office)
        direct = await one.publish(one.office, Visibility.DIRECT, mentioned=[named])
        for_named = await one.get_as(named, f"/o/{direct.id}")
        for_other = await one.get_as(other, f"/o/{direct.id}")
    assert (for_named.status_code, for_other.status_code) == (200, 404)


async def test_whoever_is_blocked_sees_nothing_and_learns_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person, reader = await one.member("amina"), await one.stranger()
        published = await one.publish(person)
        async with one.node.database.begin() as tx:
            await tx.follows.block(person, reader, f"{person.uri}/blocks/1", tx.now)
        blocked = seen(await one.get_as(reader, f"/o/{published.id}"))
        absent = seen(await one.get_as(reader, f"/o/{published.id + 1}"))
        anybody = await one.get(f"/o/{published.id}")
    assert blocked == absent
    assert anybody.status_code == 200


async def test_what_was_public_leaves_a_tombstone_and_what_was_not_leaves_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        base = f"{one.node.base_url}/o/"
        async with one.node.database.begin() as tx:
            await tx.tombstones.add(Tombstone(f"{base}11", "Article", one.office.id, tx.now, was_public=True))
            await tx.tombstones.add(Tombstone(f"{base}12", "Note", one.office.id, tx.now, was_public=False))
        public = await one.get("/o/11")
        private, absent = seen(await one.get("/o/12")), seen(await one.get("/o/13"))
        page = await one.get("/o/11", "text/html")
    assert public.status_code == page.status_code == 410
    value = as2.read(public.json())
    assert isinstance(value, as2.Object)
    assert (value.id, value.type) == (f"{base}11", "Tombstone")
    assert public.json()["formerType"] == "Article"
    assert private == absent


@pytest.mark.parametrize(
    "number", ["0", "-1", "01", "1.0", "1e3", "x", "٣", "9" * 19, "9" * 30, "%00", "1%2F2", "1'--"]
)
async def test_a_number_that_was_never_given_out_is_not_found(tmp_path: Path, number: str) -> None:
    async with served(tmp_path) as one:
        answers = [await one.get(f"/o/{number}"), await one.get(f"/o/{number}/replies")]
    assert [each.status_code for each in answers] == [404, 404]


async def test_what_others_wrote_is_never_served_from_here(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        theirs = await one.publish(await one.stranger())
        answer = await one.get(f"/o/{theirs.id}")
    assert answer.status_code == 404


async def test_publications_of_a_suspended_actor_are_hidden(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person = await one.member("amina")
        published = await one.publish(person)
        await one.change(person, suspended_at=START)
        answer = await one.get(f"/o/{published.id}")
    assert answer.status_code == 404


async def activity_of(one: ServedNode, actor: Actor, publication: Publication) -> str:
    async with one.node.database.begin() as tx:
        waiting = await tx.activities.waiting(100)
    uris = [each.uri for each in waiting if each.publication_id == publication.id]
    assert len(uris) == 1
    assert uris[0].startswith(f"{actor.uri}/activities/")
    return uris[0].removeprefix(one.node.base_url)


async def test_a_public_activity_is_anybodys(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        answer = await one.get(await activity_of(one, one.office, published))
    value = as2.read(answer.json())
    assert isinstance(value, as2.Create)
    assert (value.actor, value.object.id) == (one.office.uri, published.uri)


async def test_a_private_activity_is_for_those_who_may_read_what_it_is_about(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        reader = await one.stranger()
        hidden = await one.publish(one.office, Visibility.PRIVATE)
        path = await activity_of(one, one.office, hidden)
        absent = seen(await one.get(f"{path}1"))
        before = seen(await one.get_as(reader, path)), seen(await one.get(path))
        await one.accept(reader, one.office)
        after = await one.get_as(reader, path)
    assert before == (absent, absent)
    assert absent[0] == 404
    assert after.status_code == 200
    assert after.headers["cache-control"] == "private, no-store"


async def test_an_activity_belongs_to_its_actors_address_alone(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        path = await activity_of(one, one.office, published)
        answer = await one.get(path.replace("/office/", "/node/"))
    assert answer.status_code == 404
