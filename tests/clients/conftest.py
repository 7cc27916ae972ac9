"""What several of these tests start from."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.clients.live import Live, live_node
from tests.clients.programs import Program, program
from tests.clients.scene import Scene, scene


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Return a node in use, one for the tests of a module."""
    async with scene(tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return a node in a process of its own, one for the tests of a module."""
    with live_node(tmp_path_factory.mktemp("live")) as node:
        yield node


@pytest.fixture(scope="module")
def amina(live: Live) -> Iterator[Program]:
    """Return Mastodon.py as a member uses it."""
    with program(live, "amina") as found:
        yield found


@pytest.fixture(scope="module")
def baraka(live: Live) -> Iterator[Program]:
    """Return Mastodon.py as another member uses it."""
    with program(live, "baraka") as found:
        yield found
