"""The pages that list and explain: first page, lists, search, network, about, errors."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.requests import Request

from actors.publishing import withdraw
from node.pages.rendering import TEMPLATES
from node.pages.static import FOLDER
from node.web import error_page
from storage.follows import Follow
from storage.kinds import FollowState, Policy, Visibility
from tests.node.pages import (
    EVENT,
    OFFER,
    PRACTICE,
    PRACTICE_PATH,
    attribute,
    page,
    put,
    put_elsewhere,
    text_of,
    titles_in,
    visit,
)
from tests.node.served import ServedNode, served

LISTS = (
    "/practices",
    "/events",
    "/trainings",
    "/resources",
    "/experts/offers",
    "/experts/requests",
    "/statements",
    "/consultations",
    "/indicators",
)
PAGES = ("/", *LISTS, "/search", "/network", "/about", "/@office", "/@node")
NOBODYS = "/practices/what-nobody-published"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"node": {"contact_email": "office@node.example", "country": "KE"}}) as node:
        yield node


async def fill(site: ServedNode, count: int = 25) -> None:
    for number in range(count):
        site.clock.forward(seconds=1)
        await put(site, PRACTICE, title=f"Practice number {number}")
    await put(site, EVENT)
    await put(site, OFFER)


@pytest.mark.parametrize("path", PAGES)
async def test_pages_of_an_empty_node_say_that_nothing_is_there(site: ServedNode, path: str) -> None:
    document = await page(site, path)
    assert len(document.css("h1")) == 1
    assert text_of(document, "main")


async def test_the_first_page_shows_what_is_new_here_and_elsewhere(site: ServedNode) -> None:
    await put(site, PRACTICE)
    await put(site, EVENT)
    await put(site, OFFER)
    await put_elsewhere(site, await site.stranger())
    document = await page(site, "/")
    assert text_of(document, "h1") == "Example body"
    headings = [heading.text() for heading in document.css("main h2")]
    assert headings == ["Newest practices", "From other nodes", "Coming up", "Experts available"]
    assert titles_in(document) == [
        "Counsel within three hours",
        "A practice from elsewhere",
        "Meeting of duty lawyers",
        "Training of trainers",
    ]
    assert attribute(document, "form[role=search]", "action") == "/search"
    assert "@office@node.example" in text_of(document, "main")


async def test_the_first_page_shows_no_offer_that_has_run_out_and_no_event_that_is_over(
    site: ServedNode,
) -> None:
    await put(site, OFFER, valid_from="2026-01-01", valid_through="2026-06-30")
    await put(site, EVENT, starts="2026-08-01T09:00:00+05:45", ends="2026-08-01T10:00:00+05:45")
    assert titles_in(await page(site, "/")) == []


async def test_replicas_lead_to_their_own_node_and_say_which_it_is(site: ServedNode) -> None:
    stranger = await site.stranger("writer", "other.example")
    await put_elsewhere(site, stranger, url="https://other.example/practices/1")
    document = await page(site, "/practices")
    assert attribute(document, ".card a", "href") == "https://other.example/practices/1"
    assert attribute(document, ".card .origin bdi", "dir") is None
    assert text_of(document, ".card .origin bdi") == "other.example"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://elsewhere.example/x", "data:text/html,x", None]
)
async def test_the_page_of_a_replica_is_only_believed_on_its_own_node(
    site: ServedNode, url: str | None
) -> None:
    publication = await put_elsewhere(site, await site.stranger(), url=url)
    document = await page(site, "/practices")
    assert attribute(document, ".card a", "href") == publication.uri


@pytest.mark.parametrize("policy", [Policy.LIMITED, Policy.BLOCKED])
async def test_what_comes_from_a_node_that_is_limited_is_in_no_list(site: ServedNode, policy: Policy) -> None:
    await put_elsewhere(site, await site.stranger("writer", "limited.example"))
    async with site.node.database.begin() as tx:
        await tx.peers.set_policy("limited.example", policy, tx.now)
    for path in ("/", "/practices", "/search?q=practice"):
        assert titles_in(await page(site, path)) == []


async def test_what_is_not_public_is_in_no_list(site: ServedNode) -> None:
    for visibility in ("unlisted", "private"):
        await put(site, PRACTICE, visibility=visibility)
    for path in ("/", "/practices", "/search?q=counsel"):
        assert titles_in(await page(site, path)) == []


async def test_a_list_leads_to_the_older_ones_until_there_are_no_more(site: ServedNode) -> None:
    await fill(site)
    first = await page(site, "/practices")
    assert titles_in(first) == [f"Practice number {number}" for number in range(24, 4, -1)]
    older = attribute(first, ".more a", "href")
    assert older is not None
    second = await page(site, f"/practices{older}")
    assert titles_in(second) == [f"Practice number {number}" for number in range(4, -1, -1)]
    assert second.css_first(".more a") is None
    assert attribute(second, "meta[name=robots]", "content") == "noindex"


@pytest.mark.parametrize("before", ["0", "-1", "x", "99999999999999999999999", "１", "1e3", "%00"])
async def test_a_number_that_is_none_is_as_good_as_no_number(site: ServedNode, before: str) -> None:
    await put(site, PRACTICE)
    assert titles_in(await page(site, f"/practices?before={before}")) == ["Counsel within three hours"]


async def test_events_that_are_to_come_stand_before_those_that_are_over(site: ServedNode) -> None:
    await put(
        site, EVENT, title="Later", starts="2027-05-01T09:00:00+05:45", ends="2027-05-01T10:00:00+05:45"
    )
    await put(site, EVENT, title="Sooner")
    await put(site, EVENT, title="Over", starts="2026-05-01T09:00:00+05:45", ends="2026-05-01T10:00:00+05:45")
    await put(site, EVENT, kind="training", title="A training")
    document = await page(site, "/events")
    assert [heading.text() for heading in document.css("main h2")] == ["Coming up", "Past"]
    assert titles_in(document) == ["Sooner", "A training", "Later", "Over"]
    assert titles_in(await page(site, "/trainings")) == ["A training"]


async def test_experts_are_found_under_offers(site: ServedNode) -> None:
    response = await visit(site, "/experts")
    assert (response.status_code, response.headers["location"]) == (302, "/experts/offers")


async def test_search_marks_what_was_sought(site: ServedNode) -> None:
    await put(site, PRACTICE)
    await put(site, OFFER)
    document = await page(site, "/search?q=lawyer")
    assert titles_in(document) == ["Counsel within three hours"]
    assert [mark.text() for mark in document.css(".card mark")] == ["lawyer"]
    assert attribute(document, "input[name=q]", "value") == "lawyer"
    assert attribute(document, "meta[name=robots]", "content") == "noindex"


async def test_search_shows_the_language_in_which_the_words_stand(site: ServedNode) -> None:
    await put(site, PRACTICE)
    document = await page(site, "/search?q=quelqu%E2%80%99un")
    assert titles_in(document) == ["Un avocat dans les trois heures"]
    assert attribute(document, ".card h3", "lang") == "fr"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=practice", ["Counsel within three hours"]),
        ("kind=offer&q=trainers", ["Training of trainers"]),
        ("kind=nothing&q=counsel", ["Counsel within three hours"]),
        ("country=ke&kind=practice", ["Counsel within three hours"]),
        ("country=Kenya&q=counsel", ["Counsel within three hours"]),
        ("country=Quênia&q=counsel", ["Counsel within three hours"]),
        ("country=NP&q=counsel", []),
        ("q=counsel&page=2", []),
    ],
)
async def test_search_is_narrowed_by_kind_and_country(site: ServedNode, query: str, found: list[str]) -> None:
    await put(site, PRACTICE)
    await put(site, OFFER)
    assert titles_in(await page(site, f"/search?{query}")) == found


async def test_a_country_that_does_not_exist_is_said_beside_its_field(site: ServedNode) -> None:
    await put(site, PRACTICE)
    document = await page(site, "/search?q=counsel&country=Atlantis")
    assert titles_in(document) == []
    assert attribute(document, "#country", "aria-invalid") == "true"
    described = attribute(document, "#country", "aria-describedby")
    assert "No country" in text_of(document, f"#{described}")


async def test_search_results_come_in_pages(site: ServedNode) -> None:
    await fill(site, 20)
    first = await page(site, "/search?q=number&kind=practice")
    more = attribute(first, ".more a", "href")
    assert more == "?q=number&kind=practice&page=2"
    second = await page(site, f"/search{more}")
    assert len(titles_in(first)) + len(titles_in(second)) == 20
    assert attribute(second, ".more a", "href") == "?q=number&kind=practice&page=1"


async def test_a_hashtag_leads_to_a_search(site: ServedNode) -> None:
    response = await visit(site, "/tags/policecustody")
    assert (response.status_code, response.headers["location"]) == (302, "/search?q=policecustody")


async def test_the_network_says_how_things_stand_with_each_node(site: ServedNode) -> None:
    for number, state in enumerate(FollowState):
        followed = await site.stranger("node", f"n{number}.example")
        async with site.node.database.begin() as tx:
            follow = Follow(tx.new_id(), site.server.id, followed.id, f"{followed.uri}/f", state, tx.now)
            await tx.follows.add(follow)
    async with site.node.database.begin() as tx:
        await tx.peers.meet("n1.example", tx.now)
        await tx.peers.succeeded("n1.example", tx.now)
        for _ in range(3):
            await tx.peers.failed("n1.example", tx.now, "secret reason", resting_until=None)
    document = await page(site, "/network")
    listed = [" ".join(card.text().split()) for card in document.css(".card")]
    assert text_of(document, "main h2") == "This node follows 1 other."
    assert "Asked, no answer yet · n0.example".replace(" · ", " ") in listed[0]
    assert "Followed" in listed[1]
    assert "last heard of on 23 August 2026" in listed[1]
    assert "not reachable" in listed[1]
    assert "Does not want to be followed" in listed[2]
    assert "secret reason" not in document.html


async def test_about_says_how_to_reach_the_people_behind_the_node(site: ServedNode) -> None:
    document = await page(site, "/about")
    assert attribute(document, 'a[href^="mailto:"]', "href") == "mailto:office@node.example"
    assert "Kenya" in text_of(document, ".facts")


async def test_what_is_absent_and_what_must_not_be_known_look_exactly_alike(site: ServedNode) -> None:
    private = await put(site, PRACTICE, visibility="private", title="Between us")
    amina = await site.member()
    direct = await site.publish(amina, Visibility.DIRECT)
    elsewhere = await put_elsewhere(site, await site.stranger())
    suspended = await site.member("gone")
    await site.change(suspended, suspended_at=site.clock.now)
    public = await put(site, PRACTICE)
    absent = await visit(site, NOBODYS)
    assert absent.status_code == 404
    for path in (
        "/practices/between-us",
        f"/practices/{private.id}",
        f"/practices/{elsewhere.id}",
        f"/events/{public.id}",
        f"/@amina/{direct.id}",
        f"/@office/{direct.id}",
        f"/@amina/{public.id}",
        "/@gone",
        "/@Office",
        "/@nobody",
        "/@office@node.example",
        "/@office/99999999999999999999999999",
        "/@office/%EF%BC%91",
        "/practices/%00",
        "/practices/a%0ab",
        "/@%00",
        "/nothing/at/all",
        "/static/style.css",
        "/static/..%2f..%2fsettings",
    ):
        response = await visit(site, path)
        assert response.status_code == 404, path
        assert response.text == absent.text, path
        # Profiles may be read by programs on other sites, whether there is one at the address or not.
        different = {"x-request-id", "access-control-allow-origin"}
        ours = {name: value for name, value in response.headers.items() if name not in different}
        theirs = {name: value for name, value in absent.headers.items() if name not in different}
        assert ours == theirs, path


async def test_what_was_public_and_is_deleted_is_gone(site: ServedNode) -> None:
    public = await put(site, PRACTICE)
    private = await put(site, PRACTICE, visibility="private", title="Between us")
    async with site.node.database.begin() as tx:
        await withdraw(tx, site.office, public)
        await withdraw(tx, site.office, private)
    response = await visit(site, PRACTICE_PATH)
    assert response.status_code == 410
    assert "has been deleted" in LexborHTMLParser(response.text).css_first("h1").text()
    assert (await visit(site, "/practices/between-us")).status_code == 404


async def test_somebody_who_left_is_gone(site: ServedNode) -> None:
    amina = await site.member()
    async with site.node.database.begin() as tx:
        await tx.actors.mark_gone(amina, tx.now)
    assert (await visit(site, "/@amina")).status_code == 410


async def test_error_pages_say_what_to_do_and_do_not_repeat_the_address(site: ServedNode) -> None:
    response = await visit(site, "/<script>alert(1)</script>?lang=%22%3E%3Cscript%3E")
    document = LexborHTMLParser(response.text)
    assert text_of(document, "h1") == "There is nothing here"
    assert "Search for it" in text_of(document, "main")
    assert document.css_first("script") is None
    assert "alert" not in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, NOBODYS])
async def test_pages_are_light_and_load_nothing_but_their_style(site: ServedNode, path: str) -> None:
    await fill(site)
    response = await visit(site, path)
    style = (FOLDER / "style.css").read_bytes()
    whole = len(response.content) + len(style)
    assert whole <= 30_000, f"{path} has {whole} bytes"
    assert len(gzip.compress(response.content)) + len(gzip.compress(style)) <= 8_000
    document = LexborHTMLParser(response.text)
    assert [script.attributes.get("type") for script in document.css("script")] in (
        [],
        ["application/ld+json"],
    )
    assert document.css_first("iframe, object, embed, style, [style], [onclick]") is None
    for tag in document.css("link[rel=stylesheet], link[rel=icon], img"):
        address = tag.attributes.get("href") or tag.attributes.get("src") or ""
        assert address.startswith("/static/")


@pytest.mark.parametrize("path", [*PAGES, NOBODYS])
async def test_every_page_has_what_screen_readers_go_by(site: ServedNode, path: str) -> None:
    await put(site, PRACTICE)
    document = LexborHTMLParser((await visit(site, path)).text)
    assert attribute(document, "html", "lang") == "en"
    assert attribute(document, "html", "dir") == "ltr"
    assert len(document.css("h1")) == 1
    for landmark in ("header", "main", "footer", "nav[aria-label]"):
        assert document.css_first(landmark) is not None
    skip = document.css_first("body > a")
    assert skip is not None
    assert skip.attributes["href"] == "#main"
    assert document.css_first("main#main") is not None
    names = {label.attributes["for"] for label in document.css("label")}
    assert {field.attributes["id"] for field in document.css("input, select")} <= names
    levels = [int(heading.tag[1]) for heading in document.css("h1, h2, h3, h4, h5, h6")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("path", PAGES)
async def test_pages_forbid_scripts_and_frames(site: ServedNode, path: str) -> None:
    policy = (await visit(site, path)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy


async def test_a_page_that_did_not_change_is_not_sent_again(site: ServedNode) -> None:
    first = await visit(site, "/about")
    assert first.headers["cache-control"] == "public, no-cache"
    assert first.headers["vary"] == "Accept, Accept-Language, Cookie"
    again = await visit(site, "/about", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


async def test_files_are_kept_for_good_under_an_address_of_their_content(site: ServedNode) -> None:
    address = attribute(await page(site, "/"), "link[rel=stylesheet]", "href")
    assert address is not None
    response = await visit(site, address)
    assert response.headers["content-type"].startswith("text/css")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await visit(site, "/static/style.0000000000000000.css")).status_code == 404
    assert (
        await visit(site, attribute(await page(site, "/"), "link[rel=icon]", "href") or "")
    ).status_code == 200


async def test_crawlers_are_told_what_to_leave_alone(site: ServedNode) -> None:
    response = await visit(site, "/robots.txt")
    assert response.text.splitlines()[:2] == ["User-agent: *", "Disallow: /search"]


async def test_an_unsafe_name_of_a_body_stays_text(site: ServedNode) -> None:
    hostile = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    settings = site.node.settings
    named = replace(settings, node=replace(settings.node, name=hostile))
    site.app.state.node = replace(site.node, settings=named)
    document = await page(site, "/")
    assert text_of(document, "h1") == hostile
    assert document.css_first("script:not([type]), img") is None


def test_the_style_sheet_knows_no_left_and_no_right() -> None:
    style = (FOLDER / "style.css").read_text("utf-8")
    for physical in ("left", "right", "margin-top", "padding-top", "border-top", "border-bottom", "float:"):
        assert physical not in style, f"{physical} is not a logical property"


def test_templates_mark_nothing_as_html_but_what_is_sanitised() -> None:
    marked = {
        (path.name, line.split("| html")[0].split("{{")[-1].strip())
        for folder in TEMPLATES
        for path in folder.glob("*.html")
        for line in path.read_text("utf-8").splitlines()
        if "| html" in line
    }
    assert marked == {
        ("base.html", "document"),
        ("document.html", "view.text.text"),
        ("home.html", "view.summary.text"),
        ("about.html", "view.summary.text"),
        ("profile.html", "view.summary.text"),
        ("profile.html", "content"),
        ("publication.html", "view.content.text"),
    }
    everything = "".join(path.read_text("utf-8") for folder in TEMPLATES for path in folder.glob("*.html"))
    assert "safe" not in everything
    assert "autoescape" not in everything


@pytest.mark.parametrize("status", [400, 401, 403, 405, 410, 413, 418, 421, 429, 500, 502, 503, 507])
async def test_every_error_has_a_page_that_tells_what_the_program_knows(
    site: ServedNode, status: int
) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "app": site.app,
    }
    sentence = "The request <b>broke</b> off."
    response = await error_page(Request(scope), status, sentence)
    assert response.status_code == status
    document = LexborHTMLParser(bytes(response.body).decode())
    assert text_of(document, "h1")
    assert text_of(document, ".lead")
    assert document.css_first("main b") is None
    found = document.css_first(".hint")
    assert (found.text() if found else None) == (None if status == 410 else sentence)
    assert attribute(document, "meta[name=robots]", "content") == "noindex"
