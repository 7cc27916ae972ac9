"""Other programs that look at files: started without a shell, given little, and killed when they are late."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROGRAM_FOLDER: Final = str(Path(__file__).parents[2])
_START: Final = "import sys; sys.path.append(sys.argv[1]); from node.files.{module} import main; main()"
_MOST_SAID: Final = 64 * 1024


class Late(Exception):
    """A program took too long, and was killed."""


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `main` of a module of `node.files` in a Python of its own.

    It is isolated (-I): neither the environment nor the folder it runs in can bring other code along.
    """
    return [sys.executable, "-I", "-c", _START.format(module=module), _PROGRAM_FOLDER, *arguments]


async def run(
    command: Sequence[str], *, folder: Path, seconds: float, given: bytes = b""
) -> tuple[int, bytes, bytes]:
    """Run a program in a folder, and return its exit code and the beginnings of its output and its errors.

    Raises Late after so many seconds. Whoever stops waiting stops the program as well.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE if given else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder)},
        # A group of its own, so that what it starts ends with it.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            output, errors, _ = await asyncio.gather(
                _read(process.stdout), _read(process.stderr), _give(process, given)
            )
            await process.wait()
    except TimeoutError as error:
        raise Late(f"{command[0]} took longer than {seconds:.0f} seconds") from error
    finally:
        await _end(process)
    assert process.returncode is not None
    return process.returncode, output, errors


async def _end(process: Process) -> None:
    """Kill a program, and what it started, unless it has ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        # Its end must be seen even by whoever was told to stop, or it stays as a zombie.
        await asyncio.shield(process.wait())


async def _give(process: Process, given: bytes) -> None:
    if process.stdin is None:
        return
    with suppress(ConnectionError):
        process.stdin.write(given)
        await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    """Read what a program says, and keep the beginning; the rest is read so that it does not wait."""
    assert stream is not None
    parts: list[bytes] = []
    size = 0
    while chunk := await stream.read(_MOST_SAID):
        if size < _MOST_SAID:
            parts.append(chunk)
        size += len(chunk)
    return b"".join(parts)[:_MOST_SAID]
