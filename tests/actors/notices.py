"""Members, what others write to them, and what they were told of."""

from actors.drafts import read_draft
from actors.incoming import Incoming
from actors.publishing import publish
from actors.replicating import keep
from storage.actors import Actor
from storage.kinds import About, Kind, Role, Visibility
from storage.members import Member
from storage.notifications import Choice, Notification
from storage.paging import Page
from storage.publications import Publication
from storage.transaction import Transaction
from tests import make
from tests.actors.people import local
from tests.fediverse import START

EVERYTHING = tuple(About)
URI = "https://remote.example/o/1"


async def member(tx: Transaction, name: str, role: Role = Role.MEMBER) -> Actor:
    """Add a member of this node."""
    actor = await local(tx, name)
    await tx.members.add(Member(tx.new_id(), actor.id, f"{name}@node.example", role, tx.now))
    return actor


async def notices(tx: Transaction, owner: Actor, *, filtered: bool = False) -> list[Notification]:
    """Return what somebody is told of, the newest first; with `filtered` also what waits."""
    return await tx.notifications.page(owner.id, Page(80), Choice(EVERYTHING, with_filtered=filtered))


async def told(tx: Transaction, owner: Actor) -> list[tuple[str, int]]:
    """Return (what it is, who did it) of what somebody is told of, the newest first."""
    return [(each.type, each.from_id) for each in await notices(tx, owner)]


async def waiting(tx: Transaction, owner: Actor) -> list[tuple[str, int]]:
    """Return (what it is, who did it) of what is held back, the newest first."""
    found = await notices(tx, owner, filtered=True)
    return [(each.type, each.from_id) for each in found if each.filtered]


async def write(tx: Transaction, author: Actor, text: str, *named: Actor, **more: object) -> Publication:
    """Publish a note that may mention somebody."""
    draft = read_draft({"kind": "note", "body": text, **more}, default_language="en")
    return await publish(tx, author, draft, mentioned={each.handle.lstrip("@"): each for each in named})


def incoming(*named: Actor, uri: str = URI, **more: object) -> Incoming:
    """Return a post of another node that mentions somebody."""
    known: dict[str, object] = {
        "uri": uri,
        "kind": Kind.POST,
        "type": "Note",
        "visibility": Visibility.PUBLIC,
        "published_at": START,
        "content": "<p>Hello.</p>",
        "tags": [{"type": "Mention", "href": each.uri, "name": f"@{each.handle}"} for each in named],
        "mentions": [each.uri for each in named],
        "recipients": {"to": [make.PUBLIC], "cc": [each.uri for each in named]},
    }
    return Incoming(**{**known, **more})  # type: ignore[arg-type]


async def kept(tx: Transaction, author: Actor, *named: Actor, **more: object) -> Publication:
    """Keep a post of another node that mentions somebody."""
    publication = await keep(tx, author, incoming(*named, **more))  # type: ignore[arg-type]
    assert publication is not None
    return publication
