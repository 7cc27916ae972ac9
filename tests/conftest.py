"""What many tests start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.databases import IS_POSTGRESQL, fresh_database
from tests.fediverse import START, Fediverse


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    """Return a network without nodes."""
    async with Fediverse(tmp_path) as network:
        yield network


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return a fresh database, at a fixed moment."""
    opened = Database(fresh_database(tmp_path), lambda: START)
    yield opened
    await opened.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what would show the same again: the run on SQLite has it."""
    if IS_POSTGRESQL:
        again = [item for item in items if item.get_closest_marker("one_engine")]
        items[:] = [item for item in items if not item.get_closest_marker("one_engine")]
        config.hook.pytest_deselected(items=again)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case the same in every process, also where its value is made anew in each."""
    if isinstance(val, bytes):
        return f"{argname} of {len(val)} bytes"
    if isinstance(val, int) and val.bit_length() > 64:
        return f"{argname} of {val.bit_length()} bits"
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests made with `record_property("table", text)`; `-q` leaves the rows out."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, table in getattr(report, "user_properties", ()):
                if name == "table" and report.when == "call":
                    shown = terminalreporter.verbosity >= 0
                    lines = [line for line in table.splitlines() if shown or not line.startswith(" ")]
                    terminalreporter.section(report.location[2].replace("_", " "))
                    terminalreporter.write_line("\n".join(lines))
