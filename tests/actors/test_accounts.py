from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from actors.accounts import (
    Act,
    NewKeys,
    add_member,
    change_role,
    check_identity,
    create_actor,
    create_node,
    disable,
    enable,
    find_invitation,
    find_member,
    find_token,
    invite,
    issue_token,
    may,
    require,
    reset_link,
    set_password,
    use_invitation,
)
from actors.errors import Conflict, Forbidden, Invalid, NotFound
from actors.usernames import check_free_for_members, check_username, skeleton
from storage.database import Database
from storage.kinds import ActorType, Kind, Role
from storage.members import Member
from storage.transaction import Transaction
from tests.databases import fresh_database

BASE, DOMAIN = "https://social.legalaid.example", "legalaid.example"
KEYS = NewKeys("rsa secret", "rsa public", "ed25519 secret", "ed25519 public")
START = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path, clock: Clock) -> AsyncIterator[Database]:
    opened = Database(fresh_database(tmp_path), clock)
    async with opened.begin() as tx:
        await create_node(
            tx,
            base_url=BASE,
            domain=DOMAIN,
            name="Legal Aid Example",
            server_keys=KEYS,
            body_keys=KEYS,
            languages=["en"],
            jurisdiction=["KE"],
        )
    yield opened
    await opened.close()


async def add(tx: Transaction, username: str = "amina", role: str = Role.MEMBER, **changed: str) -> Member:
    return await add_member(
        tx,
        base_url=BASE,
        domain=DOMAIN,
        username=username,
        role=role,
        keys=KEYS,
        email=changed.pop("email", f"{username}@legalaid.example"),
        **changed,
    )


async def test_a_node_has_an_application_and_an_organisation(database: Database) -> None:
    async with database.read() as tx:
        server, body = await tx.actors.local("node"), await tx.actors.local("office")
        assert server is not None
        assert body is not None
        assert (server.type, server.discoverable) == (ActorType.APPLICATION, False)
        assert (body.type, body.name, body.jurisdiction) == ("Organization", "Legal Aid Example", ["KE"])
        assert body.handle == "office@legalaid.example"
        assert body.uri == f"{BASE}/actors/office"
        assert (body.inbox, body.outbox) == (f"{body.uri}/inbox", f"{body.uri}/outbox")
        assert (body.followers, body.following) == (f"{body.uri}/followers", f"{body.uri}/following")
        assert (body.featured, body.shared_inbox) == (f"{body.uri}/featured", f"{BASE}/inbox")
        keys = {key.uri: key for key in await tx.signing_keys.of(body)}
    assert keys[f"{body.uri}#main-key"].private == "rsa secret"
    assert keys[f"{body.uri}#main-key"].algorithm == "rsa"
    assert keys[f"{body.uri}#ed25519-key"].public == "ed25519 public"


async def test_a_database_belongs_to_one_node_for_ever(database: Database) -> None:
    async with database.begin() as tx:
        with pytest.raises(Conflict, match=DOMAIN):
            await create_node(
                tx, base_url=BASE, domain="other.example", name="x", server_keys=KEYS, body_keys=KEYS
            )
        await check_identity(tx, base_url=BASE, domain=DOMAIN)
        with pytest.raises(Conflict, match="neither can be changed"):
            await check_identity(tx, base_url=BASE, domain="other.example")
        with pytest.raises(Conflict, match="neither can be changed"):
            await check_identity(tx, base_url="https://other.example", domain=DOMAIN)


async def test_an_empty_database_is_nobodys(tmp_path: Path) -> None:
    empty = Database(fresh_database(tmp_path))
    async with empty.read() as tx:
        with pytest.raises(NotFound, match="ilan init"):
            await check_identity(tx, base_url=BASE, domain=DOMAIN)
    await empty.close()


