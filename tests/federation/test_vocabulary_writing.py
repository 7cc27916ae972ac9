"""What is written reads as an equal value, in a stable order and without empty fields."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import vocabulary as as2

pytestmark = pytest.mark.one_engine

IDS = st.builds(
    "https://{}.example/{}".format, st.sampled_from("abc"), st.text("xyzé/-_~", min_size=1, max_size=8)
)
URLS = IDS
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
LABELS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
COUNTS = st.integers(0, 10**12)
LANGUAGES = st.sampled_from(["en", "ne", "pt-BR", "zh-Hant"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3, unique=True).map(tuple)


MAPS = st.dictionaries(LANGUAGES, TEXTS, max_size=2)
MEDIA = st.builds(
    as2.Media,
    url=URLS,
    type=st.sampled_from(["Image", "Document", "Video"]),
    media_type=maybe(st.just("image/png")),
    name=maybe(TEXTS),
    width=maybe(st.integers(1, 9_999)),
    height=maybe(st.integers(1, 9_999)),
    blurhash=maybe(LABELS),
    focal_point=maybe(st.tuples(st.floats(-1, 1), st.floats(-1, 1))),
)
TAGS = st.one_of(
    st.builds(as2.Hashtag, name=LABELS, href=maybe(URLS)),
    st.builds(as2.Mention, href=IDS, name=maybe(LABELS)),
    st.builds(
        as2.Emoji,
        name=LABELS,
        url=URLS,
        id=maybe(IDS),
        media_type=maybe(st.just("image/png")),
        updated=maybe(MOMENTS),
    ),
    st.builds(as2.OtherTag, type=st.just("Link"), href=IDS, name=maybe(LABELS), rel=some(LABELS)),
)
POLLS = st.builds(
    as2.Poll,
    options=st.lists(st.builds(as2.PollOption, name=LABELS, votes=COUNTS), min_size=1, max_size=3).map(tuple),
    multiple=st.booleans(),
    closed=st.booleans(),
    voters=maybe(COUNTS),
)
KEYS = st.builds(as2.Key, id=IDS, owner=IDS, pem=st.just("PEM")) | st.builds(
    as2.Key,
    id=IDS,
    owner=IDS,
    multibase=st.just("z6Mk"),
)


def with_first_text(value: Any) -> Any:
    """A map without its text is what reading never returns."""
    more: dict[str, Any] = {}
    for name in ("name", "summary", "content"):
        translations = getattr(value, f"{name}_map", None)
        if translations and getattr(value, name) is None:
            more[name] = next(iter(translations.values()))
    return (
        value
        if not more
        else type(value)(**{**{slot: getattr(value, slot) for slot in slots(value)}, **more})
    )


def slots(value: Any) -> list[str]:
    return list(value.__dataclass_fields__)


OBJECTS = st.builds(
    as2.Object,
    id=IDS,
    type=st.sampled_from(sorted(as2.OBJECT_TYPES)),
    authors=some(IDS),
    actor=maybe(IDS),
    to=some(IDS | st.just(as2.PUBLIC)),
    cc=some(IDS),
    audience=some(IDS),
    name=maybe(TEXTS),
    name_map=MAPS,
    summary=maybe(TEXTS),
    summary_map=MAPS,
    content=maybe(TEXTS),
    content_map=MAPS,
    media_type=maybe(st.just("text/html")),
    source=maybe(st.builds(as2.Source, content=TEXTS, media_type=maybe(st.just("text/markdown")))),
    published=maybe(MOMENTS),
    updated=maybe(MOMENTS),
    url=maybe(URLS),
    in_reply_to=maybe(IDS),
    context=maybe(IDS),
    conversation=maybe(LABELS),
    sensitive=st.booleans(),
    in_language=maybe(LANGUAGES),
    tags=some(TAGS),
    attachments=some(MEDIA),
    icon=maybe(MEDIA),
    image=maybe(MEDIA),
    start_time=maybe(MOMENTS),
    end_time=maybe(MOMENTS),
    poll=maybe(POLLS),
    replies=maybe(IDS),
    likes=maybe(IDS),
    shares=maybe(IDS),
    quote=maybe(IDS),
    quote_authorization=maybe(IDS),
    former_type=maybe(st.just("Note")),
    deleted=maybe(MOMENTS),
    additional_types=some(st.sampled_from(["ilan:Practice", "http://schema.org/Event"])),
).map(with_first_text)

ACTORS = st.builds(
    as2.Actor,
    id=IDS,
    type=st.sampled_from(sorted(as2.ACTOR_TYPES)),
    preferred_username=LABELS,
    inbox=IDS,
    outbox=maybe(IDS),
    shared_inbox=maybe(IDS),
    followers=maybe(IDS),
    following=maybe(IDS),
    featured=maybe(IDS),
    name=maybe(TEXTS),
    name_map=MAPS,
    summary=maybe(TEXTS),
    summary_map=MAPS,
    url=maybe(URLS),
    icon=maybe(MEDIA),
    image=maybe(MEDIA),
    published=maybe(MOMENTS),
    updated=maybe(MOMENTS),
    manually_approves_followers=st.booleans(),
    discoverable=st.booleans(),
    indexable=st.booleans(),
    suspended=st.booleans(),
    memorial=st.booleans(),
    searchable_by=some(IDS | st.just(as2.PUBLIC)),
    keys=st.lists(KEYS, max_size=3, unique=True).map(
        lambda keys: tuple(sorted(keys, key=lambda key: key.pem is None))
    ),
    moved_to=maybe(IDS),
    also_known_as=some(IDS),
    attribution_domains=some(LABELS),
    fields=some(st.builds(as2.Field, name=TEXTS, value=TEXTS)),
    tags=some(TAGS),
    attributed_to=maybe(IDS),
    webfinger=maybe(LABELS),
    generator=maybe(IDS),
    implements=some(IDS),
    additional_types=some(st.just("ilan:LegalAidBody")),
    jurisdiction=some(LABELS),
    knows_language=some(LANGUAGES),
    about=st.lists(
        st.builds(as2.Concept, id=IDS, in_scheme=maybe(IDS), name=TEXTS, notation=maybe(LABELS), labels=MAPS),
        max_size=2,
        unique_by=lambda concept: concept.id,
    ).map(tuple),
).map(with_first_text)

ITEMS = st.builds(as2.Item, id=IDS) | IDS.map(
    lambda name: as2.Item(name, {"id": name, "type": "Note", "x": [1]})
)
PAGES = st.builds(
    as2.Collection,
    id=maybe(IDS),
    type=st.just("OrderedCollectionPage"),
    total_items=maybe(COUNTS),
    items=st.lists(ITEMS, min_size=1, max_size=3).map(tuple),
    ordered=st.just(True),
    next=maybe(IDS),
    prev=maybe(IDS),
    part_of=maybe(IDS),
)


def with_page(collection: as2.Collection, page: as2.Collection | None) -> as2.Collection:
    if page is None:
        return collection
    more = {"first_page": page, "first": page.id}
    return as2.Collection(**{**{slot: getattr(collection, slot) for slot in slots(collection)}, **more})


COLLECTIONS = PAGES | st.builds(
    with_page,
    st.builds(
        as2.Collection,
        id=maybe(IDS),
        type=st.just("Collection"),
        total_items=maybe(COUNTS),
        items=st.lists(ITEMS, max_size=3).map(tuple),
        first=maybe(IDS),
        last=maybe(IDS),
        attributed_to=maybe(IDS),
        name=maybe(TEXTS),
        summary=maybe(TEXTS),
        published=maybe(MOMENTS),
        updated=maybe(MOMENTS),
    ),
    maybe(PAGES),
)


def embedding(values: st.SearchStrategy[Any]) -> st.SearchStrategy[as2.Reference]:
    return values.map(as2.embed)


BY_ID = st.builds(as2.Reference, id=IDS)
NOTHING = st.just(as2.NOTHING)


def activities(kind: type[as2.Activity], objects: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        id=maybe(IDS),
        actor=IDS,
        object=objects,
        target=BY_ID if kind is as2.Move else NOTHING | BY_ID | embedding(COLLECTIONS.filter(lambda c: c.id)),
        instrument=NOTHING | BY_ID,
        result=NOTHING | BY_ID,
        to=some(IDS | st.just(as2.PUBLIC)),
        cc=some(IDS),
        audience=some(IDS),
        published=maybe(MOMENTS),
        summary=maybe(TEXTS),
        content=maybe(TEXTS),
        tags=some(TAGS),
    )


SIMPLE = [kind for name, kind in as2.ACTIVITY_TYPES.items() if name != "Flag"]
INNER = st.sampled_from(SIMPLE).flatmap(lambda kind: activities(kind, BY_ID))
ACTIVITIES = st.sampled_from(SIMPLE).flatmap(
    lambda kind: activities(kind, st.one_of(BY_ID, embedding(OBJECTS), embedding(ACTORS), embedding(INNER))),
)
FLAGS = st.builds(
    lambda identifier, actor, objects: as2.Flag(
        identifier, actor, as2.Reference(objects[0]), objects=objects
    ),
    maybe(IDS),
    IDS,
    st.lists(IDS, min_size=1, max_size=4, unique=True).map(tuple),
)


def assert_survives(value: Any) -> None:
    document = as2.write(value)
    assert document["@context"] == as2.AS2_CONTEXT
    assert as2.read(document) == value
    assert as2.read(as2.parse(as2.encode(document))) == value
    assert None not in document.values()


@given(OBJECTS)
def test_a_publication_survives_the_wire(value: as2.Object) -> None:
    assert_survives(value)


@given(ACTORS)
def test_an_actor_survives_the_wire(value: as2.Actor) -> None:
    assert_survives(value)


@given(COLLECTIONS)
def test_a_collection_survives_the_wire(value: as2.Collection) -> None:
    assert_survives(value)


@given(ACTIVITIES)
def test_an_activity_survives_the_wire(value: as2.Activity) -> None:
    assert_survives(value)


@given(FLAGS)
def test_a_report_survives_the_wire(value: as2.Flag) -> None:
    assert_survives(value)


@given(KEYS)
def test_a_key_survives_the_wire(value: as2.Key) -> None:
    assert_survives(value)


@pytest.mark.parametrize(
    "value",
    [
        as2.Object(
            "https://a.example/1", "Tombstone", former_type="Note", deleted=datetime(2026, 3, 2, tzinfo=UTC)
        ),
        as2.Object(
            "https://a.example/1",
            "Question",
            poll=as2.Poll((as2.PollOption("a"),), closed=True, closed_at=datetime(2026, 3, 2, tzinfo=UTC)),
        ),
        as2.Object(
            "https://a.example/1",
            "Video",
            url="https://a.example/w/1",
            links=(as2.Link("https://a.example/1.mp4", "video/mp4", width=480, size=5),),
        ),
        as2.Place(name="Hall", address=as2.PostalAddress("1 Example Road"), latitude=0.0, longitude=85.3),
        as2.Relationship(
            "https://a.example/1", "https://a.example/2", "ilan:verifiedExpertOf", "https://a.example/3"
        ),
        as2.Authorization("https://a.example/1", "QuoteAuthorization", "https://a.example/u", "b:1", "a:2"),
        as2.FeaturedItem("https://a.example/1", "https://a.example/2"),
        as2.Concept("https://a.example/1", "https://a.example/v", "One", "1", {"en": "One"}),
        as2.ConceptScheme("https://a.example/v", {"en": "All"}, (as2.Concept("https://a.example/1"),)),
        as2.Agreement(as2.Commitment("https://a.example/1", as2.Quantity(Decimal("1.5"), "h")), content="x"),
        as2.Link("https://a.example/1", "text/html", ("me",), "Site"),
        as2.Hashtag("LegalAid", "https://a.example/tags/legalaid"),
    ],
)
def test_other_values_survive_the_wire(value: Any) -> None:
    assert_survives(value)


def test_a_follow_is_written_as_everybody_writes_it() -> None:
    follow = as2.Follow("https://a.example/1", "https://a.example/u", as2.Reference("https://b.example/u"))
    assert list(as2.write(follow).items()) == [
        ("@context", as2.AS2_CONTEXT),
        ("id", "https://a.example/1"),
        ("type", "Follow"),
        ("actor", "https://a.example/u"),
        ("object", "https://b.example/u"),
    ]
    accept = as2.Accept(None, "https://b.example/u", as2.embed(follow))
    assert as2.write(accept, None) == {
        "type": "Accept",
        "actor": "https://b.example/u",
        "object": {
            "id": "https://a.example/1",
            "type": "Follow",
            "actor": "https://a.example/u",
            "object": "https://b.example/u",
        },
    }


def test_a_single_author_is_one_string() -> None:
    written = as2.write(as2.Object("https://a.example/1", "Article", ("https://a.example/u",), name="x"))
    assert written["attributedTo"] == "https://a.example/u"


def test_one_key_is_one_object() -> None:
    key = as2.Key("https://a.example/u#main-key", "https://a.example/u", pem="PEM")
    written = as2.write(
        as2.Actor("https://a.example/u", "Person", "u", "https://a.example/u/inbox", keys=(key,))
    )
    assert written["publicKey"] == {
        "id": "https://a.example/u#main-key",
        "type": "CryptographicKey",
        "owner": "https://a.example/u",
        "publicKeyPem": "PEM",
    }
    assert "assertionMethod" not in written


def test_any_document_is_built_from_python_values() -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    built = as2.document(
        "Event",
        "https://a.example/1",
        [as2.AS2_CONTEXT],
        attributed_to="https://a.example/u",
        start_time=datetime(2027, 3, 2, 9, tzinfo=nepal),
        summary=None,
        to=(as2.PUBLIC,),
        cc=(),
        sensitive=False,
        total=0,
        context="https://a.example/c",
        location=as2.Place(name="Hall"),
        tags=(as2.Hashtag("LegalAid"),),
        endpoints=as2.part(shared_inbox="https://a.example/inbox"),
        name_map={"en": "x", "ne": "y"},
        **{"ilan:maturity": "https://a.example/v", "_misskey_quote": "https://a.example/q"},
    )
    assert list(built.items()) == [
        ("@context", [as2.AS2_CONTEXT]),
        ("id", "https://a.example/1"),
        ("type", "Event"),
        ("attributedTo", "https://a.example/u"),
        ("startTime", "2027-03-02T03:15:00Z"),
        ("to", [as2.PUBLIC]),
        ("sensitive", False),
        ("total", 0),
        ("context", "https://a.example/c"),
        ("location", {"type": "Place", "name": "Hall"}),
        ("tag", [{"type": "Hashtag", "name": "#LegalAid"}]),
        ("endpoints", {"sharedInbox": "https://a.example/inbox"}),
        ("nameMap", {"en": "x", "ne": "y"}),
        ("ilan:maturity", "https://a.example/v"),
        ("_misskey_quote", "https://a.example/q"),
    ]
