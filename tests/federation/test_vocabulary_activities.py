"""Activities: every class reads, by reference and embedded, and nothing else escapes than Malformed."""

from typing import Any

import pytest
from hypothesis import given, settings

from federation import vocabulary as as2
from federation.errors import Malformed
from tests.federation.any_json import DOCUMENTS, refusal

pytestmark = pytest.mark.one_engine

ME = "https://example.org/users/a"
ID = "https://example.org/activities/1"
THING = "https://b.test/things/1"
NOTE = {"type": "Note", "id": "https://example.org/notes/1", "attributedTo": ME, "content": "Hello"}
FOLLOW = {"type": "Follow", "id": "https://b.test/follows/1", "actor": "https://b.test/u", "object": ME}


def activity(kind: str, **more: Any) -> as2.Activity:
    value = as2.read_activity({"type": kind, "id": ID, "actor": ME, "object": THING, **more})
    assert isinstance(value, as2.Activity)
    return value


@pytest.mark.parametrize("kind", sorted(as2.ACTIVITY_TYPES))
def test_every_activity_has_a_class_of_its_name(kind: str) -> None:
    value = activity(kind, target=THING)
    assert type(value) is as2.ACTIVITY_TYPES[kind]
    assert type(value).__name__ == kind
    assert value.type == kind
    assert (value.id, value.actor, value.object.id) == (ID, ME, THING)
    assert as2.read(value.document) == value


def test_the_table_of_activities_is_complete() -> None:
    named = """
        Follow Accept Reject TentativeAccept TentativeReject Undo Create Update Delete Announce Like
        EmojiReact Dislike Block Flag Move Add Remove Join Leave Invite Offer Ignore QuoteRequest
        LikeRequest ReplyRequest AnnounceRequest FeatureRequest View Read Listen Arrive Travel Lock
        Warn ResolveReport
    """
    assert set(as2.ACTIVITY_TYPES) == set(named.split())
    assert all(getattr(as2, kind) is found for kind, found in as2.ACTIVITY_TYPES.items())


def test_all_shared_fields_are_read() -> None:
    value = activity(
        "Like",
        to="as:Public",
        cc=[ME],
        audience={"id": "https://b.test/group"},
        published="2026-03-02T00:00:00Z",
        summary="a summary",
        content=":x:",
        tag={"type": "Emoji", "name": ":x:", "icon": {"url": "https://b.test/x.png"}},
        instrument="https://b.test/client",
        target="https://b.test/target",
        result={"id": "https://b.test/result"},
    )
    assert value.to == (as2.PUBLIC,)
    assert value.cc == (ME,)
    assert value.audience == ("https://b.test/group",)
    assert value.published is not None
    assert (value.summary, value.content) == ("a summary", ":x:")
    assert value.tags == (as2.Emoji("x", "https://b.test/x.png"),)
    assert (value.instrument.id, value.target.id) == ("https://b.test/client", "https://b.test/target")
    assert value.result == as2.Reference("https://b.test/result")


@pytest.mark.parametrize("actor", [None, 7, "", {}, {"type": "Person"}, [ME, THING], [], "a b"])
def test_an_activity_without_one_actor_is_refused(actor: Any) -> None:
    with pytest.raises(Malformed, match=r"^actor: expected an identifier$"):
        activity("Follow", actor=actor)


def test_an_embedded_actor_counts_by_its_id() -> None:
    victim = {"type": "Person", "id": ME, "publicKey": {"id": "https://evil.test/k", "publicKeyPem": "x"}}
    assert activity("Follow", actor=victim).actor == ME
    assert activity("Follow", actor=[victim]).actor == ME


def test_an_activity_may_lack_an_id_but_not_have_a_wrong_one() -> None:
    assert activity("Add", id=None, target=THING).id is None
    assert activity("Like", id="#like-1").id == "#like-1"
    with pytest.raises(Malformed, match=r"^id: expected an identifier$"):
        activity("Like", id={"x": 1})


@pytest.mark.parametrize("nothing", [None, 7, "", {}, [], [THING, ME], {"name": "x"}])
def test_an_activity_that_points_at_nothing_is_refused(nothing: Any) -> None:
    with pytest.raises(Malformed, match=r"^object: expected an identifier or an object$"):
        activity("Like", object=nothing)


