"""What a kind of publication says on the wire beyond what all of them say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from federation import vocabulary as as2
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication


def says_nothing(_publication: Publication, _author: Actor) -> dict[str, Any]:
    """Add nothing to what all publications say."""
    return {}


def knows_nothing(_value: as2.Object) -> dict[str, Any]:
    """Find no details in what another node sent."""
    return {}


@dataclass(frozen=True, slots=True)
class Translation:
    """One kind on the wire.

    `additional_types` name it for nodes of this network; of several the first one counts. `write` returns
    the properties that only this kind has, `read` the details in the words of the publications API, as
    `actors.kinds` writes them for local ones. `attaches_files`: files travel as attachments; those of other
    kinds are links in the text, because attached they cost a post its card (Mastodon).
    """

    kind: Kind
    additional_types: tuple[str, ...] = ()
    write: Callable[[Publication, Actor], dict[str, Any]] = says_nothing
    read: Callable[[as2.Object], dict[str, Any]] = knows_nothing
    attaches_files: bool = False


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is among values: not None, not empty."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def one_or_many(values: list[Any] | None) -> Any:
    """Return a single value alone and several as a list, as JSON-LD writes them."""
    return values[0] if values and len(values) == 1 else values
