"""Signing in with a browser: who gets in, for how long, and what guessing brings."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from actors.accounts import disable, set_password
from actors.granting import digest_of, issue_token
from actors.passwords import Passwords
from tests.node.served import ServedNode, served
from tests.node.visitors import (
    OTHER_PASSWORD,
    PASSWORD,
    Browser,
    hashed,
    opens,
    person,
    registered,
    signed_in,
    token_of,
)

HOME = "/settings/applications"
NOBODY = "There is no account with this name or address and this password."


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 1000}}) as node:
        yield node


@pytest.mark.parametrize(
    "login",
    [
        "amina",
        "AMINA",
        " @amina ",
        "amina@node.example",
        "Amina@Node.Example",
        "@amina@node.example",
    ],
)
async def test_somebody_signs_in_by_name_handle_or_address(one: ServedNode, login: str) -> None:
    await person(one)
    browser = Browser(one)
    answer = await browser.sign_in(login)
    assert answer.status == 303
    assert answer.location == HOME
    page = await browser.open(HOME)
    assert "@amina@node.example" in page.text
    async with one.node.database.read() as tx:
        member = await tx.members.by_email("amina@node.example")
        assert member is not None
        assert member.signed_in_at == one.clock.now


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("amina", "wrong"),
        ("amina", ""),
        ("amina", PASSWORD + "x"),
        ("amina", PASSWORD.upper()),
        ("nobody", PASSWORD),
        ("nobody@node.example", PASSWORD),
        ("amina@other.example", PASSWORD),
        ("", ""),
        ("office", PASSWORD),
        ("node", ""),
        ("\x00amina'--", PASSWORD),
        ("a" * 5000, PASSWORD),
        ("amina", "x" * 50_000),
    ],
)
async def test_nobody_else_does_and_all_are_told_the_same(one: ServedNode, login: str, password: str) -> None:
    await person(one)
    browser = Browser(one)
    answer = await browser.sign_in(login, password)
    assert answer.status == 422
    assert NOBODY in answer.text
    assert browser.session is None
    assert not password or password not in answer.response.text
    assert (await browser.open(HOME)).location.startswith("/sign-in")


async def test_a_member_without_a_password_or_who_is_disabled_stays_out(one: ServedNode) -> None:
    amina = await person(one)
    brian = await person(one, "brian")
    async with one.node.database.begin() as tx:
        await tx.members.change(replace(amina, password=None))
        await disable(tx, brian)
    for name in ("amina", "brian"):
        for password in ("", PASSWORD):
            answer = await Browser(one).sign_in(name, password)
            assert answer.status == 422
            assert NOBODY in answer.text


async def test_an_unknown_account_takes_as_long_as_a_wrong_password(
    one: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person(one)
    compared: list[str | None] = []
    verify = Passwords.verify

    async def watched(self: Passwords, kept: str | None, password: str) -> bool:
        compared.append(kept)
        started = time.perf_counter()
        found = await verify(self, kept, password)
        assert time.perf_counter() > started
        return found

    monkeypatch.setattr(Passwords, "verify", watched)
    await Browser(one).sign_in("amina", "wrong")
    await Browser(one).sign_in("nobody", "wrong")
    # Both are compared once; `actors.passwords` takes as long where there is no hash.
    assert compared == [hashed(), None]


async def test_the_cookie_is_this_hosts_alone_and_out_of_reach(one: ServedNode) -> None:
    await person(one)
    answer = await Browser(one).sign_in()
    (cookie,) = [
        line for line in answer.response.headers.get_list("set-cookie") if line.startswith("__Host-session=")
    ]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


async def test_on_plain_http_the_cookie_has_a_plain_name(tmp_path: Path) -> None:
    sections = {
        "node": {"domain": "127.0.0.1:8101", "base_url": "http://127.0.0.1:8101"},
        "federation": {"allow_http": True},
    }
    async with served(tmp_path, sections) as one:
        page = await Browser(one).open("/sign-in")
        (cookie,) = page.response.headers.get_list("set-cookie")
    assert cookie.startswith("form=")
    assert "secure" not in cookie.lower()
    assert "httponly" in cookie.lower()


async def test_a_session_that_somebody_planted_is_not_the_one_that_begins(one: ServedNode) -> None:
    await person(one)
    attacker = await signed_in(one, "amina")
    planted = attacker.session
    assert planted is not None
    victim = Browser(one)
    victim.client.cookies.set("__Host-session", "planted-by-somebody", domain="node.example")
    answer = await victim.sign_in()
    assert answer.status == 303
    assert victim.session not in {None, "planted-by-somebody"}
    # And whoever signs in anew ends the session that the browser had.
    again = Browser(one)
    again.client.cookies.set("__Host-session", planted, domain="node.example")
    await again.sign_in(then=HOME)
    assert again.session != planted
    assert (await attacker.open(HOME)).status == 303


async def test_only_the_digest_of_a_session_is_kept(one: ServedNode) -> None:
    await person(one)
    browser = await signed_in(one)
    assert browser.session is not None
    async with one.node.database.read() as tx:
        rows = await tx._connection.raw("SELECT digest FROM sessions")
    assert rows == [(digest_of(browser.session),)]
    thief = Browser(one)
    thief.client.cookies.set("__Host-session", rows[0][0], domain="node.example")
    assert (await thief.open(HOME)).status == 303


async def test_somebody_signs_out(one: ServedNode) -> None:
    await person(one)
    browser, other = await signed_in(one), await signed_in(one)
    secret = browser.session
    assert secret is not None
    page = await browser.open("/sign-in")
    assert "You are signed in as" in page.text
    answer = await browser.send(page)
    assert answer.location == "/sign-in"
    assert browser.session is None
    browser.client.cookies.set("__Host-session", secret, domain="node.example")
    assert (await browser.open(HOME)).status == 303
    assert (await other.open(HOME)).status == 200


async def test_nobody_is_signed_out_by_a_link_or_from_elsewhere(one: ServedNode) -> None:
    await person(one)
    browser = await signed_in(one)
    assert (await browser.open("/sign-out")).status == 405
    assert (await browser.post("/sign-out", {"everywhere": "1"}, origin="https://evil.example")).status == 403
    assert (await browser.post("/sign-out", {"everywhere": "1"})).status == 403
    assert (await browser.open(HOME)).status == 200


async def test_signing_out_everywhere_ends_every_browser_and_program(one: ServedNode) -> None:
    await person(one)
    browser, other = await signed_in(one), await signed_in(one)
    token = await token_of(one, browser, await registered(one))
    page = await browser.open(HOME)
    assert "1 other" in page.text
    number = len(page.document.css("main form")) - 1
    await browser.send(page, number, everywhere="1")
    assert (await other.open(HOME)).status == 303
    assert not await opens(one, token)


async def test_a_session_ends_when_nobody_comes_back_and_in_the_end_anyway(one: ServedNode) -> None:
    await person(one)
    browser = await signed_in(one)
    for _ in range(6):
        one.clock.forward(days=13)
        assert (await browser.open(HOME)).status == 200
    one.clock.forward(days=13)
    assert (await browser.open(HOME)).status == 303
    idle = await signed_in(one)
    one.clock.forward(days=14)
    assert (await idle.open(HOME)).status == 303


async def test_a_member_who_is_disabled_or_gets_another_password_is_out_at_once(one: ServedNode) -> None:
    amina = await person(one)
    for change in (disable, set_password):
        browser = await signed_in(one)
        token = await token_of(one, browser, await registered(one))
        async with one.node.database.begin() as tx:
            if change is disable:
                await tx.members.change(replace(amina, role="admin"))
                await disable(tx, amina)
                await tx.members.change(amina)
            else:
                await set_password(tx, amina, hashed())
        assert (await browser.open(HOME)).status == 303
        assert not await opens(one, token)


async def test_a_suspended_actor_is_out_at_once(one: ServedNode) -> None:
    amina = await person(one)
    browser = await signed_in(one)
    token = await token_of(one, browser, await registered(one))
    async with one.node.database.begin() as tx:
        actor = await tx.actors.get(amina.actor_id)
        await tx.actors.change(replace(actor, suspended_at=tx.now))
    assert (await browser.open(HOME)).status == 303
    assert not await opens(one, token)
    assert (await Browser(one).sign_in()).status == 422


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/oauth/authorize.evil.example",
        "/oauth/authorize@evil.example/?x",
        "/oauth/authorize#x",
        "/oauth/authorize/../../evil",
        "javascript:alert(1)",
        "/sign-out",
        "/search?q=x",
        " /settings/password",
        "/settings/password\r\nLocation: https://evil.example",
        "https:/settings/password",
        "x" * 9000,
    ],
)
async def test_the_way_on_leads_to_pages_of_ours_alone(one: ServedNode, then: str) -> None:
    await person(one)
    answer = await Browser(one).sign_in(then=then)
    assert answer.status == 303
    assert answer.location == HOME


@pytest.mark.parametrize("then", ["/settings/password", HOME, "/oauth/authorize?client_id=x&state=a%20b"])
async def test_the_way_on_leads_to_what_somebody_wanted(one: ServedNode, then: str) -> None:
    await person(one)
    answer = await Browser(one).sign_in(then=then)
    assert answer.location == then.replace("%20", "+")


async def test_a_query_on_the_way_is_written_anew(one: ServedNode) -> None:
    await person(one)
    answer = await Browser(one).sign_in(then="/oauth/authorize?a=\r\nSet-Cookie:x&b=<>&\\")
    assert answer.location.startswith("/oauth/authorize?a=%0D%0ASet-Cookie")
    assert "\\" not in answer.location


@pytest.mark.parametrize(
    "sent", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}]
)
async def test_nobody_is_signed_in_from_elsewhere(one: ServedNode, sent: dict[str, str]) -> None:
    await person(one)
    browser = Browser(one)
    _, hidden = (await browser.open("/sign-in")).form()
    answer = await browser.post("/sign-in", {**hidden, "login": "amina", "password": PASSWORD}, **sent)
    assert answer.status == 403
    assert browser.session is None
    # Nor with a token from the attacker's own browser.
    other = Browser(one)
    assert (await other.post("/sign-in", {**hidden, "login": "amina", "password": PASSWORD})).status == 403


async def test_what_is_no_form_is_not_read(one: ServedNode) -> None:
    browser = Browser(one)
    _, hidden = (await browser.open("/sign-in")).form()
    many = {f"field{number}": "x" for number in range(200)}
    assert (await browser.post("/sign-in", {**hidden, **many})).status == 400
    assert (await browser.post("/sign-in", {**hidden, "login": "x" * 100_000})).status == 413


async def test_guessing_ends_after_a_few_attempts_for_an_account_from_wherever(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 3}}) as one:
        await person(one)
        await person(one, "brian")
        found = [
            (await Browser(one, f"198.51.100.{number}").sign_in("Amina", "wrong")).status
            for number in range(5)
        ]
        # The right password is no better then, and whether there is such an account makes no difference.
        right = await Browser(one, "198.51.100.77").sign_in("amina")
        nobody = [
            (await Browser(one, f"203.0.113.{number}").sign_in("nobody", "wrong")).status
            for number in range(5)
        ]
        other = await Browser(one, "192.0.2.1").sign_in("brian")
    assert found == nobody == [422, 422, 422, 429, 429]
    assert right.status == 429
    assert other.status == 303


async def test_guessing_ends_after_a_few_attempts_from_an_address_for_whomever(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 3}}) as one:
        await person(one)
        found = [(await Browser(one).sign_in(f"name{number}", "wrong")).status for number in range(4)]
        assert found == [422, 422, 422, 429]
        assert (await Browser(one).sign_in()).status == 429
        assert (await Browser(one, "203.0.113.9").sign_in()).status == 303


async def test_programs_that_were_let_in_are_listed_and_shut_out(one: ServedNode) -> None:
    await person(one)
    brian = await person(one, "brian")
    browser, other = await signed_in(one), await signed_in(one, "brian")
    first, second = await registered(one), await registered(one, scopes="read:lists")
    tokens = [await token_of(one, browser, first), await token_of(one, browser, first)]
    kept = await token_of(one, browser, second, scope="read:lists")
    theirs = await token_of(one, other, first)
    async with one.node.database.begin() as tx:
        script, _ = await issue_token(tx, brian, ["read"])
    page = await browser.open(HOME)
    assert len(page.document.css("main .card")) == 2
    assert "Read: lists" in page.text
    await browser.send(page, 1)
    assert [await opens(one, token) for token in tokens] == [False, False]
    assert await opens(one, theirs)
    async with one.node.database.read() as tx:
        assert await tx.tokens.holder(digest_of(kept)) is not None
    # What an operator made for a script is listed as such, and ends alone.
    page = await other.open(HOME)
    assert "A script of the people who run this node" in page.text
    await other.send(page, 0)
    assert not await opens(one, script)
    assert await opens(one, theirs)


async def test_nobody_shuts_out_what_is_somebody_elses(one: ServedNode) -> None:
    amina = await person(one)
    await person(one, "brian")
    browser, other = await signed_in(one), await signed_in(one, "brian")
    app = await registered(one)
    token = await token_of(one, browser, app)
    async with one.node.database.read() as tx:
        ((kept, application),) = await tx.tokens.of(amina)
    assert application is not None
    _, hidden = (await other.open(HOME)).form()
    for fields in (
        {"application": str(application.id)},
        {"token": str(kept.id)},
        {"token": "0"},
        {"token": "9" * 40},
        {"application": "-1"},
        {},
    ):
        answer = await other.post(HOME, {**hidden, **fields})
        assert answer.status == 404, fields
    assert await opens(one, token)
    assert (await Browser(one).post(HOME, {**hidden, "application": str(application.id)})).status == 403


async def test_a_password_is_changed_by_whoever_knows_the_present_one(one: ServedNode) -> None:
    await person(one)
    browser, other = await signed_in(one), await signed_in(one)
    token = await token_of(one, browser, await registered(one))
    page = await browser.open("/settings/password")
    wrong = await browser.send(page, present="wrong", password=OTHER_PASSWORD)
    assert wrong.status == 422
    assert "not your present password" in wrong.text
    for weak in ("short", "a" * 40, "x" * 300, "\x07" * 20):
        answer = await browser.send(page, present=PASSWORD, password=weak)
        assert answer.status == 422
        assert "characters" in answer.text
    before = browser.session
    changed = await browser.send(page, present=PASSWORD, password=OTHER_PASSWORD)
    assert changed.location == HOME
    assert browser.session != before
    assert (await browser.open(HOME)).status == 200
    assert (await other.open(HOME)).status == 303
    assert not await opens(one, token)
    assert (await Browser(one).sign_in()).status == 422
    assert (await Browser(one).sign_in(password=OTHER_PASSWORD)).status == 303


async def test_the_present_password_is_not_guessed_with_a_stolen_session(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 4}}) as one:
        await person(one)
        browser = await signed_in(one)
        page = await browser.open("/settings/password")
        found = [
            (await browser.send(page, present=f"wrong {number}", password=OTHER_PASSWORD)).status
            for number in range(4)
        ]
    assert found == [422, 422, 422, 429]


async def test_pages_of_ones_own_ask_strangers_to_sign_in_and_lead_back(one: ServedNode) -> None:
    await person(one)
    for path in (HOME, "/settings/password"):
        browser = Browser(one)
        asked = await browser.open(path)
        assert asked.location == f"/sign-in?{urlencode({'next': path})}"
        entered = await browser.send(await browser.open(asked.location), login="amina", password=PASSWORD)
        assert entered.location == path


async def test_every_page_leads_to_the_door(one: ServedNode) -> None:
    page = await Browser(one).open("/about")
    assert page.document.css_first("footer a[href='/sign-in']") is not None


async def test_a_password_hashed_the_old_way_is_hashed_anew(one: ServedNode) -> None:
    from argon2 import PasswordHasher  # noqa: PLC0415 - only here

    amina = await person(one)
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    async with one.node.database.begin() as tx:
        await tx.members.change(replace(amina, password=old))
    await signed_in(one)
    async with one.node.database.read() as tx:
        kept = (await tx.members.by_id(amina.id)).password
    assert kept is not None
    assert kept != old
    assert "m=19456,t=2,p=1" in kept
    await signed_in(one)
