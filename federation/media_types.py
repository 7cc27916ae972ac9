"""Media types of ActivityStreams documents: what we send, what we read, what we are asked for.

Reading is strict, because whoever can make a server publish an uploaded JSON file could otherwise speak in
that server's name. Being asked is lenient, because nothing depends on it.
"""

import re
from collections.abc import Iterator

ACTIVITY_STREAMS = "https://www.w3.org/ns/activitystreams"
ACTIVITY_JSON = "application/activity+json"
LD_JSON = "application/ld+json"
LD_JSON_PROFILE = f'{LD_JSON}; profile="{ACTIVITY_STREAMS}"'
ACCEPT_ACTIVITY = f"{LD_JSON_PROFILE}, {ACTIVITY_JSON}"

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a token of HTTP, not of a person
_TYPE = re.compile(rf"[ \t]*({_TOKEN}/{_TOKEN})[ \t]*")
_PARAMETER = re.compile(rf';[ \t]*(?:({_TOKEN})=("(?:[^"\\]|\\.)*"|[^\s";,]*)[ \t]*)?')
_RANGE = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*")+')
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/*", "*/*"})
_JSON = frozenset({"application/json", "*/*"})
_UNASKED = (-1, 0.0, 0)  # how exactly it was named (which decides which range counts), quality, how early
_LONGEST_ACCEPT = 1000


def is_activity(content_type: str | None) -> bool:
    """Say whether a document of this Content-Type may be read as ActivityStreams (ActivityPub 3.2).

    `application/ld+json` only counts with the ActivityStreams profile, quoted or not.
    """
    parsed = _parse(content_type or "")
    if parsed is None:
        return False
    media_type, parameters = parsed
    return media_type == ACTIVITY_JSON or (media_type == LD_JSON and _has_profile(parameters))


def prefers_activity(accept: str | None, *, has_page: bool = True) -> bool:
    """Say whether to answer a request with this Accept header by an ActivityStreams document.

    Where there is a page for people too, JSON must be asked for by name, at least as eagerly as the page.
    Where there is none (`has_page` is false), anything that does not rule JSON out is enough.
    """
    if accept is None or not accept.strip():
        return not has_page
    activity, page = _UNASKED, _UNASKED
    for place, (media_type, parameters) in enumerate(_ranges(accept[:_LONGEST_ACCEPT])):
        exactness = 0 if media_type == "*/*" else 1 if media_type.endswith("/*") else 2
        asked = (exactness, _quality(parameters.get("q", "1")), -place)
        if media_type in _PAGES:
            page = max(page, asked)
        if _names_activity(media_type, parameters) or (not has_page and media_type in _JSON):
            activity = max(activity, asked)
    if not has_page or not activity[1]:
        return activity[1] > 0
    return (activity[1], activity[0], activity[2]) >= (page[1], page[0], page[2])


def _names_activity(media_type: str, parameters: dict[str, str]) -> bool:
    """Say whether a range asks for ActivityStreams; a missing profile is forgiven, another one is not."""
    if media_type == LD_JSON:
        return "profile" not in parameters or _has_profile(parameters)
    return media_type in {ACTIVITY_JSON, "application/*"}


def _has_profile(parameters: dict[str, str]) -> bool:
    """Say whether the profile, a list of URIs, names ActivityStreams."""
    return ACTIVITY_STREAMS in parameters.get("profile", "").split(" ")


def _ranges(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each readable media range of an Accept header."""
    for part in _RANGE.findall(accept):
        parsed = _parse(part)
        if parsed is not None:
            yield parsed


def _quality(text: str) -> float:
    """Read a q-value; what is not one means that the range is not wanted."""
    return float(text) if _QUALITY.fullmatch(text) else 0.0


def _parse(text: str) -> tuple[str, dict[str, str]] | None:
    """Read one media type with its parameters (RFC 9110 8.3.1), or return None.

    Names come in lower case; of a parameter given twice the first counts.
    """
    found = _TYPE.match(text)
    if found is None:
        return None
    parameters: dict[str, str] = {}
    position = found.end()
    while position < len(text):
        parameter = _PARAMETER.match(text, position)
        if parameter is None:
            return None
        position = parameter.end()
        if parameter[1]:
            value = parameter[2]
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1:-1])
            parameters.setdefault(parameter[1].lower(), value)
    return found[1].lower(), parameters
