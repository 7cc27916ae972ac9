"""Whether a JSON document is the entity it should be: every field there, no other, each of the right type.

Entities are classes with annotated fields. What the annotations cannot say, such as that an attachment's
`meta` goes with its type, an entity says in its `also`.
"""

import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

OURS = "ilan"
"""The one object of our own that an entity may carry: clients pass over what they do not know."""

_MOST_FAULTS = 20


class Presence(Enum):
    """When a field is there; without one of these, always."""

    SOMETIMES = auto()
    FOR_MEMBERS = auto()
    """Exactly where somebody has signed in: absent for guests and for programs on their own."""


_T = TypeVar("_T")
Sometimes = Annotated[_T, Presence.SOMETIMES]
ForMembers = Annotated[_T, Presence.FOR_MEMBERS]


@dataclass(frozen=True, slots=True)
class Form:
    """What a value must be beyond its type; `says` completes "should be"."""

    fits: Callable[[Any], bool]
    says: str
    why: Callable[[Any], str] | None = None
    """What exactly does not fit, where the value alone does not show it."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """One thing that is wrong with a document."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path} {self.what}"


class Entity:
    """An object with exactly the fields that the class annotates."""

    #: How fields are written whose names are no Python names.
    written: ClassVar[dict[str, str]] = {}
    #: Whether the entity may carry an object of our own.
    may_be_ours: ClassVar[bool] = False

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - for those that override it
        """Say what else is wrong where every field is right, as pairs of a field and what is the matter."""
        return ()


class WrongEntityError(AssertionError):
    """A document that is not what it should be."""


def validate(document: Any, expected: Any, *, member: bool = True, what: str = "") -> None:
    """Fail with everything that is wrong with a document, if anything is.

    `expected` is an Entity, or any annotation made of them: `list[Status]`. `member` says whether it was
    made for somebody who has signed in.
    """
    faults = [str(fault) for fault in faults_of(document, expected, member=member)]
    if faults:
        more = [f"... and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        title = f"{what or 'The document'} is not {name_of(expected)}:"
        raise WrongEntityError("\n  ".join([title, *faults[:_MOST_FAULTS], *more]))


def faults_of(document: Any, expected: Any, *, member: bool = True, path: str = "$") -> Iterator[Faulty]:
    """Yield everything that is wrong with a document."""
    origin = get_origin(expected)
    if origin is not None:
        yield from _COMPOSED[origin](document, expected, member=member, path=path)
    elif isinstance(expected, type) and issubclass(expected, Entity):
        yield from _entity(document, expected, member=member, path=path)
    elif expected is not Any and not _is_a(document, expected):
        yield Faulty(path, f"is {_shown(document)}, should be {name_of(expected)}")


def name_of(expected: Any) -> str:
    """Return what an expectation is called in a message."""
    names = {str: "text", int: "an integer", float: "a number", bool: "true or false", type(None): "null"}
    origin = get_origin(expected)
    if origin is Annotated:
        forms = [each.says for each in expected.__metadata__ if isinstance(each, Form)]
        return forms[0] if forms else name_of(expected.__origin__)
    if origin in (Union, types.UnionType):
        return " or ".join(name_of(each) for each in get_args(expected))
    if origin is list:
        return f"a list of {name_of(get_args(expected)[0])}"
    return names.get(expected) or getattr(expected, "__name__", str(expected))


def _annotated(document: Any, expected: Any, *, member: bool, path: str) -> Iterator[Faulty]:
    found = list(faults_of(document, expected.__origin__, member=member, path=path))
    yield from found
    if found:
        return
    for form in expected.__metadata__:
        if isinstance(form, Form) and not form.fits(document):
            why = f" ({form.why(document)})" if form.why else ""
            yield Faulty(path, f"is {_shown(document)}, should be {form.says}{why}")


def _one_of(document: Any, expected: Any, *, member: bool, path: str) -> Iterator[Faulty]:
    choices = get_args(expected)
    if document is None and type(None) in choices:
        return
    candidates = [each for each in choices if each is not type(None)]
    attempts = [list(faults_of(document, each, member=member, path=path)) for each in candidates]
    # What it comes closest to is what it was meant to be.
    yield from min(attempts, key=len)


def _literal(document: Any, expected: Any, *, member: bool, path: str) -> Iterator[Faulty]:  # noqa: ARG001 - as all of them
    if document not in get_args(expected) or isinstance(document, bool):
        yield Faulty(path, f"is {document!r}, should be one of {', '.join(map(repr, get_args(expected)))}")


def _list(document: Any, expected: Any, *, member: bool, path: str) -> Iterator[Faulty]:
    if not isinstance(document, list):
        yield Faulty(path, f"is {_shown(document)}, should be a list")
        return
    for number, each in enumerate(document):
        yield from faults_of(each, get_args(expected)[0], member=member, path=f"{path}[{number}]")


def _mapping(document: Any, expected: Any, *, member: bool, path: str) -> Iterator[Faulty]:
    if not isinstance(document, dict):
        yield Faulty(path, f"is {_shown(document)}, should be an object")
        return
    for key, value in document.items():
        yield from faults_of(value, get_args(expected)[1], member=member, path=f"{path}.{key}")


_COMPOSED: dict[Any, Callable[..., Iterator[Faulty]]] = {
    Annotated: _annotated,
    Union: _one_of,
    types.UnionType: _one_of,
    Literal: _literal,
    list: _list,
    dict: _mapping,
}


def _entity(document: Any, expected: type[Entity], *, member: bool, path: str) -> Iterator[Faulty]:
    if not isinstance(document, dict):
        yield Faulty(path, f"is {_shown(document)}, should be {expected.__name__}")
        return
    faults = list(_fields(document, expected, member=member, path=path))
    yield from faults
    if not faults:
        for name, what in expected.also(document, member=member):
            yield Faulty(f"{path}.{name}" if name else path, what)


def _fields(document: dict[str, Any], expected: type[Entity], *, member: bool, path: str) -> Iterator[Faulty]:
    fields = fields_of(expected)
    for name, annotation in fields.items():
        here = f"{path}.{name}"
        presence = _presence(annotation)
        if name in document:
            if presence is Presence.FOR_MEMBERS and not member:
                yield Faulty(here, "is there, though nobody has signed in")
            yield from faults_of(document[name], annotation, member=member, path=here)
        elif presence is None or (presence is Presence.FOR_MEMBERS and member):
            yield Faulty(here, f"is missing from {expected.__name__}")
    for name, value in document.items():
        if name in fields or (name == OURS and expected.may_be_ours and isinstance(value, dict)):
            continue
        yield Faulty(f"{path}.{name}", f"is nothing that {expected.__name__} has")


@cache
def fields_of(expected: type[Entity]) -> dict[str, Any]:
    """Return the annotated fields of an entity, by the names that they have in JSON."""
    hints = typing.get_type_hints(expected, include_extras=True)
    return {
        expected.written.get(name, name): hint
        for name, hint in hints.items()
        if get_origin(hint) is not ClassVar
    }


def _presence(annotation: Any) -> Presence | None:
    metadata = getattr(annotation, "__metadata__", ())
    return next((each for each in metadata if isinstance(each, Presence)), None)


def _is_a(document: Any, expected: Any) -> bool:
    if isinstance(document, bool):
        return expected is bool
    if expected is float:
        return isinstance(document, int | float)
    return isinstance(document, expected)


def _shown(document: Any) -> str:
    if isinstance(document, list | dict):
        return f"{type(document).__name__} {str(document)[:60]}"
    return "null" if document is None else repr(document)[:120]
