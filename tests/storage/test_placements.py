"""Home timelines: what is put into them when it is published, and what takes it out."""

import pytest

from storage.database import Database
from storage.kinds import FollowState, Visibility
from storage.paging import Page
from tests.storage.timeline_scene import (
    answer,
    follow,
    follow_tag,
    home,
    list_of,
    member,
    mute,
    person,
    publish,
    refuse,
    share,
)


async def test_what_one_and_those_one_follows_publish_stands_in_home(database: Database) -> None:
    async with database.begin() as tx:
        amina, bilal, one, other = (
            await member(tx),
            await member(tx, "bilal"),
            await person(tx, "one"),
            await person(tx, "other"),
        )
        await follow(tx, amina, one)
        await follow(tx, amina, other, state=FollowState.REQUESTED)
        posts = [await publish(tx, author) for author in (amina, one, other, bilal)]
        assert await home(tx, amina) == [posts[1].id, posts[0].id]
        assert await home(tx, bilal) == [posts[3].id]


async def test_answers_are_for_those_who_follow_both_who_speak(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, two, other = (
            await member(tx),
            await person(tx, "one"),
            await person(tx, "two"),
            await person(tx, "other"),
        )
        await follow(tx, amina, one)
        await follow(tx, amina, two)
        foreign = await publish(tx, other)
        mine = await publish(tx, amina)
        first = await publish(tx, one)
        shown = [
            first,
            mine,
            await answer(tx, two, first),
            await answer(tx, one, first),
            await answer(tx, one, mine),
            await answer(tx, amina, foreign),
        ]
        await answer(tx, one, foreign)
        await answer(tx, other, first)
        # What nobody here knows is answered to somebody whom the reader may not follow.
        await publish(tx, one, in_reply_to="https://far.example/notes/1")
        assert await home(tx, amina) == sorted((each.id for each in shown), reverse=True)


async def test_the_same_does_not_come_twice_by_several_who_share_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, two, other = (
            await member(tx),
            await person(tx, "one"),
            await person(tx, "two"),
            await person(tx, "other"),
        )
        await follow(tx, amina, one)
        await follow(tx, amina, two)
        foreign, known = await publish(tx, other), await publish(tx, one)
        first = await share(tx, one, foreign)
        await share(tx, two, foreign)
        await share(tx, two, known)
        assert await home(tx, amina) == [first, known.id]
        # Long after, it may come again.
        third = await person(tx, "third")
        await follow(tx, amina, third)
        later = await share(tx, third, foreign, recent=first)
        assert await home(tx, amina) == [later, first, known.id]


async def test_shares_of_somebody_may_be_unwanted(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, other = await member(tx), await person(tx, "one"), await person(tx, "other")
        await follow(tx, amina, one, show_reblogs=False)
        foreign = await publish(tx, other)
        await share(tx, one, foreign)
        assert await home(tx, amina) == []
        own = await share(tx, amina, foreign)
        assert await home(tx, amina) == [own]


async def test_a_share_is_taken_back(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, other = await member(tx), await person(tx, "one"), await person(tx, "other")
        await follow(tx, amina, one)
        foreign = await publish(tx, other)
        number = await share(tx, one, foreign)
        assert await tx.home.owners(foreign.id) == {amina.id}
        await tx.home.take_back(number, other)
        assert await home(tx, amina) == [number]
        await tx.home.take_back(number, one)
        assert await home(tx, amina) == []


async def test_followed_hashtags_bring_what_is_public(database: Database) -> None:
    async with database.begin() as tx:
        amina, bilal, one, other = (
            await member(tx),
            await member(tx, "bilal"),
            await person(tx, "one"),
            await person(tx, "other"),
        )
        await follow(tx, amina, one)
        for name in ("legalaid", "kenya"):
            await follow_tag(tx, amina, name)
        both = await publish(tx, other, "LegalAid", "Kenya")
        known = await publish(tx, one, "legalaid")
        await publish(tx, other, "legalaid", visibility=Visibility.UNLISTED)
        await publish(tx, other, "nepal")
        assert await home(tx, amina) == [known.id, both.id]
        assert await home(tx, bilal) == []
        # Who is followed no more leaves home, what a hashtag brought stays.
        await tx.home.clear(amina, one)
        await tx.home.clear(amina, other)
        assert await home(tx, amina) == [both.id]


async def test_unfollowing_takes_out_what_somebody_brought(database: Database) -> None:
    async with database.begin() as tx:
        amina, bilal, one, other = (
            await member(tx),
            await member(tx, "bilal"),
            await person(tx, "one"),
            await person(tx, "other"),
        )
        for reader in (amina, bilal):
            await follow(tx, reader, one)
        foreign = await publish(tx, other)
        own = await publish(tx, one)
        shared = await share(tx, one, foreign)
        mine = await publish(tx, amina)
        assert await home(tx, amina) == [mine.id, shared, own.id]
        await tx.home.clear(amina, one)
        assert await home(tx, amina) == [mine.id]
        assert await home(tx, bilal) == [shared, own.id]


async def test_blocking_takes_out_what_somebody_wrote_whoever_brought_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, other = await member(tx), await person(tx, "one"), await person(tx, "other")
        await follow(tx, amina, one)
        await follow(tx, amina, other)
        foreign, own = await publish(tx, other), await publish(tx, one)
        await share(tx, one, foreign)
        await tx.home.clear_author(amina, other)
        assert await home(tx, amina) == [own.id]


async def test_following_fills_home_with_the_newest(database: Database) -> None:
    async with database.begin() as tx:
        amina, one = await member(tx), await person(tx, "one")
        posts = [await publish(tx, one) for _ in range(4)]
        await answer(tx, one, posts[0])
        await follow(tx, amina, one)
        await tx.home.fill(amina, one, 3)
        await tx.home.fill(amina, one, 3)
        assert await home(tx, amina) == [each.id for each in posts[:0:-1]]


async def test_the_private_is_for_followers_and_the_direct_for_who_is_named(database: Database) -> None:
    async with database.begin() as tx:
        amina, one = await member(tx), await person(tx, "one")
        await follow(tx, amina, one)
        private = await publish(tx, one, visibility=Visibility.PRIVATE)
        await publish(tx, one, visibility=Visibility.DIRECT)
        named = await publish(tx, one, visibility=Visibility.DIRECT)
        await tx.publications.set_mentions(named, [amina.id])
        assert await home(tx, amina) == [named.id, private.id]


@pytest.mark.parametrize(
    ("language", "is_shown"),
    [("fr", True), ("fr-CA", True), ("en", False), ("ff", False), (None, True)],
)
async def test_only_the_languages_that_one_asked_for_are_shown(
    database: Database,
    language: str | None,
    is_shown: bool,
) -> None:
    async with database.begin() as tx:
        amina, one = await member(tx), await person(tx, "one")
        await follow(tx, amina, one, languages=["fr"])
        post = await publish(tx, one, language=language)
        assert await home(tx, amina) == ([post.id] if is_shown else [])


async def test_the_muted_and_refused_hosts_are_left_out_even_when_shared(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, muted, far = (
            await member(tx),
            await person(tx, "one"),
            await person(tx, "muted"),
            await person(tx, "far", "far.example"),
        )
        for each in (one, muted, far):
            await follow(tx, amina, each)
        shown = await publish(tx, one)
        for each in (muted, far):
            hidden = await publish(tx, each)
            await share(tx, one, hidden, recent=hidden.id)
            await share(tx, each, shown, recent=shown.id)
        # The second share of the same is no news.
        assert len(await home(tx, amina)) == 6
        await mute(tx, amina, muted)
        await refuse(tx, amina, "far.example")
        assert await home(tx, amina) == [shown.id]


async def test_who_is_in_an_exclusive_list_is_not_in_home(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, two = await member(tx), await person(tx, "one"), await person(tx, "two")
        for each in (one, two):
            await follow(tx, amina, each)
        first, second = await publish(tx, one), await publish(tx, two)
        shared = await share(tx, one, await publish(tx, await person(tx, "other")))
        wide = await list_of(tx, amina, two)
        alone = await list_of(tx, amina, one, exclusive=True)
        assert await home(tx, amina) == [second.id]
        items = await tx.timelines.of_list(amina, Page(), alone)
        assert [item.id for item in items] == [shared, first.id]
        items = await tx.timelines.of_list(amina, Page(), wide)
        assert [item.id for item in items] == [second.id]


@pytest.mark.parametrize(("policy", "shown"), [("none", [0]), ("list", [2, 0]), ("followed", [3, 2, 1, 0])])
async def test_lists_say_which_answers_they_show(database: Database, policy: str, shown: list[int]) -> None:
    async with database.begin() as tx:
        amina, one, two, out = (
            await member(tx),
            await person(tx, "one"),
            await person(tx, "two"),
            await person(tx, "out"),
        )
        for each in (one, two, out):
            await follow(tx, amina, each)
        outside = await publish(tx, out)
        posts = [await publish(tx, one)]
        posts.append(await answer(tx, one, outside))
        posts.append(await answer(tx, two, posts[0]))
        posts.append(await answer(tx, two, outside))
        known = await list_of(tx, amina, one, two, replies_policy=policy)
        items = await tx.timelines.of_list(amina, Page(), known)
        assert [item.id for item in items] == [posts[number].id for number in shown]
