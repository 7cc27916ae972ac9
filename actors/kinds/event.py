"""Events and trainings: when and where, who may come and how."""

from datetime import UTC, date, datetime
from html import escape
from typing import Any, Final

from actors import dates
from actors.fields import Fields, time_zone
from actors.files import read_files
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.labels import capitalised, facts, label
from actors.locales import country_named, language_name, territory_name
from storage.kinds import Kind

JOIN_MODES: Final = ("free", "restricted", "external", "none", "invite")
STATUSES: Final = ("scheduled", "cancelled", "postponed", "rescheduled", "moved_online", "tentative")
CALLED_OFF: Final = frozenset({"cancelled", "postponed"})

#: For those who take part alone: these never leave the node and are shown to nobody else.
PRIVATE: Final = frozenset({"join_url"})

PLACE_TEXTS: Final = ("name", "street", "locality", "region", "postcode")

_MOST_PLACES: Final = 100_000
_LONGEST: Final = 200
_DAY: Final = 10  # Characters of 2027-03-02.
# Other words for the parts of a place that people and programs use.
_SPELLINGS: Final = {
    "address": "street",
    "street_address": "street",
    "city": "locality",
    "postal_code": "postcode",
    "latitude": "lat",
    "longitude": "lon",
}


def _read(fields: Fields) -> dict[str, Any]:
    details = _read_times(fields) | {
        "place": _read_place(fields),
        "online_url": fields.url("online_url"),
        "join_url": fields.url("join_url"),
        "join_mode": fields.choice("join_mode", JOIN_MODES, "free"),
        "registration_url": fields.url("registration_url"),
        "capacity": fields.whole("capacity", _MOST_PLACES),
        "status": fields.choice("status", STATUSES, "scheduled"),
        "languages": fields.languages("languages"),
        "free": fields.flag("free"),
        "organisers": fields.urls("organisers"),
        "parent": fields.url("parent"),
        "materials": read_files(fields, "materials"),
    }
    online = fields.flag("online")
    details["online"] = bool(details["online_url"] or details["join_url"]) if online is None else online
    if details["join_mode"] == "external" and not details["registration_url"]:
        fields.fault("registration_url", "is missing: say where people register, as join_mode is external")
    return details


def _read_training(fields: Fields) -> dict[str, Any]:
    return _read(fields) | {
        "level": fields.text("level", _LONGEST),
        "teaches": fields.text("teaches", _LONGEST),
        "prerequisites": fields.text("prerequisites", _LONGEST),
        "certificate": fields.text("certificate", _LONGEST),
    }


def _read_times(fields: Fields) -> dict[str, Any]:
    """Return the times in the event's own zone, where it has one."""
    starts, ends = fields.moment("starts"), fields.moment("ends")
    name = fields.zone("timezone")
    closes = fields.day_or_moment("closes")
    if fields.given("starts") is None:
        fields.fault("starts", "is missing: say when it begins")
    if starts and ends and starts >= ends:
        fields.fault("starts", "must be before ends")
    zone = time_zone(name)
    if zone:
        starts, ends = (moment and moment.astimezone(zone) for moment in (starts, ends))
    return {
        "starts": starts.isoformat(timespec="seconds") if starts else None,
        "ends": ends.isoformat(timespec="seconds") if ends else None,
        "timezone": name,
        "closes": closes,
    }


def _read_place(fields: Fields) -> dict[str, Any]:
    given = fields.given("place")
    if isinstance(given, str):
        name = fields.text("place", _LONGEST)
        return {"name": name} if name else {}
    if isinstance(given, dict):
        given = {_SPELLINGS.get(name, name): value for name, value in given.items()}
        place = fields.inside("place", given)
    elif given is None:
        return {}
    else:
        fields.fault("place", "must be a name, or an object with name, street, locality, country and so on")
        return {}
    found: dict[str, Any] = {name: place.text(name, _LONGEST) for name in PLACE_TEXTS}
    found["country"] = place.read(
        "country", lambda value: country_named(value) if isinstance(value, str) else None, "a country code"
    )
    found |= {"lat": place.number("lat", -90, 90), "lon": place.number("lon", -180, 180)}
    place.refuse_unknown()
    return {name: value for name, value in found.items() if value is not None}


def _facts(draft: Draft) -> dict[str, Any]:
    hidden = PRIVATE | {"materials"}
    return {name: value for name, value in draft.details.items() if name not in hidden}


def _times(draft: Draft) -> tuple[datetime | None, datetime | None]:
    starts, ends = _moment(draft, "starts"), _moment(draft, "ends")
    return starts and starts.astimezone(UTC), ends and ends.astimezone(UTC)


