"""Quotes in apps and between nodes: who may quote, how consent is given, and how it is taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import STATUSES, done, posted, refused, shown

ACTIVITY = "application/activity+json"


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def nepal(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("nepal.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


@pytest.fixture
async def bilal(live: LiveNode) -> Program:
    return await program(live, "bilal")


@pytest.fixture
async def maya(fediverse: Fediverse, live: LiveNode, nepal: LiveNode, amina: Program) -> Program:
    """Return somebody elsewhere whom Amina follows, and who follows Amina."""
    found = await program(nepal, "maya")
    assert amina.actor is not None
    assert found.actor is not None
    await live.follow(amina.actor, found.actor.handle)
    await nepal.follow(found.actor, amina.actor.handle)
    await fediverse.settle()
    return found


async def newest(who: Program) -> dict:  # type: ignore[type-arg]
    found: dict = (await done(who, "GET", "/api/v1/timelines/home"))[0]  # type: ignore[type-arg]
    return found


async def test_a_quote_shows_what_it_quotes_one_level_deep(amina: Program, bilal: Program) -> None:
    first = await posted(amina, "First")
    second = await posted(bilal, "Second", quoted_status_id=first["id"])
    assert second["quote"]["state"] == "accepted"
    assert second["quote"]["quoted_status"]["id"] == first["id"]
    assert second["content"].startswith(f'<p class="quote-inline">RE: <a href="{first["uri"]}"')
    third = await posted(amina, "Third", quoted_status_id=second["id"])
    assert third["quote"]["quoted_status"]["quote"] == {"state": "accepted", "quoted_status_id": first["id"]}
    assert (await shown(amina, first))["quotes_count"] == 1
    source = await done(bilal, "GET", f"{STATUSES}/{second['id']}/source")
    assert source["text"] == "Second"


async def test_a_quote_needs_no_text_of_its_own(amina: Program) -> None:
    first = await posted(amina)
    second = await posted(amina, "", quoted_status_id=first["id"])
    assert second["quote"]["quoted_status"]["id"] == first["id"]


async def test_a_boost_is_quoted_as_what_it_brought(amina: Program) -> None:
    first = await posted(amina)
    boost = await done(amina, "POST", f"{STATUSES}/{first['id']}/reblog")
    assert (await posted(amina, quoted_status_id=boost["id"]))["quote"]["quoted_status"]["id"] == first["id"]


async def test_the_policy_says_who_may_quote(live: LiveNode, amina: Program, bilal: Program) -> None:
    public = await posted(amina, quote_approval_policy="public")
    followers = await posted(amina, quote_approval_policy="followers")
    nobody = await posted(amina, quote_approval_policy="nobody")
    seen = [(await shown(bilal, each))["quote_approval"] for each in (public, followers, nobody)]
    assert [(each["automatic"], each["current_user"]) for each in seen] == [
        (["public"], "automatic"),
        (["followers"], "denied"),
        ([], "denied"),
    ]
    for each in (followers, nobody):
        sentence = await refused(
            bilal, 404, "POST", STATUSES, {"status": "x", "quoted_status_id": each["id"]}
        )
        assert sentence == "The post you are trying to quote does not appear to exist."
    await posted(amina, quoted_status_id=nobody["id"])
    assert amina.actor is not None
    assert bilal.actor is not None
    await live.follow(bilal.actor, amina.actor.handle)
    assert (await shown(bilal, followers))["quote_approval"]["current_user"] == "automatic"
    await posted(bilal, quoted_status_id=followers["id"])


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_only_some_may_read_is_quoted_by_nobody_else(
    live: LiveNode, amina: Program, bilal: Program, visibility: str
) -> None:
    assert amina.actor is not None
    assert bilal.actor is not None
    await live.follow(bilal.actor, amina.actor.handle)
    status = await posted(amina, "@bilal hello", visibility=visibility, quote_approval_policy="public")
    assert (await shown(bilal, status))["quote_approval"] == {
        "automatic": [],
        "manual": [],
        "current_user": "denied",
    }
    await refused(bilal, 404, "POST", STATUSES, {"status": "x", "quoted_status_id": status["id"]})


async def test_quoting_ones_own_private_post_is_private_too(amina: Program) -> None:
    status = await posted(amina, visibility="private")
    assert (await posted(amina, quoted_status_id=status["id"]))["visibility"] == "private"


async def test_whom_a_direct_message_quotes_must_be_mentioned(amina: Program, bilal: Program) -> None:
    status = await posted(amina)
    document = {"status": "x", "visibility": "direct", "quoted_status_id": status["id"]}
    assert "non-mentioned" in await refused(bilal, 422, "POST", STATUSES, document)
    await posted(bilal, "@amina look", visibility="direct", quoted_status_id=status["id"])


async def test_the_policy_can_change_and_that_is_no_edit(
    fediverse: Fediverse, amina: Program, maya: Program
) -> None:
    status = await posted(amina)
    await fediverse.settle()
    path = f"{STATUSES}/{status['id']}/interaction_policy"
    changed = await done(amina, "PUT", path, {"quote_approval_policy": "nobody"})
    assert (changed["quote_approval"]["automatic"], changed["edited_at"]) == ([], None)
    await fediverse.settle()
    there = await newest(maya)
    assert there["quote_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    assert there["edited_at"] is None
    assert "Quote approval policy" in await refused(
        amina, 422, "PATCH", path, {"quote_approval_policy": "friends"}
    )
    assert await refused(maya, 404, "PUT", path, {"quote_approval_policy": "public"}) == "Record not found"


async def test_consent_of_another_node_is_asked_for_and_shown(
    fediverse: Fediverse, live: LiveNode, nepal: LiveNode, amina: Program, maya: Program
) -> None:
    there = await posted(maya, "Original")
    await fediverse.settle()
    here = await newest(amina)
    quote = await posted(amina, "Look", quoted_status_id=here["id"])
    assert quote["quote"] == {"state": "pending", "quoted_status": None}
    await fediverse.settle()
    quote = await shown(amina, quote)
    assert quote["quote"]["state"] == "accepted"
    assert quote["quote"]["quoted_status"]["uri"] == there["uri"]
    document = (await anybody(live).get(f"/o/{quote['id']}", accept=ACTIVITY)).json()
    assert {document[name] for name in ("quote", "quoteUrl", "quoteUri", "_misskey_quote")} == {there["uri"]}
    stamp = (
        await anybody(nepal).get(
            document["quoteAuthorization"].removeprefix("https://nepal.example"), accept=ACTIVITY
        )
    ).json()
    assert stamp["type"] == "QuoteAuthorization"
    assert (stamp["interactingObject"], stamp["interactionTarget"]) == (quote["uri"], there["uri"])
    assert maya.actor is not None
    assert stamp["attributedTo"] == maya.actor.uri
    # Where it was asked for, the quote is known, counted and listed.
    assert (await shown(maya, there))["quotes_count"] == 1
    (listed,) = await done(maya, "GET", f"{STATUSES}/{there['id']}/quotes")
    assert listed["uri"] == quote["uri"]
    assert listed["quote"]["quoted_status"]["id"] == there["id"]


async def test_consent_that_a_policy_denies_is_a_reject(
    fediverse: Fediverse, amina: Program, maya: Program
) -> None:
    there = await posted(maya, "Original")
    await fediverse.settle()
    here = await newest(amina)
    # The policy changes before the request arrives.
    quote = await posted(amina, "Look", quoted_status_id=here["id"])
    await done(
        maya, "PUT", f"{STATUSES}/{there['id']}/interaction_policy", {"quote_approval_policy": "nobody"}
    )
    await fediverse.settle()
    assert (await shown(amina, quote))["quote"] == {"state": "rejected", "quoted_status": None}
    assert await done(maya, "GET", f"{STATUSES}/{there['id']}/quotes") == []


async def test_consent_can_be_taken_back_here_and_elsewhere(
    fediverse: Fediverse, amina: Program, maya: Program
) -> None:
    there = await posted(maya, "Original")
    await fediverse.settle()
    here = await newest(amina)
    quote = await posted(amina, "Look", quoted_status_id=here["id"])
    await fediverse.settle()
    (listed,) = await done(maya, "GET", f"{STATUSES}/{there['id']}/quotes")
    path = f"{STATUSES}/{there['id']}/quotes/{listed['id']}/revoke"
    assert await refused(amina, 404, "POST", path) == "Record not found"
    revoked = await done(maya, "POST", path)
    assert revoked["quote"] == {"state": "revoked", "quoted_status": None}
    assert await done(maya, "GET", f"{STATUSES}/{there['id']}/quotes") == []
    await fediverse.settle()
    assert (await shown(amina, quote))["quote"] == {"state": "revoked", "quoted_status": None}
    document = (await amina.get(f"/o/{quote['id']}", accept=ACTIVITY)).json()
    assert "quoteAuthorization" not in document
    # Asking again does not help.
    await done(amina, "PUT", f"{STATUSES}/{quote['id']}", {"status": "Look again"})
    await fediverse.settle()
    assert (await shown(amina, quote))["quote"]["state"] == "revoked"


async def test_what_is_quoted_and_deleted_leaves_a_gap(amina: Program, bilal: Program) -> None:
    first = await posted(amina)
    quote = await posted(bilal, quoted_status_id=first["id"])
    await done(amina, "DELETE", f"{STATUSES}/{first['id']}")
    assert (await shown(bilal, quote))["quote"] == {"state": "deleted", "quoted_status": None}


async def test_what_a_reader_may_not_see_is_not_shown_in_a_quote(
    live: LiveNode, amina: Program, bilal: Program
) -> None:
    first = await posted(amina)
    quote = await posted(bilal, quoted_status_id=first["id"])
    carol = await program(live, "carol")
    assert amina.actor is not None
    await done(carol, "POST", f"/api/v1/accounts/{amina.actor.id}/block")
    assert (await shown(carol, quote))["quote"] == {"state": "unauthorized", "quoted_status": None}


async def test_an_edit_keeps_what_is_quoted(amina: Program) -> None:
    first = await posted(amina)
    quote = await posted(amina, "One", quoted_status_id=first["id"])
    changed = await done(amina, "PUT", f"{STATUSES}/{quote['id']}", {"status": "Two"})
    assert changed["quote"]["quoted_status"]["id"] == first["id"]
    assert 'class="quote-inline"' in changed["content"]


async def test_quotes_are_listed_for_who_has_signed_in(live: LiveNode, amina: Program) -> None:
    first = await posted(amina)
    await refused(anybody(live), 401, "GET", f"{STATUSES}/{first['id']}/quotes")
    assert await refused(amina, 404, "GET", f"{STATUSES}/12/quotes") == "Record not found"
    for _ in range(3):
        await posted(amina, quoted_status_id=first["id"])
    page = await amina.get(f"{STATUSES}/{first['id']}/quotes?limit=2")
    following = page.headers["link"].partition(">")[0].lstrip("<").removeprefix(live.base)
    assert [len(page.json()), len((await amina.get(following)).json())] == [2, 1]


async def test_a_stamp_that_was_never_given_is_not_there(live: LiveNode, amina: Program) -> None:
    assert amina.actor is not None
    for number in ("12", "x"):
        answer = await anybody(live).get(f"/actors/amina/quote_authorizations/{number}", accept=ACTIVITY)
        assert answer.status_code == 404
