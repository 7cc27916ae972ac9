"""Lists of accounts: who may be in one, and how many there may be."""

from dataclasses import replace
from typing import Final

from actors.characters import readable
from actors.errors import Invalid, NotFound
from storage.account_lists import AccountList
from storage.actors import Actor
from storage.kinds import FollowState
from storage.transaction import Transaction

MAX_LISTS: Final = 50
MAX_TITLE: Final = 255
REPLIES_POLICIES: Final = ("followed", "list", "none")


async def create_list(
    tx: Transaction, owner: Actor, title: str, *, replies_policy: str = "list", exclusive: bool = False
) -> AccountList:
    """Add a list; Invalid for a title or policy that cannot be, and for too many lists."""
    new = AccountList(tx.new_id(), owner.id, _title(title), _policy(replies_policy), exclusive, tx.now)
    if await tx.account_lists.count(owner) >= MAX_LISTS:
        raise Invalid(f"Validation failed: You have {MAX_LISTS} lists, which is as many as there may be")
    return await tx.account_lists.add(new)


async def change_list(
    tx: Transaction,
    known: AccountList,
    *,
    title: str | None = None,
    replies_policy: str | None = None,
    exclusive: bool | None = None,
) -> AccountList:
    """Change what is given of a list; Invalid as in `create_list`."""
    changed = replace(
        known,
        title=known.title if title is None else _title(title),
        replies_policy=known.replies_policy if replies_policy is None else _policy(replies_policy),
        exclusive=known.exclusive if exclusive is None else exclusive,
    )
    await tx.account_lists.change(changed)
    return changed


async def find_list(tx: Transaction, owner: Actor, number: int) -> AccountList:
    """Find a list of somebody; NotFound for anybody else's."""
    known = await tx.account_lists.find(owner, number)
    if known is None:
        raise NotFound("There is no such list.")
    return known


async def add_to_list(tx: Transaction, owner: Actor, known: AccountList, ids: list[int]) -> None:
    """Put actors into a list.

    NotFound where one is not there; Invalid, with nothing changed, where the owner neither follows one nor
    has asked to, and where one is in the list already.
    """
    found = await tx.actors.by_ids(ids)
    if set(ids) - found.keys():
        raise NotFound("There is no such account.")
    relations = await tx.relationships.of(owner, ids)
    followed = {FollowState.ACCEPTED, FollowState.REQUESTED}
    if any(number != owner.id and relations[number].following not in followed for number in ids):
        raise Invalid("Validation failed: You must be following the account to add it to a list")
    for number in ids:
        if not await tx.account_lists.add_member(known, found[number], tx.new_id()):
            raise Invalid(
                "Validation failed: Account has already been taken", {"account": "is taken already"}
            )


def _title(text: str) -> str:
    title = " ".join(readable(text).split())
    if not title:
        raise Invalid("Validation failed: Title can't be blank", {"title": "can't be blank"})
    if len(title) > MAX_TITLE:
        raise Invalid(
            f"Validation failed: Title is longer than {MAX_TITLE} characters",
            {"title": f"is longer than {MAX_TITLE} characters"},
        )
    return title


def _policy(text: str) -> str:
    if text not in REPLIES_POLICIES:
        raise Invalid(
            "Validation failed: Replies policy is not included in the list",
            {"replies_policy": f"is not one of {', '.join(REPLIES_POLICIES)}"},
        )
    return text
