"""What local actors do, as other nodes read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from actors.addresses import PUBLIC
from federation import vocabulary as as2
from federation.translate.actors import actor_document
from federation.translate.attached import NOTHING, Attached, attached_to
from federation.translate.contexts import context_of
from federation.translate.publications import publication_document, tombstone_document
from storage.activities import Activity
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from storage.signing_keys import SigningKey
from storage.transaction import Transaction

#: Verbs that are nothing without the publication they are about: once it is deleted, its Delete says it all.
_ABOUT_PUBLICATIONS = frozenset({"Create", "Announce", "Like"})
_BLIND = frozenset({"bto", "bcc"})


@dataclass(frozen=True, slots=True)
class Deed:
    """An activity with the rows it is about; `author` wrote the publication, `attached` hangs on it."""

    activity: Activity
    actor: Actor
    publication: Publication | None = None
    author: Actor | None = None
    target: Actor | None = None
    attached: Attached = NOTHING

    @property
    def is_about_its_actor(self) -> bool:
        """Whether an actor did this to itself, such as changing its name."""
        return self.activity.object == self.actor.uri

    @property
    def is_share(self) -> bool:
        """Whether it shares something, or takes a share back."""
        embedded = self.activity.details.get("activity")
        undone = embedded.get("type") if self.activity.verb == "Undo" and isinstance(embedded, dict) else None
        return "Announce" in {self.activity.verb, undone}

    @property
    def is_void(self) -> bool:
        """Whether what it is about was deleted before anybody was told."""
        if self.publication is not None or "object" in self.activity.details:
            return False
        verb = self.activity.verb
        return verb in _ABOUT_PUBLICATIONS or (verb == "Update" and not self.is_about_its_actor)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a document addresses. There is no bto and no bcc in this program (R3)."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether everybody is addressed."""
        return PUBLIC in self.to or PUBLIC in self.cc

    def __contains__(self, uri: str) -> bool:
        return uri in self.to or uri in self.cc


async def load_deeds(tx: Transaction, activities: Sequence[Activity]) -> list[Deed]:
    """Read the rows that activities are about, in as many queries for fifty of them as for one."""
    publications = await tx.publications.by_ids(
        [each.publication_id for each in activities if each.publication_id is not None]
    )
    actors = await tx.actors.by_ids(
        [
            *(each.actor_id for each in activities),
            *(each.target_id for each in activities if each.target_id is not None),
            *(each.author_id for each in publications.values()),
        ]
    )
    attached = await attached_to(tx, publications.values())
    deeds = []
    for activity in activities:
        publication = publications.get(activity.publication_id) if activity.publication_id else None
        deeds.append(
            Deed(
                activity,
                actors[activity.actor_id],
                publication,
                actors[publication.author_id] if publication else None,
                actors.get(activity.target_id) if activity.target_id else None,
                attached[publication.id] if publication else NOTHING,
            )
        )
    return deeds


async def outbox_documents(
    tx: Transaction, actor: Actor, activities: Sequence[Activity]
) -> list[dict[str, Any]]:
    """Return a page of an actor's outbox without contexts, which the page has.

    What was recorded by others, or is about something that is not public (any more), is left out.
    """
    return [
        activity_document(
            deed.activity,
            deed.actor,
            publication=deed.publication,
            author=deed.author,
            target=deed.target,
            attached=deed.attached,
            context=False,
        )
        for deed in await load_deeds(tx, activities)
        if deed.actor.id == actor.id and deed.publication is not None and deed.publication.is_public
    ]


def audience_of(deed: Deed) -> Audience:
    """Return whom an activity addresses (R2): what was recorded, or else what its verb implies."""
    activity, actor, publication = deed.activity, deed.actor, deed.publication
    recorded = activity.details
    if (
        "to" not in recorded
        and "cc" not in recorded
        and publication
        and activity.verb in {"Create", "Update"}
    ):
        recorded = publication.recipients
    if "to" in recorded or "cc" in recorded:
        return Audience(tuple(recorded.get("to", ())), tuple(recorded.get("cc", ())))
    followers = (actor.followers,) if actor.followers else ()
    if deed.is_share:
        return _audience_of_share(deed, followers)
    if activity.verb in {"Update", "Delete"} and deed.is_about_its_actor:
        return Audience((PUBLIC,), followers)
    if activity.verb == "Move":
        return Audience(followers)
    return Audience((deed.target.uri,)) if deed.target else Audience()


