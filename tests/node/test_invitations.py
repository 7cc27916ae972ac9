"""Links that let somebody in once: to join, or to set a new password."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from actors.accounts import disable, find_member, invite, reset_link
from actors.signing_in import IDLE
from node.cli.pages import INVITATIONS, has_page
from storage.members import Member
from storage.upkeep import forget_spent_secrets
from tests.node.served import ServedNode, served
from tests.node.visitors import (
    OTHER_PASSWORD,
    PASSWORD,
    Browser,
    Page,
    opens,
    person,
    registered,
    signed_in,
    token_of,
)

HOME = "/settings/applications"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 100}}) as node:
        yield node


async def invited(one: ServedNode, role: str = "editor") -> str:
    async with one.node.database.begin() as tx:
        code, _ = await invite(tx, role)
    return f"/invitations/{code}"


async def link_for(one: ServedNode, member: Member) -> str:
    async with one.node.database.begin() as tx:
        code, _ = await reset_link(tx, member)
    return f"/invitations/{code}"


async def join(browser: Browser, path: str, **fields: str) -> Page:
    page = await browser.open(path)
    assert page.status == 200, page.text
    wanted = {"username": "amina", "email": "amina@node.example", "password": PASSWORD} | fields
    return await browser.send(page, **wanted)


def test_commands_know_that_the_page_is_there() -> None:
    assert has_page(INVITATIONS)


async def test_somebody_joins_with_the_role_in_the_link_and_is_signed_in(one: ServedNode) -> None:
    browser = Browser(one)
    path = await invited(one)
    page = await browser.open(path)
    assert "Join Example body" in page.text
    assert page.response.headers["cache-control"] == "private, no-store"
    answer = await join(browser, path, username=" Amina ", email=" Amina@node.example ")
    assert answer.status == 303
    assert answer.location == HOME
    assert (await browser.open(HOME)).status == 200
    async with one.node.database.read() as tx:
        member, actor = await find_member(tx, "amina")
    assert (member.role, member.email, member.language) == ("editor", "Amina@node.example", "en")
    assert member.password is not None
    assert actor.handle == "amina@node.example"
    assert (await Browser(one).sign_in()).status == 303


async def test_a_link_works_once(one: ServedNode) -> None:
    path = await invited(one)
    late = await Browser(one).open(path)
    assert (await join(Browser(one), path)).status == 303
    again = await Browser(one).open(path)
    assert again.status == 410
    assert "does not work any more" in again.text
    browser = Browser(one)
    await browser.open("/sign-in")
    action, _ = late.form()
    _, hidden = (await browser.open("/sign-in")).form()
    fields = {"username": "brian", "email": "brian@node.example", "password": PASSWORD}
    assert (await browser.post(action, hidden | fields)).status == 410


async def test_of_two_with_one_link_one_gets_in(one: ServedNode) -> None:
    path = await invited(one)
    first, second = await asyncio.gather(
        join(Browser(one), path),
        join(Browser(one), path, username="brian", email="brian@node.example"),
    )
    assert sorted([first.status, second.status]) == [303, 410]
    async with one.node.database.read() as tx:
        assert len(await tx.members.all()) == 1


async def test_a_link_does_not_work_for_ever(one: ServedNode) -> None:
    path = await invited(one)
    one.clock.forward(days=7)
    assert (await Browser(one).open(path)).status == 410


@pytest.mark.parametrize("code", ["wrong", "x" * 5000, "é", "%00", "..%2f..%2fetc"])
async def test_a_link_that_nobody_gave_opens_nothing(one: ServedNode, code: str) -> None:
    browser = Browser(one)
    page = await browser.open(f"/invitations/{code}")
    assert page.status == 404
    _, hidden = (await browser.open("/sign-in")).form()
    fields = {"username": "amina", "email": "amina@node.example", "password": PASSWORD}
    assert (await browser.post(f"/invitations/{code}", hidden | fields)).status == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": ""}, "letters a to z"),
        ({"username": "admin"}, "letters a to z"),
        ({"username": "0ffice"}, "letters a to z"),
        ({"username": "أمينة"}, "letters a to z"),
        ({"username": "a" * 31}, "letters a to z"),
        ({"username": "brian"}, "Somebody has this user name"),
        ({"username": "BRIAN"}, "Somebody has this user name"),
        ({"email": "brian@node.example"}, "has this e-mail address already"),
        ({"email": "Brian@NODE.example"}, "has this e-mail address already"),
        ({"email": "nowhere"}, "not an e-mail address"),
        ({"email": "a,b@node.example"}, "not an e-mail address"),
        ({"email": 'a"b@node.example'}, "not an e-mail address"),
        ({"email": "a@node.example\r\nBcc: b@node.example"}, "not an e-mail address"),
        ({"email": "a" * 300 + "@node.example"}, "not an e-mail address"),
        ({"password": "short"}, "characters"),
        ({"password": "x" * 500}, "characters"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "characters"),
        ({"password": ""}, "characters"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_the_link_stays_good(
    one: ServedNode, fields: dict[str, str], said: str
) -> None:
    await person(one, "brian")
    path = await invited(one)
    browser = Browser(one)
    answer = await join(browser, path, **fields)
    assert answer.status == 422
    assert said in answer.text
    (name,) = fields
    field = answer.document.css_first(f"#{name}")
    assert field is not None
    assert field.attributes.get("aria-describedby") == f"{name}-about"
    assert PASSWORD not in answer.response.text
    assert browser.session is None
    assert (await join(Browser(one), path)).status == 303


async def test_errors_are_said_in_the_visitors_language(one: ServedNode) -> None:
    path = await invited(one)
    browser = Browser(one)
    page = await browser.open(f"{path}?lang=fr")
    assert "Rejoindre" in page.text
    answer = await browser.send(page, username="amina", email="x", password=PASSWORD)
    assert "Ce n’est pas une adresse électronique" in answer.text
    assert (
        await browser.send(page, username="amina", email="a@node.example", password=PASSWORD)
    ).status == 303
    async with one.node.database.read() as tx:
        member, actor = await find_member(tx, "amina")
    assert member.language == "fr"
    assert actor.languages == ["fr"]


async def test_a_member_sets_a_new_password_and_is_signed_out_elsewhere(one: ServedNode) -> None:
    member = await person(one)
    before = await signed_in(one)
    token = await token_of(one, before, await registered(one))
    path = await link_for(one, member)
    browser = Browser(one)
    page = await browser.open(path)
    assert "@amina@node.example" in page.text
    assert page.document.css_first("#email") is None
    weak = await browser.send(page, password="short")
    assert weak.status == 422
    answer = await browser.send(page, password=OTHER_PASSWORD)
    assert answer.location == HOME
    assert (await browser.open(HOME)).status == 200
    assert (await before.open(HOME)).status == 303
    assert not await opens(one, token)
    assert (await Browser(one).sign_in()).status == 422
    assert (await Browser(one).sign_in(password=OTHER_PASSWORD)).status == 303
    assert (await Browser(one).open(path)).status == 410


async def test_a_link_for_a_password_lets_nobody_join(one: ServedNode) -> None:
    member = await person(one)
    path = await link_for(one, member)
    browser = Browser(one)
    page = await browser.open(path)
    await browser.send(page, username="eve", email="eve@node.example", password=OTHER_PASSWORD)
    async with one.node.database.read() as tx:
        assert [each.email for each, _ in await tx.members.all()] == ["amina@node.example"]


async def test_a_link_does_not_bring_a_disabled_member_back(one: ServedNode) -> None:
    member = await person(one)
    path = await link_for(one, member)
    async with one.node.database.begin() as tx:
        await disable(tx, member)
    browser = Browser(one)
    page = await browser.open(path)
    answer = await browser.send(page, password=OTHER_PASSWORD)
    assert answer.location == "/sign-in"
    assert browser.session is None
    async with one.node.database.read() as tx:
        assert (await tx.members.by_id(member.id)).disabled_at is not None


async def test_a_form_from_elsewhere_uses_no_link(one: ServedNode) -> None:
    path = await invited(one)
    browser = Browser(one)
    _, hidden = (await browser.open(path)).form()
    fields = {"username": "amina", "email": "amina@node.example", "password": PASSWORD}
    assert (await browser.post(path, hidden | fields, origin="https://evil.example")).status == 403
    assert (await browser.post(path, fields)).status == 403
    assert (await browser.send(await browser.open(path), **fields)).status == 303


async def test_making_keys_for_whoever_asks_is_limited(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"sign_ins_per_hour": 2}}) as one:
        path = await invited(one)
        found = [(await join(Browser(one), path, email="x")).status for _ in range(3)]
    assert found == [422, 422, 429]


async def test_no_link_is_written_into_the_log(one: ServedNode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with one.node.database.begin() as tx:
        code, _ = await invite(tx, "member")
    # Also one that happens to have no digit in it.
    for each in (code, "onlylettersandnothingbutlettersx"):
        await Browser(one).open(f"/invitations/{each}")
        said = "\n".join(str(record.__dict__.get("facts")) for record in caplog.records)
        assert "/invitations/" in said
        assert each not in said


async def test_what_has_ended_is_forgotten_in_time(one: ServedNode) -> None:
    await person(one)
    browser = await signed_in(one)
    await token_of(one, browser, await registered(one))
    await invited(one)
    one.clock.forward(days=200)
    async with one.node.database.begin() as tx:
        # A session, a code and an invitation; the token is still good.
        assert await forget_spent_secrets(tx, tx.now - timedelta(days=30)) == 3
        assert await forget_spent_secrets(tx, tx.now - timedelta(days=30)) == 0
    assert timedelta(days=30) > IDLE
