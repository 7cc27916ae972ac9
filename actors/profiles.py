"""Profiles: what members say of themselves, as they type it and as everybody reads it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from actors.addresses import tag_url
from actors.characters import readable
from actors.distancing import read_host
from actors.errors import Invalid
from actors.links import URL_IN_TEXT, safe_url
from actors.markup import tokens, unescape
from actors.mentions import MentionTarget, find_mentions, render_note
from actors.recording import record
from actors.text import plain, sanitise
from storage.actors import Actor
from storage.kinds import ActorType
from storage.profiles import Profile
from storage.transaction import Transaction

MAX_NAME: Final = 100
MAX_NOTE: Final = 2000
MAX_FIELDS: Final = 8
MAX_FIELD: Final = 255
"""Characters that a name, a note, and the name and the value of a field may have; and fields of a profile."""

MAX_DESCRIPTION: Final = 1500
MAX_ATTRIBUTION_DOMAINS: Final = 50

_WHOLE_URL: Final = re.compile(URL_IN_TEXT, re.IGNORECASE)
_ONE_PARAGRAPH: Final = re.compile(r"<p>(.*)</p>", re.DOTALL)
_SHOWN_OF_URL: Final = 30


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a profile: where it stands here; without an address it is taken away."""

    url: str | None


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What somebody wants to change of their profile; None leaves a thing as it is.

    `fields` are all fields there shall be, as (name, value); `note` and the values are plain text.
    """

    name: str | None = None
    note: str | None = None
    fields: Sequence[tuple[str, str]] | None = None
    is_locked: bool | None = None
    is_bot: bool | None = None
    is_discoverable: bool | None = None
    is_indexable: bool | None = None
    hides_collections: bool | None = None
    avatar: Picture | None = None
    avatar_description: str | None = None
    header: Picture | None = None
    header_description: str | None = None
    attribution_domains: Sequence[str] | None = None
    show_media: bool | None = None
    show_media_replies: bool | None = None
    show_featured: bool | None = None

    def mentions(self) -> tuple[str, ...]:
        """Return whom the texts name, as `actors.mentions.find_mentions` does, to be looked up beforehand."""
        texts = [self.note or "", *(value for _, value in self.fields or ())]
        return tuple(dict.fromkeys(name for text in texts for name in find_mentions(text)))


async def profile_of(tx: Transaction, owner: Actor) -> Profile:
    """Return a profile as its owner wrote it; what was never edited reads as what is shown."""
    known = await tx.profiles.find(owner)
    if known is not None:
        return known
    fields = [[name, plain(value)] for name, value, *_ in owner.fields]
    return Profile(owner.id, plain(owner.summary), fields)


async def edit_profile(
    tx: Transaction, owner: Actor, change: ProfileChange, mentioned: Mapping[str, Actor]
) -> Actor:
    """Change a profile, tell it to others where they see a difference, and return the actor as it is now.

    `mentioned` are the actors known for `change.mentions()`; other names stay text. Raises Invalid with every
    bad field named.
    """
    change = _tidied(change)
    _check(change)
    targets = {
        name: MentionTarget(actor.uri, actor.url or actor.uri, actor.handle)
        for name, actor in mentioned.items()
    }
    written = _rewritten(await profile_of(tx, owner), change)
    shown = _shown(owner, change, targets)
    await tx.profiles.keep(written)
    if change.fields is not None:
        await tx.verified_links.set(shown, links_of(shown), tx.now)
    if shown == owner:
        return owner
    shown = replace(shown, updated_at=tx.now)
    await tx.actors.change(shown)
    await record(tx, shown, "Update", shown.uri, is_public=True)
    return replace(shown, revision=owner.revision + 1)


def links_of(owner: Actor) -> list[str]:
    """Return the addresses that fields of a profile consist of, which can be proven to be the owner's."""
    found = (field_link(value) for _, value, *_ in owner.fields)
    return list(dict.fromkeys(link for link in found if link and link.startswith("https://")))


def field_link(value: str) -> str | None:
    """Return the address that a field's HTML says is its owner's own (rel="me"), if it has one."""
    for token in tokens(value):
        if token.kind == "open" and token.value == "a" and "me" in token.attributes.get("rel", "").split():
            return safe_url(unescape(token.attributes.get("href", "")))
    return None


def _tidied(change: ProfileChange) -> ProfileChange:
    fields = change.fields
    if fields is not None:
        pairs = ((readable(name).strip(), readable(value).strip()) for name, value in fields)
        fields = tuple(pair for pair in pairs if any(pair))
    return replace(
        change,
        name=None if change.name is None else " ".join(readable(change.name).split()),
        note=None if change.note is None else readable(change.note).strip(),
        fields=fields,
    )