def activity_document(
    activity: Activity,
    actor: Actor,
    *,
    publication: Publication | None = None,
    author: Actor | None = None,
    target: Actor | None = None,
    attached: Attached = NOTHING,
    keys: Iterable[SigningKey] = (),
    context: bool = True,
) -> dict[str, Any]:
    """Return an activity of a local actor.

    Create and Update embed the publication, which must still be there; an Update of the actor itself embeds
    that, with its `keys`. Accept, Reject and Undo embed what they are about, from details["activity"]; what
    is no publication stands in details["object"]. A QuoteRequest brings along what wants to quote.
    """
    audience = audience_of(Deed(activity, actor, publication, author, target))
    subject = _object(activity, actor, publication, author, attached, keys)
    instrument = None
    if activity.verb == "QuoteRequest" and publication is not None:
        instrument = publication_document(publication, author or actor, attached=attached, context=False)
    # The terms of what is embedded are declared once, by the outermost document.
    terms = _terms_of(activity, subject, instrument) if context else None
    if isinstance(subject, dict):
        subject = {name: value for name, value in subject.items() if name != "@context"}
    written = as2.document(
        activity.verb,
        activity.uri,
        terms,
        actor=actor.uri,
        published=_published(activity, publication),
        to=audience.to,
        cc=audience.cc,
        audience=subject.get("audience") if isinstance(subject, dict) else None,
        object=subject,
        instrument=instrument,
        result=activity.details.get("result"),
        target=activity.details.get("target"),
        content=activity.details.get("content"),
    )
    result: dict[str, Any] = _without_blind(written)
    return result


def _terms_of(activity: Activity, subject: Any, instrument: Any) -> Any:
    if isinstance(subject, dict) and "@context" in subject:
        return subject["@context"]
    return context_of({"type": activity.verb, "object": subject, "instrument": instrument})


def _object(
    activity: Activity,
    actor: Actor,
    publication: Publication | None,
    author: Actor | None,
    attached: Attached,
    keys: Iterable[SigningKey],
) -> Any:
    verb, details = activity.verb, activity.details
    if "object" in details:
        return details["object"]
    if verb in {"Accept", "Reject", "Undo"}:
        return details.get("activity", activity.object)
    if verb in {"Create", "Update"} and publication is not None:
        return publication_document(publication, author or actor, attached=attached)
    if verb == "Update" and activity.object == actor.uri:
        return actor_document(actor, list(keys))
    if verb == "Delete" and activity.object != actor.uri:
        former_type = details.get("former_type")
        return tombstone_document(activity.object, former_type=former_type, deleted=activity.created_at)
    assert verb not in {"Create", "Update"}, f"{activity.uri} is about something that is not there"
    return activity.object


def _published(activity: Activity, publication: Publication | None) -> str | None:
    if activity.verb == "Create" and publication is not None:
        return _stamp(publication.published_at)
    return _stamp(activity.created_at) if activity.verb == "Announce" else None


def _audience_of_share(deed: Deed, followers: tuple[str, ...]) -> Audience:
    publication, author = deed.publication, deed.author or deed.target
    named = (author.uri,) if author and author.id != deed.actor.id else ()
    if publication is None or publication.is_public:
        return Audience((PUBLIC,), (*followers, *named))
    # Only its author shares what is private, and only with those who may read it anyway (R4).
    return Audience(followers if publication.visibility == Visibility.PRIVATE else (), named)


def _without_blind(value: Any) -> Any:
    """Return a document without bto and bcc at any depth, whoever wrote what is embedded (R3)."""
    if isinstance(value, dict):
        return {name: _without_blind(inner) for name, inner in value.items() if name not in _BLIND}
    if isinstance(value, list):
        return [_without_blind(inner) for inner in value]
    return value


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
