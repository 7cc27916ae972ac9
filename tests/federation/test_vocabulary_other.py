"""Keys, proofs, places, agreements, statements and concepts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from federation import vocabulary as as2
from federation.errors import Malformed
from tests.federation.any_json import JSON, refusal

pytestmark = pytest.mark.one_engine

ME = "https://example.org/users/a"
ID = "https://example.org/things/1"


def test_a_key_is_a_document_of_its_own_with_or_without_a_type() -> None:
    document = {"id": f"{ME}/main-key", "owner": ME, "publicKeyPem": "PEM"}
    expected = as2.Key(f"{ME}/main-key", ME, pem="PEM")
    assert as2.read(document) == expected
    assert as2.read({**document, "type": "CryptographicKey"}) == expected
    assert as2.read({**document, "type": "sec:Key"}) == expected
    multikey = {"id": f"{ME}#k", "type": "Multikey", "controller": ME, "publicKeyMultibase": "z6Mk"}
    assert as2.read(multikey) == as2.Key(f"{ME}#k", ME, multibase="z6Mk")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"id": None}, "id: expected an identifier"),
        ({"owner": None}, "owner: expected an identifier"),
        ({"owner": [ME, ID]}, "owner: expected an identifier"),
        ({"publicKeyPem": None}, "publicKeyPem: expected a key"),
        ({"publicKeyPem": 7}, "publicKeyPem: expected a key"),
        ({"publicKeyPem": "x" * 100_000}, "publicKeyPem: expected a key"),
    ],
)
def test_a_key_without_owner_or_material_is_refused(more: dict[str, Any], reason: str) -> None:
    document = {"id": f"{ME}#k", "type": "CryptographicKey", "owner": ME, "publicKeyPem": "PEM", **more}
    assert refusal(as2.read, document) == reason


def test_a_proof_is_read() -> None:
    document = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-09-03T09:00:00Z",
        "verificationMethod": f"{ME}#ed25519-key",
        "proofPurpose": "assertionMethod",
        "proofValue": "z44",
    }
    assert as2.read(document) == as2.Proof(
        "DataIntegrityProof",
        f"{ME}#ed25519-key",
        "z44",
        "eddsa-jcs-2022",
        "assertionMethod",
        datetime(2026, 9, 3, 9, tzinfo=UTC),
    )
    with pytest.raises(Malformed, match=r"^proofValue: "):
        as2.read_proof({**document, "proofValue": 7})


def test_places_come_as_objects_addresses_and_names() -> None:
    hall = {
        "type": "Place",
        "name": "Hall",
        "latitude": 0,
        "longitude": "85.324",
        "address": {"type": "PostalAddress", "streetAddress": "1 Example Road", "addressCountry": "NP"},
    }
    online = {"type": "VirtualLocation", "name": "Online", "url": "https://example.org/room"}
    assert as2.read_places(
        {"location": [hall, online, "Town hall", "https://example.org/call", 7, None]}
    ) == (
        as2.Place(
            name="Hall",
            address=as2.PostalAddress("1 Example Road", address_country="NP"),
            latitude=0.0,
            longitude=85.324,
        ),
        as2.Place("VirtualLocation", name="Online", url="https://example.org/room"),
        as2.Place(name="Town hall"),
        as2.Place("VirtualLocation", url="https://example.org/call"),
    )
    assert as2.read_places({"location": hall}) == (as2.read(hall),)
    assert as2.read_places({}) == ()


def test_positions_and_addresses_have_dialects() -> None:
    geo = {
        "type": "Place",
        "name": "x",
        "geo": {"latitude": 1.5, "longitude": 2.5},
        "address": "1 Example Road",
    }
    assert as2.read(geo) == as2.Place(
        name="x",
        address=as2.PostalAddress("1 Example Road"),
        latitude=1.5,
        longitude=2.5,
    )
    online = {"type": "Place", "name": "x", "address": {"url": "https://example.org/room"}}
    assert as2.read(online) == as2.Place(name="x", url="https://example.org/room")
    beyond = {"type": "Place", "name": "x", "latitude": 91, "longitude": -181, "address": 7}
    assert as2.read(beyond) == as2.Place(name="x")


def proposal(**more: Any) -> dict[str, Any]:
    return {
        "type": "Note",
        "id": ID,
        "attributedTo": ME,
        "content": "x",
        "purpose": "offer",
        "publishes": {
            "type": "Intent",
            "id": f"{ID}#primary",
            "action": "deliverService",
            "provider": ME,
            "resourceConformsTo": "https://example.org/v/training",
            "resourceQuantity": {"hasUnit": "hour", "hasNumericalValue": "20"},
            "availableQuantity": {"hasNumericalValue": 1.5},
        },
        **more,
    }


def test_a_proposal_is_known_by_its_properties() -> None:
    intent = as2.Intent(
        f"{ID}#primary",
        "deliverService",
        ME,
        None,
        "https://example.org/v/training",
        as2.Quantity(Decimal(20), "hour"),
        as2.Quantity(Decimal("1.5")),
    )
    assert as2.is_proposal(proposal())
    assert as2.read_proposal(proposal()) == as2.Proposal("offer", intent)
    assert isinstance(as2.read(proposal()), as2.Object)
    assert isinstance(as2.read(proposal(type="Proposal")), as2.Object)
    both = as2.read_proposal(proposal(reciprocal={"type": "Intent"}, unitBased=True))
    assert both.reciprocal == as2.Intent(None)
    assert both.unit_based
    for more in (
        {"purpose": "gift"},
        {"purpose": 7},
        {"purpose": []},
        {"publishes": "x"},
        {"publishes": None},
    ):
        assert not as2.is_proposal(proposal(**more))
        assert refusal(as2.read_proposal, proposal(**more)) == "publishes: expected an Intent, and a purpose"


@pytest.mark.parametrize(
    "amount", ["-1", -1, "1e9", 1e30, "NaN", "Infinity", "", "１", "0x1", None, True, [], "9" * 50]
)
def test_an_amount_is_a_plain_decimal_number(amount: Any) -> None:
    assert (
        refusal(as2.read_quantity, {"resourceQuantity": {"hasNumericalValue": amount}}, "resourceQuantity")
        == "resourceQuantity.hasNumericalValue: expected a decimal number"
    )


def test_an_agreement_commits_one_side_or_both() -> None:
    document = {
        "type": "Agreement",
        "id": ID,
        "attributedTo": ME,
        "stipulates": {
            "satisfies": f"{ID}#primary",
            "resourceQuantity": {"hasUnit": "h", "hasNumericalValue": "2"},
        },
        "stipulatesReciprocal": {"satisfies": f"{ID}#reciprocal"},
    }
    assert as2.read(document) == as2.Agreement(
        as2.Commitment(f"{ID}#primary", as2.Quantity(Decimal(2), "h")),
        as2.Commitment(f"{ID}#reciprocal"),
        ID,
        ME,
    )
    assert refusal(as2.read, {"type": "Agreement"}) == "satisfies: expected an identifier"


def test_a_relationship_says_who_stands_how_to_whom() -> None:
    document = {
        "type": "Relationship",
        "id": ID,
        "attributedTo": ME,
        "subject": {"id": "https://example.org/users/b"},
        "relationship": "https://w3id.org/ilan/ns#verifiedExpertOf",
        "object": ME,
        "endTime": "2028-01-31T00:00:00Z",
    }
    value = as2.read(document)
    assert value == as2.Relationship(
        ID,
        "https://example.org/users/b",
        "ilan:verifiedExpertOf",
        ME,
        ME,
        end_time=datetime(2028, 1, 31, tzinfo=UTC),
    )
    for field in ("id", "subject", "relationship", "object"):
        assert (refusal(as2.read, {**document, field: 7}) or "").startswith(f"{field}: expected")


def test_authorizations_have_two_dialects() -> None:
    stamp = {
        "type": "QuoteAuthorization",
        "id": ID,
        "attributedTo": ME,
        "interactingObject": "https://b.test/1",
        "interactionTarget": "https://example.org/2",
    }
    assert as2.read(stamp) == as2.Authorization(
        ID,
        "QuoteAuthorization",
        ME,
        "https://b.test/1",
        "https://example.org/2",
    )
    older = {
        "type": "ReplyApproval",
        "id": ID,
        "attributedTo": ME,
        "object": "https://b.test/1",
        "target": "https://b.test/2",
    }
    assert as2.read(older) == as2.Authorization(
        ID, "ReplyApproval", ME, "https://b.test/1", "https://b.test/2"
    )
    for field in ("id", "attributedTo", "interactingObject", "interactionTarget"):
        assert refusal(as2.read, {**stamp, field: None}) == f"{field}: expected an identifier"


def test_a_recommendation_names_an_actor() -> None:
    item = {"type": "FeaturedItem", "id": ID, "featuredObject": ME, "featureAuthorization": f"{ME}/1"}
    assert as2.read(item) == as2.FeaturedItem(ID, ME, f"{ME}/1")
    assert refusal(as2.read, {"type": "FeaturedItem"}) == "featuredObject: expected an identifier"


def test_concepts_have_names_in_languages() -> None:
    scheme = {
        "type": "ConceptScheme",
        "id": "https://example.org/v",
        "prefLabel": {"en": "Stage"},
        "hasTopConcept": [
            {"type": "Concept", "id": "https://example.org/v/1", "prefLabel": {"en": "One"}, "notation": "1"}
        ],
    }
    assert as2.read(scheme) == as2.ConceptScheme(
        "https://example.org/v",
        {"en": "Stage"},
        (as2.Concept("https://example.org/v/1", None, "One", "1", {"en": "One"}),),
    )
    assert as2.read_concepts(
        {"about": ["https://example.org/v/1", {"href": "https://example.org/v/2"}, 7, {}]}
    ) == (
        as2.Concept("https://example.org/v/1"),
        as2.Concept("https://example.org/v/2"),
    )


def test_a_link_and_an_emoji_are_documents_too() -> None:
    link = {"type": "Link", "href": "https://example.org/1", "rel": "me", "name": "Site", "width": 5}
    assert as2.read(link) == as2.Link("https://example.org/1", rel=("me",), name="Site", width=5)
    assert refusal(as2.read, {"type": "Link", "href": "javascript:x"}) == "href: expected an http(s) address"
    emoji = {"type": "Emoji", "id": ID, "name": ":x:", "icon": {"url": "https://example.org/x.png"}}
    assert as2.read(emoji) == as2.Emoji("x", "https://example.org/x.png", ID)
    assert refusal(as2.read, {"type": "Emoji", "name": ":x:"}) == "icon: expected a picture"


@given(JSON, JSON)
def test_any_part_is_read_or_refused(first: Any, second: Any) -> None:
    assert (
        refusal(as2.read_places, {"location": [first, {"type": "Place", "address": second, "geo": first}]})
        != ""
    )
    assert (
        refusal(as2.read_proposal, proposal(publishes={"resourceQuantity": first}, reciprocal=second)) != ""
    )
    assert refusal(as2.read, {"type": "Agreement", "stipulates": first, "stipulatesReciprocal": second}) != ""
    assert refusal(as2.read, {"type": "Relationship", "id": ID, "subject": first, "object": second}) != ""
    assert refusal(as2.read_concepts, {"about": [first, {"id": ID, "prefLabel": second}]}) != ""
    assert refusal(as2.read_proof, {"proofValue": "x", "verificationMethod": first, "type": second}) != ""
