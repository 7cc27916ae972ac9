"""What one party says about another: relationships, authorizations, recommendations."""

from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.names import short_term
from federation.vocabulary.reading import Document


@dataclass(frozen=True, slots=True)
class Relationship:
    """`attributed_to` states that `subject` stands in a `relationship` to `object`."""

    id: str
    subject: str
    relationship: str
    object: str
    attributed_to: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    content: str | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Authorization:
    """`attributed_to` lets `interacting_object` quote, answer, like, share or feature `interaction_target`.

    `type` is one of `AUTHORIZATION_TYPES` (FEP-044f, FEP-7aa9; GoToSocial's older approvals read alike).
    """

    id: str
    type: str
    attributed_to: str
    interacting_object: str
    interaction_target: str
    document: Document = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FeaturedItem:
    """An entry of a collection by which somebody recommends actors (FEP-7aa9)."""

    id: str | None
    featured_object: str
    feature_authorization: str | None = None
    published: datetime | None = None


def read_relationship(document: Document, *_types: str) -> Relationship:
    """Read a relationship, or raise Malformed where it does not say who stands how to whom."""
    relationship = reading.string(document, "relationship") or reading.linked_id(document, "relationship")
    if relationship is None:
        raise Malformed("relationship: expected text")
    return Relationship(
        reading.required_id(document, "id"),
        reading.required_id(document, "subject"),
        short_term(relationship),
        reading.required_id(document, "object"),
        reading.linked_id(document, "attributedTo"),
        reading.timestamp(document, "startTime"),
        reading.timestamp(document, "endTime"),
        reading.text(document, "content", reading.CONTENT_LENGTH),
        document,
    )


def read_authorization(document: Document, authorization_type: str, *_other_types: str) -> Authorization:
    """Read an authorization, or raise Malformed where it does not say who allows what."""
    older = authorization_type.endswith("Approval")
    return Authorization(
        reading.required_id(document, "id"),
        authorization_type,
        reading.required_id(document, "attributedTo"),
        reading.required_id(document, "object" if older else "interactingObject"),
        reading.required_id(document, "target" if older else "interactionTarget"),
        document,
    )


def read_featured_item(document: Document, *_types: str) -> FeaturedItem:
    """Read an entry of a recommending collection, or raise Malformed where it names nobody."""
    return FeaturedItem(
        reading.own_id(document),
        reading.required_id(document, "featuredObject"),
        reading.linked_id(document, "featureAuthorization"),
        reading.timestamp(document, "published"),
    )
