"""What we publish is what the worked examples show, and what every other server understands."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.kinds import KINDS
from actors.mentions import MentionTarget
from federation import vocabulary as as2
from federation.translate.contexts import TERMS, context_of
from federation.translate.kinds import TRANSLATIONS
from federation.translate.publications import publication_document, tombstone_document
from storage.history import Tombstone
from storage.kinds import Kind, Visibility
from storage.publications import Publication
from tests.drafting import (
    EVENT,
    EVERY,
    NOTE,
    OFFER,
    PRACTICE,
    PUBLISHED,
    REQUEST,
    RESOURCE,
    TRAINING,
    drafted,
    office,
    published,
)
from tests.federation.consumers import CONSUMERS, PUBLIC
from tests.shared import shared_json

#: What we say beyond the examples: languages for GoToSocial, the preview of FEP-b2b8, collections, files that
#: would cost the card, and facts for our own nodes.
ALSO = {
    "contentMap",
    "preview",
    "likes",
    "shares",
    "replies",
    "interactionPolicy",
    "associatedMedia",
    "isAccessibleForFree",
    "applicationDeadline",
    "attachment",
    "audience",
}


def document(draft: dict[str, Any], host: str = "ke.legalaid.example", /, **more: Any) -> dict[str, Any]:
    author = office(host)
    return publication_document(published(drafted(draft, **more), author), author)


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = shared_json("examples", f"{name}.jsonld")
    return found


def differing(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the properties whose values are not the example's; the context is looked at apart."""
    names = (ours.keys() | theirs.keys()) - {"@context"}
    return {name: (ours.get(name), theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)}


