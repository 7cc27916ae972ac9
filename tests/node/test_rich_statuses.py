"""Practices, events, offers and what other software publishes, as apps read them: golden texts."""

import json
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from storage.publications import Publication
from tests.clients.entities.statuses import Status
from tests.clients.validation import validate
from tests.fediverse import Fediverse, LiveNode, Persona
from tests.make import PUBLIC, note
from tests.node.api_client import Program, anybody, program
from tests.node.statuses import done, posted
from tests.remotes import Remote
from tests.shared import shared_json

#: What a text may be made of (behaviour 80), with what clients pass over without losing words.
SUBSET = {"p", "br", "a", "span", "strong", "b", "em", "i", "u", "del", "s", "ul", "ol", "li"} | {
    "blockquote",
    "pre",
    "code",
    "ruby",
    "rp",
    "rt",
    "bdi",
}
PICTURE = {
    "url": "https://files.example/court.png",
    "media_type": "image/png",
    "name": "A court",
    "width": 1200,
    "height": 630,
}


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example")


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


@pytest.fixture
def social(fediverse: Fediverse) -> Remote:
    return fediverse.remote("social.example")


@pytest.fixture
def writer(social: Remote) -> Persona:
    persona = social.person("writer")
    persona.publish(name="The Writer", url="https://social.example/@writer")
    return persona


async def seen(who: Program, publication: Publication) -> dict[str, Any]:
    """Return the status of a publication, which holds what every status must."""
    status: dict[str, Any] = await done(who, "GET", f"/api/v1/statuses/{publication.id}")
    _check(status, who)
    return status


def _check(status: dict[str, Any], who: Program) -> None:
    validate(status, Status, member=who.token is not None)
    assert set(re.findall(r"<([a-z0-9]+)", status["content"])) <= SUBSET
    # Beside media no program shows a card.
    assert not (status["media_attachments"] and status["card"])
    for attributes in re.findall(r"<a ([^>]*)>", status["content"]):
        assert "nofollow noopener" in attributes
        assert attributes.startswith('href="http')


async def found(who: Program, persona: Persona, document: dict[str, Any]) -> dict[str, Any]:
    """Lay a document of other software down as `persona`'s, and find it by its address as a member does."""
    theirs = urlsplit(document["id"]).netloc
    text = json.dumps(document).replace(f"//{theirs}/", "//social.example/")
    text = text.replace("http://social.example", "https://social.example")
    moved = {**json.loads(text), "attributedTo": persona.uri}
    persona.remote.lay(moved["id"], moved)
    query = urlencode({"q": moved["id"], "resolve": "true"})
    [status] = (await done(who, "GET", f"/api/v2/search?{query}"))["statuses"]
    _check(status, who)
    return dict(status)


def fixture(*parts: str) -> dict[str, Any]:
    document: dict[str, Any] = shared_json("fixtures", *parts)
    return document["object"] if document["type"] == "Create" else document


# What is published here.


async def test_a_short_practice_is_whole(live: LiveNode, amina: Program) -> None:
    practice = await live.publish(
        live.office,
        "## How it works\n\nThey talk to **everybody**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two",
        kind="practice",
        title="Paralegals at the station",
        summary="Paralegals visit each station twice a day.",
        jurisdiction=["KE"],
        concepts=["stage/police-custody"],
        license="CC-BY-4.0",
        attachments=[PICTURE],
    )
    status = await seen(amina, practice)
    url = "https://kenya.example/practices/paralegals-at-the-station"
    assert status["content"] == (
        "<p><strong>Paralegals at the station</strong> — Kenya.</p>"
        "<p><strong>How it works</strong></p>"
        "<p>They talk to <strong>everybody</strong>.</p>"
        f'<p><a href="{url}" rel="nofollow noopener">{url}</a></p>'
        "<ul><li>one</li><li>two</li></ul>"
    )
    assert (status["spoiler_text"], status["sensitive"], status["media_attachments"]) == ("", False, [])
    assert (status["url"], status["uri"]) == (url, practice.uri)
    assert status["poll"] is None
    card = status["card"]
    office = status["account"]
    assert card == {
        "url": url,
        "title": "Paralegals at the station",
        "description": "Practice · Kenya · police custody. Paralegals visit each station twice a day.",
        "language": "en",
        "type": "link",
        "author_name": "Kenya",
        "author_url": office["url"],
        "provider_name": "Kenya",
        "provider_url": "https://kenya.example",
        "html": "",
        "width": 1200,
        "height": 630,
        "image": card["image"],
        "image_description": "A court",
        "embed_url": "",
        "blurhash": None,
        "published_at": "2026-08-23T10:00:00.000Z",
        "authors": [{"name": "Kenya", "url": office["url"], "account": office}],
    }
    assert card["image"].startswith("https://kenya.example/")
    assert status["ilan"] == {
        "kind": "practice",
        "title": "Paralegals at the station",
        "jurisdiction": ["KE"],
        "concepts": ["https://w3id.org/ilan/v/stage/police-custody"],
        "license": "CC-BY-4.0",
    }
    assert (await seen(anybody(live), practice))["content"] == status["content"]


