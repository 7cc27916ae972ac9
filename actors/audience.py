"""Who a publication is addressed to, and what that means (`federation.md` §12)."""

from collections.abc import Collection, Iterable

from actors.addresses import PUBLIC
from storage.actors import Actor
from storage.kinds import Visibility

#: ActivityStreams' own ways of writing the same thing.
PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public"})


def recipients_of(
    author: Actor, visibility: str, mentioned: Iterable[str], group: str | None = None
) -> dict[str, list[str]]:
    """Return {"to", "cc"} for something a local actor publishes (R2). `group` is the group it is also for."""
    followers = [author.followers] if author.followers else []
    named = list(dict.fromkeys(mentioned))
    also = [group] if group else []
    match visibility:
        case Visibility.PUBLIC:
            return {"to": [PUBLIC], "cc": followers + also + named}
        case Visibility.UNLISTED:
            return {"to": followers, "cc": [PUBLIC, *also, *named]}
        case Visibility.PRIVATE:
            return {"to": followers, "cc": also + named}
    return {"to": named, "cc": []}


def visibility_of(to: Collection[str], cc: Collection[str], followers: str | None) -> Visibility:
    """Return how visible something addressed so is (R1).

    `followers` is the author's own followers collection: an address that only looks like one does not
    count. What is addressed to nobody we know of is as private as can be.
    """
    if not PUBLIC_NAMES.isdisjoint(to):
        return Visibility.PUBLIC
    if not PUBLIC_NAMES.isdisjoint(cc):
        return Visibility.UNLISTED
    if followers is not None and (followers in to or followers in cc):
        return Visibility.PRIVATE
    return Visibility.DIRECT


#: From the most to the least visible; an edit may move right, never left.
_ORDER = (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE, Visibility.DIRECT)


def narrower(one: str, other: str) -> Visibility:
    """Return the less visible of two."""
    return max(Visibility(one), Visibility(other), key=_ORDER.index)
