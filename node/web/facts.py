"""What is known of a publication, as a list of terms and values in the visitor's language."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from actors import taxonomy
from actors.licences import licence_label, licence_url
from actors.links import host_of, safe_url
from actors.text import plain_line
from node.pages.catalogues import message
from node.pages.speech import Speech, Text
from node.web.cards import HAPPENING, zone_of
from node.web.kinds import STATUSES, moment_in
from node.web.versions import languages_of
from node.web.views import Fact, Value
from storage.kinds import Kind
from storage.publications import Publication

JOIN_MODES = {
    "free": message("Anybody may take part"),
    "restricted": message("After approval by the organisers"),
    "external": message("Through the organisers’ own page"),
    "none": message("No registration"),
    "invite": message("By invitation"),
}
REVIEWS = {
    "self-assessed": message("Assessed by the body itself"),
    "peer-reviewed": message("Reviewed by peers"),
}
_MONTH = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])", re.ASCII)
_LONGEST_VALUE = 300
_MOST_VALUES = 20


def facts_of(publication: Publication, speech: Speech) -> tuple[Fact, ...]:
    """Return everything worth knowing before reading, most important first."""
    teller = _Teller(publication, speech)
    own = _BY_KIND.get(Kind(publication.kind))
    told = [*(own(teller) if own else ()), *_common(teller)]
    return tuple(fact for fact in told if fact.values)


class _Teller:
    """Tells single facts of a publication. What another node sent may be anything; the odd is left out."""

    def __init__(self, publication: Publication, speech: Speech) -> None:
        self.publication = publication
        self.details = publication.details
        self.speech = speech
        self.say = speech.say

    def fact(self, term: str, *texts: str) -> Fact:
        """Tell texts in the visitor's language."""
        return self.values(term, *(Value(Text(text, self.speech.language.tag)) for text in texts if text))

    def values(self, term: str, *values: Value) -> Fact:
        """Tell values as they are."""
        return Fact(Text(term, self.speech.language.tag), values[:_MOST_VALUES])

    def joined(self, term: str, texts: Iterable[str]) -> Fact:
        """Tell short texts in the visitor's language as one."""
        return self.fact(term, self.speech.joined([text for text in texts if text][:_MOST_VALUES]))

    def written(self, term: str, name: str) -> Fact:
        """Tell what the author wrote into a detail, in the publication's language."""
        text = plain_line(self.text(name), _LONGEST_VALUE)
        value = Value(Text(text, self.publication.language or ""))
        return self.values(term, *([value] if text else []))

    def terms(self, term: str, name: str, scheme: str) -> Fact:
        """Tell a detail that is one or several terms of a vocabulary."""
        return self.fact(term, self.speech.terms(scheme, self.texts(name)[:_MOST_VALUES]))

    def link(self, term: str, *names: str) -> Fact:
        """Tell details that are web addresses, by their hosts."""
        urls = [url for name in names for each in self.texts(name) if (url := safe_url(each))]
        return self.values(term, *(Value(Text(host_of(url)), href=url) for url in urls))

    def period(self, term: str, name: str) -> Fact:
        """Tell a detail that is a year, a month, a day or a moment."""
        written = self.text(name)
        found = moment_in(written)
        if isinstance(found, datetime):
            said = f"{self.speech.span(found, None)} ({self.speech.zone(found, '')})"
        elif found:
            said = self.speech.day(found)
        elif _MONTH.fullmatch(written):
            said = self.speech.month(int(written[:4]), int(written[5:]))
        else:
            return self.fact(term, plain_line(written, _LONGEST_VALUE))
        return self.values(term, Value(Text(said, self.speech.language.tag), iso=written))

    def text(self, name: str) -> str:
        """Return a detail that is a text, or nothing."""
        value = self.details.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return a detail that is one text or several."""
        value = self.details.get(name)
        values = value if isinstance(value, list) else [value]
        return [each for each in values if isinstance(each, str) and each]

    def number(self, name: str) -> str:
        """Return a detail that is a number, as it is written."""
        value = self.details.get(name)
        return self.speech.number(value) if isinstance(value, int | float) and value is not True else ""


def _practice(teller: _Teller) -> Iterator[Fact]:
    say = teller.say
    yield teller.terms(say("Maturity"), "maturity", "maturity")
    yield teller.terms(say("Evidence"), "evidence", "evidence")
    yield teller.fact(say("Review"), _named(teller, "review_status", REVIEWS))
    yield teller.period(say("Since"), "started")
    yield teller.period(say("Until"), "ended")
    yield teller.link(say("Adapted from"), "based_on")


def _resource(teller: _Teller) -> Iterator[Fact]:
    say = teller.say
    yield teller.terms(say("Genre"), "genre", "genre")
    yield teller.fact(say("Number of pages"), teller.number("pages"))
    yield teller.written(say("Level"), "level")
    yield teller.period(say("Released"), "released")
    yield teller.written("ISBN", "isbn")
    yield _fee(teller)
    yield teller.link(say("Translation of"), "translation_of")


def _event(teller: _Teller) -> Iterator[Fact]:
    say, details = teller.say, teller.details
    yield teller.fact(say("Status"), _named(teller, "status", STATUSES))
    yield _when(teller)
    yield _place(teller)
    yield teller.link(say("Online"), "online_url")
    if details.get("online") is True and not teller.text("online_url"):
        yield teller.fact(say("Online"), say("Those who take part get the link"))
    yield teller.fact(say("Participation"), _named(teller, "join_mode", JOIN_MODES))
    yield teller.link(say("Registration"), "registration_url")
    yield teller.period(say("Register until"), "closes")
    yield teller.fact(say("Number of places"), teller.number("capacity"))
    yield _fee(teller)
    yield _languages(teller, say("Spoken languages"), teller.texts("languages"))
    yield teller.written(say("Level"), "level")
    yield teller.written(say("What it teaches"), "teaches")
    yield teller.written(say("What you need to know first"), "prerequisites")
    yield teller.written(say("Certificate"), "certificate")
    yield teller.link(say("Part of"), "parent")


def _expert(teller: _Teller) -> Iterator[Fact]:
    say, speech = teller.say, teller.speech
    yield teller.terms(say("Service"), "service", "service")
    hours = teller.details.get("hours")
    if isinstance(hours, int | float) and hours:
        told = speech.count("%(number)s hour", "%(number)s hours", math.ceil(hours))
        yield teller.fact(say("Amount of time"), told)
    yield teller.joined(say("Area"), (speech.territory(code) for code in teller.texts("area_served")))
    yield teller.terms(say("Way of working"), "mode", "mode")
    yield _languages(teller, say("Working languages"), teller.texts("available_languages"))
    yield teller.terms(say("Experience"), "seniority", "seniority")
    if teller.details.get("pro_bono") is True:
        yield teller.fact(say("Fee"), speech.term("remuneration", "pro-bono"))
    yield teller.period(say("Available from"), "valid_from")
    yield teller.period(say("Available until"), "valid_through")


def _statement(teller: _Teller) -> Iterator[Fact]:
    yield teller.period(teller.say("Open for signature until"), "closes")


def _consultation(teller: _Teller) -> Iterator[Fact]:
    yield teller.period(teller.say("Open until"), "closes")


def _indicators(teller: _Teller) -> Iterator[Fact]:
    yield teller.period(teller.say("Period"), "period")


_BY_KIND = {
    Kind.PRACTICE: _practice,
    Kind.RESOURCE: _resource,
    Kind.EVENT: _event,
    Kind.TRAINING: _event,
    Kind.OFFER: _expert,
    Kind.REQUEST: _expert,
    Kind.STATEMENT: _statement,
    Kind.CONSULTATION: _consultation,
    Kind.INDICATOR_RETURN: _indicators,
}


def _common(teller: _Teller) -> Iterator[Fact]:
    publication, say, speech = teller.publication, teller.say, teller.speech
    yield teller.joined(say("Country"), (speech.territory(code) for code in publication.jurisdiction))
    yield from _topics(teller)
    if publication.kind not in {Kind.NOTE, Kind.POST}:
        yield _languages(teller, say("Language"), languages_of(publication))
    yield _licence(teller)


def _topics(teller: _Teller) -> Iterator[Fact]:
    """Tell what a publication is about: one fact for each scheme, terms that we know in our own words."""
    found: dict[Text, list[Value]] = {}
    speech = teller.speech
    for concept in teller.publication.concepts[:_MOST_VALUES]:
        known = taxonomy.find(concept.get("id", ""))
        scheme = known.reference.partition("/")[0] if known else ""
        if known is not None and teller.details.get(scheme):
            continue  # It is told as a detail already.
        if known is not None:
            heading, value = speech.named(taxonomy.schemes()[scheme]), speech.named(known)
        else:
            heading = Text(speech.say("Topic"), speech.language.tag)
            name = plain_line(str(concept.get("name", "")), _LONGEST_VALUE)
            value = Text(name, teller.publication.language or "")
        if value:
            found.setdefault(heading, []).append(Value(value))
    yield from (Fact(heading, tuple(values)) for heading, values in found.items())


def _when(teller: _Teller) -> Fact:
    publication, speech = teller.publication, teller.speech
    if publication.starts_at is None or publication.kind not in HAPPENING:
        return teller.fact(teller.say("When"))
    zone = zone_of(publication)
    starts = publication.starts_at.astimezone(zone)
    ends = publication.ends_at.astimezone(zone) if publication.ends_at else None
    name = teller.text("timezone") if hasattr(zone, "key") else ""
    said = f"{speech.span(starts, ends)} ({speech.zone(starts, name)})"
    return teller.values(teller.say("When"), Value(Text(said, speech.language.tag), iso=starts.isoformat()))


def _fee(teller: _Teller) -> Fact:
    say, free = teller.say, teller.details.get("free")
    told = say("Free of charge") if free is True else say("There is a fee") if free is False else ""
    return teller.fact(say("Fee"), told)


def _place(teller: _Teller) -> Fact:
    place = teller.details.get("place")
    parts: list[str] = []
    if isinstance(place, dict):
        parts = [plain_line(str(place[name]), 100) for name in _ADDRESS if place.get(name)]
        country = place.get("country")
        if isinstance(country, str) and country:
            parts.append(teller.speech.territory(country))
    language = teller.publication.language or ""
    # As in addresses, from the house to the country.
    value = Value(Text(", ".join(parts), language))
    return teller.values(teller.say("Place"), *([value] if parts else []))


_ADDRESS = ("name", "street", "postcode", "locality", "region")


def _licence(teller: _Teller) -> Fact:
    name = teller.publication.license
    url = safe_url(licence_url(name) or "")
    if not name:
        return teller.fact(teller.say("Licence"))
    said = licence_label(name) or (host_of(url) if url else name)
    return teller.values(
        teller.say("Licence"), Value(Text(plain_line(said, _LONGEST_VALUE), "en"), href=url or "")
    )


def _languages(teller: _Teller, term: str, tags: Iterable[str]) -> Fact:
    return teller.fact(term, teller.speech.languages(list(tags)[:_MOST_VALUES]))


def _named(teller: _Teller, name: str, names: dict[str, str]) -> str:
    known: Any = names.get(teller.text(name))
    return teller.say(known) if known else ""
