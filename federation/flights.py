"""One errand for all who want the same at the same time: a thousand activities cost one fetch (SSRF-24)."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

Value = TypeVar("Value")


class Flights:
    """Errands under way, by name. Belongs to one event loop."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    async def share(self, name: str, start: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
        """Wait for the errand of this name, starting it when nobody has; all get the same value or error.

        Who stops waiting does not stop the others.
        """
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = asyncio.create_task(start(), name=name)
            task.add_done_callback(partial(self._land, name))
        value: Value = await asyncio.shield(task)
        return value

    def is_under_way(self, name: str) -> bool:
        """Whether somebody is waiting for this already."""
        return name in self._tasks

    def tasks(self) -> list[asyncio.Task[Any]]:
        """Return all errands under way, for whoever ends them."""
        return list(self._tasks.values())

    def _land(self, name: str, task: asyncio.Task[Any]) -> None:
        del self._tasks[name]
        if not task.cancelled():
            # Everybody who wanted to know may have gone; asyncio then wants the error looked at.
            task.exception()
