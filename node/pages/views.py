"""What the frame of every page is given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several versions of a page: another language, another list."""

    name: str
    href: str
    is_chosen: bool
    language: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page tells machines.

    `alternate` is the object that the page shows; `properties` are OpenGraph's; `linked_data` are blocks of
    schema.org's, written as JSON that is safe inside HTML.
    """

    title: str
    description: str = ""
    canonical: str = ""
    alternate: str = ""
    creator: str = ""
    is_indexed: bool = True
    properties: tuple[tuple[str, str], ...] = ()
    linked_data: tuple[str, ...] = ()
