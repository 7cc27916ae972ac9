"""Read whole documents: one table says what reads which type.

`read` is total: for any JSON object it returns a value or raises Malformed with the path of the fault.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from federation.errors import Malformed
from federation.vocabulary import activities, reading
from federation.vocabulary.activities import NOTHING, Activity, Embedded, Flag, Reference, Unknown
from federation.vocabulary.actors import read_actor
from federation.vocabulary.agreements import read_agreement
from federation.vocabulary.collections import read_collection
from federation.vocabulary.concepts import read_concept, read_concept_scheme
from federation.vocabulary.discovery import (
    Jrd,
    NodeInfo,
    NodeInfoLinks,
    read_jrd,
    read_nodeinfo,
    read_nodeinfo_links,
)
from federation.vocabulary.keys import read_key, read_proof
from federation.vocabulary.names import ACTOR_TYPES, AUTHORIZATION_TYPES, COLLECTION_TYPES, OBJECT_TYPES
from federation.vocabulary.objects import read_object
from federation.vocabulary.parts import read_emoji, read_hashtag, read_link, read_mention, read_tags
from federation.vocabulary.places import read_place
from federation.vocabulary.reading import Document
from federation.vocabulary.statements import read_authorization, read_featured_item, read_relationship

Value: TypeAlias = Embedded | Jrd | NodeInfo | NodeInfoLinks
"""Whatever a document reads as."""

MAX_EMBEDDING: Final = 5
"""Documents inside one another that are read; a group's Announce of an Undo of a Like needs three."""

MAX_FLAGGED: Final = 256

ACTIVITY_TYPES: Final[dict[str, type[Activity]]] = {
    kind.__name__: kind
    for kind in vars(activities).values()
    if isinstance(kind, type) and issubclass(kind, Activity) and kind is not Activity
}
"""The activities that have a class of their own, by the name of their type."""

_INTRANSITIVE: Final = frozenset({activities.Arrive, activities.Travel})
_PUBLISHING: Final = frozenset({activities.Create, activities.Update})


def read(document: Document) -> Value:
    """Return what a document says as a typed value, or raise Malformed with the path of the fault."""
    if type(document) is not dict:
        raise Malformed("expected an object")
    if "type" not in document:
        return _read_untyped(document)
    return _read_typed(document, MAX_EMBEDDING)


def read_activity(document: Document) -> Activity | Unknown:
    """Read a document that has to be an activity, as everything posted to an inbox has, or raise Malformed.

    Activities of unknown types come as `Unknown`, with an `actor`.
    """
    if type(document) is not dict:
        raise Malformed("expected an object")
    value = _read_typed(document, MAX_EMBEDDING)
    if isinstance(value, Activity):
        return value
    if not isinstance(value, Unknown):
        raise Malformed("type: expected an activity")
    return Unknown(value.type, reading.own_id(document), reading.required_id(document, "actor"), document)


def _read_typed(document: Document, room: int) -> Embedded:
    names = reading.types(document)
    name = names[0] if len(names) == 1 else _meant_type(names)
    kind = ACTIVITY_TYPES.get(name)
    if kind is not None:
        return _read_activity(document, kind, room)
    reader = _READERS.get(name)
    if reader is None:
        return _read_unknown(document, names)
    return reader(document, name, *(other for other in names if other != name))


def _meant_type(names: tuple[str, ...]) -> str:
    """Choose among several types the one that is understood; to be two things at once is a trick."""
    readers = {name: ACTIVITY_TYPES.get(name) or _READERS.get(name) for name in names}
    known = [name for name, reader in readers.items() if reader is not None]
    if len({readers[name] for name in known}) > 1:
        raise Malformed("type: expected one kind of thing")
    return known[0] if known else names[0]


def _read_unknown(document: Document, names: tuple[str, ...]) -> Embedded:
    """Read a publication of a new type by its texts, so that it can be shown as a card, and nothing else."""
    is_activity = "actor" in document and not _ACTIVITY_MARKS.isdisjoint(document)
    if is_activity or "id" not in document or _TEXT_MARKS.isdisjoint(document):
        return Unknown(
            names[0], reading.linked_id(document, "id"), reading.linked_id(document, "actor"), document
        )
    return read_object(document, *names)


