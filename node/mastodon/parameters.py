"""Parameters as clients send them: in the query, as a form, as multipart or as JSON, all merged.

Names may be nested in Rails' way (`poll[options][]`, `fields_attributes[0][name]`), lists written in any of
the ways that libraries have, and booleans as words. What nobody asks for is ignored.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from actors.errors import NotFound
from federation.vocabulary.parsing import parse
from node.context import node_of
from node.http.inputs import KIB, WHOLE_BODY_SECONDS, media_type_of, read_body
from storage.paging import LARGEST_ID

NO_RECORD = "Record not found"
"""What clients know as the answer for anything that is not there, or that the reader may not know of."""

_FALSE: Final = frozenset({"false", "0", "f", "F", "FALSE", "off", "OFF"})
_PART: Final = re.compile(r"\[([^\[\]]*)\]")
_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_DEEPEST: Final = 5
_MOST_VALUES: Final = 1000
_MOST_FILES: Final = 4
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


class Parameters:
    """Parameters of one request, or what is nested in one of them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        """Whether it was sent, if only as something empty; null is as good as nothing."""
        return self._values.get(name) is not None

    def names(self) -> list[str]:
        """Return the names of everything that was sent."""
        return [name for name, value in self._values.items() if value is not None]

    def text(self, name: str) -> str | None:
        """Return a text; numbers and booleans become one."""
        value = self._values.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return value.replace("\x00", "")
        return str(value) if isinstance(value, int | float) else None

    def flag(self, name: str) -> bool | None:
        """Return a boolean, read as Rails does: an empty text is nothing, only a few words are false."""
        value = self.text(name)
        if value is None or value == "":
            return None
        return value not in _FALSE

    def number(self, name: str) -> int | None:
        """Return a whole number; HTTPException 400 for anything else."""
        value = (self.text(name) or "").strip()
        if not value:
            return None
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LARGEST_ID)):
            return int(value)
        raise HTTPException(400, f"{name} must be a whole number.")

    def identifier(self, name: str) -> int | None:
        """Return an id; 0, which is nobody's, for what cannot be one, and None where there is none."""
        value = self.text(name)
        return None if value is None or value == "" else _identifier(value) or 0

    def identifiers(self, name: str) -> list[int]:
        """Return ids, each once; what cannot be one is left out."""
        found = (_identifier(value) for value in self.texts(name))
        return list(dict.fromkeys(number for number in found if number))

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; a single one is a list of one."""
        value = self._values.get(name)
        if isinstance(value, Mapping):
            value = _in_order(value)
        values = value if isinstance(value, list) else [] if value is None else [value]
        texts = (Parameters({"": each}).text("") for each in values)
        return [text for text in texts if text is not None]

    def within(self, name: str) -> "Parameters":
        """Return what is nested under a name; nothing where it is no object."""
        value = self._values.get(name)
        return Parameters(value if isinstance(value, Mapping) else {})

    def each(self, name: str) -> list["Parameters"]:
        """Return a list of objects, which may also be an object with the places in the list as its names."""
        value = self._values.get(name)
        if isinstance(value, Mapping):
            value = _in_order(value)
        values = value if isinstance(value, list) else []
        return [Parameters(each) for each in values if isinstance(each, Mapping)]

    def file(self, name: str) -> UploadFile | None:
        """Return an uploaded file."""
        value = self._values.get(name)
        return value if isinstance(value, UploadFile) else None


async def parameters_of(request: Request, *, body_limit: int | None = None) -> Parameters:
    """Return the parameters of a request, whatever way they were sent in; what the body says counts.

    `body_limit` is how many bytes the body may have, by default as many as anywhere. Raises HTTPException:
    400 for what cannot be read, 413 for too much.
    """
    known = cast("Parameters | None", request.scope.get("parameters"))
    if known is not None:
        return known
    values = _nested(request.query_params.multi_items())
    values |= await _body(request, body_limit)
    request.scope["parameters"] = found = Parameters(values)
    return found


def path_id(request: Request, name: str = "id") -> int:
    """Return the id in a path; NotFound for what can be nobody's."""
    number = _identifier(request.path_params[name])
    if number is None:
        raise NotFound(NO_RECORD)
    return number