def test_arriving_and_travelling_need_no_object() -> None:
    assert activity("Arrive", object=None).object == as2.NOTHING
    assert activity("Travel", object=None).object == as2.NOTHING


def test_a_created_object_is_read() -> None:
    value = activity("Create", object=NOTE)
    assert value.object.id == NOTE["id"]
    assert isinstance(value.object.embedded, as2.Object)
    assert value.object.embedded.content == "Hello"


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_created_or_updated_object_that_does_not_read_is_refused_with_its_path(kind: str) -> None:
    with pytest.raises(Malformed, match=r"^object\.content: expected text$"):
        activity(kind, object={**NOTE, "content": 7})
    with pytest.raises(Malformed, match=r"^object\.attributedTo: expected an identifier$"):
        activity(kind, object={**NOTE, "attributedTo": 1})
    with pytest.raises(Malformed, match=r"^object\.id: expected an identifier$"):
        activity(kind, object={**NOTE, "id": None})
    with pytest.raises(Malformed, match=r"^object\.type: expected text$"):
        activity(kind, object={**NOTE, "type": 7})


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete", "Announce", "Undo", "Accept"])
def test_an_object_may_be_given_by_reference_alone(kind: str) -> None:
    assert activity(kind, object=THING).object == as2.Reference(THING)
    assert activity(kind, object={"id": THING}).object == as2.Reference(THING)
    assert activity(kind, object=[THING]).object == as2.Reference(THING)


@pytest.mark.parametrize("kind", ["Delete", "Undo", "Announce", "Accept", "Like"])
def test_an_embedded_object_that_does_not_read_counts_by_its_id_elsewhere(kind: str) -> None:
    assert activity(kind, object={**NOTE, "content": 7}).object == as2.Reference(str(NOTE["id"]))
    assert activity(kind, object={"type": 7, "id": THING}).object == as2.Reference(THING)
    with pytest.raises(Malformed, match=r"^object: "):
        activity(kind, object={**NOTE, "id": 7})


def test_an_update_of_an_actor_is_read_and_a_partial_one_is_refused() -> None:
    actor = {"type": "Person", "id": ME, "inbox": f"{ME}/inbox", "preferredUsername": "a"}
    assert isinstance(activity("Update", object=actor).object.embedded, as2.Actor)
    with pytest.raises(Malformed, match=r"^object\.inbox: expected an identifier$"):
        activity("Update", object={"type": "Person", "id": ME})


def test_a_delete_embeds_a_tombstone_or_the_whole_note() -> None:
    tombstone = activity("Delete", object={"type": "Tombstone", "id": THING}).object
    assert tombstone == as2.Reference(THING, as2.Object(THING, "Tombstone"))
    assert activity("Delete", object=ME).object == as2.Reference(ME)


def test_an_accept_embeds_the_follow_even_without_an_id() -> None:
    embedded = activity("Accept", object=FOLLOW).object.embedded
    assert embedded == as2.Follow("https://b.test/follows/1", "https://b.test/u", as2.Reference(ME))
    anonymous = activity("Accept", object={**FOLLOW, "id": None}).object
    assert anonymous.id is None
    assert isinstance(anonymous.embedded, as2.Follow)


def test_a_group_announces_activities_within_activities() -> None:
    like = {"type": "Like", "id": "https://b.test/l", "actor": ME, "object": THING}
    undo = {"type": "Undo", "id": "https://b.test/n", "actor": ME, "object": like}
    announce = activity("Announce", object=undo)
    assert isinstance(announce.object.embedded, as2.Undo)
    assert isinstance(announce.object.embedded.object.embedded, as2.Like)


def test_twentyfold_announces_are_read_only_so_far() -> None:
    document: dict[str, Any] = {"type": "Announce", "id": f"{ID}/0", "actor": ME, "object": THING}
    for depth in range(1, 20_000):
        document = {"type": "Announce", "id": f"{ID}/{depth}", "actor": ME, "object": document}
    value: Any = as2.read(document)
    depth = 0
    while value is not None:
        value, depth = value.object.embedded, depth + 1
    assert depth == 5


def test_creations_of_creations_are_refused_at_some_depth() -> None:
    create: dict[str, Any] = {"type": "Create", "id": ID, "actor": ME, "object": NOTE}
    for _ in range(10):
        create = {"type": "Create", "id": ID, "actor": ME, "object": create}
    with pytest.raises(Malformed, match=r"^(object\.){5}nested too deeply$"):
        as2.read(create)


