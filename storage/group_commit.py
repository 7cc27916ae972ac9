"""Group commit: those who come together share one transaction, and each is told after the commit.

A durable commit waits for the disk; ten rows in one commit cost little more than one. There is no timer:
while one group is being committed the next one gathers by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from storage.database import Database
from storage.transaction import Transaction

LARGEST_GROUP = 256

Item = TypeVar("Item")


class GroupCommit(Generic[Item]):
    """Writes items in groups. One instance for each kind of item; it lives as long as the node."""

    def __init__(
        self, database: Database, write: Callable[[Transaction, list[Item]], Awaitable[None]]
    ) -> None:
        self._database = database
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> None:
        """Write one item; returns when it is durable, raises what the write raised."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._drain())
        await done

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
                await self._commit(group)
        finally:
            self._writing = None

    async def _commit(self, group: list[tuple[Item, asyncio.Future[None]]]) -> None:
        try:
            async with self._database.begin() as tx:
                await self._write(tx, [item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait are told
            if len(group) > 1:
                # One bad item must not fail the others: each gets a transaction of its own.
                for one in group:
                    await self._commit([one])
                return
            _settle(group, error)
        else:
            _settle(group, None)


def _settle(group: list[tuple[Item, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in group:
        if done.done():  # Whoever waited has gone away.
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