async def test_a_member_is_a_person_with_keys_who_can_be_found(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx, "Amina", name="أمينة", language="ar")
    async with database.read() as tx:
        found, actor = await find_member(tx, "@AMINA")
        assert found == member
        assert (actor.type, actor.username, actor.name) == ("Person", "amina", "أمينة")
        assert (actor.languages, actor.discoverable) == (["ar"], True)
        assert len(await tx.signing_keys.of(actor)) == 2
        assert member.password is None


async def test_everything_wrong_with_a_new_member_is_said_at_once(database: Database) -> None:
    async with database.begin() as tx:
        with pytest.raises(Invalid) as caught:
            await add(tx, "no way", role="king", email="nowhere", name="x" * 101, language="klingonese!")
    assert sorted(caught.value.fields) == ["email", "language", "name", "role", "username"]


@pytest.mark.parametrize("username", ["a", "amina", "a_b", "a.b-c", "_", "9", "x" * 30, "amina.y.otieno"])
def test_a_plain_user_name_is_taken(username: str) -> None:
    check_free_for_members(username)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "x" * 31,
        ".a",
        "a.",
        "-a",
        "a-",
        "a b",
        "Amina",
        "аmina",
        "é",
        "a\u202eb",
        "a/b",
        "a@b",
        "a\n",
        "a%00",
    ],
)
def test_what_is_no_user_name_is_refused(username: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_username(username)
    assert "username" in caught.value.fields


@pytest.mark.parametrize(
    "username",
    ["node", "office", "admin", "adm1n", "0ffice", "off.ice", "_admin_", "rnoderator", "n0de", "r00t"],
)
def test_reserved_names_and_what_looks_like_them_are_refused(username: str) -> None:
    with pytest.raises(Invalid, match="reserved"):
        check_free_for_members(username)


def test_looking_alike_is_a_matter_of_shape() -> None:
    assert skeleton("adm1n") == skeleton("admin") == skeleton("ad_min")
    assert skeleton("admin") != skeleton("amina")


async def test_a_user_name_is_taken_even_when_its_actor_is_gone(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        await tx.actors.mark_gone(await tx.actors.get(member.actor_id), tx.now)
        with pytest.raises(Conflict, match="taken"):
            await add(tx, email="another@legalaid.example")


async def test_an_email_address_is_one_members_whatever_its_case(database: Database) -> None:
    async with database.begin() as tx:
        await add(tx)
        with pytest.raises(Conflict, match="e-mail"):
            await add(tx, "brian", email="AMINA@legalaid.example")


async def test_an_actor_of_this_node_may_carry_a_reserved_name(database: Database) -> None:
    async with database.begin() as tx:
        made = await create_actor(
            tx, base_url=BASE, domain=DOMAIN, username="news", type=ActorType.SERVICE, name="News", keys=KEYS
        )
    assert made.url == f"{BASE}/@news"


async def test_a_token_is_shown_once_and_only_its_digest_is_kept(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        text, token = await issue_token(tx, member, ["read", "write", "read"])
    assert token.digest == sha256(text.encode()).hexdigest()
    assert text not in repr(token)
    assert len(text) >= 43
    async with database.read() as tx:
        found = await find_token(tx, text)
        assert found is not None
        assert found[0].scopes == ["read", "write"]
        assert found[1] == member
        assert found[2].username == "amina"
        assert await find_token(tx, text[:-1]) is None
        assert await find_token(tx, token.digest) is None


@pytest.mark.parametrize("scopes", [[], ["reed"], ["read", "write:"], ["admin"], ["read write"]])
async def test_scopes_that_do_not_exist_are_refused(database: Database, scopes: list[str]) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        with pytest.raises(Invalid) as caught:
            await issue_token(tx, member, scopes)
    assert list(caught.value.fields) == ["scopes"]


async def test_fine_scopes_are_given(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        _, token = await issue_token(tx, member, ["write:statuses", "admin:read:accounts", "push"])
    assert token.scopes == ["write:statuses", "admin:read:accounts", "push"]


async def test_a_disabled_member_is_signed_out_everywhere_and_gets_no_token(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        text, _ = await issue_token(tx, member, ["read"])
        disabled = await disable(tx, member)
        assert await find_token(tx, text) is None
        with pytest.raises(Conflict, match="disabled"):
            await issue_token(tx, disabled, ["read"])
        enabled = await enable(tx, disabled)
        assert enabled.disabled_at is None
        # What was revoked stays revoked.
        assert await find_token(tx, text) is None


async def test_a_new_password_signs_every_program_out(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        text, _ = await issue_token(tx, member, ["read"])
        changed = await set_password(tx, member, "hash")
        assert changed.password == "hash"
        assert await find_token(tx, text) is None


async def test_the_last_administrator_stays_one(database: Database) -> None:
    async with database.begin() as tx:
        first = await add(tx, "first", Role.ADMIN)
        with pytest.raises(Conflict, match="last administrator"):
            await disable(tx, first)
        with pytest.raises(Conflict, match="last administrator"):
            await change_role(tx, first, Role.EDITOR)
        assert await change_role(tx, first, Role.ADMIN) == first
        second = await add(tx, "second", Role.ADMIN)
        await disable(tx, second)
        with pytest.raises(Conflict):
            await disable(tx, first)
        await enable(tx, replace(second, disabled_at=tx.now))
        assert (await change_role(tx, first, Role.EDITOR)).role == "editor"


async def test_there_is_no_member_behind_the_body_or_a_stranger(database: Database) -> None:
    async with database.read() as tx:
        for username in ("office", "nobody-here"):
            with pytest.raises(NotFound):
                await find_member(tx, username)


async def test_an_invitation_works_once(database: Database) -> None:
    async with database.begin() as tx:
        code, invitation = await invite(tx, Role.EDITOR)
        assert invitation.role == "editor"
        assert code not in repr(invitation)
        assert (await find_invitation(tx, code)).id == invitation.id
        await use_invitation(tx, code)
        with pytest.raises(Conflict, match="used already"):
            await use_invitation(tx, code)
        with pytest.raises(NotFound):
            await find_invitation(tx, "guess")
        with pytest.raises(Invalid):
            await invite(tx, "king")


async def test_an_invitation_expires(database: Database, clock: Clock) -> None:
    async with database.begin() as tx:
        code, _ = await invite(tx, Role.MEMBER, days=7)
    clock.now += timedelta(days=7)
    async with database.read() as tx:
        with pytest.raises(Conflict, match="expired"):
            await find_invitation(tx, code)


async def test_a_link_for_a_new_password_is_one_members(database: Database) -> None:
    async with database.begin() as tx:
        member = await add(tx)
        code, _ = await reset_link(tx, member)
        assert (await use_invitation(tx, code)).member_id == member.id


ALLOWED = {
    Act.POST: "member expert editor publisher coordinator moderator admin",
    Act.DRAFT: "editor publisher coordinator admin",
    Act.SPEAK: "publisher admin",
    Act.EXCHANGE: "coordinator admin",
    Act.MODERATE: "moderator admin",
    Act.PREPARE: "publisher coordinator admin",
    Act.SIGN: "admin",
    Act.ADMINISTER: "admin",
}


@pytest.mark.parametrize("act", list(Act))
def test_each_act_is_for_the_roles_that_the_table_names(act: Act) -> None:
    assert " ".join(role for role in Role if may(role, act)) == ALLOWED[act]


def test_a_coordinator_speaks_for_the_body_about_events_and_offers_alone() -> None:
    spoken = {kind for kind in Kind if may(Role.COORDINATOR, Act.SPEAK, kind)}
    assert spoken == {Kind.EVENT, Kind.TRAINING, Kind.OFFER, Kind.REQUEST}
    assert may(Role.PUBLISHER, Act.SPEAK, Kind.PRACTICE)


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(Forbidden, match=r"needs the role publisher or admin, and yours is member"):
        require(Role.MEMBER, Act.SPEAK, Kind.PRACTICE)
    require(Role.ADMIN, Act.ADMINISTER)


def test_private_keys_do_not_show() -> None:
    assert "secret" not in repr(KEYS)