def _summary(draft: Draft, language: str) -> str:
    details = draft.details
    status = details.get("status", "scheduled")
    if status in CALLED_OFF:
        was = label(f"status.{status}", language, facts=", ".join(filter(None, _short(draft, language))))
        return wording.summary(draft, language, was)
    is_training = draft.kind is Kind.TRAINING
    known = facts(
        [
            *_when_and_where(draft, language),
            ", ".join(language_name(tag, language) for tag in details.get("languages", ())),
            label("free", language) if details.get("free") else "",
            label("places", language, count=details["capacity"])
            if is_training and "capacity" in details
            else "",
            label("certificate", language) if details.get("certificate") else "",
            _closing(draft, language),
        ]
    )
    if status != "scheduled":
        known = label(f"status.{status}", language, facts=known)
    return wording.summary(draft, language, known)


def _content(draft: Draft, language: str, _page: Page) -> str:
    status = draft.details.get("status", "scheduled")
    told = ", ".join(filter(None, _short(draft, language)))
    if status != "scheduled":
        told = label(f"status.{status}", language, facts=told)
    address = _address(draft, language)
    return "".join(
        [
            wording.opening(draft.title.get(language) or draft.title[draft.language], told),
            wording.body(draft, language),
            wording.paragraph(label("address", language, address=address) if address else ""),
            _link(label("online", language), draft.details.get("online_url")),
            _link(label("register", language), draft.details.get("registration_url")),
            wording.documents([*draft.attachments, *draft.details.get("materials", ())], language),
        ]
    )


def _short(draft: Draft, language: str) -> tuple[str, str]:
    """Return when and where in the shortest form that says both."""
    starts, ends = _moment(draft, "starts"), _moment(draft, "ends")
    assert starts is not None
    if ends is None or ends.date() == starts.date():
        return _when_and_where(draft, language)
    return dates.days(starts.date(), ends.date(), language), _where(draft, language)


def _when_and_where(draft: Draft, language: str) -> tuple[str, str]:
    """Return when and where, with the offset at the one that is read first with a time or a place."""
    starts, ends = _moment(draft, "starts"), _moment(draft, "ends")
    assert starts is not None
    offset = f" ({dates.offset(starts)})"
    if ends is None or ends.date() == starts.date():
        when = f"{dates.day_of_week(starts.date(), language)}, {dates.hours(starts, ends)}{offset}"
        return when, _where(draft, language)
    when = dates.days(starts.date(), ends.date(), language)
    if not _town(draft, language):
        return when + offset, _where(draft, language)
    return when, _where(draft, language, offset)


def _where(draft: Draft, language: str, after_place: str = "") -> str:
    place = _town(draft, language)
    if not place:
        return label("online", language) if draft.details.get("online") else ""
    place += after_place
    return label("and_online", language, place=place) if draft.details.get("online") else place


def _town(draft: Draft, language: str) -> str:
    place = draft.details.get("place", {})
    country = place.get("country")
    return str(
        place.get("locality") or place.get("name") or (territory_name(country, language) if country else "")
    )


def _address(draft: Draft, language: str) -> str:
    """Return the whole address, where it says more than the first line does."""
    place = draft.details.get("place", {})
    if not place.get("street") and not (place.get("name") and place.get("locality")):
        return ""
    country = territory_name(place["country"], language) if "country" in place else ""
    parts = (place.get(name) for name in ("name", "street", "postcode", "locality", "region"))
    return ", ".join([*filter(None, parts), *([country] if country else [])])


def _closing(draft: Draft, language: str) -> str:
    closes = draft.details.get("closes")
    if not closes:
        return ""
    last = date.fromisoformat(closes[:_DAY])
    with_year = str(last.year) != draft.details["starts"][:4]
    return label("register_by", language, date=dates.day(last, language, with_year=with_year))


def _link(heading: str, url: str | None) -> str:
    if not url:
        return ""
    return f"<p>{escape(capitalised(heading), quote=False)}: {wording.link(url, url)}</p>"


def _moment(draft: Draft, name: str) -> datetime | None:
    value = draft.details.get(name)
    return datetime.fromisoformat(value) if value else None


EVENT: Final = KindRules(
    kind=Kind.EVENT,
    type="Event",
    tag="LegalAidEvent",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
    times=_times,
)

TRAINING: Final = KindRules(
    kind=Kind.TRAINING,
    type="Event",
    tag="LegalAidTraining",
    read=_read_training,
    facts=_facts,
    summary=_summary,
    content=_content,
    times=_times,
)
