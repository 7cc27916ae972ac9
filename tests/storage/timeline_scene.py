"""A member, those whom they follow, and what these publish, for tests of timelines and threads."""

from dataclasses import replace
from typing import Any

from actors.tags import tag_names
from storage.account_lists import AccountList
from storage.actors import Actor
from storage.domain_blocks import DomainBlock
from storage.followed_tags import FollowedTag
from storage.follows import Follow
from storage.items import Item
from storage.kinds import FollowState, Role
from storage.members import Member
from storage.mutes import Mute
from storage.paging import Page
from storage.publications import Publication
from storage.transaction import Transaction
from tests.make import remote_actor, remote_publication

PAGE = Page()


async def member(tx: Transaction, name: str = "amina") -> Actor:
    """Add a person of this node."""
    actor = await remote_actor(tx, f"https://node.example/actors/{name}", is_local=True)
    await tx.members.add(Member(tx.new_id(), actor.id, f"{name}@node.example", Role.MEMBER, tx.now))
    return actor


async def person(tx: Transaction, name: str, host: str = "remote.example") -> Actor:
    """Keep a person of another node."""
    return await remote_actor(tx, f"https://{host}/users/{name}")


async def follow(tx: Transaction, follower: Actor, followed: Actor, **more: Any) -> None:
    """Let one follow another."""
    number = tx.new_id()
    known = Follow(
        number, follower.id, followed.id, f"{follower.uri}#{number}", FollowState.ACCEPTED, tx.now, tx.now
    )
    await tx.follows.add(replace(known, **more))


async def publish(tx: Transaction, author: Actor, *names: str, **facts: Any) -> Publication:
    """Publish something with hashtags, and place it as publishing does."""
    tags = [{"type": "Hashtag", "name": f"#{name}", "href": "https://node.example/"} for name in names]
    number = tx.new_id()
    publication = await remote_publication(
        tx, author, number, id=number, **{"tags": tags, "is_local": author.is_local, **facts}
    )
    await tx.publications.set_tags(publication, tag_names(tags))
    await tx.home.place(publication)
    return publication


async def answer(tx: Transaction, author: Actor, parent: Publication, **facts: Any) -> Publication:
    """Answer something."""
    return await publish(tx, author, **{"in_reply_to": parent.uri, **facts})


async def share(tx: Transaction, sharer: Actor, publication: Publication, recent: int = 0) -> int:
    """Share something, and place the share."""
    number = await tx.shares.add(sharer, publication, f"{sharer.uri}/shares/{publication.id}", tx.now)
    assert number is not None
    await tx.home.place_share(number, sharer, publication, recent)
    return number


async def mute(tx: Transaction, owner: Actor, target: Actor) -> None:
    await tx.mutes.keep(Mute(tx.new_id(), owner.id, target.id, notifications=True, created_at=tx.now))


async def refuse(tx: Transaction, owner: Actor, host: str) -> None:
    """Let somebody want nothing from a host."""
    await tx.domain_blocks.add(DomainBlock(tx.new_id(), owner.id, host, tx.now))


async def follow_tag(tx: Transaction, owner: Actor, name: str) -> None:
    await tx.followed_tags.add(FollowedTag(tx.new_id(), owner.id, name, tx.now))


async def list_of(tx: Transaction, owner: Actor, *members: Actor, **more: Any) -> AccountList:
    """Make a list with these in it."""
    facts = {"title": "One", "replies_policy": "list", "exclusive": False, **more}
    known = await tx.account_lists.add(
        AccountList(id=tx.new_id(), owner_id=owner.id, created_at=tx.now, **facts)
    )
    for each in members:
        await tx.account_lists.add_member(known, each, tx.new_id())
    return known


async def home(tx: Transaction, owner: Actor, page: Page = PAGE) -> list[int]:
    """Return the ids in a member's home timeline, newest first."""
    return ids(await tx.timelines.home(owner, page))


def ids(items: list[Item]) -> list[int]:
    return [item.id for item in items]