async def test_a_long_practice_is_its_summary_and_where_to_read_on(live: LiveNode, amina: Program) -> None:
    common: dict[str, Any] = {"kind": "practice", "title": "A & B <long>", "summary": "In short."}
    limit = 1500 - len("A & B <long>.\n\n")
    whole = await live.publish(live.office, "x" * (limit - 10), **common)
    assert "xxxx" in (await seen(amina, whole))["content"]
    long = await live.publish(live.office, "x" * 1501, **common)
    status = await seen(amina, long)
    assert status["content"] == (
        "<p><strong>A &amp; B &lt;long&gt;</strong></p><p>Practice. In short.</p>"
        f'<p><a href="{long.url}" rel="nofollow noopener">{long.url}</a></p>'
    )
    assert status["card"]["title"] == "A & B <long>"


async def test_an_event_says_when_and_where_first(live: LiveNode, amina: Program) -> None:
    facts: dict[str, Any] = {
        "kind": "event",
        "title": "Bail hearings",
        "summary": "All about bail.",
        "starts": "2027-01-14T14:00:00+03:00",
        "ends": "2027-01-14T15:30:00+03:00",
        "timezone": "Africa/Nairobi",
        "place": {"name": "High Court", "locality": "Nairobi", "country": "KE"},
        "closes": "2027-01-10",
    }
    event = await live.publish(live.office, "Come.", **facts)
    status = await seen(amina, event)
    assert status["content"].startswith(
        "<p><strong>Bail hearings</strong> — Thu 14 January 2027, 14:00–15:30 (UTC+03:00), Nairobi.</p>"
    )
    assert "Come." in status["content"]
    assert status["spoiler_text"] == ""
    assert status["card"]["description"].startswith("Thu 14 January 2027, 14:00–15:30 (UTC+03:00) · Nairobi")
    assert status["ilan"] == {
        "kind": "event",
        "title": "Bail hearings",
        "start_time": "2027-01-14T11:00:00.000Z",
        "end_time": "2027-01-14T12:30:00.000Z",
        "time_zone": "Africa/Nairobi",
        "event_status": "scheduled",
        "join_mode": "free",
        "online": False,
        "place": {"name": "High Court", "locality": "Nairobi", "country": "KE"},
    }
    assert [option["title"] for option in status["poll"]["options"]] == ["Take part", "Not this time"]
    off = await live.publish(live.office, "Come.", **{**facts, "status": "cancelled"})
    status = await seen(amina, off)
    assert "CANCELLED" in status["content"].partition("</p>")[0].upper()
    assert status["ilan"]["event_status"] == "cancelled"
    poster = await live.publish(live.office, "Come.", **facts, attachments=[PICTURE])
    status = await seen(amina, poster)
    assert [each["description"] for each in status["media_attachments"]] == ["A court"]
    assert status["card"] is None


async def test_what_only_those_who_take_part_are_told_is_nowhere(live: LiveNode, amina: Program) -> None:
    event = await live.publish(
        live.office,
        "Come.",
        kind="training",
        title="Interviewing",
        starts="2027-01-14T14:00:00+03:00",
        join_url="https://meet.example/secret-room",
    )
    status = await seen(amina, event)
    assert "secret-room" not in json.dumps(status)
    assert status["ilan"]["kind"] == "training"


async def test_offers_and_requests_are_posts_with_a_card(live: LiveNode, amina: Program) -> None:
    for kind in ("offer", "request"):
        offer = await live.publish(
            live.office, "I can help.", kind=kind, title="Juvenile defence", valid_through="2027-03-01"
        )
        status = await seen(amina, offer)
        assert status["content"].startswith("<p><strong>")
        assert "Juvenile defence</strong></p>" in status["content"]
        assert "I can help." in status["content"]
        assert (status["spoiler_text"], status["media_attachments"]) == ("", [])
        assert (status["card"]["url"], status["card"]["title"]) == (offer.url, "Juvenile defence")
        assert status["ilan"] == {"kind": kind, "title": "Juvenile defence", "valid_until": "2027-03-01"}
        for tag in status["tags"]:
            assert (
                f'<a href="{tag["url"]}" class="mention hashtag" rel="tag nofollow noopener">'
                in (status["content"])
            )
        assert "legalaid" in {tag["name"].lower() for tag in status["tags"]}


