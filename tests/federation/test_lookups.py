"""What a draft names elsewhere is found before it is published, and whoever cannot be found stays text."""

import asyncio
from typing import Any

import pytest

from actors.publishing import publish
from federation import lookups
from federation.lookups import MAX_MENTIONS, keep_answered, look_up
from tests.drafting import NOTE, PRACTICE, drafted
from tests.fediverse import Fediverse, LiveNode
from tests.make import note


async def found(live: LiveNode, **document: Any) -> lookups.LookedUp:
    return await look_up(live.node.federation, drafted({**NOTE, **document}))


async def test_mentions_are_found_here_and_elsewhere(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    amina = await kenya.person("amina")
    looked_up = await found(
        kenya, body="@amina, @office@nepal.example, @NOBODY, @gone@nepal.example, @x@down.example"
    )
    assert {name: actor.uri for name, actor in looked_up.mentioned.items()} == {
        "amina": amina.uri,
        "office@nepal.example": nepal.office.uri,
    }


async def test_a_mention_by_another_name_of_the_host_is_the_same_actor(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    remote = fediverse.remote("social.remote.example")
    author = remote.person("author")
    remote.webfinger("acct:author@social.remote.example", actor=author.uri)
    looked_up = await found(kenya, body="Dear @author@social.remote.example")
    async with kenya.database.begin() as tx:
        published = await publish(
            tx,
            kenya.office,
            drafted(NOTE, body="Dear @author@social.remote.example"),
            mentioned=looked_up.mentioned,
        )
    assert author.uri in published.recipients["cc"]


async def test_an_article_mentions_nobody_and_asks_nobody(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    draft = drafted({**PRACTICE, "audience_group": None}, body="Write to @office@nepal.example.")
    assert (await look_up(kenya.node.federation, draft)).mentioned == {}
    assert fediverse.hops == []


async def test_no_more_are_looked_up_than_anybody_mentions(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    people = [f"@p{number}@h{number}.example" for number in range(3 * MAX_MENTIONS)]
    await found(kenya, body=" ".join(people))
    assert 0 < len({url for _, url in fediverse.hops}) <= MAX_MENTIONS


async def test_a_group_is_found_by_handle_and_by_address_and_nothing_else_is_one(
    fediverse: Fediverse,
) -> None:
    kenya = await fediverse.node("kenya.example")
    remote = fediverse.remote("groups.example")
    group, person = remote.person("custody", type="Group"), remote.person("author")
    for each, name in ((group, "custody"), (person, "author")):
        remote.webfinger(f"acct:{name}@groups.example", actor=each.uri)
    for named in (group.uri, "custody@groups.example", "!custody@groups.example"):
        looked_up = await found(kenya, audience_group=named)
        assert looked_up.group is not None
        assert looked_up.group.uri == group.uri
    for named in (person.uri, "author@groups.example", "custody", "https://down.example/groups/x", "x@y@z"):
        assert (await found(kenya, audience_group=named)).group is None


async def test_what_is_answered_is_fetched_and_kept_once(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    remote = fediverse.remote("remote.example")
    author = remote.person("author")
    parent = remote.lay_note(note(author.uri, context="https://remote.example/c/1"))
    looked_up = await found(kenya, in_reply_to=parent["id"])
    async with kenya.database.begin() as tx:
        await keep_answered(tx, looked_up)
        answer = await publish(tx, kenya.office, drafted(NOTE, in_reply_to=parent["id"]))
    assert await kenya.publication(parent["id"]) is not None
    assert answer.context == "https://remote.example/c/1"
    assert (await found(kenya, in_reply_to=parent["id"])).answered is None
    await fediverse.settle()
    assert [each["type"] for each in remote.received] == ["Create"]


@pytest.mark.parametrize("uri", ["https://down.example/o/1", "https://kenya.example/o/1"])
async def test_what_cannot_be_fetched_is_left_out(fediverse: Fediverse, uri: str) -> None:
    kenya = await fediverse.node("kenya.example")
    looked_up = await found(kenya, in_reply_to=uri)
    assert looked_up.answered is None
    async with kenya.database.begin() as tx:
        await keep_answered(tx, looked_up)


async def test_a_node_that_does_not_answer_is_given_up_on(
    fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for who does answer, on a busy machine as well.
    monkeypatch.setattr(lookups, "_PATIENCE", 1.0)
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    remote = fediverse.remote("slow.example")
    remote.lay("/.well-known/webfinger?resource=acct:author@slow.example", asyncio.Event())
    looked_up = await found(kenya, body="@author@slow.example @office@nepal.example")
    assert [actor.uri for actor in looked_up.mentioned.values()] == [nepal.office.uri]
