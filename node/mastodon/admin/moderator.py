"""Who moderates, and the accounts that they are shown."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.requests import Request

from actors.errors import NotFound
from actors.moderating import check_may_moderate
from node.context import Node
from node.http.auth import Caller, require
from node.mastodon.entities.reports import admin_account_entity
from node.mastodon.parameters import NO_RECORD
from node.mastodon.view import View
from storage.actors import Actor
from storage.transaction import Transaction


async def moderator(request: Request, scope: str) -> Caller:
    """Return who asks; Forbidden where their role is not to moderate, HTTPException as `require`."""
    caller = await require(request, scope)
    check_may_moderate(caller.member)
    return caller


async def admin_accounts(
    tx: Transaction, node: Node, caller: Caller, actors: Sequence[Actor]
) -> dict[int, dict[str, Any]]:
    """Return the Admin::Account of each of these actors, by their numbers."""
    members = await tx.moderation.members_of([actor.id for actor in actors])
    accounts = await View(tx, node, caller.actor).accounts(actors)
    return {
        actor.id: admin_account_entity(actor, members.get(actor.id), account)
        for actor, account in zip(actors, accounts, strict=True)
    }


async def admin_accounts_by_ids(
    tx: Transaction, node: Node, caller: Caller, ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """Return the Admin::Accounts of the actors with these numbers."""
    return await admin_accounts(tx, node, caller, list((await tx.actors.by_ids(sorted(set(ids)))).values()))


async def found_actor(tx: Transaction, number: int) -> Actor:
    """Return the actor with a number; NotFound where there is none."""
    actor = (await tx.actors.by_ids([number])).get(number)
    if actor is None:
        raise NotFound(NO_RECORD)
    return actor