async def _body(request: Request, limit: int | None) -> dict[str, Any]:
    kind = media_type_of(request)
    if kind == _MULTIPART:
        return _nested((await _multipart(request, limit)).multi_items())
    if kind == _FORM:
        body = await read_body(request, limit=limit)
        return _nested(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if kind in {"application/json", "text/json"} or kind.endswith("+json"):
        body = await read_body(request, limit=limit)
        document = parse(body) if body.strip() else {}
        return cast("dict[str, Any]", _plain(document))
    return {}


async def _multipart(request: Request, limit: int | None) -> FormData:
    """Return a form with files, which wait in temporary ones; all of it is counted while it arrives."""
    limit = node_of(request).settings.limits.body_kib * KIB if limit is None else limit
    too_large = HTTPException(413, f"The request is larger than the {limit // KIB} KiB that are taken here.")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > limit:
        raise too_large

    size = 0

    async def counted() -> AsyncGenerator[bytes, None]:
        nonlocal size
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                # Which the parser knows, and so removes what it has written.
                raise MultiPartException("too large")
            yield chunk

    parser = MultiPartParser(request.headers, counted(), max_files=_MOST_FILES, max_fields=_MOST_VALUES)
    try:
        async with asyncio.timeout(WHOLE_BODY_SECONDS * 10):
            form = await parser.parse()
    except MultiPartException as error:
        raise too_large if size > limit else HTTPException(400, "The form cannot be read.") from error
    except TimeoutError as error:
        raise HTTPException(408, "The request took too long to arrive.") from error
    # Whoever ends the request closes them (`node.http.access`).
    request.scope["uploads"] = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    return form


def _nested(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what flat names mean: `a[b][]=1` is {"a": {"b": ["1"]}}."""
    found: dict[str, Any] = {}
    for count, (name, value) in enumerate(items):
        if count >= _MOST_VALUES:
            raise HTTPException(400, f"There are more than {_MOST_VALUES} parameters.")
        match = _NAME.fullmatch(name)
        if match is None:
            found[name] = value
            continue
        path = [match[1], *_PART.findall(match[2])]
        # Mastodon.py marks some lists twice; a list of lists means nothing anywhere.
        while len(path) > 2 and path[-2:] == ["", ""]:  # noqa: PLR2004 - the name and two marks
            path.pop()
        if len(path) > _DEEPEST:
            raise HTTPException(400, "A parameter is nested too deeply.")
        _put(found, path, value)
    return found


def _put(where: dict[str, Any], path: list[str], value: Any) -> None:
    name, *rest = path
    if not rest:
        where[name] = value
        return
    if rest[0] != "":
        inner = where.get(name)
        if not isinstance(inner, dict):
            inner = where[name] = {}
        _put(inner, rest, value)
        return
    values = where.get(name)
    if not isinstance(values, list):
        values = where[name] = []
    if len(rest) == 1:
        values.append(value)
        return
    # Rails' rule: the same name again starts the next object of the list.
    last = values[-1] if values and isinstance(values[-1], dict) else None
    if last is None or _is_there(last, rest[1:]):
        last = {}
        values.append(last)
    _put(last, rest[1:], value)


def _is_there(where: Any, path: list[str]) -> bool:
    for name in path:
        if name == "":
            return False
        if not isinstance(where, dict) or name not in where:
            return False
        where = where[name]
    return True


def _plain(value: Any) -> Any:
    """Nest the flat names that some libraries send in JSON as well, such as `"poll[options]"`."""
    if not isinstance(value, dict):
        return value
    if any("[" in name for name in value):
        return _nested(
            (name.removesuffix("[]") if isinstance(each, list) else name, each)
            for name, each in value.items()
        )
    return value


def _in_order(value: Mapping[str, Any]) -> list[Any]:
    numbered = sorted(
        ((int(key), each) for key, each in value.items() if key.isascii() and key.isdecimal()),
        key=lambda pair: pair[0],
    )
    return [each for _, each in numbered]


def _identifier(value: str) -> int | None:
    value = value.strip()
    if not (value.isascii() and value.isdecimal()) or len(value) > len(str(LARGEST_ID)):
        return None
    number = int(value)
    return number if 0 < number <= LARGEST_ID else None
