import asyncio

import pytest

from federation.addresses import AddressGuard
from federation.origins import read_url
from federation.sockets import Wire, connect, look_up
from tests.strangers import LOOPBACK, Stranger, raw, silence

GUARD = AddressGuard((LOOPBACK,), allow_http=True)
REQUEST = b"GET /x HTTP/1.1\r\n\r\n"


async def reach(stranger: Stranger) -> Wire:
    return await connect(read_url(stranger.url("/x"), allow_http=True), GUARD, look_up, None, 5)


async def test_who_sends_faster_than_we_read_is_held_back() -> None:
    async with Stranger() as stranger:
        stranger.on("/x", raw(b"x" * 30_000_000))
        wire = await reach(stranger)
        wire.write(REQUEST)
        total = len(await wire.read(1, 5))
        for _ in range(1000):  # rounds of the loop, in which all would arrive
            await asyncio.sleep(0)
        assert len(wire._received) < 1_000_000
        while data := await wire.read(65_536, 5):
            total += len(data)
        assert total == 30_000_000
        wire.close()
        await asyncio.sleep(0)


async def test_a_read_ends_in_time() -> None:
    async with Stranger() as stranger:
        stranger.on("/x", silence)
        wire = await reach(stranger)
        wire.write(REQUEST)
        with pytest.raises(TimeoutError):
            await wire.read(1, 0.02)
        assert not wire.has_news
        wire.close()
        await asyncio.sleep(0)
        assert wire.has_news


async def test_the_resolver_of_the_system_knows_this_machine() -> None:
    assert set(await look_up("localhost")) & {"127.0.0.1", "::1"}
