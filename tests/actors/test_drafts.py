"""What is sent to be published is read whole, or refused with everything that is wrong with it at once."""

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.drafts import Draft, document_of, draft_of, read_draft
from actors.errors import Invalid
from actors.kinds import KINDS, render
from storage.kinds import Kind, Visibility
from tests.drafting import EVENT, EVERY, NOTE, OFFER, PRACTICE, drafted, office


def read_or_refused(document: Mapping[str, Any]) -> Draft | None:
    """Return the draft, or None where it is refused, which always comes with the fields at fault."""
    with contextlib.suppress(Invalid):
        return read_draft(document, default_language="en")
    assert faults(document)
    return None


def faults(document: Any, language: str = "en") -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read_draft(document, default_language=language)
    assert refused.value.fields or not isinstance(document, Mapping)
    return refused.value.fields


def fault(name: str, document: Mapping[str, Any], **more: Any) -> str:
    """Return what is wrong with one field, which must be all that is wrong."""
    found = faults({**document, **more})
    assert found.keys() == {name}, found
    return found[name]


@pytest.mark.parametrize("document", EVERY, ids=lambda document: document["kind"])
def test_a_document_becomes_a_draft_and_the_draft_the_same_document_again(document: dict[str, Any]) -> None:
    draft = drafted(document)
    written = document_of(draft, private=True)
    assert read_draft(written, default_language="xh") == draft
    assert json.loads(json.dumps(written)) == written
    assert document_of(read_draft(written, default_language="xh"), private=True) == written


@pytest.mark.parametrize("document", EVERY, ids=lambda document: document["kind"])
def test_what_is_stored_of_a_draft_gives_it_back(document: dict[str, Any]) -> None:
    draft = drafted(document)
    source = json.loads(json.dumps(render(draft, office()).source))
    assert draft_of(source) == draft


def test_the_link_to_join_is_for_editors_alone() -> None:
    draft = drafted(EVENT)
    assert "join_url" not in document_of(draft)
    assert document_of(draft, private=True)["join_url"] == "https://meet.example/secret"


def test_texts_come_in_one_language_or_in_several_with_the_original_first() -> None:
    draft = drafted(PRACTICE, title={"fr": "Un titre", "en": "A title"}, language="en")
    assert list(draft.title) == ["en", "fr"]
    assert drafted(kind="practice", title="A title", language="EN_gb").title == {"en-GB": "A title"}


def test_a_document_without_a_language_is_in_the_default_or_in_that_of_its_title() -> None:
    assert read_draft({"kind": "practice", "title": "T"}, default_language="pt").language == "pt"
    titles = {"kind": "practice", "title": {"ne": "क", "hi": "ख"}}
    assert read_draft(titles, default_language="en").language == "ne"
    assert read_draft(titles, default_language="hi").language == "hi"


def test_every_bad_field_is_named_at_once() -> None:
    found = faults(
        {
            "kind": "event",
            "titel": "x",
            "language": "xx",
            "visibility": "everyone",
            "jurisdiction": ["KE", "XX", 7],
            "concepts": ["stage/polic-custody", "stage/trial"],
            "license": "CC BY 4.0",
            "attachments": ["page", {"url": "https://a.example/file.xyz", "nam": "A"}],
            "starts": "2027-03-02",
            "ends": 5,
            "timezone": "Africa/Nairobbi",
            "place": {"lat": "9", "cuntry": "KE"},
            "online_url": "ftp://a.example/",
            "capacity": 0,
            "join_mode": "maybe",
        }
    )
    assert found.keys() == {
        "titel",
        "title",
        "language",
        "visibility",
        "jurisdiction",
        "concepts",
        "license",
        "attachments.0.url",
        "attachments.1.media_type",
        "attachments.1.nam",
        "starts",
        "ends",
        "timezone",
        "place.lat",
        "place.cuntry",
        "online_url",
        "capacity",
        "join_mode",
    }
    assert "did you mean title?" in found["titel"]
    assert "did you mean country?" in found["place.cuntry"]
    assert "did you mean stage/police-custody?" in found["concepts"]
    assert "stage/trial" not in found["concepts"]
    assert "CC-BY-4.0" in found["license"]
    assert "Africa/Nairobi" in found["timezone"]
    assert "'XX', 7" in found["jurisdiction"]
    assert "KE," not in found["jurisdiction"]


