"""What a call is: where it goes, who may make it, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from tests.clients.entities.accounts import (
    Relationship,
)
from tests.clients.entities.statuses import (
    Status,
)
from tests.clients.validation import Entity


class Who(Enum):
    """Who may call a method at all."""

    ANYBODY = auto()
    PROGRAMS = auto()
    MEMBERS = auto()


class Nothing(Entity):
    """What is answered where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that is right."""

    path: str
    answers: Any
    scope: str = ""
    who: Who = Who.MEMBERS
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    statuses: tuple[int, ...] = (200,)
    needs: tuple[str, ...] = ()
    """What must be there before, though the call does not name it."""
    may_be_empty: bool = False
    """Whether a list without entries proves enough."""


def listed(path: str, answers: Any, scope: str, *needs: str, **query: Any) -> Call:
    """Return a call that answers a list."""
    return Call(path, list[answers], scope, query=query, needs=needs)


def public(path: str, answers: Any, scope: str = "", *needs: str, **query: Any) -> Call:
    """Return a call that anybody may make."""
    return Call(path, answers, scope, Who.ANYBODY, query=query, needs=needs)


def constant(path: str, answers: Any) -> Call:
    """Return a call whose list may be empty on a small node."""
    return Call(path, answers, "", Who.ANYBODY, may_be_empty=True)


def toggle(verb: str, scope: str, status: str = "new_other_status") -> Call:
    """Return a call that does something with a status."""
    return Call(f"/api/v1/statuses/{{{status}}}/{verb}", Status, scope)


def towards(verb: str, scope: str, **body: Any) -> Call:
    """Return a call that changes what a member has to do with another."""
    return Call(f"/api/v1/accounts/{{chebet}}/{verb}", Relationship, scope, body=body or None)
