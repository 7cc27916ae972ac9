"""What other servers publish becomes a publication like our own: clean, typed, for those it is meant for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from actors.incoming import Incoming
from actors.text import sanitise
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.translate.publications import publication_document, read_incoming
from storage.kinds import Kind, Visibility
from storage.publications import Publication
from tests.drafting import EVENT, OFFER, PRACTICE, RESOURCE, TRAINING, drafted, office, published
from tests.federation.any_json import DOCUMENTS
from tests.federation.consumers import PUBLIC
from tests.federation.test_translate_publications import VARIANTS
from tests.shared import SHARED, shared, shared_json

pytestmark = pytest.mark.one_engine

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
REMOTE = office("remote.example", is_local=False, indexable=False)


def note(**more: Any) -> dict[str, Any]:
    """Return the document of a public note by REMOTE."""
    return {
        "id": "https://remote.example/o/1",
        "type": "Note",
        "attributedTo": REMOTE.uri,
        "to": [PUBLIC],
        "content": "<p>Hello</p>",
        **more,
    }


def incoming(document: dict[str, Any], **more: Any) -> Incoming:
    value = as2.read(document)
    assert isinstance(value, as2.Object)
    return read_incoming(value, REMOTE, **more)


def fixture(name: str) -> dict[str, Any]:
    """Return the object of a captured document, without what wraps it."""
    found: dict[str, Any] = shared_json("fixtures", *name.split("/"))
    while found["type"] in {"Create", "Update", "Announce"}:
        found = found["object"]
    return found


# Our own, back again


@pytest.mark.parametrize("name", VARIANTS)
def test_a_replica_is_like_the_original(name: str) -> None:
    author = office("np.legalaid.example")
    original = published(drafted(VARIANTS[name]), author, updated=NOW)
    value = as2.read(as2.parse(as2.encode(publication_document(original, author))))
    assert isinstance(value, as2.Object)
    replica = read_incoming(value, author)
    assert replica.uri == original.uri
    for field in (
        "kind",
        "type",
        "visibility",
        "url",
        "language",
        "title",
        "title_map",
        "summary",
        "summary_map",
        "content",
        "content_map",
        "details",
        "sensitive",
        "indexable",
        "recipients",
        "tags",
        "attachments",
        "jurisdiction",
        "concepts",
        "license",
        "starts_at",
        "ends_at",
    ):
        ours, theirs = comparable(original, field), comparable(replica, field)
        assert theirs == ours, field
    assert replica.published_at == original.published_at
    assert replica.updated_at == original.updated_at


def comparable(publication: Publication | Incoming, field: str) -> Any:
    value = getattr(publication, field)
    if field == "details":
        # Who may quote is said on the wire even where it is usual.
        return {name: said for name, said in value.items() if name != "quote_policy"}
    if field == "summary_map" and value is not None and len(value) == 1:
        return None  # A single summary travels without its language, which the title tells.
    if field == "attachments" and publication.type == "Event":
        # A picture without words is called a banner on its way, for Mobilizon.
        return [{**file, "name": file.get("name", "Banner")} for file in value]
    return value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("practice", Kind.PRACTICE),
        ("event", Kind.EVENT),
        ("training", Kind.TRAINING),
        ("expert-offer", Kind.OFFER),
        ("expert-request", Kind.REQUEST),
        ("resource", Kind.RESOURCE),
        ("joint-statement", Kind.STATEMENT),
        ("indicator-return", Kind.INDICATOR_RETURN),
        ("consultation-question", Kind.NOTE),
        ("note-event-cancelled", Kind.NOTE),
    ],
)
def test_the_worked_examples_are_of_their_kinds(name: str, kind: Kind) -> None:
    found = incoming(shared_json("examples", f"{name}.jsonld"))
    assert found.kind is kind
    assert found.title or kind in {Kind.NOTE, Kind.POST}


def test_the_worked_event_has_its_facts() -> None:
    found = incoming(shared_json("examples", "event.jsonld"))
    expected = drafted(EVENT).details
    shared_facts = expected.keys() - {"join_url", "free", "closes"}
    assert {name: found.details[name] for name in shared_facts} == {
        name: expected[name] for name in shared_facts
    }
    assert found.details["participants"] == 84
    assert [file["type"] for file in found.attachments] == ["Image", "Document"]
    assert found.jurisdiction == ["NP", "034"]


def test_the_worked_practice_and_offer_have_their_facts() -> None:
    practice = incoming(shared_json("examples", "practice.jsonld"))
    assert practice.details["maturity"] == "promising"
    assert practice.details["started"] == "2023-02"
    assert practice.details["sections_filled"][4] == "what_went_wrong"
    assert practice.license == "CC-BY-4.0"
    assert [file["mediaType"] for file in practice.attachments] == ["application/pdf", "text/csv"]
    offer = incoming(shared_json("examples", "expert-offer.jsonld"))
    assert offer.title == "Offer: training of trainers on child-friendly legal aid"
    assert offer.details == drafted(OFFER).details


# Other software

EXPECTED = {
    "fep-8a8e/event-3.json": Kind.EVENT,
    "fep-8a8e/event-4.json": Kind.EVENT,
    "fep-8a8e/event-12.json": Kind.EVENT,
    "mobilizon/create-event-1.json": Kind.EVENT,
    "mobilizon/event-2.json": Kind.EVENT,
    "wordpress/article.json": Kind.POST,
    "wordpress/note.json": Kind.NOTE,
    "ghost/create-article.json": Kind.POST,
    "nodebb/article.json": Kind.POST,
    "lemmy/page-2.json": Kind.POST,
    "lemmy/note-1.json": Kind.NOTE,
    "peertube/video-1.json": Kind.POST,
    "peertube/video-2.json": Kind.POST,
    "mastodon/note-2.json": Kind.NOTE,
    "mastodon/create-note-2.json": Kind.NOTE,
    "mastodon/create-question.json": Kind.NOTE,
    "funkwhale/audio.json": Kind.POST,
    "hubzilla/create-image.json": Kind.POST,
    "bookwyrm/article.json": Kind.POST,
    "bandwagon/album.json": None,
    "fep-0837/proposal-2.json": Kind.OFFER,
}


@pytest.mark.parametrize("name", [name for name, kind in EXPECTED.items() if kind is not None])
def test_what_other_software_publishes_is_of_the_right_kind(name: str) -> None:
    assert incoming(fixture(name)).kind is EXPECTED[name]


def objects() -> Iterator[tuple[str, as2.Object]]:
    """Yield every publication among the fixtures, also those inside activities."""
    for path in sorted(shared("fixtures").rglob("*.json")):
        try:
            value = as2.read(as2.parse(path.read_bytes()))
        except Malformed:
            continue
        while isinstance(value, as2.Activity) and value.object.embedded is not None:
            value = value.object.embedded
        if isinstance(value, as2.Object) and value.type != "Tombstone":
            yield str(path.relative_to(SHARED)), value


def test_every_captured_publication_is_read_and_safe() -> None:
    kinds = {
        "Note": Kind.NOTE,
        "Question": Kind.NOTE,
        "ChatMessage": Kind.NOTE,
        "Event": Kind.EVENT,
        "Proposal": Kind.OFFER,
    }
    found = list(objects())
    assert len(found) > 120
    for name, value in found:
        read = read_incoming(value, REMOTE)
        assert read.kind is kinds.get(value.type, Kind.POST), name
        for html in (read.summary, read.content, *(read.content_map or {}).values()):
            assert html == sanitise(html), name
        assert "\n" not in read.title, name
        assert read.url is None or as2.is_web_address(read.url), name
        assert (read.starts_at is not None) is (read.kind is Kind.EVENT), name
        for file in read.attachments:
            assert as2.is_web_address(file.get("url") or file.get("href")), name


def test_an_event_of_mobilizon_has_its_facts() -> None:
    found = incoming(fixture("mobilizon/event-2.json"))
    assert found.title == "Mobilizon Launching Party"
    assert found.starts_at == datetime(2019, 12, 18, 13, tzinfo=UTC)
    assert found.visibility is Visibility.PUBLIC
    assert found.jurisdiction == ["FR"]
    assert found.details == {
        "starts": "2019-12-18T13:00:00+00:00",
        "ends": "2019-12-18T14:00:00+00:00",
        "place": {
            "name": "Cour du Château des Ducs de Bretagne",
            "locality": "Nantes",
            "region": "Pays de la Loire",
            "country": "FR",
            "lat": -1.54939699141711,
            "lon": 47.21617415,
        },
        "online": False,
        "status": "scheduled",
        "category": "MEETING",
        "join_mode": "free",
    }
    assert [tag["name"] for tag in found.tags] == ["#Mobilizon", "#Federation", "#ActivityPub", "#Party"]


def test_an_event_of_the_specification_may_be_in_several_places() -> None:
    found = incoming(fixture("fep-8a8e/event-4.json"))
    assert found.details["place"]["name"] == "Fediverse University"
    assert found.details["online_url"] == "https://bbb.example.com/meeting-room-1"
    assert found.details["online"] is True
    assert incoming(fixture("fep-8a8e/event-5.json")).details["registration_url"].endswith("#register")
    assert "registration_url" not in incoming(fixture("fep-8a8e/event-6.json")).details
    assert incoming(fixture("fep-8a8e/event-12.json")).details["starts"] == "2015-01-01T00:00:00+01:00"
    assert incoming(fixture("fep-8a8e/event-7.json")).details["capacity"] == 100


def test_an_event_of_gancio_keeps_its_link_in_the_address() -> None:
    place = {"type": "Place", "name": "online", "address": {"url": "https://live.example/1"}}
    event = note(type="Event", name="E", startTime="2027-03-02T09:00:00Z", location=place)
    assert incoming(event).details["online_url"] == "https://live.example/1"


def test_an_event_that_never_begins_is_a_post() -> None:
    assert incoming(note(type="Event", name="E")).kind is Kind.POST
    assert (
        incoming(note(type="Event", name="E", startTime="soon", additionalType="ilan:Training")).kind
        is Kind.POST
    )


def test_an_event_that_ends_before_it_begins_has_no_end() -> None:
    event = note(type="Event", name="E", startTime="2027-03-02T09:00:00Z", endTime="2027-03-01T09:00:00Z")
    found = incoming(event)
    assert "ends" not in found.details
    assert found.ends_at is None


def test_a_video_is_a_card_with_its_thumbnail() -> None:
    found = incoming(fixture("peertube/video-2.json"))
    assert found.title.startswith("Mesa, Wayland & X.org in trouble")
    assert found.content.startswith("<p>Head to <a href=")
    assert found.language == "en"
    assert found.attachments[0]["type"] == "Image"


def test_a_link_post_of_lemmy_keeps_its_link_and_its_picture() -> None:
    found = incoming(fixture("lemmy/page-2.json"))
    assert found.title == "Post title"
    assert found.language == "fr"
    assert found.details["audience_group"] == "https://enterprise.lemmy.ml/c/tenforward"
    assert found.attachments == [
        {"type": "Link", "href": "https://enterprise.lemmy.ml/pictrs/image/eOtYb9iEiB.png"}
    ]


def test_an_article_has_its_cover_first() -> None:
    found = incoming(fixture("ghost/create-article.json"))
    assert found.attachments[0]["url"] == "https://example.com/img/post-123_feature.jpg"
    assert found.attachments[0]["mediaType"] == "image/jpeg"
    assert found.url == "https://example.com/post/post-123"


def test_a_photo_is_its_own_picture() -> None:
    found = incoming(fixture("hubzilla/create-image.json"))
    assert found.attachments[0]["url"].endswith("-0.jpg")
    assert found.attachments[0]["width"] == 2200


def test_a_poll_keeps_its_answers() -> None:
    poll = incoming(fixture("mastodon/create-question.json")).poll
    assert poll is not None
    assert len(poll.options) > 1
    assert all(title and votes >= 0 for title, votes in poll.options)
    assert poll.multiple is False


def test_an_unknown_thing_with_words_is_a_card() -> None:
    found = incoming(
        note(type="Recipe", name="Soup", summary="<p>Warm</p>", url="https://remote.example/soup")
    )
    assert found.kind is Kind.POST
    assert (found.title, found.summary, found.url) == ("Soup", "<p>Warm</p>", "https://remote.example/soup")


def test_a_proposal_that_offers_less_than_nothing_is_refused() -> None:
    quantity = {"hasUnit": "one", "hasNumericalValue": "-1"}
    publishes = {"type": "Intent", "action": "transfer", "resourceQuantity": quantity}
    with pytest.raises(Malformed, match="hasNumericalValue"):
        incoming(note(purpose="offer", publishes=publishes))


# Texts


def test_texts_are_cleaned_once_and_keep_their_languages() -> None:
    found = incoming(
        note(
            content="<p onclick='x'>Bonjour<script>alert(1)</script></p>",
            contentMap={
                "fr": "<p onclick='x'>Bonjour<script>alert(1)</script></p>",
                "en-us": "<p>Hello</p><iframe></iframe>",
                "und": "<p>?</p>",
            },
        )
    )
    assert found.language == "fr"
    assert found.content == "<p>Bonjour</p>"
    assert found.content_map == {"fr": "<p>Bonjour</p>", "en-US": "<p>Hello</p>"}


def test_a_title_is_one_line_of_plain_text() -> None:
    found = incoming(note(type="Article", name="A <b>bold</b>\n&amp; long title " + "x" * 600))
    assert found.title.startswith("A bold & long title xxx")
    assert len(found.title) == 500


def test_text_without_markup_and_markdown_become_html() -> None:
    assert incoming(note(content="a <b>\nc", mediaType="text/plain")).content == "a &lt;b&gt;<br>c"
    assert (
        incoming(note(content="**a** <b>", mediaType="text/markdown")).content
        == "<p><strong>a</strong> &lt;b&gt;</p>\n"
    )


def test_a_note_with_a_summary_is_behind_a_warning() -> None:
    found = incoming(note(summary="Death <3 & more"))
    assert found.summary == "Death &lt;3 &amp; more"
    assert found.sensitive is True
    assert incoming(note(type="Article", name="A", summary="S")).sensitive is False


# Addresses


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        ([PUBLIC], [], Visibility.PUBLIC),
        (["as:Public"], [], Visibility.PUBLIC),
        ([f"{REMOTE.uri}/followers"], ["Public"], Visibility.UNLISTED),
        ([f"{REMOTE.uri}/followers"], [], Visibility.PRIVATE),
        ([], [f"{REMOTE.uri}/followers"], Visibility.PRIVATE),
        (["https://victim.example/users/a/followers"], [], Visibility.DIRECT),
        ([f"{REMOTE.uri}/followers/"], [], Visibility.DIRECT),
        ([], [], Visibility.DIRECT),
    ],
)
def test_visibility_follows_the_addresses_of_its_own_author(
    to: list[str], cc: list[str], expected: Visibility
) -> None:
    assert incoming(note(to=to, cc=cc)).visibility is expected


def test_without_addresses_those_of_the_activity_count() -> None:
    found = incoming(note(to=None), activity_to=[PUBLIC], activity_cc=["https://remote.example/x"])
    assert found.visibility is Visibility.PUBLIC
    assert found.recipients == {"to": [PUBLIC], "cc": ["https://remote.example/x"]}
    narrow = incoming(note(to=["https://a.example/users/a"]), activity_to=[PUBLIC])
    assert narrow.visibility is Visibility.DIRECT


def test_blind_copies_are_not_kept() -> None:
    found = incoming(note(bto=["https://a.example/a"], bcc=["https://a.example/b"]))
    assert found.document is not None
    assert not {"bto", "bcc"} & found.document.keys()


def test_mentions_are_of_whom_the_text_names() -> None:
    tag = {"type": "Mention", "href": "https://a.example/users/a", "name": "@a@a.example"}
    found = incoming(note(tag=[tag, tag, {"type": "Hashtag", "name": "Law"}]))
    assert found.mentions == ("https://a.example/users/a",)
    assert found.tags[-1] == {"type": "Hashtag", "name": "#Law"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://remote.example/page", "https://remote.example/page"),
        ("http://remote.example/page", "http://remote.example/page"),
        ("https://other.example/page", "https://remote.example/o/1"),
        ("javascript:alert(1)", "https://remote.example/o/1"),
        ("data:text/html,x", "https://remote.example/o/1"),
        (None, "https://remote.example/o/1"),
    ],
)
def test_a_link_leads_to_the_authors_own_host(url: str | None, expected: str) -> None:
    assert incoming(note(url=url)).url == expected


# Consent


@pytest.mark.parametrize(
    ("searchable", "author", "trusted", "expected"),
    [
        (None, {}, False, False),
        (None, {}, True, True),
        (None, {"indexable": True}, False, True),
        (None, {"indexable": True, "searchable_by": [REMOTE.uri]}, True, False),
        (None, {"searchable_by": [PUBLIC]}, False, True),
        (PUBLIC, {"searchable_by": [REMOTE.uri]}, False, True),
        ("as:Public", {}, False, True),
        (REMOTE.uri, {"indexable": True}, True, False),
        ([], {}, True, True),
        ([f"{REMOTE.uri}/followers"], {"indexable": True}, True, False),
        (7, {}, True, True),
    ],
)
def test_consent_to_be_found_is_asked_in_order(
    searchable: Any, author: dict[str, Any], trusted: bool, expected: bool
) -> None:
    value = as2.read(note(searchableBy=searchable))
    assert isinstance(value, as2.Object)
    assert read_incoming(value, replace(REMOTE, **author), trusted=trusted).indexable is expected


def test_only_what_is_public_can_be_found() -> None:
    assert incoming(note(to=[], cc=[PUBLIC], searchableBy=PUBLIC), trusted=True).indexable is False


# Times


@pytest.mark.parametrize(
    "published", ["0000-01-01T00:00:00Z", "99999-01-01", "0001-01-01T00:00:00+14:00", 1, ["2026"], "now"]
)
def test_dates_that_are_none_are_left_out(published: Any) -> None:
    assert incoming(note(published=published), now=NOW).published_at is None


def test_dates_in_the_future_count_as_now() -> None:
    future = (NOW + timedelta(days=400)).isoformat()
    found = incoming(note(published=future, updated=future), now=NOW)
    assert (found.published_at, found.updated_at) == (NOW, NOW)
    assert incoming(note(published="2026-01-01T00:00:00Z"), now=NOW).published_at == datetime(
        2026, 1, 1, tzinfo=UTC
    )


# Anything


def test_facts_of_wrong_types_are_left_out() -> None:
    wrong: list[Any] = [
        None,
        True,
        7,
        -1,
        1.5,
        "x",
        "x" * 300,
        [],
        [[]],
        [7],
        {},
        {"id": 7},
        {"type": "x"},
        "2027-13-45",
    ]
    for draft in (PRACTICE, EVENT, TRAINING, OFFER, RESOURCE):
        whole = publication_document(published(drafted(draft), REMOTE), REMOTE)
        for name in whole.keys() - {"id", "type", "attributedTo", "@context"}:
            for value in wrong:
                try:
                    incoming({**whole, name: value})
                except Malformed:
                    continue


@given(DOCUMENTS)
def test_any_object_is_read_or_refused(document: dict[str, Any]) -> None:
    try:
        value = as2.read(document)
        if isinstance(value, as2.Object):
            found = read_incoming(value, REMOTE)
            assert found.content == sanitise(found.content)
    except Malformed:
        return