async def test_a_resource_has_a_card_and_no_media(live: LiveNode, amina: Program) -> None:
    resource = await live.publish(
        live.office, "Text.", kind="resource", title="Handbook", summary="A handbook.", attachments=[PICTURE]
    )
    status = await seen(amina, resource)
    assert status["content"].startswith("<p><strong>Handbook</strong>")
    assert (status["media_attachments"], status["card"]["title"]) == ([], "Handbook")
    assert status["card"]["image_description"] == "A court"


async def test_a_page_that_has_a_number_for_a_name_is_found_as_a_post(live: LiveNode, amina: Program) -> None:
    page = await live.publish(live.office, "x", kind="practice", title="2027", summary="x")
    named = await live.publish(live.office, "x", kind="practice", title="Report 2027", summary="x")
    assert page.url == f"{live.base}/practices/{page.id}"
    assert named.url == f"{live.base}/practices/report-2027"
    for each in (page, named):
        query = urlencode({"q": each.url, "resolve": "true"})
        [status] = (await done(amina, "GET", f"/api/v2/search?{query}"))["statuses"]
        assert status["id"] == str(each.id)


async def test_only_a_note_has_a_warning(amina: Program) -> None:
    warned = await posted(amina, "Text.", spoiler_text="Prison & <pain>")
    assert (warned["spoiler_text"], warned["sensitive"]) == ("Prison & <pain>", True)
    assert warned["content"] == "<p>Text.</p>"


async def test_what_stands_in_a_post_leads_to_what_is_named_beside_it(live: LiveNode, amina: Program) -> None:
    await live.person("bilal")
    status = await posted(
        amina, "Dear @bilal, see https://a.example/long/path/that/goes/on/and/on #LegalAid\nline"
    )
    _check(status, amina)
    [mention], [tag] = status["mentions"], status["tags"]
    assert f'<a href="{mention["url"]}" class="u-url mention"' in status["content"]
    assert f'<a href="{tag["url"]}" class="mention hashtag" rel="tag nofollow noopener">' in status["content"]
    assert '<span class="invisible">https://</span><span class="ellipsis">' in status["content"]
    assert "<br>" in status["content"]
    assert "h-card" in status["content"]


# What other software publishes.


async def test_wordpress_article(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("wordpress", "article.json"))
    url = "https://social.example/blog/an-epic-3d-printed-fan-expansion-for-last-light/"
    assert status["content"] == (
        "<p><strong>An Epic 3D-Printed Fan Expansion for Last Light</strong></p>"
        "<p>I like the Last Light boardgame, so I went wild creating a collection of custom ships per color. "
        "All in all, 45 different spaceship designs, all available for everyone.</p>"
        f'<p><a href="{url}" rel="nofollow noopener">{url}</a></p>'
    )
    card = status["card"]
    assert (status["spoiler_text"], status["media_attachments"], status["poll"]) == ("", [], None)
    assert (card["url"], card["provider_name"]) == (url, "social.example")
    assert card["description"].startswith("I like the Last Light boardgame")
    assert card["image"].startswith("https://kenya.example/media/proxy/")
    assert card["image_description"] == "A fleet of varied spacships"
    assert (card["author_name"], card["authors"][0]["account"]["acct"]) == (
        "The Writer",
        "writer@social.example",
    )


async def test_ghost_article(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("ghost", "create-article.json"))
    assert status["content"] == "<p><strong>Post title</strong></p>Post content"
    assert status["card"]["title"] == "Post title"


async def test_lemmy_page(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("lemmy", "page-2.json"))
    picture = "https://social.example/pictrs/image/eOtYb9iEiB.png"
    assert status["content"].startswith("<p><strong>Post title</strong></p><p>This is a post in")
    assert f'<a href="{picture}" rel="nofollow noopener">' in status["content"]
    assert status["card"]["url"] == "https://social.example/post/55143"


async def test_mobilizon_event(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("mobilizon", "event-2.json"))
    assert status["content"].startswith(
        "<p><strong>Mobilizon Launching Party</strong></p>"
        "<p>Wed 18 December 2019, 13:00–14:00 (UTC), Cour du Château des Ducs de Bretagne, Nantes</p>"
        "<p>Mobilizon is now federated! 🎉</p>"
    )
    assert status["card"]["title"] == "Mobilizon Launching Party"
    assert status["poll"]["expired"] is True
    assert status["ilan"]["place"]["locality"] == "Nantes"
    assert [tag["name"] for tag in status["tags"]] == ["Mobilizon", "Federation", "ActivityPub", "Party"]


async def test_event_across_midnight_and_online(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("fep-8a8e", "event-3.json") | {"to": [PUBLIC]})
    assert status["content"].startswith(
        "<p><strong>Fediverse Moderation Meeting</strong></p>"
        "<p>31 December 2014 – 1 January 2015 (UTC-08:00), online</p>"
    )
    assert status["poll"] is None


