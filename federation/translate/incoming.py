"""Other nodes' publications, of whatever software, as rows keep them. All HTML is sanitised here, once."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final

from actors.audience import PUBLIC_NAMES, visibility_of
from actors.files import media_type_of
from actors.incoming import Incoming
from actors.licences import licence
from actors.locales import is_country, language_tag
from actors.markdown import render_markdown
from actors.text import plain_line, sanitise
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.origins import read_url, same_origin
from federation.translate.kinds import TRANSLATIONS, kind_of
from federation.translate.kinds.facts import territories
from federation.translate.polls import read_poll
from federation.translate.quotes import read_policy, read_quote
from federation.vocabulary.parts import read_attachments
from storage.actors import Actor
from storage.kinds import Kind, Visibility

MAX_TITLE: Final = 500
MAX_ATTACHMENTS: Final = 16

_LONGEST_NAME: Final = 1500
_LONGEST_TAG: Final = 200
_NOTES: Final = frozenset({"Note", "Question", "ChatMessage"})
_MEDIA: Final = frozenset({"Image", "Document", "Video", "Audio"})
_UNDETERMINED: Final = "und"


def read_incoming(
    value: as2.Object,
    author: Actor,
    *,
    activity_to: Collection[str] = (),
    activity_cc: Collection[str] = (),
    trusted: bool = False,
    now: datetime | None = None,
) -> Incoming:
    """Return an object as it is kept, or raise Malformed where it offers what cannot be.

    Where the object says nothing of its recipients, those of the activity that brought it count (R1).
    `trusted`: its author belongs to a trusted node, whose publications are found unless they say otherwise.
    Moments after `now` count as now (JSN-11). Whether the author may speak for it is the caller's to check.
    """
    kind = kind_of(value)
    translation = TRANSLATIONS[kind]
    recipients = _recipients(value, activity_to, activity_cc)
    visibility = visibility_of(recipients["to"], recipients["cc"], author.followers)
    language = _language(value)
    details = translation.read(value)
    policy = read_policy(value.document, author)
    is_note = value.type in _NOTES
    title, title_map = _line(value.name, value.name_map, language)
    summary, summary_map = _html(value.summary, value.summary_map, language, sanitise)
    content, content_map = _html(value.content, value.content_map, language, _reader_of(value))
    is_event = kind in {Kind.EVENT, Kind.TRAINING}
    return Incoming(
        uri=value.id,
        kind=kind,
        type=value.type,
        visibility=visibility,
        published_at=_not_after(value.published, now),
        updated_at=_not_after(value.updated, now),
        url=_page(value),
        language=language,
        title=title,
        title_map=title_map,
        summary=summary,
        summary_map=summary_map,
        content=content,
        content_map=content_map,
        details=details | _group(value) | ({"quote_policy": policy} if policy is not None else {}),
        sensitive=value.sensitive or (is_note and bool(summary)),
        indexable=visibility is Visibility.PUBLIC and _may_be_found(value, author, trusted=trusted),
        recipients=recipients,
        tags=_tags(value),
        attachments=_attachments(value),
        jurisdiction=_jurisdiction(value, details),
        concepts=_concepts(value),
        license=_license(value),
        in_reply_to=value.in_reply_to,
        context=value.context,
        starts_at=value.start_time if is_event else None,
        ends_at=value.end_time if is_event and "ends" in details else None,
        document={name: held for name, held in value.document.items() if name not in {"bto", "bcc"}},
        mentions=tuple(dict.fromkeys(tag.href for tag in value.tags if isinstance(tag, as2.Mention))),
        quote=read_quote(value),
        poll=read_poll(value, now),
    )


def _recipients(
    value: as2.Object, activity_to: Collection[str], activity_cc: Collection[str]
) -> dict[str, list[str]]:
    if value.to or value.cc:
        return {"to": list(value.to), "cc": list(value.cc)}
    return {"to": list(activity_to), "cc": list(activity_cc)}


def _not_after(moment: datetime | None, now: datetime | None) -> datetime | None:
    return min(moment, now) if moment is not None and now is not None else moment


def _language(value: as2.Object) -> str | None:
    """Return the language of the original; what is undetermined is not told."""
    tag = language_tag(value.language or "")
    return None if tag == _UNDETERMINED else tag


def _line(
    text: str | None, by_language: Mapping[str, str], language: str | None
) -> tuple[str, dict[str, str] | None]:
    return _html(text, by_language, language, lambda words: plain_line(words, MAX_TITLE))


def _html(
    text: str | None, by_language: Mapping[str, str], language: str | None, clean: Callable[[str], str]
) -> tuple[str, dict[str, str] | None]:
    """Return a text cleaned, and all its languages, the original's first; each text is cleaned once."""
    cleaned = {words: clean(words) for words in dict.fromkeys([text or "", *by_language.values()])}
    original = cleaned[text or ""]
    found = {language: original} if language and original else {}
    for tag, words in by_language.items():
        name = language_tag(tag)
        if name and name != _UNDETERMINED and cleaned[words]:
            found.setdefault(name, cleaned[words])
    return original, found or None


