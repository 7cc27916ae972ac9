"""Practices, events, offers and articles in programs that know only posts (`rich-objects.md` §4)."""

from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from actors import dates
from actors.attending import closing_of, is_closed, takes_answers
from actors.kinds.event import CALLED_OFF
from actors.labels import label
from actors.narrowing import narrowed
from actors.text import plain
from node.mastodon.replies import stamp_or_none
from storage.attendance import AttendanceState, Turnout
from storage.kinds import Kind
from storage.publications import Publication

_SHORT: Final = 1500
"""Characters of a text that is shown whole; of a longer one only the summary is, and where to read on."""

_MOST_LINKS: Final = 3
_RECORDINGS: Final = frozenset({"Video", "Audio"})
_POSTS: Final = frozenset({"Note", "Question"})
_EVENTS: Final = frozenset({Kind.EVENT, Kind.TRAINING})
_TAKES_PART: Final = frozenset({AttendanceState.ACCEPTED, AttendanceState.REQUESTED})


def text_of(publication: Publication) -> str:
    """Return what stands as the text of a publication's status.

    A titled one begins with its title, and is shown whole only where it is short. What is published here says
    in its text what it is about; of what others publish the summary comes before the text, and before that
    of an event when and where it is.
    """
    url = publication.url or publication.uri
    if publication.type in _POSTS or not publication.title:
        return narrowed(publication.content, url)
    title = f"<p><strong>{escape(publication.title, quote=False)}</strong></p>"
    summary = publication.summary
    if summary and not summary.startswith("<"):
        summary = f"<p>{summary}</p>"
    if not publication.is_local:
        summary = _when_and_where(publication) + summary
    if not publication.content or len(plain(publication.content)) > _SHORT:
        return narrowed(f"{title}{summary}{_link(url)}", url)
    if publication.content.startswith(title.removesuffix("</p>")):
        return narrowed(publication.content, url)
    # What is there to be watched or heard is on its page, and what a page is about may be a page elsewhere.
    links = [url] if publication.type in _RECORDINGS else []
    links += [
        each["href"] for each in publication.attachments if each.get("type") == "Link" and "href" in each
    ]
    more = [_link(each) for each in links[:_MOST_LINKS] if escape(each) not in publication.content]
    return narrowed(f"{title}{summary}{publication.content}{''.join(more)}", url)


def _link(url: str) -> str:
    address = escape(url)
    return f'<p><a href="{address}">{address}</a></p>'


def _when_and_where(event: Publication) -> str:
    """Return when and where an event of another node is, in its own time zone where that is known."""
    if event.kind not in _EVENTS or event.starts_at is None:
        return ""
    language = event.language or "en"
    zone = datetime.fromisoformat(event.details["starts"]).tzinfo if event.details.get("starts") else None
    starts, ends = event.starts_at.astimezone(zone or UTC), event.ends_at
    if ends is not None:
        ends = ends.astimezone(zone or UTC)
    if ends is None or ends.date() == starts.date():
        when = f"{dates.day_of_week(starts.date(), language)}, {dates.hours(starts, ends)}"
    else:
        when = dates.days(starts.date(), ends.date(), language)
    place = event.details.get("place") or {}
    where = ", ".join(
        dict.fromkeys(str(place[name]) for name in ("name", "street", "locality") if place.get(name))
    )
    if not where and event.details.get("online"):
        where = label("online", language)
    called_off = event.details.get("status") in CALLED_OFF
    told = ", ".join(filter(None, [f"{when} ({dates.offset(starts)})", where]))
    if called_off:
        told = label(f"status.{event.details['status']}", language, facts=told)
    return f"<p>{escape(told, quote=False)}</p>"


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
        found["valid_until"] = publication.details.get("valid_through")
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
    accepted = max(turnout.accepted, 0 if event.is_local else event.details.get("participants", 0))
    entity: dict[str, Any] = {
        "id": str(event.id),
        "expires_at": stamp_or_none(closing_of(event)),
        "expired": is_closed(event, moment),
        "multiple": False,
        "votes_count": accepted + turnout.declined,
        "voters_count": accepted + turnout.declined,
        "options": [
            {"title": label("take_part", language), "votes_count": accepted},
            {"title": label("not_this_time", language), "votes_count": turnout.declined},
        ],
        "emojis": [],
    }
    if is_signed_in:
        choice = [0] if turnout.own in _TAKES_PART else [1] if turnout.own == AttendanceState.DECLINED else []
        entity |= {"voted": bool(choice), "own_votes": choice}
    return entity
