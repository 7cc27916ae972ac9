"""Offers and requests of help, and what is agreed about them (FEP-0837, ValueFlows).

A proposal is a publication of any type, usually `Note`, so that servers that know nothing of this show its
text: read it as `Object`, then `read_proposal` its document. Quantities are strings in the FEP and numbers
elsewhere.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.reading import Document

_PURPOSES: Final = frozenset({"offer", "request"})
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit: `one` or `h`, `hour`."""

    value: Decimal
    unit: str = "one"


@dataclass(frozen=True, slots=True)
class Intent:
    """What is offered or wanted: an action and how much of it. `resource_conforms_to` says of what kind."""

    id: str | None
    action: str | None = None
    provider: str | None = None
    receiver: str | None = None
    resource_conforms_to: str | None = None
    resource_quantity: Quantity | None = None
    available_quantity: Quantity | None = None
    minimum_quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What makes a publication an offer or a request; `purpose` is one of these two words."""

    purpose: str
    publishes: Intent
    reciprocal: Intent | None = None
    unit_based: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """One side's part of an agreement; `satisfies` is the id of the intent that it answers."""

    satisfies: str
    resource_quantity: Quantity | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two parties agree on; an offered one has no id yet."""

    stipulates: Commitment
    stipulates_reciprocal: Commitment | None = None
    id: str | None = None
    attributed_to: str | None = None
    content: str | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


def is_proposal(document: Document) -> bool:
    """Say whether a publication is an offer or a request: by its properties, never by its type."""
    purpose = document.get("purpose")
    return type(purpose) is str and purpose in _PURPOSES and type(document.get("publishes")) is dict


def read_proposal(document: Document) -> Proposal:
    """Read the offer or request in a publication, or raise Malformed."""
    if not is_proposal(document):
        raise Malformed("publishes: expected an Intent, and a purpose")
    reciprocal = reading.mapping(document, "reciprocal")
    return Proposal(
        str(document["purpose"]),
        _read_intent(reading.mapping(document, "publishes")),
        _read_intent(reciprocal) if reciprocal else None,
        reading.boolean(document, "unitBased"),
    )


def read_agreement(document: Document, *_types: str) -> Agreement:
    """Read an agreement, or raise Malformed where a commitment satisfies nothing."""
    reciprocal = reading.mapping(document, "stipulatesReciprocal")
    return Agreement(
        _read_commitment(reading.mapping(document, "stipulates")),
        _read_commitment(reciprocal) if reciprocal else None,
        reading.own_id(document),
        reading.linked_id(document, "attributedTo"),
        reading.text(document, "content", reading.CONTENT_LENGTH),
        document,
    )


def read_quantity(document: Document, field_name: str) -> Quantity | None:
    """Return how many of a unit a field says, or None where it says nothing.

    Raises Malformed for negative numbers, exponents and all else that is no plain decimal number.
    """
    value = document.get(field_name)
    if value is None:
        return None
    quantity = reading.mapping(document, field_name)
    return Quantity(
        _amount(quantity.get("hasNumericalValue"), f"{field_name}.hasNumericalValue"),
        reading.string(quantity, "hasUnit") or "one",
    )


def _amount(value: Any, path: str) -> Decimal:
    digits = repr(value) if type(value) in {int, float} else value
    if type(digits) is str and _AMOUNT.fullmatch(digits):
        return Decimal(digits)
    raise Malformed(f"{path}: expected a decimal number")


def _read_intent(document: Document) -> Intent:
    return Intent(
        reading.own_id(document),
        reading.string(document, "action"),
        reading.linked_id(document, "provider"),
        reading.linked_id(document, "receiver"),
        reading.linked_id(document, "resourceConformsTo"),
        read_quantity(document, "resourceQuantity"),
        read_quantity(document, "availableQuantity"),
        read_quantity(document, "minimumQuantity"),
    )


def _read_commitment(document: Document) -> Commitment:
    return Commitment(
        reading.required_id(document, "satisfies"),
        read_quantity(document, "resourceQuantity"),
        reading.own_id(document),
    )
