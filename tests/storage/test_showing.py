"""What lists need beside the rows: reactions counted at once, earlier revisions, hosts."""

from actors.replicating import bury
from storage.database import Database
from storage.history import Revision
from storage.showing import Tally, find_shown, revisions_between, tallies_of
from tests.make import remote_actor, remote_publication


async def test_reactions_to_many_are_counted_apart(database: Database) -> None:
    async with database.begin() as tx:
        author, other = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
        one, two = [await remote_publication(tx, author, number) for number in (1, 2)]
        for actor in (author, other):
            await tx.likes.add(actor, one, f"{actor.uri}/likes/1", tx.now)
        await tx.shares.add(other, two, f"{other.uri}/shares/1", tx.now)
        assert await tallies_of(tx, [one.id, two.id]) == {one.id: Tally(2, 0), two.id: Tally(0, 1)}
        assert await tallies_of(tx, []) == {}


async def test_revisions_are_found_by_their_numbers(database: Database) -> None:
    async with database.begin() as tx:
        publication = await remote_publication(tx, await remote_actor(tx))
        for number in (1, 2, 3):
            await tx.revisions.add(
                Revision(publication.id, number, tx.now, f"reason {number}", {"n": number})
            )
        found = await revisions_between(tx, publication, 2, 9)
        assert {number: revision.reason for number, revision in found.items()} == {
            2: "reason 2",
            3: "reason 3",
        }


async def test_hosts_are_found_at_once_and_those_unknown_left_out(database: Database) -> None:
    async with database.begin() as tx:
        await tx.peers.meet("one.example", tx.now)
        found = await tx.peers.by_hosts(["one.example", "unknown.example"])
        assert [peer.host for peer in found] == ["one.example"]
        assert await tx.peers.by_hosts([]) == []


async def test_what_is_buried_is_shown_to_nobody(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        publication = await remote_publication(tx, author)
        assert await find_shown(tx, publication.id, None) == (publication, author)
        await bury(tx, author, publication)
        assert await find_shown(tx, publication.id, None) is None