def test_a_report_names_accounts_and_publications() -> None:
    value = activity("Flag", object=[ME, {"type": "Note", "id": THING}, 7], content="x" * 100_000)
    assert isinstance(value, as2.Flag)
    assert value.objects == (ME, THING)
    assert value.object == as2.Reference(ME)
    assert value.content == "x" * 5_000
    single = activity("Flag")
    assert isinstance(single, as2.Flag)
    assert single.objects == (THING,)
    with pytest.raises(Malformed, match=r"^object: "):
        activity("Flag", object=[])


def test_a_move_needs_a_target() -> None:
    assert activity("Move", object=ME, target=THING).target.id == THING
    for wrong in (None, 7, {}, [ME, THING]):
        with pytest.raises(Malformed, match=r"^target: expected an identifier$"):
            activity("Move", object=ME, target=wrong)


def test_a_collection_is_the_target_by_id_or_embedded() -> None:
    collection = {"type": "OrderedCollection", "id": THING, "attributedTo": ME}
    assert activity("Add", target=collection).target.id == THING
    assert isinstance(activity("Add", target=collection).target.embedded, as2.Collection)
    assert activity("Remove", target=THING).target == as2.Reference(THING)
    assert (
        activity("Invite", target=[{"type": "Person", "name": "A"}, {"type": "Person"}]).target == as2.NOTHING
    )


def test_an_agreement_is_offered_and_comes_back_as_result() -> None:
    agreement = {
        "type": "Agreement",
        "stipulates": {
            "type": "Commitment",
            "satisfies": f"{THING}#primary",
            "resourceQuantity": {"hasNumericalValue": 2},
        },
    }
    offered = activity("Offer", object=agreement).object.embedded
    accepted = activity("Accept", result={**agreement, "id": THING}).result
    assert isinstance(offered, as2.Agreement)
    assert isinstance(accepted.embedded, as2.Agreement)
    assert accepted.id == THING


def test_a_quote_request_carries_the_quoting_note() -> None:
    value = activity("QuoteRequest", instrument=NOTE)
    assert value.instrument.id == NOTE["id"]
    assert isinstance(value.instrument.embedded, as2.Object)
    assert activity("https://w3id.org/fep/044f#QuoteRequest").type == "QuoteRequest"


def test_prefixed_and_additional_types_are_understood() -> None:
    assert type(activity("as:Follow")) is as2.Follow
    assert type(activity("litepub:EmojiReact")) is as2.EmojiReact
    several = as2.read({"type": ["http://custom.example/Archive", "Follow"], "actor": ME, "object": THING})
    assert type(several) is as2.Follow
    with pytest.raises(Malformed, match="one kind of thing"):
        as2.read({"type": ["Follow", "Like"], "actor": ME, "object": THING})
    with pytest.raises(Malformed, match="one kind of thing"):
        as2.read({"type": ["Create", "Note"], "id": ID, "actor": ME, "object": THING})


def test_unknown_activities_are_a_value_with_an_actor() -> None:
    value = as2.read_activity({"type": "Dance", "id": ID, "actor": ME})
    assert value == as2.Unknown("Dance", ID, ME)
    with pytest.raises(Malformed, match=r"^actor: "):
        as2.read_activity({"type": "Dance", "id": ID})
    with pytest.raises(Malformed, match=r"^id: "):
        as2.read_activity({"type": "Dance", "id": 7, "actor": ME})


@pytest.mark.parametrize(
    "document", [NOTE, {"type": "Person", "id": ME, "inbox": ME}, {"type": "Collection"}]
)
def test_an_inbox_takes_nothing_but_activities(document: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"^type: expected an activity$"):
        as2.read_activity(document)


@pytest.mark.parametrize("wrong", [None, 7, "x", [], [NOTE], True])
def test_what_is_no_object_is_refused(wrong: Any) -> None:
    for reader in (as2.read, as2.read_activity):
        assert refusal(reader, wrong) == "expected an object"
    assert refusal(as2.read, {}) == "type: expected text"


@given(DOCUMENTS)
@settings(max_examples=400)
def test_any_document_is_a_value_or_is_refused(document: dict[str, Any]) -> None:
    assert refusal(as2.read, document) != ""
    assert refusal(as2.read_activity, document) != ""
