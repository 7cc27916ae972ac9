"""Profiles and follows across nodes, as members' programs make them."""

from tests.fediverse import Fediverse
from tests.node.api_client import program


async def test_what_a_member_does_to_an_account_elsewhere_reaches_its_node(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    amina, bina = await program(kenya, "amina"), await program(nepal, "bina")
    assert amina.actor is not None
    assert bina.actor is not None

    # Somebody whom nobody here knows is found by handle, and followed.
    found = (await amina.get("/api/v1/accounts/search?q=bina@nepal.example&resolve=true")).json()
    assert [each["acct"] for each in found] == ["bina@nepal.example"]
    account = f"/api/v1/accounts/{found[0]['id']}"
    followed = (await amina.post(f"{account}/follow", {})).json()
    assert (followed["following"], followed["requested"]) == (True, False)
    await fediverse.settle()
    relation = (await amina.get(f"/api/v1/accounts/relationships?id[]={found[0]['id']}")).json()[0]
    assert (relation["following"], relation["requested"]) == (True, False)
    followers = (await bina.get(f"/api/v1/accounts/{bina.actor.id}/followers")).json()
    assert [each["acct"] for each in followers] == ["amina@kenya.example"]

    # A changed profile reaches those who follow it.
    changed = await bina.send(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        b'{"display_name": "Bina R.", "note": "Hello @amina@kenya.example", "locked": true}',
    )
    assert changed.status_code == 200, changed.text
    assert f'href="{kenya.base}/@amina"' in changed.json()["note"]
    await fediverse.settle()
    known = (await amina.get(account)).json()
    assert (known["display_name"], known["locked"]) == ("Bina R.", True)

    # Shown out, one is told so, and has to ask again: the account decides for itself now.
    me = followers[0]["id"]
    await bina.post(f"/api/v1/accounts/{me}/remove_from_followers", {})
    await fediverse.settle()
    relation = (await amina.get(f"/api/v1/accounts/relationships?id[]={found[0]['id']}")).json()[0]
    assert relation["following"] is False
    asked = (await amina.post(f"{account}/follow", {})).json()
    assert (asked["following"], asked["requested"]) == (False, True)
    await fediverse.settle()
    assert [each["id"] for each in (await bina.get("/api/v1/follow_requests")).json()] == [me]
    await bina.post(f"/api/v1/follow_requests/{me}/authorize", {})
    await fediverse.settle()
    relation = (await amina.get(f"/api/v1/accounts/relationships?id[]={found[0]['id']}")).json()[0]
    assert relation["following"] is True

    # Unfollowing reaches the other node too.
    await amina.post(f"{account}/unfollow", {})
    await fediverse.settle()
    assert (await bina.get(f"/api/v1/accounts/{bina.actor.id}/followers")).json() == []


async def test_a_block_is_not_told_but_what_it_ends_is(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    amina, bina = await program(kenya, "amina"), await program(nepal, "bina")
    assert amina.actor is not None
    assert bina.actor is not None
    await kenya.follow(amina.actor, bina.actor.uri)
    await nepal.follow(bina.actor, amina.actor.uri)
    await fediverse.settle()
    known = await kenya.actor(bina.actor.uri)
    assert known is not None
    await amina.post(f"/api/v1/accounts/{known.id}/block", {})
    await fediverse.settle()
    assert [verb for verb, _ in await nepal.outcomes() if verb == "Block"] == []
    assert await nepal.follow_state(bina.actor.uri, amina.actor.uri) == "rejected"
    assert await nepal.follow_state(amina.actor.uri, bina.actor.uri) is None
