"""The page on which a member lets a program in: who is led where, and what an attacker gets out of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.node.served import ServedNode, served
from tests.node.visitors import (
    BACK,
    OUT_OF_BAND,
    PASSWORD,
    VERIFIER,
    Browser,
    Page,
    answer_in,
    challenge_of,
    code_for,
    exchanged,
    person,
    question,
    registered,
    signed_in,
)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as node:
        yield node


@pytest.fixture
async def amina(one: ServedNode) -> Browser:
    await person(one)
    return await signed_in(one)


async def test_somebody_signs_in_agrees_and_is_led_back(one: ServedNode) -> None:
    await person(one)
    app = await registered(one)
    browser = Browser(one)
    first = await browser.open(question(app, state="a b&c=d/é"))
    assert first.status == 303
    assert first.location.startswith("/sign-in?next=")
    form = await browser.open(first.location)
    assert "A program wants to use your account" in form.text
    entered = await browser.send(form, login="amina", password=PASSWORD)
    assert entered.location.startswith("/oauth/authorize?")
    consent = await browser.open(entered.location)
    assert "Example client" in consent.text
    assert "client.example" in consent.text
    assert "@amina@node.example" in consent.text
    led = await browser.send(consent, decision="allow")
    assert led.location.startswith(f"{BACK}?code=")
    answer = answer_in(led.location)
    assert answer["state"] == "a b&c=d/é"
    assert answer["iss"] == "https://node.example"
    assert (await exchanged(one, app, answer["code"])).status_code == 200


async def test_a_member_may_say_no(one: ServedNode, amina: Browser) -> None:
    app = await registered(one, back=f"{BACK}\n{OUT_OF_BAND}")
    for decision in ("deny", "", "ALLOW"):
        page = await amina.open(question(app, state="s"))
        led = await amina.send(page, decision=decision)
        answer = answer_in(led.location)
        assert answer["error"] == "access_denied"
        assert answer["state"] == "s"
        assert "code" not in answer
    page = await amina.open(question(app, redirect_uri=OUT_OF_BAND))
    denied = await amina.send(page, decision="deny")
    assert denied.status == 200
    assert "was not let in" in denied.text


@pytest.mark.parametrize(
    "back",
    [
        f"{BACK}/",
        f"{BACK}/../callback",
        f"{BACK}?x=1",
        f"{BACK}#x",
        "https://client.example:443/callback",
        "https://user@client.example/callback",
        "HTTPS://client.example/callback",
        "https://CLIENT.example/callback",
        "http://client.example/callback",
        "https://client.example.evil.example/callback",
        "https://evil.example/?https://client.example/callback",
        "//client.example/callback",
        "javascript:alert(1)//https://client.example/callback",
        " https://client.example/callback",
        "https://client.example/callback\r\nLocation: https://evil.example",
        "",
        "-",
        OUT_OF_BAND,
    ],
)
async def test_nobody_is_led_to_an_address_that_is_not_exactly_the_programs(
    one: ServedNode, amina: Browser, back: str
) -> None:
    app = await registered(one)
    for browser in (amina, Browser(one)):
        page = await browser.open(question(app, redirect_uri=back, scope="nonsense"))
        assert page.status == 400
        assert "location" not in page.response.headers
    # Nor with a form that was sent before.
    good = await amina.open(question(app))
    _, hidden = good.form()
    sent = await amina.post(question(app, redirect_uri=back), {**hidden, "decision": "allow"})
    assert sent.status == 400
    assert "location" not in sent.response.headers


async def test_a_program_that_nobody_knows_leads_nowhere(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    for name in ("wrong", "-", "", "\x00", "x" * 5000):
        page = await amina.open(question({**app, "client_id": name}))
        assert page.status == 400
        assert "location" not in page.response.headers
        assert "must be registered anew" in page.text


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "-"}, "unsupported_response_type"),
        ({"scope": "read admin:write"}, "invalid_scope"),
        ({"scope": "read nonsense"}, "invalid_scope"),
        ({"scope": "push"}, "invalid_scope"),
        ({"code_challenge": "x" * 43}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x" * 42, "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "x" * 44, "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"state": "x" * 5000}, "invalid_request"),
    ],
)
async def test_a_program_hears_what_is_wrong_once_somebody_has_signed_in(
    one: ServedNode, amina: Browser, asked: dict[str, str], error: str
) -> None:
    app = await registered(one)
    led = await amina.open(question(app, **({"state": "s"} | asked)))
    assert led.status == 302
    assert led.location.startswith(f"{BACK}?")
    answer = answer_in(led.location)
    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["state"] == asked.get("state", "s")[:4000]
    # A link must not lead strangers through this node to wherever somebody registered.
    stranger = await Browser(one).open(question(app, **asked))
    assert stranger.status == 303
    assert stranger.location.startswith("/sign-in?")


async def test_what_is_wrong_is_also_found_when_the_form_is_sent(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    good = await amina.open(question(app))
    _, hidden = good.form()
    sent = await amina.post(question(app, scope="read write push"), {**hidden, "decision": "allow"})
    assert answer_in(sent.location)["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("back", "beginning"),
    [
        ("com.tapbots.Ivory.10217:/request_token", "com.tapbots.Ivory.10217:/request_token?code="),
        ("icecubesapp://", "icecubesapp://?code="),
        ("oauth2redirect://com.keylesspalace.tusky/", "oauth2redirect://com.keylesspalace.tusky/?code="),
        ("https://client.example/?a=1", "https://client.example/?a=1&code="),
        ("http://127.0.0.1:4000/back", "http://127.0.0.1:4000/back?code="),
        ("http://[::1]:4000/back", "http://[::1]:4000/back?code="),
        ("http://localhost/back", "http://localhost/back?code="),
    ],
)
async def test_programs_on_devices_are_led_back_to_by_their_own_schemes(
    one: ServedNode, amina: Browser, back: str, beginning: str
) -> None:
    app = await registered(one, back=back)
    page = await amina.open(question(app, redirect_uri=back))
    led = await amina.send(page, decision="allow")
    assert led.location.startswith(beginning)
    code = answer_in(led.location)["code"]
    assert (await exchanged(one, app, code, redirect_uri=back)).status_code == 200


async def test_browsers_do_not_hold_the_consent_page_back_from_leading_on(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    asked = question(app)
    pages = [await amina.open(asked), await Browser(one).open(f"/sign-in?{urlencode({'next': asked})}")]
    for page in pages:
        policy = page.response.headers["content-security-policy"]
        assert "form-action" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        # A web client that opened the page in a window of its own waits for it to come back.
        assert page.response.headers.get_list("cross-origin-opener-policy") == ["unsafe-none"]
    other = await Browser(one).open("/sign-in")
    assert "form-action 'self'" in other.response.headers["content-security-policy"]
    assert other.response.headers.get_list("cross-origin-opener-policy") == ["same-origin"]


async def test_a_code_to_copy_is_shown_to_whom_it_was_given_and_to_nobody_else(
    one: ServedNode, amina: Browser
) -> None:
    await person(one, "brian")
    app = await registered(one, back=OUT_OF_BAND)
    page = await amina.open(question(app, redirect_uri=OUT_OF_BAND))
    assert "you copy a code" in page.text
    led = await amina.send(page, decision="allow")
    assert led.location.startswith("/oauth/authorize/native?code=")
    shown = await amina.open(led.location)
    code = answer_in(led.location)["code"]
    assert code in shown.text
    assert "no-store" in shown.response.headers["cache-control"]
    for browser in (Browser(one), await signed_in(one, "brian")):
        assert (await browser.open(led.location)).status == 404
    # Nobody makes this page say something else.
    assert (await amina.open("/oauth/authorize/native?code=call-0800-for-help")).status == 404
    assert (await exchanged(one, app, code, redirect_uri=OUT_OF_BAND)).status_code == 200
    assert (await amina.open(led.location)).status == 404


async def test_a_program_may_insist_that_somebody_signs_in_again(one: ServedNode, amina: Browser) -> None:
    await person(one, "brian")
    app = await registered(one)
    assert (await amina.open(question(app, force_login="false"))).status == 200
    first = await amina.open(question(app, force_login="true"))
    assert first.location.startswith("/sign-in?")
    form = await amina.open(first.location)
    before = amina.session
    entered = await amina.send(form, login="brian", password=PASSWORD)
    assert "force_login" not in entered.location
    assert amina.session != before
    page = await amina.open(entered.location)
    assert "brian@node.example" in page.text
    led = await amina.send(page, decision="allow")
    token = (await exchanged(one, app, answer_in(led.location)["code"])).json()["access_token"]
    async with one.node.database.read() as tx:
        from actors.accounts import find_token  # noqa: PLC0415 - only here

        found = await find_token(tx, token)
    assert found is not None
    assert found[2].username == "brian"


async def test_a_name_keeps_its_order_among_words_that_run_from_right_to_left(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    for path in (question(app), "/settings/applications", "/sign-in"):
        page = await amina.open(f"{path}{'&' if '?' in path else '?'}lang=ar")
        assert 'dir="rtl"' in page.response.text
        assert '<bdi dir="ltr">@amina@node.example</bdi>' in page.response.text, path


async def test_another_account_is_one_link_away(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    page = await amina.open(question(app))
    link = next(
        str(each.attributes["href"])
        for each in page.document.css("main a")
        if "next=" in str(each.attributes)
    )
    form = await amina.open(link)
    assert form.document.css_first("input[type=password]") is not None


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://node.example"},
        {"origin": "https://node.example.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"content_type": "text/plain"},
        {"content_type": "application/json"},
    ],
)
async def test_a_form_from_elsewhere_lets_nobody_in(
    one: ServedNode, amina: Browser, sent: dict[str, str]
) -> None:
    app = await registered(one)
    page = await amina.open(question(app))
    action, hidden = page.form()
    answer = await amina.post(action, {**hidden, "decision": "allow"}, **sent)
    assert answer.status in {403, 415}
    assert "location" not in answer.response.headers


@pytest.mark.parametrize("token", ["", "wrong", "é", "0" * 64, None])
async def test_a_form_without_its_token_lets_nobody_in(
    one: ServedNode, amina: Browser, token: str | None
) -> None:
    app = await registered(one)
    fields = {"decision": "allow"} | ({} if token is None else {"form_token": token})
    answer = await amina.post(question(app), fields)
    assert answer.status == 403


async def test_the_token_of_one_browser_is_no_good_in_another(one: ServedNode, amina: Browser) -> None:
    await person(one, "brian")
    brian = await signed_in(one, "brian")
    app = await registered(one)
    _, hidden = (await brian.open(question(app))).form()
    answer = await amina.post(question(app), {**hidden, "decision": "allow"})
    assert answer.status == 403


async def test_an_old_browser_that_says_nothing_of_where_it_comes_from_is_let_in_by_the_token(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    action, hidden = (await amina.open(question(app))).form()
    answer = await amina.client.post(action, data={**hidden, "decision": "allow"})
    assert answer.status_code == 302


async def test_nothing_happens_for_a_link(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    _, hidden = (await amina.open(question(app))).form()
    page = await amina.open(f"{question(app)}&{urlencode({**hidden, 'decision': 'allow'})}")
    assert page.status == 200
    assert page.document.css_first("button[value=allow]") is not None
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await amina.client.request(method, question(app))
        assert answer.status_code == 405


async def test_what_a_program_calls_itself_is_shown_as_its_own_word_and_breaks_nothing(
    one: ServedNode, amina: Browser
) -> None:
    hostile = "</strong><script>alert(1)</script>\u202e"
    answer = await one.client.post(
        "/api/v1/apps",
        json={
            "client_name": hostile,
            "redirect_uris": BACK,
            "scopes": "read write",
            "website": "https://x.example/",
        },
    )
    page = await amina.open(question(answer.json()))
    assert page.document.css_first("script") is None
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in page.response.text
    assert "chose its name itself" in page.text
    assert "x.example" in page.text


async def test_scopes_are_said_in_words(one: ServedNode, amina: Browser) -> None:
    app = await registered(one, scopes="read:statuses write:media push admin:read follow profile")

    async def said(scope: str) -> str:
        return (await amina.open(question(app, scope=scope))).text

    narrow = await said("read:statuses write:media")
    assert "Read: posts" in narrow
    assert "Change in your name: files" in narrow
    wide = await said("push admin:read follow profile")
    for words in ("Send you notifications", "moderators", "Follow, mute and block", "your picture"):
        assert words in wide
    french = await amina.open(question(app, scope="read:statuses", lang="fr"))
    assert "Lire : messages" in french.text
    assert french.document.css_first("html[lang=fr]") is not None


async def test_scopes_that_are_not_named_are_the_usual_ones(one: ServedNode, amina: Browser) -> None:
    app = await registered(one, scopes="read write")
    token = await exchanged(one, app, await code_for(amina, app, scope="-"))
    assert token.json()["scope"] == "read"
    narrow = await registered(one, scopes="write:media")
    token = await exchanged(one, narrow, await code_for(amina, narrow, scope="-"))
    assert token.json()["scope"] == "write:media"


async def test_the_page_of_one_person_is_kept_by_nobody(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    for path in (question(app), "/settings/applications", "/settings/password", "/sign-in"):
        page = await amina.open(path)
        assert page.status == 200
        assert page.response.headers["cache-control"] == "private, no-store"
        assert page.document.css_first("meta[name=robots][content=noindex]") is not None


async def test_a_long_way_through_the_sign_in_page_keeps_everything_that_was_asked(one: ServedNode) -> None:
    await person(one)
    app = await registered(one)
    asked: dict[str, Any] = {
        "state": "é&=?#%\u202e",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "lang": "sw",
    }
    browser = Browser(one)
    first = await browser.open(question(app, force_login="true", **asked))
    wrong = await browser.send(await browser.open(first.location), login="amina", password="wrong")
    assert wrong.status == 422
    entered = await browser.send(wrong, login="amina", password=PASSWORD)
    found = {name: values[0] for name, values in parse_qs(urlsplit(entered.location).query).items()}
    assert found == {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": BACK,
        "scope": "read write",
        **asked,
    }
    page: Page = await browser.open(entered.location)
    assert page.document.css_first("html[lang=sw]") is not None
