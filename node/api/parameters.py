"""Reading what stands in an address: facets and pages, with every fault named at once."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from actors import taxonomy
from actors.errors import Invalid, NotFound
from actors.locales import language_tag, territory_code
from actors.searching import LARGEST_PAGE, Facets
from federation.discovery import split_handle
from node.context import node_of
from node.http.errors import NOTHING_HERE
from storage.actors import Actor
from storage.kinds import Kind, Policy
from storage.transaction import Transaction

BASE = "/api/ilan/v1"
USUAL_PAGE = 20

_LARGEST_ID = 2**63 - 1
_MOST_VALUES = 20
_LONGEST_SHOWN = 60
_FLAGS = {"true": True, "1": True, "false": False, "0": False}

_Read = TypeVar("_Read")


class Parameters:
    """The parameters of one request. What is wrong with them is in `faults`, by name."""

    def __init__(self, request: Request) -> None:
        self._given = request.query_params
        self.faults: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return a text without space around it; empty where there is none."""
        return self._given.get(name, "").strip()

    def many(self, name: str, reader: Callable[[str], str | None], expected: str) -> tuple[str, ...]:
        """Return what `reader` makes of each value: given several times, or with commas between them."""
        values = [
            value.strip()
            for given in (*self._given.getlist(name), *self._given.getlist(f"{name}[]"))
            for value in given.split(",")
            if value.strip()
        ]
        if len(values) > _MOST_VALUES:
            self.faults[name] = f"has {len(values)} values; at most {_MOST_VALUES} are taken"
            return ()
        found = [(value, reader(value)) for value in values]
        wrong = [repr(value[:_LONGEST_SHOWN]) for value, read in found if read is None]
        if wrong:
            self.faults[name] = f"must be {expected}, not {', '.join(wrong)}"
        return tuple(dict.fromkeys(read for _, read in found if read is not None))

    def one(self, name: str, reader: Callable[[str], _Read | None], expected: str) -> _Read | None:
        """Return what `reader` makes of the value, or None where there is none."""
        value = self.text(name)
        if not value:
            return None
        found = reader(value)
        if found is None:
            self.faults[name] = f"must be {expected}, not {value[:_LONGEST_SHOWN]!r}"
        return found

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number, at most `most`: more than there may be is no fault."""
        found = self.one(name, _digits, "a whole number")
        if found is not None and found < least:
            self.faults[name] = f"must be at least {least}"
        return default if found is None else min(found, most)

    def identifier(self, name: str) -> int | None:
        """Return the id of a publication."""
        return self.one(name, _identifier, "the id of a publication")

    def limit(self) -> int:
        """Return how many items are asked for."""
        return self.number("limit", USUAL_PAGE, least=1, most=LARGEST_PAGE)

    def refuse(self) -> None:
        """Raise Invalid where anything was wrong."""
        if self.faults:
            raise Invalid(f"These parameters need attention: {', '.join(self.faults)}.", self.faults)


def publication_id(request: Request) -> int:
    """Return the id in the path; NotFound for what can be none."""
    found = _identifier(request.path_params["id"])
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found


async def read_facets(
    parameters: Parameters, tx: Transaction, request: Request, reader: Actor | None
) -> Facets:
    """Return what a list is narrowed to; values of one name widen, different names narrow."""
    author = parameters.text("author")
    found = await _author(tx, request, author, reader) if author else None
    if author and found is None:
        parameters.faults["author"] = "is nobody that this node knows; give a handle or an address"
    kinds = tuple(kind.value for kind in Kind)
    return Facets(
        kinds=parameters.many(
            "kind", lambda value: value if value in kinds else None, f"one of {', '.join(kinds)}"
        ),
        countries=parameters.many(
            "country", territory_code, "the code of a country (ISO 3166) or a region (UN M49)"
        ),
        concepts=parameters.many(
            "topic",
            taxonomy.normalised,
            f"a concept such as stage/police-custody ({BASE}/vocabularies lists them)",
        ),
        languages=parameters.many("lang", language_tag, "a language code (BCP 47)"),
        author=found,
        is_local=parameters.one("local", lambda value: _FLAGS.get(value.lower()), "true or false"),
    )


def with_parameters(request: Request, changed: Mapping[str, int | None]) -> str:
    """Return the address of a request with some parameters set, or left out where they are None."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    added = [(name, str(value)) for name, value in changed.items() if value is not None]
    query = urlencode([*kept, *added])
    return f"{node_of(request).base_url}{request.url.path}{f'?{query}' if query else ''}"


async def _author(tx: Transaction, request: Request, named: str, reader: Actor | None) -> Actor | None:
    """Return the actor whom an address, a handle or a local user name means, if it is shown to the reader."""
    if "://" in named:
        actor = await tx.actors.by_uri(named)
    else:
        handle = split_handle(named)
        username, host = handle or (named.removeprefix("@"), node_of(request).settings.node.domain)
        actor = await tx.actors.by_handle(username, host.lower())
    if actor is None or actor.gone_at is not None or actor.suspended_at is not None:
        return None
    peers = await tx.peers.by_hosts([actor.host])
    hidden = {Policy.BLOCKED} if reader is not None else {Policy.LIMITED, Policy.BLOCKED}
    return None if any(peer.policy in hidden for peer in peers) else actor


def _digits(value: str) -> int | None:
    is_number = value.isascii() and value.isdecimal() and len(value) <= len(str(_LARGEST_ID))
    return int(value) if is_number else None


def _identifier(value: str) -> int | None:
    number = _digits(value)
    is_usual = number is not None and number <= _LARGEST_ID and str(number) == value
    return number if is_usual else None
