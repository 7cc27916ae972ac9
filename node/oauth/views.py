"""What the templates of these pages are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.http.forms import TOKEN, Protection


@dataclass(frozen=True, slots=True)
class FormView:
    """A form: where it goes, what stands in it, and what is wrong with it.

    `errors` are sentences by field; `alert` is one about all of it. Passwords never come back.
    """

    action: str
    token: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    alert: str = ""
    token_name: str = TOKEN


def form_view(
    protection: Protection,
    action: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    alert: str = "",
) -> FormView:
    """Return a form that is protected."""
    return FormView(action, protection.token, values or {}, errors or {}, alert)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of somebody's own, beside the others."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """A program that asks to be let in.

    `site` is the host of its web site, `leads_to` the host that the member is led back to; empty where it is
    a program on their own device.
    """

    name: str
    site: str
    leads_to: str
    is_copied: bool
    since: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a program was let do: its name, since when, when it last did something, and how to name it."""

    name: str
    site: str
    abilities: tuple[str, ...]
    since: str
    used: str
    field_name: str
    field_value: str
