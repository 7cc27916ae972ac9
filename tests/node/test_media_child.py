"""The process that looks at files: what it may have, and that it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.files import workshop
from node.files.processes import Late, python, run
from tests.node.served import ServedNode, served
from tests.node.uploading import picture, uploader

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"free_space_mib": 0}}) as found:
        yield found


def confined(what: str) -> list[str]:
    limits = "memory=300 * 1024**2, seconds=1, written=1000"
    start = f"import sys; sys.path.append({str(ROOT)!r}); from node.files.child import confine"
    return [sys.executable, "-c", f"{start}; confine({limits}); {what}"]


def children() -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except OSError:
            continue
        if state and int(state[1]) == os.getpid():
            found.add(int(entry.name))
    return found


async def test_it_gets_no_more_memory_than_it_should(tmp_path: Path) -> None:
    code, _, errors = await run(confined("bytearray(10**9)"), folder=tmp_path, seconds=20)
    assert code == 1
    assert b"MemoryError" in errors


async def test_it_gets_no_more_computing_time_than_it_should(tmp_path: Path) -> None:
    code, _, _ = await run(confined("[0 for _ in iter(int, 1)]"), folder=tmp_path, seconds=20)
    assert code in {-signal.SIGXCPU, -signal.SIGKILL, 1}


async def test_it_writes_no_larger_files_than_it_should(tmp_path: Path) -> None:
    fits = "open('large', 'wb', 0).write(bytes(1000)); "
    does_not = "open('larger', 'wb', 0).write(bytes(9000)) == 9000 or 1 / 0"
    code, _, errors = await run(confined(fits + does_not), folder=tmp_path, seconds=20)
    assert code == 1, errors
    assert (tmp_path / "large").stat().st_size == 1000
    assert (tmp_path / "larger").stat().st_size <= 1000


async def test_one_that_hangs_is_killed(tmp_path: Path) -> None:
    with pytest.raises(Late):
        await run([sys.executable, "-c", "import time; time.sleep(600)"], folder=tmp_path, seconds=0.3)
    assert children() == set()


async def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    inner = (
        "import os, time; open('new', 'w').write(str(os.getpid())); os.rename('new', 'pid'); time.sleep(600)"
    )
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    task = asyncio.create_task(run([sys.executable, "-c", outer], folder=tmp_path, seconds=60))
    async with asyncio.timeout(30):
        while not _exists(started):  # noqa: ASYNC110 - another process has no event to wait for
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == set()
    async with asyncio.timeout(30):
        while not _has_ended(int(started.read_text())):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)


def _exists(path: Path) -> bool:
    return path.exists()


def _has_ended(process: int) -> bool:
    """Whether a process is no more; whoever inherits it may not have seen its end yet."""
    status = Path(f"/proc/{process}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


async def test_a_file_that_keeps_it_too_long_is_refused_and_it_ends(
    node: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = await uploader(node)
    monkeypatch.setattr(workshop, "CHILD_SECONDS", 0.001)
    said = await amina.refused(picture())
    assert said == "This file takes too long to be looked at; make it smaller or simpler."
    assert children() == set()
    # And the next one has its turn.
    monkeypatch.undo()
    await amina.sent(picture())


async def test_nothing_of_the_work_stays(node: ServedNode, tmp_path: Path) -> None:
    amina = await uploader(node)
    await amina.sent(picture())
    await amina.refused(b"<svg/>")
    assert list((tmp_path / "work").iterdir()) == []


async def test_it_brings_no_code_from_the_folder_it_works_in(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("open('taken', 'w')")
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "__init__.py").write_text("open('taken', 'w')")
    code, output, _ = await run(python("child"), folder=tmp_path, seconds=20, given=b"[]")
    assert (code, output) == (1, b"")
    assert not (tmp_path / "taken").exists()
