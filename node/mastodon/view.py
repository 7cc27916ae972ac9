"""How one reader sees things: rows in, entities out, in a number of statements that does not grow."""

import math
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from actors.filtering import Sieve
from node.context import Node
from node.mastodon.entities.accounts import account_entity, proven_fields
from node.mastodon.entities.cards import page_linked_by
from node.mastodon.entities.polls import poll_entity
from node.mastodon.entities.quotes import quote_entity, shallow_quote_entity
from node.mastodon.entities.rich import answer_poll, is_answered_by_poll
from node.mastodon.entities.statuses import Rendering, rendering_of, share_entity, status_entity
from node.mastodon.entities.tags import tag_entity
from storage.actors import Actor
from storage.items import Item
from storage.showing import pages_at
from storage.standings import Standing
from storage.transaction import Transaction

_FILTERS_KEPT: Final = timedelta(seconds=1)
_LINKS_KEPT: Final = 60.0
"""Seconds for which the card of a page that a post links to may be old."""

_COUNTS_KEPT: Final = 10.0
"""Seconds for which counts of an account beside a status may be old; its own page has fresh ones."""


class View:
    """What one reader (None: anybody) sees, within one transaction."""

    def __init__(self, tx: Transaction, node: Node, reader: Actor | None) -> None:
        self._tx = tx
        self._node = node
        self._reader = reader

    async def status(self, item: Item) -> dict[str, Any]:
        """Return the Status of one item."""
        return (await self.statuses([item]))[0]

    async def statuses(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """Return the Status of each item, what they quote included.

        Every filter of the reader that applies is named, wherever that is: clients keep statuses by their
        ids, and show the same one in several places.
        """
        quotes = await self._tx.quotes.of([item.publication_id for item in items if item.has_quote])
        shown = [quote.quoted_id for quote in quotes.values() if quote.is_shown and quote.quoted_id]
        quoted = await self._tx.timelines.by_ids(self._reader, shown)
        everything = [*items, *quoted]
        renderings = await self._renderings(everything)
        accounts = await self._accounts_of(everything, renderings.values())
        polls = await self._tx.polls.of(
            [item.publication_id for item in everything if item.has_poll], self._reader
        )
        turnouts = await self._tx.attendance.of(
            [number for number, each in renderings.items() if is_answered_by_poll(each.publication)],
            self._reader,
        )
        sieve = await self._sieve()

        def entity_of(item: Item) -> dict[str, Any]:
            rendering, poll = renderings[item.publication_id], polls.get(item.publication_id)
            words = rendering.words
            if poll is not None:
                words = "\n".join([words, *(option.title for option in poll.options)])
            entity = status_entity(
                item,
                rendering,
                accounts[item.author_id],
                reader_id=self._reader.id if self._reader else None,
                matches=sieve.matches(words, item.publication_id) if sieve else (),
                card_account=accounts.get(rendering.card_author_id or 0),
            )
            if poll is not None:
                entity["poll"] = poll_entity(poll, self._tx.now)
            elif turnout := turnouts.get(item.publication_id):
                entity["poll"] = answer_poll(
                    rendering.publication, turnout, self._tx.now, is_signed_in=self._reader is not None
                )
            return entity

        inner = await self._inner(quoted, entity_of)
        entities = []
        for item in items:
            entity = entity_of(item)
            quote = quotes.get(item.publication_id)
            if quote is not None and quote.is_shown:
                entity["quote"] = quote_entity(quote, inner.get(quote.quoted_id or 0))
            if item.sharer_id is not None:
                entity = share_entity(item, entity, accounts[item.sharer_id])
            entities.append(entity)
        return entities

    async def _sieve(self) -> Sieve | None:
        """Return the reader's filters, from memory for a second while this process has changed none."""
        if self._reader is None:
            return None
        key, now = ("filters", self._reader.id), self._tx.now
        state = self._node.database.state_of("filters", "filter_keywords", "filter_statuses")
        kept: tuple[datetime, Sieve] | None = self._node.shelf.get(key, state)
        if kept is not None and timedelta() <= now - kept[0] < _FILTERS_KEPT:
            return kept[1]
        sieve = Sieve(await self._tx.filters.active(self._reader, now))
        self._node.shelf.put(key, state, (now, sieve))
        return sieve

    async def statuses_by_ids(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """Return those statuses that the reader may see, by their ids."""
        items = await self._tx.timelines.by_ids(self._reader, ids)
        entities = await self.statuses(items)
        return {item.id: entity for item, entity in zip(items, entities, strict=True)}

    async def _inner(
        self, quoted: Sequence[Item], entity_of: Callable[[Item], dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        """Return what is quoted, by publication; of what that quotes only the number is told."""
        deeper = await self._tx.quotes.of([item.publication_id for item in quoted if item.has_quote])
        found = {}
        for item in quoted:
            found[item.publication_id] = entity = entity_of(item)
            quote = deeper.get(item.publication_id)
            if quote is not None and quote.is_shown:
                entity["quote"] = shallow_quote_entity(quote)
        return found

    async def account(self, actor: Actor) -> dict[str, Any]:
        """Return the Account of one actor, with its counts as they are now."""
        return (await self.accounts([actor]))[0]

    async def accounts(self, actors: Sequence[Actor]) -> list[dict[str, Any]]:
        """Return the Account of each actor, with its counts as they are now."""
        made = await self._make_accounts(actors)
        return [made[actor.id] for actor in actors]

    async def tags(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Return the Tag of each hashtag, with what the reader does with it; names are folded."""
        history = await self._tx.tag_uses.history(names)
        followed: set[str] = set()
        featured: set[str] = set()
        if self._reader is not None:
            followed = await self._tx.followed_tags.among(self._reader, list(names))
            featured = await self._tx.featured_tags.among(self._reader, list(names))
        return [
            tag_entity(
                name,
                history[name],
                self._node.base_url,
                following=name in followed if self._reader else None,
                featuring=name in featured if self._reader else None,
            )
            for name in names
        ]

    async def _accounts_of(
        self, items: Iterable[Item], renderings: Iterable[Rendering]
    ) -> dict[int, dict[str, Any]]:
        """Return the accounts of authors, sharers and whom cards name, from memory where none has changed."""
        wanted: dict[int, int | None] = {}
        for item in items:
            wanted[item.author_id] = item.author_revision
            if item.sharer_id is not None:
                wanted.setdefault(item.sharer_id, None)
        for rendering in renderings:
            if rendering.card_author_id is not None:
                wanted.setdefault(rendering.card_author_id, None)
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
        links = await self._tx.verified_links.of(
            [each.id for each in actors if each.is_local and each.fields]
        )
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
                verified=proven_fields(actor, links.get(actor.id, {})),
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
        now = time.monotonic()
        for item in items:
            kept = self._node.shelf.get(("status", item.publication_id), item.revision)
            if kept is None or kept[0] < now:
                missing.append(item.publication_id)
            else:
                found[item.publication_id] = kept[1]
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
        links = {
            each.id: link for each in publications.values() if (link := page_linked_by(each)) is not None
        }
        pages = await pages_at(self._tx, links.values())
        for publication in publications.values():
            link = links.get(publication.id)
            made = rendering_of(
                publication,
                authors[publication.author_id],
                mentioned,
                self._node.base_url,
                linked=pages.get(link) if link else None,
            )
            # What a post links to may change, go or come to be known while the post stays as it is.
            until = math.inf if link is None else now + _LINKS_KEPT
            self._node.shelf.put(("status", publication.id), publication.revision, (until, made))
            found[publication.id] = made
        return found
