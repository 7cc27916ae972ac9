"""What somebody has hidden, as clauses and stores on the engine itself."""

from datetime import timedelta

from sqlalchemy import BigInteger, bindparam, select

from storage.actor_names import name_words
from storage.actors import Actor, actors
from storage.database import Database
from storage.domain_blocks import DomainBlock
from storage.follows import Follow
from storage.hiding import not_hidden
from storage.kinds import FollowState
from storage.mutes import Mute
from storage.paging import Page
from storage.statements import Statement
from storage.transaction import Transaction
from tests import make

_SEEN = Statement(
    select(actors.c.username)
    .where(not_hidden(actors.c.id, bindparam("reader", type_=BigInteger())))
    .order_by(actors.c.username)
)
_TELLS = Statement(
    select(actors.c.username)
    .where(not_hidden(actors.c.id, bindparam("reader", type_=BigInteger()), notifications=True))
    .order_by(actors.c.username)
)


async def remote(tx: Transaction, name: str, host: str = "remote.example") -> Actor:
    return await make.remote_actor(tx, f"https://{host}/users/{name}")


async def names(tx: Transaction, statement: Statement, reader: Actor) -> list[str]:
    rows = await tx._connection.all(statement, reader=reader.id, now=tx.now)
    return [row[0] for row in rows]


async def test_mutes_and_blocked_hosts_hide_until_they_end(database: Database) -> None:
    async with database.begin() as tx:
        reader, muted, quiet = [await remote(tx, name) for name in ("a", "b", "c")]
        over, far = await remote(tx, "d"), await remote(tx, "e", "far.example")
        later, before = tx.now + timedelta(hours=1), tx.now
        await tx.mutes.keep(Mute(tx.new_id(), reader.id, muted.id, True, tx.now, later))
        await tx.mutes.keep(Mute(tx.new_id(), reader.id, quiet.id, False, tx.now))
        await tx.mutes.keep(Mute(tx.new_id(), reader.id, over.id, True, tx.now, before))
        assert await tx.domain_blocks.add(DomainBlock(tx.new_id(), reader.id, far.host, tx.now))
        assert not await tx.domain_blocks.add(DomainBlock(tx.new_id(), reader.id, far.host, tx.now))
        assert await names(tx, _SEEN, reader) == ["a", "d"]
        assert await names(tx, _TELLS, reader) == ["a", "c", "d"]
        assert await names(tx, _SEEN, muted) == ["a", "b", "c", "d", "e"]
        told = [await tx.mutes.hides_notifications(reader.id, each.id) for each in (muted, quiet, over, far)]
        assert told == [True, False, False, True]
        await tx.mutes.forget_expired()
        assert [actor.username for _, actor in await tx.mutes.page(reader, Page())] == ["c", "b"]


async def test_a_relationship_has_everything_between_two(database: Database) -> None:
    async with database.begin() as tx:
        reader, other = await remote(tx, "a"), await remote(tx, "b", "far.example")
        assert (await tx.relationships.of(reader, [other.id, 7]))[other.id].following is None
        await tx.follows.add(
            Follow(
                tx.new_id(),
                reader.id,
                other.id,
                "https://remote.example/1",
                FollowState.ACCEPTED,
                tx.now,
                notify=True,
                show_reblogs=False,
                languages=["en"],
            )
        )
        await tx.follows.block(other, reader, "https://far.example/1", tx.now)
        await tx.account_notes.keep(reader, other, "Met in Lima", tx.now)
        await tx.domain_blocks.add(DomainBlock(tx.new_id(), reader.id, other.host, tx.now))
        found = (await tx.relationships.of(reader, [other.id]))[other.id]
        assert (found.following, found.notify, found.show_reblogs) == ("accepted", True, False)
        assert (found.languages, found.note) == (["en"], "Met in Lima")
        assert found.blocked_by is not None
        assert found.domain_blocking is not None
        assert found.blocking is None
        back = (await tx.relationships.of(other, [reader.id]))[reader.id]
        assert (back.followed_by, back.note) == ("accepted", None)
        assert back.blocking is not None


async def test_blocks_have_numbers_of_their_own(database: Database) -> None:
    async with database.begin() as tx:
        reader, one, two = [await remote(tx, name) for name in ("a", "b", "c")]
        for blocked in (one, two, one):
            await tx.follows.block(reader, blocked, f"https://remote.example/{blocked.id}", tx.now)
        rows = await tx.follow_lists.blocked(reader, Page(size=1))
        assert [actor.username for _, actor in rows] == ["c"]
        rows = await tx.follow_lists.blocked(reader, Page(max_id=rows[0][0]))
        assert [actor.username for _, actor in rows] == ["b"]


async def test_names_are_found_in_any_script_and_case(database: Database) -> None:
    assert name_words("jane_doe", "Zoé  ÉTÉ") == ["jane", "doe", "zoe", "ete"]
    async with database.begin() as tx:
        reader = await remote(tx, "reader")
        for user, name in (("one", "Ольга Ёлкина"), ("two", "محمد علي"), ("jane_doe", "")):
            await make.remote_actor(tx, f"https://remote.example/users/{user}", name=name, discoverable=True)
        for text, wanted in (("ольга", "one"), ("елк", "one"), ("محم", "two"), ("JANE_D", "jane_doe")):
            found = await tx.account_search.find(reader, text, size=5)
            assert [each.username for each in found] == [wanted], text
        assert await tx.account_search.find(None, "olga", size=5) == []
        assert [each.username for each in await tx.account_search.find(None, "doe", size=5)] == ["jane_doe"]