def _read_untyped(document: Document) -> Value:
    for marks, reader in _UNTYPED:
        if marks <= document.keys():
            return reader(document)
    raise Malformed("type: expected text")


def _read_activity(document: Document, kind: type[Activity], room: int) -> Activity:
    identifier, actor = reading.own_id(document), reading.required_id(document, "actor")
    more: dict[str, Any] = {}
    if kind is Flag:
        more["objects"] = reading.ids(document, "object", MAX_FLAGGED)
        referred = Reference(next(iter(more["objects"]), None))
    else:
        referred = _reference(document, "object", room, must_read=kind in _PUBLISHING)
    if referred == NOTHING and kind not in _INTRANSITIVE:
        raise Malformed("object: expected an identifier or an object")
    target = _reference(document, "target", room)
    if kind is activities.Move and target.id is None:
        raise Malformed("target: expected an identifier")
    return kind(
        id=identifier,
        actor=actor,
        object=referred,
        target=target,
        instrument=_reference(document, "instrument", room),
        result=_reference(document, "result", room),
        to=reading.ids(document, "to"),
        cc=reading.ids(document, "cc"),
        audience=reading.ids(document, "audience"),
        published=reading.timestamp(document, "published"),
        summary=reading.texts(document, "summary", reading.SUMMARY_LENGTH)[0],
        content=reading.texts(document, "content", reading.REPORT_LENGTH)[0],
        tags=read_tags(document),
        document=document,
        **more,
    )


def _reference(document: Document, field: str, room: int, *, must_read: bool = False) -> Reference:
    """Read what a field points at; an embedded document that does not read well counts as its id alone."""
    value = document.get(field)
    if value is None:
        return NOTHING
    identifier = reading.id_of(value)
    inner = reading.mapping(document, field)
    if "type" not in inner:
        return Reference(identifier)
    try:
        if room <= 1:
            raise Malformed("nested too deeply")  # noqa: TRY301 - one place turns faults into paths or into ids
        return Reference(identifier, _read_typed(inner, room - 1))
    except Malformed as fault:
        if must_read:
            raise Malformed(f"{field}.{fault}") from fault
        return Reference(identifier)


_Reader: TypeAlias = Callable[..., Embedded]


def _lone(reader: Callable[[Document], Embedded]) -> _Reader:
    """Let a reader that does not care about type names stand in the table."""
    return lambda document, *_names: reader(document)


_READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(ACTOR_TYPES, read_actor),
    **dict.fromkeys(OBJECT_TYPES, read_object),
    **dict.fromkeys(COLLECTION_TYPES, read_collection),
    **dict.fromkeys(AUTHORIZATION_TYPES, read_authorization),
    **dict.fromkeys(("CryptographicKey", "Key", "Multikey"), _lone(read_key)),
    **dict.fromkeys(("Place", "VirtualLocation"), read_place),
    "Agreement": read_agreement,
    "Concept": _lone(read_concept),
    "ConceptScheme": _lone(read_concept_scheme),
    "DataIntegrityProof": _lone(read_proof),
    "Emoji": _lone(read_emoji),
    "FeaturedItem": read_featured_item,
    "Hashtag": _lone(read_hashtag),
    "Link": _lone(read_link),
    "Mention": _lone(read_mention),
    "Relationship": read_relationship,
}

_UNTYPED: Final[tuple[tuple[frozenset[str], Callable[[Document], Value]], ...]] = (
    (frozenset({"subject", "links"}), read_jrd),
    (frozenset({"version", "software"}), read_nodeinfo),
    (frozenset({"links"}), read_nodeinfo_links),
    (frozenset({"owner", "publicKeyPem"}), read_key),
    (frozenset({"controller", "publicKeyMultibase"}), read_key),
)

_ACTIVITY_MARKS: Final = frozenset({"object", "target"})
_TEXT_MARKS: Final = frozenset({"name", "nameMap", "summary", "summaryMap", "content", "contentMap"})