def _reader_of(value: as2.Object) -> Callable[[str], str]:
    """Return what turns the content into clean HTML: PeerTube writes Markdown, few write plain text."""
    if value.media_type == "text/markdown":
        return render_markdown
    if value.media_type == "text/plain":
        return lambda text: sanitise("<br>".join(escape(text, quote=False).splitlines()))
    return sanitise


def _page(value: as2.Object) -> str | None:
    """Return the page for people; a link to another host than the object's is not believed (ORG-25)."""
    own = value.id if as2.is_web_address(value.id) else None
    if value.url is None:
        return own
    if own is None or same_origin(value.url, own):
        return value.url
    return value.url if _host(value.url) == _host(own) else own


def _host(url: str) -> str | None:
    try:
        return read_url(url, allow_http=True).host
    except Malformed:
        return None


def _may_be_found(value: as2.Object, author: Actor, *, trusted: bool) -> bool:
    """Say whether the author wants it to be found (`domain.md` §6.5): object, actor, then the default."""
    named = value.document.get("searchableBy")
    own = [entry for entry in (named if isinstance(named, list) else [named]) if isinstance(entry, str)]
    for consent in (own, author.searchable_by or []):
        if consent:
            return not PUBLIC_NAMES.isdisjoint(consent)
    return author.indexable or trusted


def _group(value: as2.Object) -> dict[str, str]:
    return {"audience_group": value.audience[0]} if value.audience else {}


def _tags(value: as2.Object) -> list[dict[str, Any]]:
    return [written for tag in value.tags if (written := _tag(tag))]


def _tag(tag: as2.Tag) -> dict[str, Any] | None:
    """Return a tag that a page can show; those of other kinds mean nothing here."""
    match tag:
        case as2.Hashtag():
            return _present(type="Hashtag", name=f"#{plain_line(tag.name, _LONGEST_TAG)}", href=tag.href)
        case as2.Mention():
            return _present(type="Mention", name=plain_line(tag.name or "", _LONGEST_TAG), href=tag.href)
        case as2.Emoji():
            icon = _present(type="Image", url=tag.url, mediaType=tag.media_type)
            return _present(type="Emoji", name=f":{plain_line(tag.name, _LONGEST_TAG)}:", icon=icon)
        case as2.OtherTag(type="Link", href=href) if as2.is_web_address(href):
            return _present(
                type="Link",
                name=plain_line(tag.name or "", _LONGEST_TAG),
                href=href,
                mediaType=tag.media_type,
            )
    return None


def _attachments(value: as2.Object) -> list[dict[str, Any]]:
    """Return pictures, files and links, pictures first; a link to the page itself adds nothing."""
    files = [media for media in read_attachments(value.document, "associatedMedia") if media.type != "Link"]
    found: dict[str, dict[str, Any]] = {}
    for media in [*value.attachments, value.image or _picture(value), *files]:
        if media is not None and media.url not in found and not _is_page_link(media, value):
            found[media.url] = _attachment(media)
    written = sorted(found.values(), key=lambda entry: entry["type"] != "Image")
    return written[:MAX_ATTACHMENTS]


def _picture(value: as2.Object) -> as2.Media | None:
    """Return what an object of another kind looks like: a photo itself, or a recording's thumbnail."""
    photo = next((link for link in value.links if (link.media_type or "").startswith("image/")), None)
    if photo is not None:
        return as2.Media(photo.href, "Image", photo.media_type, None, photo.width, photo.height)
    return value.icon


def _is_page_link(media: as2.Media, value: as2.Object) -> bool:
    if media.type != "Link":
        return False
    return media.url in {value.url, value.id} or (
        value.type == "Event" and media.name in {"Website", "Online"}
    )


def _attachment(media: as2.Media) -> dict[str, Any]:
    name = plain_line(escape(media.name or "", quote=False), _LONGEST_NAME)
    if media.type == "Link":
        return _present(type="Link", mediaType=media.media_type, href=media.url, name=name)
    return _present(
        type=media.type if media.type in _MEDIA else "Document",
        mediaType=media.media_type or media_type_of(media.url),
        url=media.url,
        name=name,
        width=media.width,
        height=media.height,
        blurhash=media.blurhash,
        focalPoint=list(media.focal_point) if media.focal_point else None,
    )


def _jurisdiction(value: as2.Object, details: Mapping[str, Any]) -> list[str]:
    """Return countries and regions; of an event that names none, the country it takes place in."""
    named = territories(value.document, "jurisdiction")
    country = details.get("place", {}).get("country", "")
    return named or ([country] if is_country(country) else [])


def _concepts(value: as2.Object) -> list[dict[str, str]]:
    return [
        {
            "id": concept.id,
            "scheme": concept.in_scheme or concept.id.rpartition("/")[0],
            "name": plain_line(concept.name or concept.id.rpartition("/")[2], _LONGEST_TAG),
        }
        for concept in as2.read_concepts(value.document)
        if as2.is_web_address(concept.id)
    ]


def _license(value: as2.Object) -> str | None:
    named = as2.id_of(value.document.get("license"))
    return licence(named) if named and as2.is_web_address(named) else None


def _present(**values: Any) -> dict[str, Any]:
    return {name: held for name, held in values.items() if held is not None and held != ""}
