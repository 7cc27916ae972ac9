"""One errand for all who want the same at the same time."""

import asyncio

import pytest

from federation.errors import Unreachable
from federation.flights import Flights


class Errand:
    """Something that takes until it is let go, and counts how often it was begun."""

    def __init__(self, outcome: str | Exception = "found") -> None:
        self.begun = 0
        self.gate = asyncio.Event()
        self._outcome = outcome

    async def __call__(self) -> str:
        self.begun += 1
        await self.gate.wait()
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


async def started(tasks: list[asyncio.Task[str]]) -> list[asyncio.Task[str]]:
    """Let tasks run until each of them waits."""
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


def many(flights: Flights, errand: Errand, name: str = "x", count: int = 5) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(flights.share(name, errand)) for _ in range(count)]


async def test_all_who_wait_get_what_one_fetched() -> None:
    flights, errand = Flights(), Errand()
    tasks = await started(many(flights, errand))
    assert flights.is_under_way("x")
    errand.gate.set()
    assert await asyncio.gather(*tasks) == ["found"] * 5
    assert errand.begun == 1
    assert not flights.is_under_way("x")


async def test_all_who_wait_hear_of_a_failure_and_the_next_begins_anew() -> None:
    flights, errand = Flights(), Errand(Unreachable("down"))
    tasks = await started(many(flights, errand))
    errand.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unreachable}
    assert errand.begun == 1
    with pytest.raises(Unreachable):
        await flights.share("x", errand)
    assert errand.begun == 2


async def test_different_things_are_different_errands() -> None:
    flights, errand = Flights(), Errand()
    tasks = await started([*many(flights, errand, "x", 2), *many(flights, errand, "y", 2)])
    assert errand.begun == 2
    errand.gate.set()
    await asyncio.gather(*tasks)


async def test_whoever_leaves_does_not_stop_the_others() -> None:
    flights, errand = Flights(), Errand()
    tasks = await started(many(flights, errand, count=3))
    for task in tasks[:2]:
        task.cancel()
    errand.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2 + [str]


async def test_a_failure_that_nobody_waits_for_any_more_is_no_complaint() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    flights, errand = Flights(), Errand(Unreachable("down"))
    (task,) = await started(many(flights, errand, count=1))
    task.cancel()
    errand.gate.set()
    await started([])
    assert task.cancelled()
    assert not flights.is_under_way("x")
    assert complaints == []
