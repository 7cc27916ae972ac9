"""Actors of every server read, with what they leave out filled in sensibly."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation import vocabulary as as2
from federation.errors import Malformed

ME = "https://example.org/users/a"
MINIMAL: dict[str, Any] = {"type": "Person", "id": ME, "inbox": f"{ME}/inbox", "preferredUsername": "a"}


def actor(**more: Any) -> as2.Actor:
    value = as2.read({**MINIMAL, **more})
    assert isinstance(value, as2.Actor)
    return value


def test_an_actor_needs_an_id_and_an_inbox() -> None:
    assert actor() == as2.Actor(id=ME, type="Person", preferred_username="a", inbox=f"{ME}/inbox")
    for field in ("id", "inbox"):
        with pytest.raises(Malformed, match=rf"^{field}: expected an identifier$"):
            as2.read({name: value for name, value in MINIMAL.items() if name != field})
        with pytest.raises(Malformed, match=rf"^{field}: expected an identifier$"):
            actor(**{field: 7})


@pytest.mark.parametrize("kind", ["Person", "Service", "Organization", "Group", "Application"])
def test_the_five_types_are_actors(kind: str) -> None:
    assert actor(type=kind).type == kind
    assert actor(type=f"as:{kind}").type == kind
    assert actor(type=[kind, "ilan:LegalAidBody"]).type == kind


def test_finer_types_are_kept_under_one_spelling() -> None:
    body = actor(
        type=["Organization", "foaf:Organization"],
        additionalType=["https://w3id.org/ilan/ns#LegalAidBody", "http://schema.org/NGO"],
    )
    assert body.type == "Organization"
    assert body.additional_types == ("foaf:Organization", "ilan:LegalAidBody", "http://schema.org/NGO")
    assert actor(additionalType="ilan:WorkingGroup").additional_types == ("ilan:WorkingGroup",)


def test_an_actor_that_is_something_else_as_well_is_refused() -> None:
    for other in ("Note", "Follow", "Collection"):
        with pytest.raises(Malformed, match="one kind of thing"):
            actor(type=["Person", other])


def test_all_addresses_are_read() -> None:
    value = actor(
        outbox=f"{ME}/outbox",
        followers={"id": f"{ME}/followers", "type": "Collection", "totalItems": 3},
        following=f"{ME}/following",
        featured=f"{ME}/featured",
        endpoints={"sharedInbox": "https://example.org/inbox"},
        url=[{"type": "Link", "mediaType": "text/html", "href": "https://example.org/@a"}],
    )
    assert value.outbox == f"{ME}/outbox"
    assert value.followers == f"{ME}/followers"
    assert value.following == f"{ME}/following"
    assert value.featured == f"{ME}/featured"
    assert value.shared_inbox == "https://example.org/inbox"
    assert value.url == "https://example.org/@a"


def test_endpoints_may_be_anything() -> None:
    assert actor(endpoints="https://example.org/#endpoints").shared_inbox is None
    assert (
        actor(endpoints=None, sharedInbox="https://example.org/inbox").shared_inbox
        == "https://example.org/inbox"
    )
    assert actor(endpoints=[{"sharedInbox": "https://example.org/inbox"}]).shared_inbox is not None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"preferredUsername": "Ünal.1"}, "Ünal.1"),
        ({"preferredUsername": None, "webfinger": "acct:b@example.org"}, "b"),
        ({"preferredUsername": None, "webfinger": "b@example.org"}, "b"),
        ({"preferredUsername": 7}, "a"),
        ({"preferredUsername": "a b"}, "a"),
        ({"preferredUsername": "@a@example.org"}, "a"),
        ({"preferredUsername": "\u202ea"}, "a"),
        ({"preferredUsername": "x" * 1_000}, "a"),
        ({"preferredUsername": None, "id": "https://example.org/@b/"}, "b"),
        ({"preferredUsername": None, "id": "https://example.org/?author=1"}, "example.org"),
        ({"preferredUsername": None, "id": "https://example.org/"}, "example.org"),
        ({"preferredUsername": None, "id": "https://example.org:8443/"}, "unnamed"),
        ({"preferredUsername": None, "id": "did:example:1"}, "unnamed"),
        ({"preferredUsername": None, "id": "https://[broken/"}, "unnamed"),
    ],
)
def test_a_missing_or_unusable_username_is_derived(document: dict[str, Any], expected: str) -> None:
    assert actor(**document).preferred_username == expected


def test_consent_is_never_assumed() -> None:
    value = actor()
    assert not value.indexable
    assert not value.discoverable
    assert value.searchable_by == ()
    assert actor(searchableBy=[]).searchable_by == ()
    assert actor(searchableBy="as:Public").searchable_by == (as2.PUBLIC,)
    assert actor(indexable=True, discoverable="true", manuallyApprovesFollowers=True) == as2.Actor(
        ME,
        "Person",
        "a",
        f"{ME}/inbox",
        indexable=True,
        discoverable=True,
        manually_approves_followers=True,
    )


def test_names_may_come_in_a_map_only_and_summaries_may_be_null() -> None:
    value = actor(name=None, nameMap={"ne": "समिति", "en": "Committee"}, summary=None)
    assert value.name == "समिति"
    assert value.name_map == {"ne": "समिति", "en": "Committee"}
    assert value.summary is None


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(Malformed, match=r"^name: expected text$"):
        actor(name=7)


def test_keys_come_as_object_array_or_address_and_in_both_forms() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"
    main = {"id": f"{ME}#main-key", "owner": ME, "publicKeyPem": pem}
    multikey = {"type": "Multikey", "id": f"{ME}#ed25519-key", "controller": ME, "publicKeyMultibase": "z6Mk"}
    assert actor(publicKey=main).keys == (as2.Key(f"{ME}#main-key", ME, pem=pem),)
    assert actor(publicKey=[main, main]).keys == (as2.Key(f"{ME}#main-key", ME, pem=pem),)
    assert actor(publicKey=f"{ME}/main-key").keys == (as2.Key(f"{ME}/main-key", ME),)
    assert actor(publicKey=main, assertionMethod=[multikey]).keys == (
        as2.Key(f"{ME}#main-key", ME, pem=pem),
        as2.Key(f"{ME}#ed25519-key", ME, multibase="z6Mk"),
    )


def test_a_key_keeps_the_owner_it_states_and_defaults_to_the_actor() -> None:
    other = "https://evil.test/users/b"
    assert (
        actor(publicKey={"id": "https://evil.test/k", "owner": other, "publicKeyPem": "x"}).keys[0].owner
        == other
    )
    assert actor(publicKey={"id": f"{ME}#k", "publicKeyPem": "x"}).keys[0].owner == ME


def test_keys_that_are_none_are_left_out_and_many_are_cut() -> None:
    assert actor(publicKey=[7, None, {}, {"publicKeyPem": "x"}, {"id": 7}]).keys == ()
    assert actor(publicKey={"id": f"{ME}#k", "publicKeyPem": "x" * 20_000}).keys == (as2.Key(f"{ME}#k", ME),)
    many = [{"id": f"{ME}#{number}", "publicKeyPem": "x"} for number in range(1_000)]
    assert len(actor(publicKey=many, assertionMethod=many).keys) == 10


def test_profile_fields_are_property_values_or_else_notes_and_links() -> None:
    note = {"type": "Note", "name": "Place", "content": "Nairobi"}
    link = {"type": "Link", "name": "Site", "href": "https://example.org"}
    value = {"type": "PropertyValue", "name": "Place", "value": "Nairobi"}
    assert actor(attachment=[note, value, link]).fields == (as2.Field("Place", "Nairobi"),)
    assert actor(attachment=value).fields == (as2.Field("Place", "Nairobi"),)
    assert actor(attachment=[note]).fields == (as2.Field("Place", "Nairobi"),)
    assert actor(attachment=[link]).fields == (as2.Field("Site", "https://example.org"),)
    odd = [7, None, {}, {"type": 7}, {"type": []}, {"type": "PropertyValue", "name": 7, "value": 7}]
    assert actor(attachment=odd).fields == ()
    assert len(actor(attachment=[value] * 1_000).fields) == 50


def test_pictures_come_as_object_link_text_or_list() -> None:
    url = "https://example.org/icon.png"
    assert actor(icon=url).icon == as2.Media(url)
    assert actor(icon={"type": "Image", "url": url, "mediaType": "image/png"}).icon == as2.Media(
        url, "Image", "image/png"
    )
    assert actor(icon={"type": "Link", "href": url}).icon == as2.Media(url, "Link")
    sizes = [{"type": "Image", "url": f"{url}?{width}", "width": width} for width in (48, 120, 64)]
    assert actor(icon=sizes).icon == as2.Media(f"{url}?120", "Image", width=120)
    for odd in (None, [], 7, {}, {"url": "javascript:x"}, {"url": 7}, [None]):
        assert actor(icon=odd).icon is None


def test_moving_is_read_from_both_sides() -> None:
    value = actor(movedTo="https://b.test/u", alsoKnownAs=["https://c.test/u", 7, {"id": "https://d.test/u"}])
    assert value.moved_to == "https://b.test/u"
    assert value.also_known_as == ("https://c.test/u", "https://d.test/u")
    assert actor(alsoKnownAs="https://c.test/u").also_known_as == ("https://c.test/u",)
    many = [f"https://c.test/{number}" for number in range(10_000)]
    assert len(actor(alsoKnownAs=many).also_known_as) == 256


def test_attribution_domains_that_are_no_strings_are_ignored() -> None:
    assert actor(attributionDomains=["a.test", {"id": "b.test"}, 7]).attribution_domains == ("a.test",)


def test_what_a_server_implements_is_found_at_its_generator() -> None:
    rfc = "https://datatracker.ietf.org/doc/html/rfc9421"
    generator = {
        "type": "Application",
        "id": "https://example.org/actor",
        "implements": [{"href": rfc, "name": "x"}],
    }
    assert actor(generator=generator).implements == (rfc,)
    assert actor(generator=generator).generator == "https://example.org/actor"
    assert actor(type="Application", implements=rfc).implements == (rfc,)
    assert actor(generator="https://example.org/actor").implements == ()


def test_a_group_names_its_moderators() -> None:
    assert actor(type="Group", attributedTo=f"{ME}/moderators").attributed_to == f"{ME}/moderators"


def test_what_the_network_adds_is_read() -> None:
    value = actor(
        jurisdiction=["KE", 7],
        knowsLanguage=["en", "sw", "<b>"],
        about=[
            {
                "type": "Concept",
                "id": "https://example.org/v/1",
                "inScheme": "https://example.org/v",
                "name": "One",
            }
        ],
    )
    assert value.jurisdiction == ("KE",)
    assert value.knows_language == ("en", "sw")
    assert value.about == (as2.Concept("https://example.org/v/1", "https://example.org/v", "One"),)


def test_absurd_dates_are_absent() -> None:
    assert actor(published="0001-01-01T00:00:00Z", updated="never").published is None
    assert actor(published="2026-01-15T08:00:00Z").published == datetime(2026, 1, 15, 8, tzinfo=UTC)


def test_the_document_is_kept_but_does_not_count_in_comparisons() -> None:
    value = actor(unheardOf=1)
    assert value.document["unheardOf"] == 1
    assert value == actor()
    assert "unheardOf" not in repr(value)
