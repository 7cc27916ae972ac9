"""What apps do with posts: favourite, boost, bookmark, pin, and ask who did."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import STATUSES, done, posted, refused, shown


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


@pytest.fixture
async def bilal(live: LiveNode) -> Program:
    return await program(live, "bilal")


@pytest.mark.parametrize(
    ("verb", "taken_back", "flag"),
    [
        ("favourite", "unfavourite", "favourited"),
        ("reblog", "unreblog", "reblogged"),
        ("bookmark", "unbookmark", "bookmarked"),
    ],
)
async def test_a_reaction_can_be_made_and_taken_back_any_number_of_times(
    amina: Program, bilal: Program, verb: str, taken_back: str, flag: str
) -> None:
    status = await posted(amina)
    path = f"{STATUSES}/{status['id']}"
    for _ in range(2):
        made = await done(bilal, "POST", f"{path}/{verb}")
        assert (made["reblog"] or made)[flag] is True
    assert (await shown(amina, status))[flag] is False
    for _ in range(2):
        assert (await done(bilal, "POST", f"{path}/{taken_back}"))[flag] is False


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("favourite", "write:favourites"),
        ("unfavourite", "write:favourites"),
        ("reblog", "write:statuses"),
        ("unreblog", "write:statuses"),
        ("bookmark", "write:bookmarks"),
        ("unbookmark", "write:bookmarks"),
        ("pin", "write:accounts"),
        ("unpin", "write:accounts"),
    ],
)
async def test_each_needs_its_scope_and_a_post_that_is_there(live: LiveNode, path: str, scope: str) -> None:
    right = await program(live, "right", scopes=(scope,))
    wrong = await program(live, "wrong", scopes=("read", "write:media"))
    assert await refused(right, 404, "POST", f"{STATUSES}/12/{path}") == "Record not found"
    assert "scope" in await refused(wrong, 403, "POST", f"{STATUSES}/12/{path}")
    await refused(anybody(live), 401, "POST", f"{STATUSES}/12/{path}")


async def test_counts_include_the_reaction(amina: Program, bilal: Program) -> None:
    status = await posted(amina)
    path = f"{STATUSES}/{status['id']}"
    assert (await done(bilal, "POST", f"{path}/favourite"))["favourites_count"] == 1
    assert (await done(bilal, "POST", f"{path}/unfavourite"))["favourites_count"] == 0
    assert (await done(bilal, "POST", f"{path}/reblog"))["reblog"]["reblogs_count"] == 1
    assert (await done(bilal, "POST", f"{path}/unreblog"))["reblogs_count"] == 0


async def test_a_boost_wraps_the_original_and_boosting_it_boosts_that(amina: Program, bilal: Program) -> None:
    status = await posted(amina)
    boost = await done(bilal, "POST", f"{STATUSES}/{status['id']}/reblog")
    assert boost["reblog"]["id"] == status["id"] != boost["id"]
    assert boost["account"]["acct"] == "bilal"
    again = await done(amina, "POST", f"{STATUSES}/{boost['id']}/reblog")
    assert again["reblog"]["id"] == status["id"]
    assert (await done(amina, "POST", f"{STATUSES}/{boost['id']}/favourite"))["id"] == status["id"]


async def test_what_is_private_is_boosted_by_nobody_but_its_author(
    live: LiveNode, amina: Program, bilal: Program
) -> None:
    assert amina.actor is not None
    assert bilal.actor is not None
    await live.follow(bilal.actor, amina.actor.handle)
    status = await posted(amina, visibility="private")
    await refused(bilal, 403, "POST", f"{STATUSES}/{status['id']}/reblog")
    assert (await done(amina, "POST", f"{STATUSES}/{status['id']}/reblog"))["reblog"]["id"] == status["id"]


async def test_the_visibility_of_a_boost_must_be_one(amina: Program) -> None:
    status = await posted(amina)
    path = f"{STATUSES}/{status['id']}/reblog"
    for word in ("direct", "friends"):
        assert "Visibility" in await refused(amina, 422, "POST", path, {"visibility": word})


async def test_a_boost_for_followers_alone_is_told_to_nobody_else(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    assert amina.actor is not None
    await nepal.follow(nepal.office, amina.actor.handle)
    status = await posted(amina)
    await fediverse.settle()
    await done(amina, "POST", f"{STATUSES}/{status['id']}/reblog", {"visibility": "private"})
    await fediverse.settle()
    (announce,) = [row for row in await nepal.received() if row.verb == "Announce"]
    assert "#Public" not in announce.body
    outbox = await anybody(live).get("/actors/amina/outbox?page=true", accept="application/activity+json")
    assert "Announce" not in outbox.text


async def test_who_did_is_listed_page_by_page(live: LiveNode, amina: Program) -> None:
    status = await posted(amina)
    for name in ("carol", "daud", "eve"):
        await done(await program(live, name), "POST", f"{STATUSES}/{status['id']}/favourite")
        await done(await program(live, f"x{name}"), "POST", f"{STATUSES}/{status['id']}/reblog")
    first = await anybody(live).get(f"{STATUSES}/{status['id']}/favourited_by?limit=2")
    assert [each["acct"] for each in first.json()] == ["eve", "daud"]
    following = first.headers["link"].partition(">")[0].lstrip("<").removeprefix(live.base)
    assert [each["acct"] for each in (await anybody(live).get(following)).json()] == ["carol"]
    boosted = await done(amina, "GET", f"{STATUSES}/{status['id']}/reblogged_by")
    assert [each["acct"] for each in boosted] == ["xeve", "xdaud", "xcarol"]


async def test_who_did_is_as_hidden_as_the_post(amina: Program, bilal: Program) -> None:
    status = await posted(amina, visibility="direct")
    for path in ("favourited_by", "reblogged_by"):
        assert await refused(bilal, 404, "GET", f"{STATUSES}/{status['id']}/{path}") == "Record not found"


async def test_several_are_shown_in_the_order_asked_for(amina: Program, bilal: Program) -> None:
    one, two, hidden = await posted(amina), await posted(amina), await posted(amina, visibility="direct")
    asked = "&".join(f"id[]={each['id']}" for each in (two, hidden, one))
    assert [each["id"] for each in await done(bilal, "GET", f"{STATUSES}?{asked}&id[]=12")] == [
        two["id"],
        one["id"],
    ]
    many = "&".join(f"id[]={number}" for number in range(1, 22))
    await refused(bilal, 422, "GET", f"{STATUSES}?{many}")


async def test_pins_stand_first_on_a_profile_here_and_elsewhere(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    maya = await program(nepal, "maya")
    assert amina.actor is not None
    assert maya.actor is not None
    await nepal.follow(maya.actor, amina.actor.handle)
    await fediverse.settle()
    statuses = [await posted(amina, f"Number {n}") for n in range(6)]
    await fediverse.settle()
    for status in statuses[:5]:
        assert (await done(amina, "POST", f"{STATUSES}/{status['id']}/pin"))["pinned"] is True
    sentence = await refused(amina, 422, "POST", f"{STATUSES}/{statuses[5]['id']}/pin")
    assert sentence == "Validation failed: You have already pinned the maximum number of posts"
    assert (await done(amina, "POST", f"{STATUSES}/{statuses[0]['id']}/unpin"))["pinned"] is False
    await fediverse.settle()
    here = await done(anybody(live), "GET", f"/api/v1/accounts/{amina.actor.id}/statuses?pinned=true")
    assert [each["id"] for each in here] == [each["id"] for each in statuses[4:0:-1]]
    known = await nepal.actor(amina.actor.uri)
    assert known is not None
    there = await done(maya, "GET", f"/api/v1/accounts/{known.id}/statuses?pinned=true")
    assert [each["uri"] for each in there] == [each["uri"] for each in statuses[4:0:-1]]
    featured = await anybody(live).get("/actors/amina/featured", accept="application/activity+json")
    assert [each["id"] for each in featured.json()["orderedItems"]] == [
        each["uri"] for each in statuses[4:0:-1]
    ]


async def test_only_ones_own_readable_posts_are_pinned(amina: Program, bilal: Program) -> None:
    status = await posted(amina)
    sentence = await refused(bilal, 422, "POST", f"{STATUSES}/{status['id']}/pin")
    assert sentence == "Validation failed: Someone else's post cannot be pinned"
    direct = await posted(amina, visibility="direct")
    assert "only visible to mentioned users" in await refused(
        amina, 422, "POST", f"{STATUSES}/{direct['id']}/pin"
    )


async def test_what_followers_alone_may_read_is_pinned_but_featured_to_nobody(
    live: LiveNode, amina: Program
) -> None:
    status = await posted(amina, visibility="private")
    await done(amina, "POST", f"{STATUSES}/{status['id']}/pin")
    featured = await anybody(live).get("/actors/amina/featured", accept="application/activity+json")
    assert featured.json()["totalItems"] == 0


async def test_a_boost_for_followers_alone_is_seen_by_nobody_else(
    live: LiveNode, amina: Program, bilal: Program
) -> None:
    carol = await program(live, "carol")
    assert amina.actor is not None
    assert bilal.actor is not None
    await live.follow(bilal.actor, amina.actor.handle)
    status = await posted(carol)
    # Following somebody else who boosted the same opens nothing.
    daud = await program(live, "daud")
    assert carol.actor is not None
    assert daud.actor is not None
    await live.follow(carol.actor, daud.actor.handle)
    await done(daud, "POST", f"{STATUSES}/{status['id']}/reblog")
    boost = await done(amina, "POST", f"{STATUSES}/{status['id']}/reblog", {"visibility": "private"})
    assert (boost["visibility"], boost["reblog"]["visibility"]) == ("private", "public")
    profile = f"/api/v1/accounts/{amina.actor.id}/statuses"
    for who, sees in ((amina, True), (bilal, True), (carol, False), (anybody(live), False)):
        assert (boost["id"] in await who.ids(profile)) is sees
        assert (await who.get(f"{STATUSES}/{boost['id']}")).status_code == (200 if sees else 404)
    assert boost["id"] in await bilal.ids("/api/v1/timelines/home")
    named = await done(carol, "GET", f"{STATUSES}/{status['id']}/reblogged_by")
    assert [each["acct"] for each in named] == ["daud"]


async def test_that_a_boost_for_followers_is_over_is_told_to_them_alone(
    fediverse: Fediverse, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    assert amina.actor is not None
    await nepal.follow(nepal.office, amina.actor.handle)
    status = await posted(amina)
    await fediverse.settle()
    await done(amina, "POST", f"{STATUSES}/{status['id']}/reblog", {"visibility": "private"})
    await fediverse.settle()
    replica = await nepal.publication(status["uri"])
    known = await nepal.actor(amina.actor.uri)
    assert replica is not None
    assert known is not None
    async with nepal.database.read() as tx:
        assert await tx.shares.is_for_followers(known, replica)
    await done(amina, "POST", f"{STATUSES}/{status['id']}/unreblog")
    await fediverse.settle()
    (undo,) = [row for row in await nepal.received() if row.verb == "Undo"]
    assert "#Public" not in undo.body
    async with nepal.database.read() as tx:
        assert not await tx.shares.has(known, replica)
