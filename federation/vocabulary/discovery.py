"""Documents by which servers and accounts are found: WebFinger and NodeInfo.

RFC 7033 (JRD), nodeinfo.diaspora.software, FEP-2677. Shapes vary a lot: what cannot be read is left out.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.names import AS2_CONTEXT
from federation.vocabulary.reading import Document

MAX_JRD_LINKS: Final = 100
MAX_PROTOCOLS: Final = 32

_SOFTWARE_NAME_LENGTH: Final = 100
_SCHEMA = re.compile(r"https?://nodeinfo\.diaspora\.software/ns/schema/([0-9]{1,2})\.([0-9]{1,2})", re.ASCII)
_READABLE_SCHEMAS: Final = ((1, 0), (2, 2))


@dataclass(frozen=True, slots=True)
class JrdLink:
    """A link of a JRD; `template` stands in for `href` where an address has to be filled in."""

    rel: str
    type: str | None = None
    href: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Jrd:
    """A WebFinger answer: what `subject` is called, and where it is."""

    subject: str
    aliases: tuple[str, ...] = ()
    links: tuple[JrdLink, ...] = ()
    document: Document = field(default_factory=dict, compare=False, repr=False)

    def find(self, rel: str, media_type: str | None = None) -> tuple[JrdLink, ...]:
        """Return the links with this relation and, where given, this media type (parameters do not count)."""
        return tuple(
            link
            for link in self.links
            if link.rel == rel and (media_type is None or _essence(link.type) == media_type)
        )

    @property
    def actor(self) -> str | None:
        """The id of the actor: the `self` link of an ActivityStreams type, or None."""
        return next(
            (link.href for link in self.links if link.rel == "self" and _is_as2(link.type) and link.href),
            None,
        )


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What a server says about itself. Never infer from `software` what it can do (FEP-0151)."""

    version: str
    software: str
    software_version: str | None = None
    protocols: tuple[str, ...] = ()
    open_registrations: bool = False
    users: int | None = None
    active_month: int | None = None
    local_posts: int | None = None
    name: str | None = None
    description: str | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NodeInfoLinks:
    """The links at /.well-known/nodeinfo."""

    links: tuple[JrdLink, ...]

    @property
    def newest(self) -> str | None:
        """The address of the newest NodeInfo document that is understood here, or None."""
        found = [
            (schema, link.href)
            for link in self.links
            if link.href
            and (schema := _schema(link.rel))
            and _READABLE_SCHEMAS[0] <= schema <= _READABLE_SCHEMAS[1]
        ]
        return max(found)[1] if found else None

    @property
    def application(self) -> str | None:
        """The id of the server's own actor (FEP-2677), or None."""
        return next((link.href for link in self.links if link.rel == f"{AS2_CONTEXT}#Application"), None)


def read_jrd(document: Document) -> Jrd:
    """Read a WebFinger answer, or raise Malformed where it does not say whom it is about."""
    subject = reading.string(document, "subject")
    if subject is None:
        raise Malformed("subject: expected text")
    return Jrd(subject, reading.strings(document, "aliases"), _links(document), document)


def read_nodeinfo_links(document: Document) -> NodeInfoLinks:
    """Read /.well-known/nodeinfo, or raise Malformed where it has no links at all."""
    links = _links(document)
    if not links:
        raise Malformed("links: expected links with rel and href")
    return NodeInfoLinks(links)


def read_nodeinfo(document: Document) -> NodeInfo:
    """Read a NodeInfo document of any version, or raise Malformed where it names no software."""
    software = reading.mapping(document, "software")
    software_name = reading.string(software, "name", _SOFTWARE_NAME_LENGTH)
    if software_name is None:
        raise Malformed("software.name: expected text")
    usage = reading.mapping(document, "usage")
    users = reading.mapping(usage, "users")
    metadata = reading.mapping(document, "metadata")
    instance = reading.mapping(document, "instance")
    return NodeInfo(
        version=reading.string(document, "version") or "",
        software=software_name.lower(),
        software_version=reading.string(software, "version", _SOFTWARE_NAME_LENGTH),
        protocols=_protocols(document),
        open_registrations=reading.boolean(document, "openRegistrations"),
        users=reading.count(users, "total"),
        active_month=reading.count(users, "activeMonth"),
        local_posts=reading.count(usage, "localPosts"),
        name=reading.string(metadata, "nodeName") or reading.string(instance, "name"),
        description=reading.string(metadata, "nodeDescription", reading.SUMMARY_LENGTH)
        or reading.string(instance, "description", reading.SUMMARY_LENGTH),
        document=document,
    )


def _links(document: Document) -> tuple[JrdLink, ...]:
    found = (_link(entry) for entry in reading.mappings(document, "links", MAX_JRD_LINKS))
    return tuple(link for link in found if link is not None)


def _link(entry: Document) -> JrdLink | None:
    rel = reading.string(entry, "rel")
    if rel is None:
        return None
    return JrdLink(
        rel,
        reading.string(entry, "type"),
        reading.linked_id(entry, "href"),
        reading.string(entry, "template"),
    )


def _protocols(document: Document) -> tuple[str, ...]:
    """NodeInfo 1 distinguishes inbound and outbound."""
    inner = reading.mapping(document, "protocols")
    fields: tuple[tuple[Document, str], ...] = (
        (document, "protocols"),
        (inner, "inbound"),
        (inner, "outbound"),
    )
    named: list[Any] = [
        name for where, field_name in fields for name in reading.strings(where, field_name, MAX_PROTOCOLS)
    ]
    return tuple(dict.fromkeys(named))


def _schema(rel: str) -> tuple[int, int] | None:
    match = _SCHEMA.fullmatch(rel)
    return (int(match[1]), int(match[2])) if match else None


def _essence(media_type: str | None) -> str | None:
    return media_type.partition(";")[0].strip().lower() if media_type else None


def _is_as2(media_type: str | None) -> bool:
    essence = _essence(media_type)
    return essence == "application/activity+json" or (
        essence == "application/ld+json" and AS2_CONTEXT in (media_type or "")
    )
