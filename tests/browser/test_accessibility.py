"""Whether people can use the pages who see, hear, move or read otherwise: WCAG 2.2 AA in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsing import browser, on_a_socket
from tests.node.pages import (
    EVENT,
    EVENT_PATH,
    OFFER,
    PRACTICE,
    PRACTICE_PATH,
    put,
    put_elsewhere,
)
from tests.node.served import ServedNode

axe = pytest.importorskip(
    "axe_playwright_python.async_playwright", reason="needs axe, which pip install '.[dev]' brings"
)

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
RULES_OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PATHS = (
    "/",
    "/practices",
    "/events",
    "/resources",
    "/experts/offers",
    "/search",
    "/search?q=counsel",
    "/search?q=counsel&country=Atlantis",
    "/network",
    "/about",
    "/privacy",
    "/@office",
    "/@amina",
    PRACTICE_PATH,
    EVENT_PATH,
    "/experts/offers/training-of-trainers",
    "/nothing",
)
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
TABLE = "\n\n| Day | Morning | Afternoon |\n|---|---|---|\n| 2 March | Opening | Paralegals |\n"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[ServedNode, str]]:
    async with on_a_socket(tmp_path) as (node, address):
        await fill(node)
        yield node, address


async def fill(site: ServedNode) -> None:
    picture = {"url": f"{site.node.base_url}/media/rota.png", "media_type": "image/png", "name": "The rota"}
    await put(site, PRACTICE, attachments=[])
    await put(site, PRACTICE, title="ممارسة من تونس", language="ar", summary="قائمة مناوبة.", sections={})
    await put(site, EVENT, body=f"Bring your questions.{TABLE}")
    await put(site, EVENT, title="Off", status="cancelled")
    await put(site, OFFER)
    amina = await site.member()
    await put(site, {"kind": "note", "language": "en", "body": "Good morning."}, amina)
    await put_elsewhere(site, await site.stranger(), attachments=[picture])


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_axe_finds_nothing_on_any_page(site: tuple[ServedNode, str], language: str) -> None:
    _, address = site
    found = []
    async with browser() as chromium:
        context = await chromium.new_context(locale=language, viewport=DESK)
        for path in PATHS:
            page = await context.new_page()
            await page.goto(f"{address}{path}")
            for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLOURS)):
                await page.emulate_media(color_scheme=scheme)
                results = await axe.Axe().run(page, options=rules)
                found += [f"{path} ({scheme}): {describe(each)}" for each in results.response["violations"]]
            await page.close()
    assert not found, "\n".join(found)


async def test_axe_would_notice() -> None:
    async with browser() as chromium:
        page = await chromium.new_page()
        await page.set_content("<p style='color:#aaa;background:#fff'>Pale<img src='x'></p>")
        results = await axe.Axe().run(page, options=RULES)
    rules = {violation["id"] for violation in results.response["violations"]}
    assert {"color-contrast", "image-alt", "html-has-lang", "landmark-one-main"} <= rules


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
async def test_pages_fit_a_small_screen_and_large_letters(
    site: tuple[ServedNode, str], language: str
) -> None:
    _, address = site
    async with browser() as chromium:
        context = await chromium.new_context(locale=language, viewport=PHONE)
        page = await context.new_page()
        for path in PATHS:
            await page.goto(f"{address}{path}")
            for enlarge in ("", "document.documentElement.style.fontSize = '200%'"):
                await page.evaluate(f"() => {{ {enlarge} }}")
                beyond = await page.evaluate(
                    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert beyond <= 0, f"{path} is {beyond} pixels too wide {enlarge}"


async def test_a_keyboard_is_enough(site: tuple[ServedNode, str]) -> None:
    _, address = site
    async with browser() as chromium:
        page = await chromium.new_page(viewport=DESK)
        await page.goto(f"{address}/")
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert await focused.inner_text() == "Skip to the content"
        box = await focused.bounding_box()
        assert box["y"] >= 0, "the skip link is not seen when it has the focus"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.evaluate("() => document.activeElement.closest('main') !== null")
        await page.locator("#q").focus()
        await page.keyboard.type("counsel")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/search?q=counsel")
        assert await page.locator(".card").count() == 1


async def test_focus_is_seen_on_everything_that_takes_it(site: tuple[ServedNode, str]) -> None:
    _, address = site
    async with browser() as chromium:
        for scheme in ("light", "dark"):
            page = await chromium.new_page(viewport=DESK, color_scheme=scheme)
            await page.goto(f"{address}/search?q=counsel")
            seen = 0
            while True:
                await page.keyboard.press("Tab")
                outline = await page.evaluate(
                    "() => document.activeElement === document.body ? '' : "
                    "getComputedStyle(document.activeElement).outlineStyle + ' ' + "
                    "getComputedStyle(document.activeElement).outlineWidth"
                )
                if not outline or seen > 60:
                    break
                assert outline == "solid 3px"
                seen += 1
            assert seen > 15
            await page.close()


async def test_pages_work_without_scripts_and_ask_nobody_else(site: tuple[ServedNode, str]) -> None:
    _, address = site
    asked: list[str] = []
    async with browser() as chromium:
        context = await chromium.new_context(java_script_enabled=False, locale="en")
        page = await context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{address}/")
        await page.get_by_role("link", name="العربية").click()
        assert await page.locator("html").get_attribute("dir") == "rtl"
        await page.goto(f"{address}/about")
        assert await page.locator("html").get_attribute("lang") == "ar"
        await page.goto(f"{address}/search?lang=en")
        await page.get_by_label("Kind").select_option("practice")
        await page.get_by_label("Country").fill("Kenya")
        await page.get_by_role("main").get_by_role("button").click()
        assert await page.locator(".card").count() == 2
    assert asked
    assert all(url.startswith(f"{address}/") for url in asked), asked


def describe(violation: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}): {where}"