async def test_a_cancelled_event_elsewhere_says_so(amina: Program, writer: Persona) -> None:
    document = fixture("mobilizon", "event-2.json") | {"ical:status": "CANCELLED"}
    status = await found(amina, writer, document)
    assert "CANCELLED" in status["content"].partition("</p><p>Mobilizon is")[0].upper()


async def test_peertube_video(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, fixture("peertube", "video-1.json"))
    assert status["content"].startswith("<p><strong>some title</strong></p>")
    assert f'<a href="{status["url"]}"' in status["content"]
    assert [each["type"] for each in status["media_attachments"]] == ["image"]
    assert status["card"] is None


async def test_foreign_html_is_cut_to_what_apps_can_show(amina: Program, writer: Persona) -> None:
    status = await found(
        amina,
        writer,
        note(
            writer.uri,
            content=(
                "<h2>Title</h2><p>a<br>b <a href='javascript:alert(1)'>x</a></p><hr>"
                "<table><tr><td>cell</td></tr></table><img src='https://a.example/a.png' alt='alt'>"
                "<h3>Sub <em>title</em></h3><script>alert(1)</script><iframe src='https://a.example'></iframe>"
                "<p style='color:red' onclick='x()' class='evil mention' target='_top'>c</p>"
                "<a href='https://a.example/' rel='me' class='u-url mention'>@<span>u</span></a>"
                "<a href='https://t.example/' class='mention hashtag' rel='tag'>#<span>t</span></a>"
            ),
        ),
    )
    text = status["content"]
    assert "<p><strong>Title</strong></p>" in text
    assert "<p><strong>Sub <em>title</em></strong></p>" in text
    for word in ("javascript", "alert", "cell", "style", "onclick", "evil", "iframe", "img", "_top", '"me"'):
        assert word not in text
    assert f'<a href="{status["url"]}" rel="nofollow noopener">' in text
    assert '<a href="https://a.example/" class="u-url mention" rel="nofollow noopener">' in text
    assert '<a href="https://t.example/" class="mention hashtag" rel="tag nofollow noopener">' in text


async def test_a_note_elsewhere_keeps_its_warning(amina: Program, writer: Persona) -> None:
    status = await found(amina, writer, note(writer.uri, summary="War & <b>peace</b>"))
    assert (status["spoiler_text"], status["sensitive"]) == ("War & peace", True)
    assert status["content"] == "<p>Note 1.</p>"


# Cards of posts that link to what is known here.


async def test_a_post_that_links_to_a_page_of_ours_shows_its_card(live: LiveNode, amina: Program) -> None:
    practice = await live.publish(live.office, "A.", kind="practice", title="A practice", summary="It is.")
    status = await posted(amina, f"Read {practice.url} and https://a.example/ @amina #LegalAid")
    card = status["card"]
    assert (card["url"], card["title"]) == (practice.url, "A practice")
    assert card["authors"][0]["account"]["acct"] == "office"
    assert status["account"]["acct"] == "amina"
    _check(status, amina)
    assert (await posted(amina, f"By its id: {practice.uri}"))["card"] == card
    for text in (
        "https://a.example/",
        f"https://a.example/ {practice.url}",
        "no link",
        f"{live.base}/@amina",
    ):
        assert (await posted(amina, text))["card"] is None


async def test_a_post_that_links_to_an_article_known_here_shows_its_card(
    amina: Program, writer: Persona
) -> None:
    article = await found(amina, writer, fixture("wordpress", "article.json"))
    status = await posted(amina, f"Read {article['url']}")
    assert status["card"] == article["card"]
    elsewhere = note(writer.uri, 7, content=f'<p><a href="{article["url"]}">x</a></p>', attachment=[])
    assert (await found(amina, writer, elsewhere))["card"] == article["card"]


async def test_what_not_everybody_may_read_has_no_card_elsewhere(live: LiveNode, amina: Program) -> None:
    common: dict[str, Any] = {"kind": "practice", "title": "A practice", "summary": "It is."}
    private = await live.publish(live.office, "A.", visibility="private", **common)
    unlisted = await live.publish(live.office, "A.", visibility="unlisted", **common)
    for page in (private, unlisted):
        assert (await posted(amina, f"Read {page.url}"))["card"] is None


async def test_a_post_with_a_picture_has_no_card(live: LiveNode, amina: Program) -> None:
    practice = await live.publish(live.office, "A.", kind="practice", title="A practice", summary="It is.")
    post = await live.publish(live.office, f"Read {practice.url}", attachments=[PICTURE])
    status = await seen(amina, post)
    assert (len(status["media_attachments"]), status["card"]) == (1, None)