def test_the_sentence_says_what_is_wrong() -> None:
    with pytest.raises(Invalid, match="title is missing"):
        drafted(kind="practice", body="Text")
    with pytest.raises(Invalid, match=r"maturity, title need attention"):
        drafted(kind="practice", maturity="great")


def test_an_event_begins_before_it_ends() -> None:
    assert fault("starts", EVENT, ends="2027-03-02T09:00:00+05:45") == "must be before ends"
    assert "must be before ends" in fault("starts", EVENT, starts="2027-03-03T11:15:01Z")
    drafted(EVENT, starts="2027-03-03T11:14:59Z")


def test_times_are_kept_in_the_events_own_zone() -> None:
    details = drafted(EVENT, starts="2027-03-02T03:15:00Z").details
    assert details["starts"] == "2027-03-02T09:00:00+05:45"
    assert drafted(EVENT, timezone=None, starts="2027-03-02T03:15:00Z").details["starts"].endswith("+00:00")


def test_a_time_without_an_offset_is_refused_and_a_yaml_date_is_a_date() -> None:
    assert "offset" in fault("starts", EVENT, starts="2027-03-02T09:00:00")
    moment = datetime(2027, 3, 2, 3, 15, tzinfo=UTC)
    assert drafted(EVENT, starts=moment) == drafted(EVENT)
    assert drafted(OFFER, valid_from=date(2027, 1, 1)) == drafted(OFFER)
    assert drafted(PRACTICE, started=2023).details["started"] == "2023"


def test_an_event_needs_a_beginning_and_external_registration_an_address() -> None:
    assert "is missing" in fault("starts", EVENT, starts=None)
    assert "is missing" in fault("registration_url", EVENT, join_mode="external")
    drafted(EVENT, join_mode="external", registration_url="https://forms.example/1")


def test_a_place_is_a_name_or_its_parts_in_usual_spellings() -> None:
    assert drafted(EVENT, place="Kathmandu").details["place"] == {"name": "Kathmandu"}
    spelled = {"city": "Kathmandu", "address": "1 Example Road", "latitude": 27.5, "country": "Nepal"}
    assert drafted(EVENT, place=spelled).details["place"] == {
        "locality": "Kathmandu",
        "street": "1 Example Road",
        "lat": 27.5,
        "country": "NP",
    }


def test_an_offer_ends_after_it_begins_and_names_only_known_terms() -> None:
    assert "valid_through" in fault("valid_from", OFFER, valid_from="2027-07-01")
    assert "training-of-trainers" in fault("service", OFFER, service="teaching")
    assert "remote, on-site" in fault("mode", OFFER, mode=["remote", "by mail"])
    same = "https://w3id.org/ilan/v/service/training-of-trainers"
    assert (
        drafted(OFFER, service=same)
        == drafted(OFFER, service="service/training-of-trainers")
        == drafted(OFFER)
    )


def test_a_practice_ends_after_it_began() -> None:
    assert "ended" in fault("started", PRACTICE, ended="2022")
    drafted(PRACTICE, ended="2023")
    drafted(PRACTICE, started="2023-02-10", ended="2023-02")


def test_unknown_sections_are_refused_by_name() -> None:
    sections = {"problem": "P", "what_went_wong": "W", "results": {"en": "R", "xx": "?"}}
    found = faults({**PRACTICE, "sections": sections})
    assert found.keys() == {"sections.what_went_wong", "sections.results.xx"}
    assert "did you mean what_went_wrong?" in found["sections.what_went_wong"]


def test_a_translation_does_not_stand_in_for_the_original() -> None:
    assert "'en'" in fault("title", PRACTICE, title={"fr": "Un titre"})
    assert "'en'" in fault("body", PRACTICE, body={"fr": "Un texte"})


def test_what_is_too_long_is_refused_with_its_length() -> None:
    assert "151 characters" in fault("title", PRACTICE, title="x" * 151)
    assert "at most 400" in fault("summary", PRACTICE, summary="x" * 401)
    assert "single line" in fault("title", PRACTICE, title="a\nb")
    long = {"sections": {"problem": "x" * 50_000, "results": "x" * 50_000}, "body": "x"}
    assert "100001 characters" in fault("body", PRACTICE, **long)


