import asyncio

import pytest

from federation.pools import Pools


class Line:
    """A connection of the simplest kind."""

    def __init__(self) -> None:
        self.is_open = True
        self.closed = asyncio.Event()

    def is_ready(self) -> bool:
        return self.is_open

    def close(self) -> None:
        self.is_open = False
        self.closed.set()


async def use(pools: Pools[Line], name: str) -> Line:
    line = await pools.take(name) or Line()
    pools.give_back(name, line)
    return line


async def test_a_connection_is_used_again() -> None:
    pools = Pools[Line](per_host=2, hosts=10, rest=60)
    first = await use(pools, "a")
    assert await use(pools, "a") is first
    assert await use(pools, "b") is not first
    pools.close()
    assert not first.is_open


async def test_a_connection_that_is_not_ready_is_not_used_again() -> None:
    pools = Pools[Line](per_host=2, hosts=10, rest=60)
    first = await use(pools, "a")
    first.close()
    assert await use(pools, "a") is not first
    pools.close()


async def test_only_the_hosts_used_last_are_kept() -> None:
    pools = Pools[Line](per_host=2, hosts=3, rest=60)
    lines = {name: await use(pools, name) for name in "abc"}
    await use(pools, "a")
    await use(pools, "d")
    assert {name for name, line in lines.items() if line.is_open} == {"a", "c"}
    assert len(pools) == 3
    for number in range(1000):
        await use(pools, str(number))
    assert len(pools) == 3
    pools.close()


async def test_a_host_in_use_is_never_closed() -> None:
    pools = Pools[Line](per_host=2, hosts=1, rest=60)
    line = await use(pools, "a")
    assert await pools.take("a") is line
    for name in "bcd":
        await use(pools, name)
    assert line.is_open
    assert len(pools) == 2
    pools.give_back("a", line)
    assert line.is_open
    assert len(pools) == 1
    pools.close()


async def test_a_host_nobody_uses_is_closed_in_time() -> None:
    pools = Pools[Line](per_host=2, hosts=10, rest=0.02)
    line = await use(pools, "a")
    await line.closed.wait()
    assert len(pools) == 0


async def test_turns_are_bounded_and_one_given_up_is_not_lost() -> None:
    pools = Pools[Line](per_host=1, hosts=10, rest=60)
    assert await pools.take("a") is None
    waiting = asyncio.create_task(pools.take("a"))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    pools.give_back("a", None)
    assert len(pools) == 0
    assert await pools.take("a") is None
    pools.give_back("a", None)


async def test_a_connection_given_back_after_the_end_is_closed() -> None:
    pools = Pools[Line](per_host=1, hosts=10, rest=60)
    await pools.take("a")
    pools.close()
    line = Line()
    pools.give_back("a", line)
    assert not line.is_open