def check_context(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    base, terms = ours["@context"]
    assert base == theirs["@context"][0]
    shared = {name: term for name, term in theirs["@context"][1].items() if name in terms}
    assert {name: terms[name] for name in shared} == shared
    unused = theirs["@context"][1].keys() - terms.keys()
    assert unused <= {"toot", "focalPoint", "participantCount"}


def test_a_practice_is_the_worked_example_property_by_property() -> None:
    author, theirs = office(), example("practice")
    row = published(
        drafted(PRACTICE),
        author,
        uri=theirs["id"],
        url=theirs["url"],
        at=datetime(2026, 5, 4, 9, tzinfo=UTC),
        updated=datetime(2026, 9, 10, 7, 30, tzinfo=UTC),
    )
    ours = publication_document(row, author)
    found = differing(ours, theirs)
    assert found.keys() == {"content", "contentMap", "tag", "attachment", "associatedMedia", "preview"}
    assert ours["content"].startswith(theirs["content"])
    assert ours["tag"][:3] == theirs["tag"]
    # Attached, documents would cost the card; `rich-objects.md` corrects the example here.
    assert ours["attachment"] == [
        {"type": "Link", "mediaType": "text/html", "href": theirs["url"], "name": "Website"}
    ]
    assert ours["associatedMedia"] == [
        {key: file[key] for key in ("type", "url", "mediaType", "name")} for file in theirs["attachment"]
    ]
    check_context(ours, theirs)


def test_an_event_is_the_worked_example_property_by_property() -> None:
    author, theirs = office("np.legalaid.example"), example("event")
    row = published(
        drafted(EVENT, online=True),
        author,
        uri=theirs["id"],
        url=theirs["url"],
        at=datetime(2026, 10, 1, 5, tzinfo=UTC),
        updated=datetime(2026, 10, 20, 5, tzinfo=UTC),
    )
    ours = publication_document(replace(row, details=row.details | {"participants": 84}), author)
    found = differing(ours, theirs)
    assert found.keys() - ALSO == {"content", "image", "tag"}
    assert ours["content"].startswith(theirs["content"])
    assert {**ours["image"], "focalPoint": [0.0, 0.0], "name": "Banner"} == theirs["image"]
    assert [entry["type"] for entry in ours["attachment"]] == ["Image", "Link"]
    assert ours["attachment"][1] == theirs["attachment"][2]
    assert {tag["name"] for tag in theirs["tag"]} <= {tag["name"] for tag in ours["tag"]}
    assert ours["startTime"] == "2027-03-02T09:00:00+05:45"
    check_context(ours, theirs)


def test_an_offer_is_the_worked_example_property_by_property() -> None:
    author, theirs = office(), example("expert-offer")
    row = published(
        drafted(OFFER),
        author,
        uri=theirs["id"],
        url=theirs["url"],
        at=datetime(2026, 11, 10, 6, tzinfo=UTC),
    )
    ours = publication_document(row, author)
    assert differing(ours, theirs).keys() - ALSO == {"nameMap", "content", "tag"}
    assert "name" not in ours
    assert "summary" not in ours
    check_context(ours, theirs)


def test_the_other_kinds_say_what_their_examples_say() -> None:
    for draft, name, host in (
        (TRAINING, "training", "ke.legalaid.example"),
        (REQUEST, "expert-request", "np.legalaid.example"),
        (RESOURCE, "resource", "ar.legalaid.example"),
    ):
        ours, theirs = document(draft, host), example(name)
        assert theirs.keys() - ours.keys() == set(), name
        for key in ("type", "additionalType", "attributedTo", "to", "cc", "inLanguage", "jurisdiction"):
            assert ours[key] == theirs[key], (name, key)
    training, theirs = document(TRAINING), example("training")
    for key in (
        "startTime",
        "endTime",
        "timezone",
        "duration",
        "teaches",
        "educationalLevel",
        "availableLanguage",
    ):
        assert training[key] == theirs[key]
    assert (
        document(REQUEST, "np.legalaid.example")["publishes"].keys()
        == example("expert-request")["publishes"].keys()
    )


def test_a_note_says_what_its_example_says() -> None:
    ours, theirs = document(NOTE), example("note-event-cancelled")
    assert theirs.keys() - ours.keys() == {"inReplyTo"}
    assert next(iter(ours["contentMap"])) == "en"
    assert ours["contentMap"]["en"] == ours["content"]
    assert ours["source"] == {"content": "The manual is out. #LegalAid", "mediaType": "text/plain"}
    assert [file["type"] for file in ours["attachment"]] == ["Image", "Document"]


def test_a_content_warning_travels_as_the_plain_text_that_others_show() -> None:
    assert document(NOTE, summary="Death & <3", sensitive=True)["summary"] == "Death & <3"
    assert document(NOTE)["sensitive"] is False


def test_a_reply_names_what_it_answers_and_whom() -> None:
    author = office()
    bob = MentionTarget("https://b.example/users/bob", "https://b.example/@bob", "bob@b.example")
    draft = drafted(NOTE, body="@bob@b.example yes", in_reply_to="https://b.example/o/1", visibility="direct")
    ours = publication_document(published(draft, author, targets={"bob@b.example": bob}), author)
    assert ours["inReplyTo"] == "https://b.example/o/1"
    assert ours["to"] == ["https://b.example/users/bob"]
    assert ours["tag"][0] == {"type": "Mention", "href": bob.uri, "name": "@bob@b.example"}
    assert "cc" not in ours


VARIANTS: dict[str, dict[str, Any]] = {
    **{document["kind"]: document for document in EVERY},
    "event on earth": {**EVENT, "join_url": None},
    "event online": {**EVENT, "place": None, "online_url": "https://live.example/1"},
    "event of both": {**EVENT, "online_url": "https://live.example/1"},
    "event without registration": {**EVENT, "join_mode": "none"},
    "event with whole degrees": {**EVENT, "place": {"lat": 27, "lon": 85, "country": "NP"}},
    "event nowhere": {**EVENT, "place": None, "join_url": None, "ends": None},
    "event called off": {**EVENT, "status": "cancelled"},
    "event in a file": {**EVENT, "attachments": ["https://a.example/programme.pdf"]},
    "offer by the body itself": {**OFFER, "provider": None, "pro_bono": False, "hours": 2.5},
    "practice in Arabic": {"kind": "practice", "language": "ar", "title": "ممارسة", "body": "نص"},
    "practice with a picture": {
        **PRACTICE,
        "attachments": ["https://a.example/a.pdf", "https://a.example/a.png"],
    },
    "resource in five files": {**RESOURCE, "attachments": [f"https://a.example/{n}.pdf" for n in range(5)]},
}


@pytest.mark.parametrize("consumer", CONSUMERS)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_server_understands_every_kind(name: str, consumer: str) -> None:
    row = published(drafted(VARIANTS[name]), office(), updated=PUBLISHED + timedelta(hours=1))
    assert list(CONSUMERS[consumer](publication_document(row, office()))) == []


@pytest.mark.parametrize(
    ("consumer", "change"),
    [
        ("mobilizon", {"type": ["Event"]}),
        ("mobilizon", {"location": [{"type": "Place"}]}),
        ("mobilizon", {"joinMode": "none"}),
        ("mobilizon", {"location": {"type": "Place", "latitude": 27}}),
        ("lemmy", {"attributedTo": ["https://a.example/a"]}),
        ("lemmy", {"attachment": [{"type": "PropertyValue", "name": "a", "value": "b"}]}),
        ("takahe", {"attachment": [{"type": "PropertyValue", "name": "a", "value": "b"}]}),
        ("gancio", {"attachment": [{"type": "PropertyValue", "name": "a", "value": "b"}]}),
        ("gancio", {"tag": [{"type": "Concept", "id": "https://a.example/c"}]}),
        ("gancio", {"attachment": [{"type": "Link", "mediaType": "text/html", "href": "https://a.example"}]}),
        ("mastodon", {"type": "Proposal"}),
        ("mastodon", {"type": "Document"}),
        ("mastodon", {"contentMap": {"fr": "x", "en": "y"}}),
        ("mastodon", {"summary": "plain"}),
        ("mastodon", {"summary": '<p>See <a href="https://a.example">a</a></p>'}),
        ("gotosocial", {"updated": "2020-01-01T00:00:00Z"}),
        ("gotosocial", {"content": "<p>Two days.</p>"}),
    ],
)
def test_what_breaks_a_server_is_noticed(consumer: str, change: dict[str, Any]) -> None:
    assert list(CONSUMERS[consumer](document(EVENT) | change)) != []


def test_the_private_link_never_travels() -> None:
    assert "meet.example" not in json.dumps(document(EVENT))
    assert document(EVENT)["isOnline"] is True


def test_an_online_event_is_where_it_is_shown_and_a_mixed_one_at_its_place() -> None:
    assert document(VARIANTS["event online"])["location"] == {
        "type": "VirtualLocation",
        "name": "Online",
        "url": "https://live.example/1",
    }
    assert document(TRAINING)["location"]["url"] == document(TRAINING)["url"]
    mixed = document(VARIANTS["event of both"])
    assert mixed["location"]["type"] == "Place"
    assert mixed["isOnline"] is True
    assert mixed["attachment"][2]["href"] == "https://live.example/1"
    assert "location" not in document(VARIANTS["event nowhere"])


def test_an_event_without_registration_is_external_to_its_own_page() -> None:
    ours = document(VARIANTS["event without registration"])
    assert ours["joinMode"] == "external"
    assert ours["externalParticipationUrl"] == ours["url"]


def test_called_off_events_say_so_in_both_vocabularies() -> None:
    ours = document(VARIANTS["event called off"])
    assert (ours["eventStatus"], ours["status"]) == ("EventCancelled", "CANCELLED")
    assert ours["@context"][1]["EventCancelled"] == "f8:EventCancelled"


def test_a_picture_has_its_own_words_or_the_name_that_mobilizon_looks_for() -> None:
    assert document(EVENT)["attachment"][0]["name"] == "Banner"
    described = [{"url": "https://a.example/a.png", "name": "A full hall"}]
    assert document(EVENT, attachments=described)["attachment"][0]["name"] == "A full hall"


def test_a_picture_of_an_article_is_its_cover_and_not_attached() -> None:
    ours = document(VARIANTS["practice with a picture"])
    assert ours["image"]["url"] == "https://a.example/a.png"
    assert [entry["type"] for entry in ours["attachment"]] == ["Link"]
    assert [entry["type"] for entry in ours["associatedMedia"]] == ["Document"]


def test_who_may_read_decides_who_may_quote_and_find() -> None:
    author = office()

    def policies(visibility: Visibility, **more: Any) -> tuple[Any, Any]:
        row = replace(published(drafted(NOTE), author), visibility=visibility, **more)
        ours = publication_document(row, author)
        return ours["interactionPolicy"]["canQuote"]["automaticApproval"], ours["searchableBy"]

    assert policies(Visibility.PUBLIC) == ([PUBLIC], PUBLIC)
    assert policies(Visibility.PUBLIC, indexable=False) == ([PUBLIC], author.uri)
    assert policies(Visibility.UNLISTED) == ([PUBLIC], author.uri)
    assert policies(Visibility.PRIVATE) == ([author.uri], author.uri)
    assert document(REQUEST)["interactionPolicy"]["canReply"] == {"automaticApproval": [PUBLIC]}


def test_nothing_is_changed_before_it_was_published() -> None:
    author = office()
    row = published(drafted(NOTE), author, updated=PUBLISHED - timedelta(days=1))
    ours = publication_document(row, author)
    assert ours["updated"] == ours["published"] == "2026-05-04T09:00:00Z"


def test_times_have_no_fractions() -> None:
    author = office()
    row = published(drafted(NOTE), author, at=datetime(2026, 5, 4, 9, 0, 0, 123456, tzinfo=UTC))
    assert publication_document(row, author)["published"] == "2026-05-04T09:00:00Z"


def test_a_document_to_be_embedded_has_no_context() -> None:
    author = office()
    row = published(drafted(PRACTICE), author)
    embedded = publication_document(row, author, context=False)
    assert "@context" not in embedded
    assert {"@context": context_of(embedded), **embedded} == publication_document(row, author)
    assert context_of({"type": "Create", "object": embedded}) == context_of(embedded)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_context_defines_every_term_used_and_no_other(name: str) -> None:
    ours = document(VARIANTS[name])
    own = ours["@context"][1]
    body = json.dumps({key: value for key, value in ours.items() if key != "@context"})
    for term in TERMS:
        is_prefix = (
            isinstance(TERMS[term], str) and TERMS[term].startswith("http") and TERMS[term][-1] in "#/"
        )
        if f'"{term}"' in body and term not in {"action", "provider"}:
            assert term in own, term
        if term in own and not is_prefix:
            assert f'"{term}"' in body, term
    for definition in own.values():
        prefix = (definition if isinstance(definition, str) else definition["@id"]).partition(":")[0]
        assert prefix in own or prefix in {"as", "http", "https"}


def test_the_text_of_a_title_cannot_name_a_term() -> None:
    assert "ilan" not in document(NOTE, body="ilan:Practice maturity")["@context"][1]
    plain = {"type": "Note", "name": "about", "contentMap": {"maturity": "x"}}
    assert context_of(plain) == as2.AS2_CONTEXT


def test_kinds_that_this_version_does_not_publish_can_be_written() -> None:
    author = office()
    row: Publication = replace(published(drafted(PRACTICE), author), kind=Kind.STATEMENT, details={})
    assert publication_document(row, author)["additionalType"] == "ilan:JointStatement"


def test_every_kind_has_its_counterpart_on_the_wire() -> None:
    assert set(TRANSLATIONS) == set(Kind)
    assert set(KINDS) <= set(TRANSLATIONS)
    assert all(kind == rules.kind for kind, rules in KINDS.items())


def test_a_tombstone_is_the_worked_example() -> None:
    theirs = example("activity-delete")["object"]
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    ours = tombstone_document(theirs["id"], former_type="Page", deleted=moment, context=False)
    assert ours == theirs
    row = Tombstone(theirs["id"], "Page", 1, moment, was_public=True)
    assert tombstone_document(row) == {"@context": as2.AS2_CONTEXT, **theirs}


@pytest.mark.parametrize("name", VARIANTS)
def test_what_we_publish_reads_as_one_object(name: str) -> None:
    ours = document(VARIANTS[name])
    value = as2.read(as2.parse(as2.encode(ours)))
    assert isinstance(value, as2.Object)
    assert value.attributed_to == "https://ke.legalaid.example/actors/office"