def test_a_note_needs_a_text_or_a_file_and_has_no_title() -> None:
    assert drafted(kind="note", body="Hello").language == "en"
    assert drafted(kind="note", attachments=["https://a.example/a.png"]).body == {}
    assert "is missing" in fault("body", {"kind": "note"})
    assert "is not a field here" in fault("title", NOTE, title="A title")


def test_only_a_note_can_be_for_those_it_names_alone() -> None:
    assert drafted(NOTE, visibility="direct").visibility is Visibility.DIRECT
    assert "public, unlisted, private" in fault("visibility", PRACTICE, visibility="direct")


def test_kinds_that_cannot_be_published_here_are_refused_with_those_that_can() -> None:
    sentence = fault("kind", {"kind": "statement", "title": "T", "closes": "2027-01-01"})
    assert "'statement'" in sentence
    assert all(str(kind) in sentence for kind in KINDS)
    assert "note" in fault("kind", {"title": "T"})
    assert "post" not in fault("kind", {"kind": "post"}).partition("not")[0]
    assert "practice" in fault("kind", {"kind": ["practice"]})


def test_what_is_no_object_is_refused() -> None:
    for document in ([], "practice", None, 7):
        assert faults(document) == {}


def test_licences_are_known_by_name_and_by_address() -> None:
    for spelled in ("CC-BY-4.0", "cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/legalcode"):
        assert drafted(PRACTICE, license=spelled).license == "CC-BY-4.0"
    assert drafted(PRACTICE, license="https://a.example/licence").license == "https://a.example/licence"
    assert "SPDX" in fault("license", PRACTICE, license="public")
    assert "SPDX" in fault("license", PRACTICE, license="javascript://alert")


def test_concepts_are_known_by_short_name_and_by_address() -> None:
    spelled = ["https://w3id.org/ilan/v/stage/trial", "stage/trial", "https://thesaurus.example/100"]
    assert drafted(PRACTICE, concepts=spelled).concepts == ["stage/trial", "https://thesaurus.example/100"]
    assert "'https://w3id.org/ilan/v/stage/x'" in fault(
        "concepts", PRACTICE, concepts=["https://w3id.org/ilan/v/stage/x"]
    )


def test_files_are_https_addresses_and_say_what_they_are() -> None:
    found = drafted(
        PRACTICE, attachments=["https://a.example/a.PDF?x=1", "https://a.example/page"]
    ).attachments
    assert [entry["media_type"] for entry in found] == ["application/pdf", "text/html"]
    assert "https://" in fault("attachments.0.url", PRACTICE, attachments=["http://a.example/a.pdf"])
    assert "at most 16" in fault("attachments", PRACTICE, attachments=["https://a.example/a.pdf"] * 17)


def test_characters_that_only_break_things_are_taken_out() -> None:
    draft = drafted(PRACTICE, title="A\x00 title\ud800", sections={"problem": "\u202eP\r\nQ"})
    assert draft.title["en"] == "A title"
    assert draft.details["sections"]["problem"]["en"] == "P\nQ"
    assert faults({**PRACTICE, "x\ud800\x00": 1, "language": "e" * 10_000}).keys() == {"x", "language"}


def test_wrong_types_are_named_and_never_crash() -> None:
    values: list[Any] = [True, 0, 1.5, "", "x", [], ["x"], [None], {}, {"x": 1}, {"en": None}, None]
    names = {name for document in EVERY for name in document} - {"kind"}
    for document in EVERY:
        for name in names:
            for value in values:
                read_or_refused({**document, name: value})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.datetimes()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({name for document in EVERY for name in document})


@given(
    st.sampled_from(EVERY),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON, max_size=4),
)
def test_any_document_is_read_or_refused(document: dict[str, Any], changes: dict[str, Any]) -> None:
    draft = read_or_refused({**document, **changes})
    if draft is None:
        return
    assert draft.kind in Kind
    render(draft, office())
    assert read_draft(document_of(draft, private=True), default_language="en") == draft
