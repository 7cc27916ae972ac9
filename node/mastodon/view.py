"""How one reader sees things: rows in, entities out, in a number of statements that does not grow."""

import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from node.context import Node
from node.mastodon.entities.accounts import account_entity
from node.mastodon.entities.statuses import Rendering, rendering_of, share_entity, status_entity
from storage.actors import Actor
from storage.items import Item
from storage.standings import Standing
from storage.transaction import Transaction

_COUNTS_KEPT: Final = 10.0
"""Seconds for which counts of an account beside a status may be old; its own page has fresh ones."""


class View:
    """What one reader (None: anybody) sees, within one transaction."""

    def __init__(self, tx: Transaction, node: Node, reader: Actor | None) -> None:
        self._tx = tx
        self._node = node
        self._reader = reader

    async def status(self, item: Item, context: str | None = None) -> dict[str, Any]:
        """Return the Status of one item."""
        return (await self.statuses([item], context))[0]

    async def statuses(self, items: Sequence[Item], context: str | None = None) -> list[dict[str, Any]]:
        """Return the Status of each item. `context` is where filters look for those that apply there."""
        renderings = await self._renderings(items)
        accounts = await self._accounts_of(items)
        entities = []
        for item in items:
            entity = status_entity(
                item,
                renderings[item.publication_id],
                accounts[item.author_id],
                is_signed_in=self._reader is not None,
            )
            if item.sharer_id is not None:
                entity = share_entity(item, entity, accounts[item.sharer_id])
            entities.append(entity)
        return entities

    async def statuses_by_ids(
        self, ids: Collection[int], context: str | None = None
    ) -> dict[int, dict[str, Any]]:
        """Return those statuses that the reader may see, by their ids."""
        items = await self._tx.timelines.by_ids(self._reader, ids)
        entities = await self.statuses(items, context)
        return {item.id: entity for item, entity in zip(items, entities, strict=True)}

    async def account(self, actor: Actor) -> dict[str, Any]:
        """Return the Account of one actor, with its counts as they are now."""
        return (await self.accounts([actor]))[0]

    async def accounts(self, actors: Sequence[Actor]) -> list[dict[str, Any]]:
        """Return the Account of each actor, with its counts as they are now."""
        made = await self._make_accounts(actors)
        return [made[actor.id] for actor in actors]

    async def _accounts_of(self, items: Iterable[Item]) -> dict[int, dict[str, Any]]:
        """Return the accounts of authors and sharers, from memory where they have not changed."""
        wanted: dict[int, int | None] = {}
        for item in items:
            wanted[item.author_id] = item.author_revision
            if item.sharer_id is not None:
                wanted.setdefault(item.sharer_id, None)
        found, missing = {}, []
        now = time.monotonic()
        for number, revision in wanted.items():
            kept = self._node.shelf.get(("account", number), None)
            if kept is None or kept[0] < now or (revision is not None and kept[1] != revision):
                missing.append(number)
            else:
                found[number] = kept[2]
        if missing:
            actors = await self._tx.actors.by_ids(missing)
            found |= await self._make_accounts(list(actors.values()))
        return found

    async def _make_accounts(self, actors: Sequence[Actor]) -> dict[int, dict[str, Any]]:
        standings = await self._tx.standings.of([actor.id for actor in actors])
        moved = await self._moved(actors)
        base_url = self._node.base_url
        until = time.monotonic() + _COUNTS_KEPT
        made = {}
        for actor in actors:
            target = moved.get(actor.moved_to or "")
            made[actor.id] = entity = account_entity(
                actor,
                standings.get(actor.id, Standing()),
                base_url,
                moved=account_entity(target, standings.get(target.id, Standing()), base_url)
                if target
                else None,
            )
            self._node.shelf.put(("account", actor.id), None, (until, actor.revision, entity))
        return made

    async def _moved(self, actors: Sequence[Actor]) -> dict[str, Actor]:
        targets = [actor.moved_to for actor in actors if actor.moved_to]
        return await self._tx.actors.by_uris(targets) if targets else {}

    async def _renderings(self, items: Iterable[Item]) -> dict[int, Rendering]:
        """Return what the publications look like, from memory where they have not changed."""
        found: dict[int, Rendering] = {}
        missing: list[int] = []
        for item in items:
            kept = self._node.shelf.get(("status", item.publication_id), item.revision)
            if kept is None:
                missing.append(item.publication_id)
            else:
                found[item.publication_id] = kept
        if not missing:
            return found
        publications = await self._tx.publications.by_ids(missing)
        authors = await self._tx.actors.by_ids([each.author_id for each in publications.values()])
        named = {
            str(tag.get("href"))
            for each in publications.values()
            for tag in each.tags
            if tag.get("type") == "Mention"
        }
        mentioned = await self._tx.actors.by_uris(sorted(named)) if named else {}
        for publication in publications.values():
            made = rendering_of(publication, authors[publication.author_id], mentioned, self._node.base_url)
            self._node.shelf.put(("status", publication.id), publication.revision, made)
            found[publication.id] = made
        return found
