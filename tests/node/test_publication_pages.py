"""The page of one publication, and that of an actor: what people read and what machines read in it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actors.drafts import draft_of
from actors.publishing import edit
from node.web.linked_data import written
from storage.kinds import Kind
from tests.node.pages import (
    EVENT,
    EVENT_PATH,
    OFFER,
    PRACTICE,
    PRACTICE_PATH,
    attribute,
    change,
    facts_in,
    page,
    put,
    text_of,
    titles_in,
    visit,
)
from tests.node.served import ServedNode, served

HOSTILE = """</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>&lt;b&gt;\u202e\u2028"""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as node:
        yield node


def linked_data_in(document: Any) -> list[dict[str, Any]]:
    return [json.loads(script.text()) for script in document.css("script[type='application/ld+json']")]


async def test_a_practice_is_shown_with_everything_that_is_known_of_it(site: ServedNode) -> None:
    await put(site, PRACTICE)
    document = await page(site, PRACTICE_PATH)
    assert text_of(document, "h1") == "Counsel within three hours"
    assert attribute(document, "h1", "lang") == "en"
    assert text_of(document, ".lead") == "A call centre links people in custody with a lawyer."
    assert facts_in(document) == {
        "Maturity": "Promising",
        "Since": "February 2023",
        "Country": "Kenya",
        "Stage of the criminal process": "Police custody",
        "Language": "English and French",
        "Licence": "CC BY",
    }
    assert text_of(document, ".prose").startswith("Problem Nobody came. Results Somebody comes.")
    assert text_of(document, ".files") == "Protocol PDF"
    assert "Version 1" in text_of(document, "article footer")


async def test_the_text_does_not_repeat_what_its_page_says_anyway(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    prose = text_of(await page(site, PRACTICE_PATH), ".prose")
    assert "<strong>Counsel within three hours</strong>" in publication.content
    assert "Counsel within three hours" not in prose
    assert "Protocol" in publication.content
    assert "Protocol" not in prose
    offer = await put(site, OFFER)
    prose = text_of(await page(site, "/experts/offers/training-of-trainers"), ".prose")
    assert str(offer.url) in offer.content
    assert "Please do not send case details" not in prose
    assert "Two trainers." in prose


async def test_page_and_object_name_each_other(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    response = await visit(site, PRACTICE_PATH)
    assert (
        response.headers["link"] == f'<{publication.uri}>; rel="alternate"; type="application/activity+json"'
    )
    assert response.headers["vary"] == "Accept, Accept-Language, Cookie"
    document = await page(site, PRACTICE_PATH)
    alternate = 'link[rel=alternate][type="application/activity+json"]'
    assert attribute(document, alternate, "href") == publication.uri
    assert attribute(document, "link[rel=canonical]", "href") == publication.url
    assert publication.url == f"https://node.example{PRACTICE_PATH}"
    served_object = (await site.get(f"/o/{publication.id}")).json()
    assert served_object["url"] == publication.url


@pytest.mark.parametrize(
    "accept",
    ["application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'],
)
async def test_who_asks_a_page_for_the_object_is_led_to_it(site: ServedNode, accept: str) -> None:
    publication = await put(site, PRACTICE)
    for path, uri in ((PRACTICE_PATH, publication.uri), ("/@office", site.office.uri)):
        response = await site.get(path, accept)
        assert (response.status_code, response.headers["location"]) == (302, uri)
        assert response.headers["vary"] == "Accept"
    assert (await site.get("/practices/absent", accept)).status_code == 404


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html"])
async def test_everybody_else_gets_the_page(site: ServedNode, accept: str | None) -> None:
    await put(site, PRACTICE)
    response = await site.get(PRACTICE_PATH, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_number_leads_to_the_page_with_the_title(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    for path in (f"/practices/{publication.id}", f"/@office/{publication.id}"):
        response = await visit(site, path)
        assert (response.status_code, response.headers["location"]) == (302, PRACTICE_PATH)


async def test_titles_of_any_script_have_pages(site: ServedNode) -> None:
    publication = await put(site, PRACTICE, language="ar", title="محام لكل طفل", summary="", sections={})
    assert publication.slug == "محام-لكل-طفل"
    address = str(publication.url).removeprefix("https://node.example")
    assert address.isascii()
    document = await page(site, address)
    assert text_of(document, "h1") == "محام لكل طفل"
    assert (attribute(document, "h1", "lang"), attribute(document, "h1", "dir")) == ("ar", "rtl")
    assert attribute(document, "html", "dir") == "ltr"
    listed = attribute(await page(site, "/practices"), ".card a", "href")
    assert listed == address
    response = await visit(site, f"/practices/{publication.id}")
    assert response.headers["location"] == address


async def test_a_text_is_shown_in_the_visitors_language_where_there_is_one(site: ServedNode) -> None:
    await put(site, PRACTICE)
    french = await page(site, PRACTICE_PATH, accept_language="fr-CA")
    assert text_of(french, "h1") == "Un avocat dans les trois heures"
    assert attribute(french, ".prose", "lang") == "fr"
    assert "Quelqu’un vient." in text_of(french, ".prose")
    russian = await page(site, PRACTICE_PATH, accept_language="ru")
    assert attribute(russian, "html", "lang") == "ru"
    assert attribute(russian, "h1", "lang") == "en"
    choices = {each.attributes["lang"]: each.attributes["href"] for each in french.css("article .tabs a")}
    assert choices == {"en": "?content=en", "fr": "?content=fr"}
    assert attribute(french, "article .tabs [aria-current]", "lang") == "fr"
    other = await page(site, f"{PRACTICE_PATH}{choices['en']}", accept_language="fr")
    assert attribute(other, "html", "lang") == "fr"
    assert attribute(other, ".prose", "lang") == "en"
    assert (await page(site, f"{PRACTICE_PATH}?content=xx")).css_first("h1") is not None


async def test_an_event_is_told_in_its_own_time(site: ServedNode) -> None:
    await put(site, EVENT)
    document = await page(site, EVENT_PATH)
    facts = facts_in(document)
    assert facts["When"] == "Tue 2 March 2027, 09:00–17:00 (UTC+05:45, Nepal Time)"
    assert attribute(document, "dl.facts time", "datetime") == "2027-03-02T09:00:00+05:45"
    assert facts["Place"] == "Town hall, 1 Example Road, Kathmandu, Nepal"
    assert facts["Online"] == "meet.example"
    assert facts["Number of places"] == "400"
    assert facts["Participation"] == "After approval by the organisers"
    assert "secret" not in document.html
    french = facts_in(await page(site, EVENT_PATH, accept_language="fr"))
    assert french["Lieu"].endswith("Népal")
    assert french["Quand"].startswith("mar. 2 mars 2027")


async def test_an_event_over_several_days_and_without_a_zone_has_its_offset(site: ServedNode) -> None:
    await put(site, EVENT, timezone="", ends="2027-03-03T17:00:00+05:45")
    when = facts_in(await page(site, EVENT_PATH))["When"]
    assert when == "Tue 2 March 2027, 09:00 – Wed 3 March 2027, 17:00 (UTC+05:45)"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, None),
        ({"status": "cancelled"}, "Cancelled"),
        ({"status": "moved_online"}, "Moved online"),
        ({"starts": "2026-03-02T09:00:00+05:45", "ends": "2026-03-02T17:00:00+05:45"}, "Over"),
    ],
)
async def test_a_page_says_first_that_an_event_is_off_or_over(
    site: ServedNode, facts: dict[str, str], state: str | None
) -> None:
    await put(site, EVENT, **facts)
    found = (await page(site, EVENT_PATH)).css_first(".kind strong")
    assert (found.text() if found else None) == state


async def test_an_offer_is_open_through_its_last_day(site: ServedNode) -> None:
    await put(site, OFFER, valid_from="", valid_through="2026-08-23")
    document = await page(site, "/experts/offers/training-of-trainers")
    assert document.css_first(".kind strong") is None
    assert facts_in(document)["Amount of time"] == "20 hours"
    assert facts_in(document)["Fee"] == "Pro bono"
    site.clock.forward(days=2)
    document = await page(site, "/experts/offers/training-of-trainers")
    assert text_of(document, ".kind strong") == "Closed"


async def test_hostile_titles_and_facts_stay_text(site: ServedNode) -> None:
    publication = await put(site, EVENT, title="Plain")
    publication = await change(
        site,
        publication,
        title=HOSTILE,
        title_map={"en": HOSTILE},
        source=None,
        summary=f"<p>{HOSTILE}</p>",
        summary_map=None,
        license=HOSTILE,
        jurisdiction=[HOSTILE],
        concepts=[{"id": "https://x.example/y", "scheme": "https://x.example", "name": HOSTILE}],
        attachments=[
            {"type": "Image", "mediaType": "image/png", "url": "https://node.example/x.png", "name": HOSTILE},
            {"type": "Document", "mediaType": HOSTILE, "url": "javascript:alert(1)", "name": HOSTILE},
            {"type": "Document", "mediaType": HOSTILE, "url": "https://x.example/a", "name": HOSTILE},
        ],
        details={
            "timezone": "../../etc/passwd",
            "starts": "never",
            "place": {"name": HOSTILE, "country": HOSTILE, "locality": ["x"]},
            "online_url": "javascript:alert(1)",
            "join_mode": ["free"],
            "capacity": "many",
            "languages": [HOSTILE, 7, None],
            "status": {"x": HOSTILE},
            "closes": "2027-99-99",
            "level": HOSTILE,
        },
    )
    for path in ("/events/plain", "/events", "/", "/search?q=alert", "/search?kind=event", "/@office"):
        document = await page(site, path)
        for script in document.css("script"):
            assert script.attributes.get("type") == "application/ld+json", path
            assert "<" not in script.text()
        assert document.css_first("[onerror]") is None
        assert document.css_first("img[src=x]") is None
        assert "javascript:" not in "".join(each.attributes.get("href") or "" for each in document.css("a"))
        assert "\u202e" not in document.html
    blocks = linked_data_in(await page(site, "/events/plain"))
    assert "</script>" in blocks[0]["headline"]


def test_linked_data_can_neither_end_its_element_nor_begin_a_comment() -> None:
    document = {"name": "</script><!--&amp;\u2028\u2029", "empty": "", "none": None, "list": []}
    text = written(document)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"name": document["name"]}


async def test_other_servers_find_what_their_cards_need(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    document = await page(site, PRACTICE_PATH)
    found = {tag.attributes["property"]: tag.attributes["content"] for tag in document.css("meta[property]")}
    assert found == {
        "og:type": "article",
        "og:site_name": "Example body",
        "og:title": "Counsel within three hours",
        "og:description": "A call centre links people in custody with a lawyer.",
        "og:url": publication.url,
        "og:locale": "en",
        "article:published_time": "2026-08-23T10:00:00+00:00",
    }
    assert attribute(document, 'meta[name="fediverse:creator"]', "content") == "@office@node.example"
    (block,) = linked_data_in(document)
    assert (block["@type"], block["headline"]) == ("WebPage", "Counsel within three hours")
    assert block["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert block["author"] == {
        "@type": "Organization",
        "name": "Example body",
        "url": "https://node.example/@office",
    }


async def test_search_engines_find_an_event(site: ServedNode) -> None:
    await put(site, EVENT, status="postponed")
    _, event = linked_data_in(await page(site, EVENT_PATH))
    assert event["@type"] == "Event"
    assert event["startDate"] == "2027-03-02T09:00:00+05:45"
    assert event["eventStatus"] == "https://schema.org/EventPostponed"
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert event["location"][0]["address"]["addressCountry"] == "NP"
    assert "secret" not in json.dumps(event)


async def test_what_nobody_wants_found_is_not_indexed(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    await put(site, PRACTICE, title="Unlisted", visibility="unlisted")
    robots = "meta[name=robots]"
    assert (await page(site, PRACTICE_PATH)).css_first(robots) is None
    assert (await page(site, "/@office")).css_first(robots) is None
    assert attribute(await page(site, "/practices/unlisted"), robots, "content") == "noindex"
    await change(site, publication, indexable=False)
    assert attribute(await page(site, PRACTICE_PATH), robots, "content") == "noindex"
    await change(site, publication, indexable=True)
    await site.change(site.office, indexable=False)
    assert attribute(await page(site, PRACTICE_PATH), robots, "content") == "noindex"
    assert attribute(await page(site, "/@office"), robots, "content") == "noindex"


async def test_pictures_are_drawn_from_this_node_alone(site: ServedNode) -> None:
    pictures = [
        {
            "url": "https://node.example/media/1.png",
            "media_type": "image/png",
            "name": "Our rota",
            "width": 4,
            "height": 3,
        },
        {"url": "https://elsewhere.example/2.png", "media_type": "image/png", "name": "Their rota"},
        {"url": "https://node.example/media/3.svg", "media_type": "image/svg+xml", "name": "A drawing"},
    ]
    await put(site, PRACTICE, attachments=pictures)
    document = await page(site, PRACTICE_PATH)
    (drawn,) = document.css("img")
    assert drawn.attributes["src"] == "https://node.example/media/1.png"
    assert (drawn.attributes["alt"], drawn.attributes["width"]) == ("Our rota", "4")
    assert "elsewhere.example" in text_of(document, ".files")
    assert attribute(document, 'meta[property="og:image"]', "content") == "https://node.example/media/1.png"
    assert attribute(document, 'meta[property="og:image:alt"]', "content") == "Our rota"


async def test_the_size_of_a_file_is_said_where_it_is_known(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    await change(site, publication, attachments=[publication.attachments[0] | {"size": 84_213}])
    assert text_of(await page(site, PRACTICE_PATH), ".files") == "Protocol PDF 84 kB"
    assert "كيلوبايت" in text_of(await page(site, PRACTICE_PATH, accept_language="ar"), ".files")


async def test_a_resource_lists_its_links(site: ServedNode) -> None:
    resource = {
        name: value for name, value in PRACTICE.items() if name not in {"sections", "maturity", "started"}
    }
    await put(
        site,
        resource,
        kind="resource",
        body="What is in it.",
        genre="manual",
        pages=96,
        links=[{"url": "https://files.example/light", "name": "Light version"}],
    )
    document = await page(site, "/resources/counsel-within-three-hours")
    assert facts_in(document)["Genre"] == "Manual"
    assert facts_in(document)["Number of pages"] == "96"
    assert attribute(document, "#links + ul a", "href") == "https://files.example/light"
    assert "Light version" not in text_of(document, ".prose")


async def test_an_edited_text_says_so(site: ServedNode) -> None:
    publication = await put(site, PRACTICE)
    site.clock.forward(days=3)
    async with site.node.database.begin() as tx:
        assert publication.source is not None
        draft = replace(draft_of(publication.source), title={"en": "Another title"})
        await edit(tx, site.office, publication, draft, reason="Better")
    document = await page(site, PRACTICE_PATH)
    assert text_of(document, "h1") == "Another title"
    assert text_of(document, "article footer") == "Version 2 changed on 26 August 2026"


async def test_a_note_stands_under_its_author(site: ServedNode) -> None:
    amina = await site.member()
    note = await put(site, {"kind": "note", "language": "en", "body": "Good morning."}, amina)
    document = await page(site, f"/@amina/{note.id}")
    assert text_of(document, "h1") == "Note by Amina"
    assert text_of(document, ".prose") == "Good morning."
    assert attribute(document, "link[rel=canonical]", "href") == f"https://node.example/@amina/{note.id}"
    assert attribute(document, "meta[name=description]", "content") == "Good morning."
    assert f"/o/{note.id}" in text_of(document, ".box")


async def test_a_content_warning_stands_before_the_text_everywhere(site: ServedNode) -> None:
    amina = await site.member()
    warned = {
        "kind": "note",
        "language": "en",
        "body": "The whole story.",
        "summary": "Violence",
        "sensitive": True,
    }
    note = await put(site, warned, amina)
    document = await page(site, f"/@amina/{note.id}")
    assert text_of(document, "details summary") == "Content warning: Violence"
    assert text_of(document, "details .prose") == "The whole story."
    assert attribute(document, "meta[name=description]", "content") == "Violence"
    for path in ("/@amina", "/search?q=story"):
        card = text_of(await page(site, path), ".card")
        assert "Violence" in card
        assert "story" not in card


async def test_a_profile_shows_what_an_actor_says_of_itself(site: ServedNode) -> None:
    await site.change(
        site.office,
        summary="<p>We help.</p>",
        fields=[["Web", '<a href="https://node.example" rel="me">node.example</a>'], ["<b>", "x"]],
        jurisdiction=["KE"],
        languages=["en", "sw"],
    )
    await site.accept(await site.stranger(), site.office)
    await put(site, PRACTICE)
    document = await page(site, "/@office")
    assert text_of(document, "h1") == "Example body"
    assert text_of(document, "code.copy") == "@office@node.example"
    assert text_of(document, ".prose") == "We help."
    assert "1 follower" in text_of(document, "main .meta")
    assert "follows 0" in text_of(document, "main .meta")
    assert facts_in(document) == {
        "Country": "Kenya",
        "Languages": "English and Swahili",
        "Web": "node.example",
        "<b>": "x",
    }
    assert attribute(document, ".facts a", "rel") == "me"
    assert attribute(document, "link[rel=alternate]", "href") == site.office.uri
    assert titles_in(document) == ["Counsel within three hours"]
    (block,) = linked_data_in(document)
    assert block["mainEntity"]["alternateName"] == "@office@node.example"


async def test_a_profile_leads_to_older_notes(site: ServedNode) -> None:
    amina = await site.member()
    for number in range(25):
        site.clock.forward(seconds=1)
        await put(site, {"kind": "note", "language": "en", "body": f"Day {number}."}, amina)
    first = await page(site, "/@amina")
    texts = [card.text() for card in first.css(".card > p:first-child")]
    assert texts == [f"Day {number}." for number in range(24, 4, -1)]
    second = await page(site, f"/@amina{attribute(first, '.more a', 'href')}")
    assert len(second.css(".card")) == 5


async def test_unlisted_notes_stand_on_the_profile_and_private_ones_nowhere(site: ServedNode) -> None:
    amina = await site.member()
    for visibility in ("public", "unlisted", "private"):
        note = {"kind": "note", "language": "en", "body": visibility, "visibility": visibility}
        await put(site, note, amina)
    document = await page(site, "/@amina")
    assert [card.text() for card in document.css(".card > p:first-child")] == ["unlisted", "public"]


@pytest.mark.parametrize("kind", [Kind.STATEMENT, Kind.CONSULTATION, Kind.INDICATOR_RETURN])
async def test_kinds_that_nobody_can_write_yet_have_pages(site: ServedNode, kind: Kind) -> None:
    publication = await site.publish(
        site.office,
        kind=kind,
        type="Article",
        title="Together",
        slug="together",
        details={"closes": "2027-01-01"},
    )
    path = {
        Kind.STATEMENT: "/statements/together",
        Kind.CONSULTATION: "/consultations/together",
        Kind.INDICATOR_RETURN: "/indicators/together",
    }[kind]
    document = await page(site, path)
    assert text_of(document, "h1") == "Together"
    assert attribute(document, "link[rel=alternate]", "href") == publication.uri


async def test_requests_and_trainings_have_pages(site: ServedNode) -> None:
    await put(site, OFFER, kind="request")
    await put(site, EVENT, kind="training", level="Practitioner")
    request = await page(site, "/experts/requests/training-of-trainers")
    assert text_of(request, ".kind") == "Expert wanted"
    training = await page(site, "/trainings/meeting-of-duty-lawyers")
    assert facts_in(training)["Level"] == "Practitioner"
