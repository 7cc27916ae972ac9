"""Listeners: one for each connection, with what waits to be sent to it."""

import asyncio
from typing import Final

from node.http.auth import Caller
from node.mastodon.streams.channels import Channel, Frame

MOST_WAITING: Final = 500
"""Frames that may wait for one listener; whoever is further behind is let go."""

MOST_CHANNELS: Final = 50


class Listener:
    """Who listens, to what, and what waits to be sent. Belongs to one event loop."""

    def __init__(self, caller: Caller, *channels: Channel) -> None:
        self.caller = caller
        self.channels: set[Channel] = set(channels)
        self._waiting: asyncio.Queue[Frame | None] = asyncio.Queue(MOST_WAITING)
        self._over = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing is sent any more."""
        return self._over.is_set()

    def put(self, frame: Frame) -> None:
        """Let a frame be sent; where too many wait already, that is the end."""
        if self.is_over:
            return
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Let the connection end, whatever waits."""
        self._over.set()
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self) -> Frame | None:
        """Return the next frame to send; None at the end."""
        return None if self.is_over else await self._waiting.get()

    async def until_over(self) -> None:
        """Wait for the end."""
        await self._over.wait()
