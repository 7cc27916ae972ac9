"""Recommending others on one's profile, and showing hashtags there."""

from typing import Final

from actors.errors import Invalid
from actors.mentions import find_hashtags
from actors.tags import folded_tag
from storage.actors import Actor
from storage.endorsements import Endorsement
from storage.featured_tags import FeaturedTag
from storage.followed_tags import FollowedTag
from storage.kinds import FollowState
from storage.transaction import Transaction

MAX_FEATURED_TAGS: Final = 10
MAX_FOLLOWED_TAGS: Final = 1000


async def endorse(tx: Transaction, owner: Actor, endorsed: Actor) -> None:
    """Recommend somebody; Invalid where the owner does not follow them. Doing it twice changes nothing."""
    known = await tx.follows.find(owner, endorsed)
    if known is None or known.state != FollowState.ACCEPTED:
        raise Invalid("Validation failed: You must be already following the person you want to endorse")
    await tx.endorsements.add(Endorsement(tx.new_id(), owner.id, endorsed.id, tx.now))


async def feature_tag(tx: Transaction, owner: Actor, name: str) -> FeaturedTag:
    """Show a hashtag on a profile; one that is there stays as it is. Invalid for what is no hashtag."""
    shown = tag_written(name)
    known = await tx.featured_tags.by_name(owner, folded_tag(shown))
    if known is not None:
        return known
    if len(await tx.featured_tags.all(owner)) >= MAX_FEATURED_TAGS:
        raise Invalid("Validation failed: You have already featured the maximum number of hashtags")
    featured = FeaturedTag(tx.new_id(), owner.id, shown, folded_tag(shown), tx.now)
    await tx.featured_tags.add(featured)
    return featured


async def follow_tag(tx: Transaction, follower: Actor, name: str) -> None:
    """Follow a hashtag: new posts with it come into the home timeline. Invalid for what is no hashtag."""
    folded = folded_tag(tag_written(name))
    if await tx.followed_tags.count(follower) >= MAX_FOLLOWED_TAGS:
        raise Invalid("Validation failed: You follow as many hashtags as there may be")
    await tx.followed_tags.add(FollowedTag(tx.new_id(), follower.id, folded, tx.now))


def tag_written(name: str) -> str:
    """Return a hashtag as it was written, without `#`; Invalid for what cannot be one."""
    bare = name.strip().lstrip("#＃")
    if find_hashtags(f"#{bare}") != (bare,):
        raise Invalid("Validation failed: Name is not a valid hashtag", {"name": "is not a valid hashtag"})
    return bare
