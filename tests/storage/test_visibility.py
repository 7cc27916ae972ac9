"""Who may read what: the one SQL rule agrees with a few lines of Python, whatever has happened before."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.actors import Actor
from storage.database import Database
from storage.follows import Follow
from storage.kinds import FollowState, Visibility
from storage.publications import Publication, publications, visible_to
from storage.showing import find_shown
from storage.transaction import Transaction
from tests.make import remote_actor, remote_publication

PEOPLE = range(4)
_numbers = count()


@dataclass(frozen=True)
class Post:
    author: int
    visibility: Visibility
    mentions: frozenset[int]


@dataclass(frozen=True)
class World:
    """Posts, who blocks whom, and how far the follows between people have come."""

    posts: tuple[Post, ...]
    blocks: frozenset[tuple[int, int]]
    follows: dict[tuple[int, int], FollowState]


def may_read(world: World, post: Post, reader: int | None) -> bool:
    """The rule in plain Python."""
    is_open = post.visibility in {Visibility.PUBLIC, Visibility.UNLISTED}
    if reader is None or reader == post.author:
        return is_open or reader == post.author
    if {(reader, post.author), (post.author, reader)} & world.blocks:
        return False
    accepted = world.follows.get((reader, post.author)) == FollowState.ACCEPTED
    return is_open or reader in post.mentions or (post.visibility == Visibility.PRIVATE and accepted)


people = st.sampled_from(PEOPLE)
pairs = st.tuples(people, people).filter(lambda pair: pair[0] != pair[1])
posts = st.builds(Post, people, st.sampled_from(Visibility), st.frozensets(people, max_size=2))
worlds = st.builds(
    World,
    st.lists(posts, min_size=1, max_size=5).map(tuple),
    st.frozensets(pairs, max_size=3),
    st.dictionaries(pairs, st.sampled_from(FollowState), max_size=6),
)


async def build(tx: Transaction, world: World) -> tuple[list[Actor], list[Publication]]:
    host = f"h{next(_numbers)}.example"
    actors = [await remote_actor(tx, f"https://{host}/users/{person}") for person in PEOPLE]
    for (follower, followed), state in world.follows.items():
        number = tx.new_id()
        await tx.follows.add(
            Follow(
                number, actors[follower].id, actors[followed].id, f"https://{host}/f/{number}", state, tx.now
            )
        )
    for blocker, blocked in world.blocks:
        await tx.follows.block(actors[blocker], actors[blocked], f"https://{host}/b", tx.now)
    kept = []
    for number, post in enumerate(world.posts):
        publication = await remote_publication(tx, actors[post.author], number, visibility=post.visibility)
        await tx.publications.set_mentions(publication, [actors[each].id for each in post.mentions])
        kept.append(publication)
    return actors, kept


async def seen(tx: Transaction, reader: Actor | None, kept: list[Publication]) -> list[set[int]]:
    """Return which of some publications each door shows to a reader, the last two for the first one alone."""
    ids, first = [publication.id for publication in kept], kept[0]
    query: Any = select(publications.c.id).where(visible_to(reader), publications.c.id.in_(ids))
    rest = set(ids[1:])
    everywhere = {row[0] for row in await tx._connection.all(query)}
    return [
        everywhere,
        {each.id for each, _ in await tx.publications.page(reader, ids=ids, listed=False)},
        everywhere & rest | ({first.id} if await tx.publications.readable(first.uri, reader) else set()),
        everywhere & rest | ({first.id} if await find_shown(tx, first.id, reader) else set()),
    ]


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(world=worlds)
async def test_the_rule_in_sql_is_the_rule_in_python(database: Database, world: World) -> None:
    async with database.begin() as tx:
        actors, kept = await build(tx, world)
        for reader in (None, *PEOPLE):
            expected = {
                publication.id
                for publication, post in zip(kept, world.posts, strict=True)
                if may_read(world, post, reader)
            }
            doors = await seen(tx, None if reader is None else actors[reader], kept)
            assert doors == [expected] * len(doors)