def _check(change: ProfileChange) -> None:
    faults: dict[str, str] = {}
    for name, text, most in (
        ("display_name", change.name, MAX_NAME),
        ("note", change.note, MAX_NOTE),
        ("avatar_description", change.avatar_description, MAX_DESCRIPTION),
        ("header_description", change.header_description, MAX_DESCRIPTION),
    ):
        if text is not None and len(text) > most:
            faults[name] = f"is longer than {most} characters"
    fields = change.fields or ()
    if len(fields) > MAX_FIELDS:
        faults["fields"] = f"must be {MAX_FIELDS} at most"
    elif any(len(text) > MAX_FIELD for pair in fields for text in pair):
        faults["fields"] = f"must have names and values of {MAX_FIELD} characters at most"
    elif any(value and not name for name, value in fields):
        faults["fields"] = "must have a name where they have a value"
    domains = change.attribution_domains or ()
    if len(domains) > MAX_ATTRIBUTION_DOMAINS:
        faults["attribution_domains"] = f"must be {MAX_ATTRIBUTION_DOMAINS} at most"
    elif not all(map(_is_host, domains)):
        faults["attribution_domains"] = "must be names of hosts, such as www.example.org"
    if faults:
        said = ", ".join(f"{name.replace('_', ' ').capitalize()} {what}" for name, what in faults.items())
        raise Invalid(f"Validation failed: {said}", faults)


def _is_host(text: str) -> bool:
    try:
        return bool(read_host(text))
    except Invalid:
        return False


def _rewritten(known: Profile, change: ProfileChange) -> Profile:
    return replace(
        known,
        note=known.note if change.note is None else change.note,
        fields=known.fields if change.fields is None else [list(pair) for pair in change.fields],
        show_media=known.show_media if change.show_media is None else change.show_media,
        show_media_replies=known.show_media_replies
        if change.show_media_replies is None
        else change.show_media_replies,
        show_featured=known.show_featured if change.show_featured is None else change.show_featured,
    )


def _shown(owner: Actor, change: ProfileChange, targets: Mapping[str, MentionTarget]) -> Actor:
    shown = replace(
        owner,
        name=owner.name if change.name is None else change.name,
        manually_approves_followers=_either(change.is_locked, owner.manually_approves_followers),
        discoverable=_either(change.is_discoverable, owner.discoverable),
        indexable=_either(change.is_indexable, owner.indexable),
        hides_collections=_either(change.hides_collections, owner.hides_collections),
    )
    if change.note is not None:
        shown = replace(shown, summary=_html(owner, change.note, targets))
    if change.fields is not None:
        fields = [[name, _value(owner, text, targets)] for name, text in change.fields]
        shown = replace(shown, fields=fields)
    if change.is_bot is not None and owner.type in {ActorType.PERSON, ActorType.SERVICE}:
        shown = replace(shown, type=ActorType.SERVICE if change.is_bot else ActorType.PERSON)
    if change.attribution_domains is not None:
        domains = list(dict.fromkeys(map(read_host, change.attribution_domains)))
        shown = replace(shown, attribution_domains=domains or None)
    if change.avatar is not None:
        shown = replace(shown, icon=change.avatar.url, icon_description=None)
    if change.avatar_description is not None:
        shown = replace(shown, icon_description=change.avatar_description.strip() or None)
    if change.header is not None:
        shown = replace(shown, image=change.header.url, image_description=None)
    if change.header_description is not None:
        shown = replace(shown, image_description=change.header_description.strip() or None)
    return shown


def _either(wanted: bool | None, known: bool) -> bool:
    return known if wanted is None else wanted


def _html(owner: Actor, text: str, targets: Mapping[str, MentionTarget]) -> str:
    return render_note(text, targets=targets, tag_url=lambda tag: tag_url(owner, tag)).html


def _value(owner: Actor, text: str, targets: Mapping[str, MentionTarget]) -> str:
    """Return the value of a field as HTML; an address alone is said to be the owner's own."""
    url = safe_url(text) if _WHOLE_URL.fullmatch(text) else None
    if url is None:
        html = _html(owner, text, targets)
        one = _ONE_PARAGRAPH.fullmatch(html)
        return one[1] if one and "<p>" not in one[1] else html
    scheme, _, rest = text.partition("://")
    shown, hidden = rest[:_SHOWN_OF_URL], rest[_SHOWN_OF_URL:]
    ellipsis = ' class="ellipsis"' if hidden else ""
    return sanitise(
        f'<a href="{escape(url)}" rel="me nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{escape(scheme)}://</span><span{ellipsis}>{escape(shown)}</span>'
        + (f'<span class="invisible">{escape(hidden)}</span>' if hidden else "")
        + "</a>"
    )
