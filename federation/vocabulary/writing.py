"""Write documents: keys in a stable order, absent values left out.

`document` builds any document from Python values; `write` writes a typed value so that `read` returns its
equal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from federation.vocabulary.activities import Activity, Embedded, Flag, Reference
from federation.vocabulary.actors import Actor, Field
from federation.vocabulary.agreements import Quantity
from federation.vocabulary.collections import Collection, Item
from federation.vocabulary.documents import ACTIVITY_TYPES
from federation.vocabulary.keys import Key
from federation.vocabulary.names import AS2_CONTEXT
from federation.vocabulary.objects import Object, Poll, PollOption
from federation.vocabulary.parts import Emoji, Hashtag

_HUMP = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
_IRREGULAR: Final = {
    "additional_types": "additionalType",
    "attachments": "attachment",
    "authors": "attributedTo",
    "concepts": "hasTopConcept",
    "fields": "attachment",
    "labels": "prefLabel",
    "multibase": "publicKeyMultibase",
    "objects": "object",
    "pem": "publicKeyPem",
    "tags": "tag",
}


def document(
    kind: str, identifier: str | None = None, jsonld: Any = None, /, **values: Any
) -> dict[str, Any]:
    """Return a document of type `kind` with `values` under the names of the protocol.

    `jsonld` is its `@context`, not to be taken for the property `context`, which is the conversation.
    `attributed_to` becomes `attributedTo`, `tags` becomes `tag`. Moments, tuples and typed values are written
    as they travel, None and empty ones are left out. Terms that are no Python names come as
    `**{"ilan:maturity": …}`.
    """
    return _present({"@context": jsonld, "id": identifier, "type": kind}) | part(**values)


def part(**values: Any) -> dict[str, Any]:
    """Return a part of a document that has neither id nor type, such as `endpoints`."""
    return _present({wire_name(name): wire_value(value) for name, value in values.items()})


def write(value: Embedded, context: Any = AS2_CONTEXT) -> dict[str, Any]:
    """Return the document that reads as an equal value; with `context` None it is one to embed."""
    return _present({"@context": context}) | _written(value)


def wire_value(value: Any) -> Any:
    """Return a Python value as JSON: moments in UTC, tuples as lists, typed values as documents."""
    return _VALUES.get(type(value), _other)(value)


def wire_name(name: str) -> str:
    """Return the spelling of a Python name on the wire: `inReplyTo`; names like `_misskey_quote` are kept."""
    if name.startswith("_"):
        return name
    return _IRREGULAR.get(name) or _HUMP.sub(lambda match: match[1].upper(), name)


def _present(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if value is not None and value not in ("", [], {})}


def _written(value: Any) -> dict[str, Any]:
    return _present(_WRITERS.get(type(value), _plain)(value))


def _fields(kind: type[Any]) -> tuple[tuple[str, str, Any], ...]:
    """Return the fields of a kind, their names on the wire and their defaults, identity first."""
    named = [
        (entry.name, wire_name(entry.name), entry.default)
        for entry in fields(kind)
        if entry.name != "document"
    ]
    return tuple(
        sorted(named, key=lambda entry: ("id", "type").index(entry[0]) if entry[0] in {"id", "type"} else 2)
    )


def _plain(value: Any) -> dict[str, Any]:
    """Write every field that says more than its default; a value without `type` is called by its class."""
    written = {
        wire: wire_value(found)
        for name, wire, default in _fields(type(value))
        if (found := getattr(value, name)) != default or name == "type"
    }
    return written if "type" in written else {"type": type(value).__name__, **written}


def _untyped(value: Any) -> dict[str, Any]:
    written = _plain(value)
    del written["type"]
    return written


def _activity(value: Activity) -> dict[str, Any]:
    return {"id": value.id, "type": value.type, **_untyped(value)}


def _flag(value: Flag) -> dict[str, Any]:
    return {**_activity(value), "object": list(value.objects) or value.object.id}


def _reference(value: Reference) -> Any:
    return value.id if value.embedded is None else _written(value.embedded)


def _actor(value: Actor) -> dict[str, Any]:
    written = _plain(value)
    keys = [wire_value(key) for key in value.keys if key.multibase is None]
    generator = document("Application", value.generator, implements=value.implements)
    for name in ("keys", "sharedInbox", "implements"):
        written.pop(name, None)
    return {
        **written,
        "endpoints": part(shared_inbox=value.shared_inbox),
        "publicKey": keys[0] if len(keys) == 1 else keys,
        "assertionMethod": [wire_value(key) for key in value.keys if key.multibase is not None],
        "generator": generator if len(generator) > 1 else None,
    }


def _key(value: Key) -> dict[str, Any]:
    kind, owner = ("CryptographicKey", "owner") if value.multibase is None else ("Multikey", "controller")
    return {
        "id": value.id,
        "type": kind,
        owner: value.owner,
        "publicKeyPem": value.pem,
        "publicKeyMultibase": value.multibase,
    }


def _object(value: Object) -> dict[str, Any]:
    written = _plain(value)
    poll = written.pop("poll", {})
    links = written.pop("links", None)
    if len(value.authors) == 1:
        # Mastodon takes the first of a list, Takahē and Mobilizon understand only one.
        written["attributedTo"] = value.authors[0]
    if links and value.url not in [link.href for link in value.links]:
        links = [value.url, *links]
    return {**written, "url": links or value.url, **poll}


def _poll(value: Poll) -> dict[str, Any]:
    return {
        "anyOf" if value.multiple else "oneOf": [wire_value(option) for option in value.options],
        "closed": wire_value(value.closed_at) or value.closed or None,
        "votersCount": value.voters,
    }


def _poll_option(value: PollOption) -> dict[str, Any]:
    return document("Note", name=value.name, replies=document("Collection", total_items=value.votes))


def _collection(value: Collection) -> dict[str, Any]:
    written = _plain(value)
    items = written.pop("items", [])
    written.pop("ordered", None)
    first_page = written.pop("firstPage", None)
    return {
        **written,
        "first": first_page or value.first,
        "orderedItems" if value.ordered else "items": items,
    }


def _item(value: Item) -> Any:
    return value.id if value.document is None else dict(value.document)


def _hashtag(value: Hashtag) -> dict[str, Any]:
    return {"type": "Hashtag", "name": f"#{value.name}", "href": value.href}


def _emoji(value: Emoji) -> dict[str, Any]:
    icon = document("Image", media_type=value.media_type, url=value.url)
    return document("Emoji", value.id, name=f":{value.name}:", updated=value.updated, icon=icon)


def _field(value: Field) -> dict[str, Any]:
    return {"type": "PropertyValue", "name": value.name, "value": value.value}


def _quantity(value: Quantity) -> dict[str, Any]:
    return {"hasUnit": value.unit, "hasNumericalValue": format(value.value, "f")}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _list(values: Any) -> list[Any]:
    return [wire_value(value) for value in values]


def _map(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wire_value(inner) for name, inner in value.items()}


def _other(value: Any) -> Any:
    return _written(value) if is_dataclass(value) else value


_VALUES: Final[dict[type, Callable[[Any], Any]]] = {
    dict: _map,
    list: _list,
    tuple: _list,
    datetime: _moment,
    Decimal: lambda value: format(value, "f"),
    Reference: _reference,
    Item: _item,
}

_WRITERS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    **dict.fromkeys(ACTIVITY_TYPES.values(), _activity),
    Actor: _actor,
    Collection: _collection,
    Emoji: _emoji,
    Field: _field,
    Flag: _flag,
    Hashtag: _hashtag,
    Key: _key,
    Object: _object,
    Poll: _poll,
    PollOption: _poll_option,
    Quantity: _quantity,
}
