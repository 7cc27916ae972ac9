"""Joining, signing in and letting programs in, with a real browser that runs no scripts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from actors.accounts import invite
from tests.browser.browsing import browser, on_a_socket
from tests.browser.test_accessibility import PHONE, RULES, RULES_OF_COLOURS, axe, describe
from tests.node.served import ServedNode
from tests.node.visitors import OTHER_PASSWORD, PASSWORD

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[ServedNode, str]]:
    async with on_a_socket(tmp_path) as (node, address):
        yield node, address


async def registered(address: str, back: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        document = {"client_name": "برنامج Example", "redirect_uris": back, "scopes": "read write:media push"}
        answer = await client.post(f"{address}/api/v1/apps", json=document)
    found: dict[str, Any] = answer.json()
    return found


def question(address: str, app: dict[str, Any], back: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": back,
        "scope": "read write:media push",
        "state": "s",
    }
    return f"{address}/oauth/authorize?{urlencode(asked)}"


async def test_somebody_joins_lets_programs_in_and_shuts_them_out(site: tuple[ServedNode, str]) -> None:
    node, address = site
    async with node.node.database.begin() as tx:
        code, _ = await invite(tx, "admin")
    back = f"{address}/about"
    app = await registered(address, f"{OUT_OF_BAND}\n{back}")
    async with browser() as chromium:
        context = await chromium.new_context(java_script_enabled=False, locale="en")
        page = await context.new_page()
        await page.goto(f"{address}/invitations/{code}")
        await page.get_by_label("User name").fill("amina")
        await page.get_by_label("E-mail address").fill("amina@node.example")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Join").click()
        await page.wait_for_url("**/settings/applications")
        # A program elsewhere: the browser goes back to it, and with it the code.
        await page.goto(question(address, app, back))
        await page.get_by_role("button", name="Let it in", exact=True).click()
        await page.wait_for_url("**/about?code=*")
        assert "state=s" in page.url
        # A program without an address: the code is for copying.
        await page.goto(question(address, app, OUT_OF_BAND))
        await page.get_by_role("button", name="Let it in", exact=True).click()
        copied = await page.locator("main code").inner_text()
        async with httpx.AsyncClient(trust_env=False) as client:
            proof = {name: app[name] for name in ("client_id", "client_secret")}
            grant = {"grant_type": "authorization_code", "code": copied, "redirect_uri": OUT_OF_BAND}
            answer = await client.post(f"{address}/oauth/token", json=grant | proof)
            assert answer.status_code == 200
            bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
            home = f"{address}/api/v1/timelines/home"
            assert (await client.get(home, headers=bearer)).status_code == 200
            await page.goto(f"{address}/settings/applications")
            assert await page.locator("main .card").count() == 1
            await page.get_by_role("button", name="Shut out").click()
            await page.wait_for_url("**/settings/applications")
            assert await page.locator("main .card").count() == 0
            assert (await client.get(home, headers=bearer)).status_code == 401
        await page.get_by_role("link", name="Password").click()
        await page.get_by_label("Present password").fill(PASSWORD)
        await page.get_by_label("New password").fill(OTHER_PASSWORD)
        await page.get_by_role("button").click()
        await page.wait_for_url("**/settings/applications")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.wait_for_url("**/sign-in")
        await page.get_by_label("User name or e-mail address").fill("amina@node.example")
        await page.get_by_label("Password").fill(OTHER_PASSWORD)
        await page.get_by_role("main").get_by_role("button").click()
        await page.wait_for_url("**/settings/applications")


async def test_a_window_that_a_web_client_opened_stays_its_own_until_it_comes_back(
    site: tuple[ServedNode, str],
) -> None:
    node, address = site
    async with node.node.database.begin() as tx:
        code, _ = await invite(tx, "admin")
    client = "https://client.example/"
    app = await registered(address, client)
    async with browser() as chromium:
        context = await chromium.new_context(locale="en")
        await context.route(f"{client}**", lambda route: route.fulfill(body="", content_type="text/html"))
        page = await context.new_page()
        await page.goto(f"{address}/invitations/{code}")
        await page.get_by_label("User name").fill("amina")
        await page.get_by_label("E-mail address").fill("amina@node.example")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Join").click()
        await page.wait_for_url("**/settings/applications")
        await context.clear_cookies()
        await page.goto(client)
        async with page.expect_popup() as opening:
            await page.evaluate(
                "url => { window.opened = window.open(url, 'auth', 'popup'); }",
                question(address, app, client),
            )
        popup = await opening.value
        await popup.get_by_label("User name").fill("amina")
        await popup.get_by_label("Password").fill("wrong, the first time")
        await popup.get_by_role("button", name="Sign in").click()
        await popup.get_by_label("Password").fill(PASSWORD)
        await popup.get_by_role("button", name="Sign in").click()
        await popup.get_by_role("button", name="Let it in", exact=True).click()
        await popup.wait_for_url(f"{client}?code=*")
        assert await page.evaluate("window.opened.closed") is False
        assert "code=" in await page.evaluate("window.opened.location.search")
        assert await popup.evaluate("window.opener !== null") is True


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
async def test_axe_finds_nothing_on_the_pages_of_members_and_they_fit_a_phone(
    site: tuple[ServedNode, str], language: str
) -> None:
    node, address = site
    app = await registered(address, OUT_OF_BAND)
    async with node.node.database.begin() as tx:
        codes = [(await invite(tx, "member"))[0] for _ in range(2)]
    found: list[str] = []
    async with browser() as chromium:
        context = await chromium.new_context(locale=language, viewport=PHONE)
        page = await context.new_page()

        async def look() -> None:
            for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLOURS)):
                await page.emulate_media(color_scheme=scheme)
                results = await axe.Axe().run(page, options=rules)
                found.extend(
                    f"{page.url} ({scheme}): {describe(each)}" for each in results.response["violations"]
                )
            for enlarge in ("", "document.documentElement.style.fontSize = '200%'"):
                await page.evaluate(f"() => {{ {enlarge} }}")
                beyond = await page.evaluate(
                    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if beyond > 0:
                    found.append(f"{page.url} is {beyond} pixels too wide {enlarge}")

        await page.goto(f"{address}/sign-in")
        await look()
        await page.locator("#login").fill("nobody")
        await page.locator("#password").fill("wrong")
        await page.locator("main button").click()
        await look()
        await page.goto(f"{address}/invitations/{codes[0]}")
        await look()
        await page.locator("#username").fill("admin")
        await page.locator("#email").fill("amina@node.example")
        await page.locator("#password").fill(PASSWORD)
        await page.locator("main button").click()
        await look()
        await page.locator("#username").fill("amina")
        await page.locator("#password").fill(PASSWORD)
        await page.locator("main button").click()
        await page.wait_for_url("**/settings/applications")
        await look()
        await page.goto(question(address, app, OUT_OF_BAND))
        await look()
        await page.locator("button[value=allow]").click()
        await look()
        code = await page.locator("main code").inner_text()
        async with httpx.AsyncClient(trust_env=False) as client:
            proof = {name: app[name] for name in ("client_id", "client_secret")}
            grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": OUT_OF_BAND}
            assert (await client.post(f"{address}/oauth/token", data=grant | proof)).status_code == 200
        for path in ("/settings/applications", "/settings/password", "/sign-in", "/invitations/nothing"):
            await page.goto(f"{address}{path}")
            await look()
    assert not found, "\n".join(found)
