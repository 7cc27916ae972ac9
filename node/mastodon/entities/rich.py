"""Practices, events, offers and articles in programs that know only posts (`rich-objects.md` §4)."""

from datetime import datetime
from html import escape
from typing import Any, Final

from actors.attending import closing_of, is_closed, takes_answers
from actors.labels import label
from actors.narrowing import narrowed
from actors.text import plain
from node.mastodon.entities.media import attachment_entities
from node.mastodon.replies import stamp, stamp_or_none
from storage.actors import Actor
from storage.attendance import AttendanceState, Turnout
from storage.kinds import Kind
from storage.publications import Publication

_SHORT: Final = 1500
"""Characters of a text that is shown whole; of a longer one only the summary is, and where the rest stands."""

_POSTS: Final = frozenset({"Note", "Question"})
_EVENTS: Final = frozenset({Kind.EVENT, Kind.TRAINING})
_CARD_WIDTH, _CARD_HEIGHT = 1200, 630
_TAKES_PART: Final = frozenset({AttendanceState.ACCEPTED, AttendanceState.REQUESTED})


def text_of(publication: Publication) -> str:
    """Return what stands as the text of a publication's status.

    A titled one begins with its title, and is shown whole only where it is short.
    """
    url = publication.url or publication.uri
    if publication.type in _POSTS or not publication.title:
        return narrowed(publication.content, url)
    title = f"<p><strong>{escape(publication.title, quote=False)}</strong></p>"
    if publication.content and len(plain(publication.content)) <= _SHORT:
        names_itself = publication.content.startswith(title.removesuffix("</p>"))
        return narrowed(publication.content if names_itself else title + publication.content, url)
    summary = publication.summary
    if summary and not summary.startswith("<"):
        summary = f"<p>{summary}</p>"
    address = escape(url)
    return narrowed(f'{title}{summary}<p><a href="{address}">{address}</a></p>', url)


def card_of(publication: Publication, author: Actor, base_url: str) -> dict[str, Any] | None:
    """Return the link card of something that has a page of its own; nothing is fetched for it.

    The account of its one author is for the caller to add: it changes more often than the card.
    """
    if not publication.title:
        return None
    pictures = attachment_entities(publication.id, publication.attachments, base_url)
    picture = next((each for each in pictures if each["type"] == "image"), {})
    image = picture.get("preview_url")
    name, url = author.display_name, author.url or author.uri
    return {
        "url": publication.url or publication.uri,
        "title": publication.title,
        "description": plain(publication.summary),
        "language": publication.language,
        "type": "link",
        "author_name": name,
        "author_url": url,
        "provider_name": author.host,
        "provider_url": f"https://{author.host}",
        "html": "",
        "width": _CARD_WIDTH if image else 0,
        "height": _CARD_HEIGHT if image else 0,
        "image": image,
        "image_description": str(picture.get("description") or "") if image else "",
        "embed_url": "",
        "blurhash": picture.get("blurhash") if image else None,
        "published_at": stamp(publication.published_at),
        "authors": [{"name": name, "url": url}],
    }


def facts_of(publication: Publication) -> dict[str, Any]:
    """Return our own part of a status: what kind of thing it is, and the facts that programs can use."""
    found: dict[str, Any] = {"kind": str(publication.kind)}
    if publication.title:
        found["title"] = publication.title
    if publication.jurisdiction:
        found["jurisdiction"] = publication.jurisdiction
    if publication.concepts:
        found["concepts"] = [each.get("id") for each in publication.concepts]
    if publication.license:
        found["license"] = publication.license
    if publication.kind in _EVENTS:
        details = publication.details
        found |= {
            "start_time": stamp_or_none(publication.starts_at),
            "end_time": stamp_or_none(publication.ends_at),
            "time_zone": details.get("timezone"),
            "event_status": details.get("status", "scheduled"),
            "join_mode": details.get("join_mode"),
            "online": bool(details.get("online")),
            "place": details.get("place") or None,
        }
    if publication.kind in {Kind.OFFER, Kind.REQUEST}:
        found["valid_until"] = publication.details.get("valid_until")
    return found


def is_answered_by_poll(publication: Publication) -> bool:
    """Whether people say with the poll of its status that they take part."""
    return takes_answers(publication)


def answer_poll(
    event: Publication, turnout: Turnout, moment: datetime, *, is_signed_in: bool
) -> dict[str, Any]:
    """Return the poll of an event: "Take part" or "Not this time"; choosing one again changes the answer.

    `moment` is now. The poll ends when registration does.
    """
    language = event.language or "en"
    entity: dict[str, Any] = {
        "id": str(event.id),
        "expires_at": stamp_or_none(closing_of(event)),
        "expired": is_closed(event, moment),
        "multiple": False,
        "votes_count": turnout.accepted + turnout.declined,
        "voters_count": turnout.accepted + turnout.declined,
        "options": [
            {"title": label("take_part", language), "votes_count": turnout.accepted},
            {"title": label("not_this_time", language), "votes_count": turnout.declined},
        ],
        "emojis": [],
    }
    if is_signed_in:
        choice = [0] if turnout.own in _TAKES_PART else [1] if turnout.own == AttendanceState.DECLINED else []
        entity |= {"voted": bool(choice), "own_votes": choice}
    return entity
