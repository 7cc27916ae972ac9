"""Actors between rows and the wire."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from actors.text import plain_line, sanitise
from federation import vocabulary as as2
from federation.errors import Malformed, Untrusted
from federation.origins import read_url, same_origin
from federation.signatures import read_multikey, read_public_pem, write_multikey
from storage.actors import Actor
from storage.kinds import ActorType
from storage.signing_keys import SigningKey

IMPLEMENTS = (("https://w3id.org/ilan/spec/search-1", "node search 1"),)
MAXIMUM_NAME = 2048
MAXIMUM_FIELDS = 50

_TERMS: dict[str, Any] = {
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "toot": "http://joinmastodon.org/ns#",
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "attributionDomains": {"@id": "toot:attributionDomains", "@container": "@set"},
    "searchableBy": {"@id": "http://fedibird.com/ns#searchableBy", "@type": "@id"},
    "schema": "http://schema.org/",
    "additionalType": {"@id": "schema:additionalType", "@type": "@id"},
    "jurisdiction": "schema:jurisdiction",
    "knowsLanguage": "schema:knowsLanguage",
    "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id"},
    "PropertyValue": "http://schema.org#PropertyValue",
    "value": "http://schema.org#value",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    "sec": "https://w3id.org/security#",
    "Multikey": "sec:Multikey",
    "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
    "publicKeyMultibase": {"@id": "sec:publicKeyMultibase", "@type": "sec:multibase"},
    "controller": {"@id": "sec:controller", "@type": "@id"},
    "ilan": "https://w3id.org/ilan/ns#",
}
CONTEXT: list[Any] = [as2.AS2_CONTEXT, as2.SECURITY_CONTEXT, _TERMS]


def actor_document(actor: Actor, keys: list[SigningKey], *, context: bool = True) -> dict[str, Any]:
    """Return a local actor as other nodes see it: `publicKey` (RSA) and `assertionMethod` (FEP-521a)."""
    base = actor.uri.removesuffix(f"/actors/{actor.username}")
    return as2.part(
        **({"@context": CONTEXT} if context else {}),
        id=actor.uri,
        type=actor.type,
        additionalType=actor.additional_type,
        preferredUsername=actor.username,
        webfinger=actor.handle,
        name=actor.display_name,
        nameMap=actor.name_map or None,
        summary=actor.summary,
        url=actor.url,
        inbox=actor.inbox,
        outbox=actor.outbox,
        followers=actor.followers,
        following=actor.following,
        featured=actor.featured,
        endpoints={"sharedInbox": actor.shared_inbox},
        manuallyApprovesFollowers=actor.manually_approves_followers,
        discoverable=actor.discoverable,
        indexable=actor.indexable,
        searchableBy=actor.searchable_by,
        published=_stamp(actor.published_at or actor.created_at),
        updated=_stamp(actor.updated_at),
        jurisdiction=actor.jurisdiction or None,
        knowsLanguage=actor.languages or None,
        icon=_image(actor.icon, actor.icon_description),
        image=_image(actor.image, actor.image_description),
        attributionDomains=actor.attribution_domains,
        attachment=[{"type": "PropertyValue", "name": name, "value": value} for name, value in actor.fields]
        or None,
        alsoKnownAs=actor.also_known_as or None,
        movedTo=actor.moved_to,
        generator=_generator(base),
        publicKey=_public_key(actor, keys),
        assertionMethod=[
            {"id": key.uri, "type": "Multikey", "controller": actor.uri, "publicKeyMultibase": key.public}
            for key in keys
            if key.algorithm == "ed25519"
        ]
        or None,
    )


def _generator(base: str) -> dict[str, Any]:
    return {
        "type": ActorType.APPLICATION,
        "id": f"{base}/actors/node",
        "name": "ILAN node",
        "implements": [{"type": "Link", "href": href, "name": name} for href, name in IMPLEMENTS],
    }


def _public_key(actor: Actor, keys: list[SigningKey]) -> dict[str, str] | None:
    # Lemmy and others read one key only, so it is one object and never a list.
    for key in keys:
        if key.algorithm == "rsa":
            return {"id": key.uri, "owner": actor.uri, "publicKeyPem": key.public}
    return None


def _image(url: str | None, description: str | None) -> dict[str, str] | None:
    if url is None:
        return None
    suffix = url.rpartition(".")[2].lower()
    media_type = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif"}.get(
        suffix
    )
    image = {"type": "Image", "mediaType": media_type or "image/webp", "url": url}
    return {**image, "name": description} if description else image


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def read_remote_actor(
    actor: as2.Actor, host: str, known: Actor | None, actor_id: int, now: datetime
) -> Actor:
    """Return a remote actor as a row: texts cleaned, collections only where they are its own (O6).

    `host` is that of its handle, confirmed. What is `known` keeps its number and its date of first sight.
    """
    fresh = Actor(
        id=actor_id,
        uri=actor.id,
        type=actor.type,
        username=actor.preferred_username,
        host=host,
        is_local=False,
        created_at=now,
        inbox=actor.inbox,
    )
    return replace(
        known or fresh,
        type=actor.type,
        username=actor.preferred_username,
        host=host,
        inbox=actor.inbox,
        name=plain_line(actor.name or "", MAXIMUM_NAME),
        name_map={tag: plain_line(name, MAXIMUM_NAME) for tag, name in actor.name_map.items()} or None,
        summary=sanitise(actor.summary or ""),
        url=_page(actor, host),
        shared_inbox=_own(actor, actor.shared_inbox),
        outbox=_own(actor, actor.outbox),
        followers=_own(actor, actor.followers),
        following=_own(actor, actor.following),
        featured=_own(actor, actor.featured),
        icon=actor.icon.url if actor.icon else None,
        image=actor.image.url if actor.image else None,
        icon_description=_description(actor.icon),
        image_description=_description(actor.image),
        attribution_domains=[domain.lower() for domain in actor.attribution_domains] or None,
        fields=[
            [plain_line(each.name, MAXIMUM_NAME), sanitise(each.value)]
            for each in actor.fields[:MAXIMUM_FIELDS]
        ],
        additional_type=actor.additional_types[0] if actor.additional_types else None,
        jurisdiction=list(actor.jurisdiction),
        languages=list(actor.knows_language),
        manually_approves_followers=actor.manually_approves_followers,
        discoverable=actor.discoverable,
        indexable=actor.indexable,
        searchable_by=list(actor.searchable_by) or None,
        also_known_as=list(actor.also_known_as),
        moved_to=actor.moved_to,
        published_at=actor.published,
        updated_at=actor.updated,
        fetched_at=now,
        gone_at=None,
    )


def read_keys(actor: as2.Actor, row: Actor, now: datetime) -> list[SigningKey]:
    """Return the usable keys that an actor lists and that are its own: on its origin, and owned by it.

    Weak, broken and foreign ones are left out (KEY-10 to KEY-14).
    """
    found = {}
    for key in actor.keys:
        if key.owner != actor.id or not same_origin(key.id, actor.id) or key.id in found:
            continue
        try:
            public = read_public_pem(key.pem) if key.pem else read_multikey(key.multibase or "")
        except Untrusted:
            continue
        text = public.pem() if public.algorithm == "rsa" else write_multikey(public)
        found[key.id] = SigningKey(key.id, row.id, public.algorithm, text, None, now)
    return list(found.values())


def _description(picture: as2.Media | None) -> str | None:
    return plain_line(picture.name, MAXIMUM_NAME) or None if picture and picture.name else None


def _page(actor: as2.Actor, host: str) -> str | None:
    """Return the page for people, if it is on the actor's host or its handle's (ORG-25)."""
    if actor.url is None:
        return None
    try:
        page, own = read_url(actor.url, allow_http=True), read_url(actor.id, allow_http=True)
    except Malformed:
        return None
    return actor.url if page.host == own.host or page.domain == host else None


def _own(actor: as2.Actor, uri: str | None) -> str | None:
    return uri if uri is not None and same_origin(uri, actor.id) else None
