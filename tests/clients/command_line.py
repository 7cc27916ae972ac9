"""toot as its users run it: a process for each command, its settings in a folder of the member's own.

Starting Python and importing toot takes ten times longer than a command does. So one process imports it, and
each command is a fork of that one, with its arguments and its output as they would be otherwise.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.clients.live import Live

_FORKING = """
import json, os, sys, traceback
from toot.cli import cli
for line in sys.stdin:
    words, output = json.loads(line)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            os.dup2(1, 2)
            sys.stdin = open(0)
            cli(words, prog_name="toot")
        except SystemExit as left:
            code = left.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Toot:
    """A member's command line."""

    def __init__(
        self, live: Live, folder: Path, process: subprocess.Popen[str], environment: dict[str, str]
    ) -> None:
        self.live = live
        self._folder = folder
        self._process = process
        self._environment = environment

    def try_to(self, *words: str) -> tuple[int, str]:
        """Run a command; return its exit code and what it printed."""
        output = self._folder / "output"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([['--no-color', *words], str(output)])}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()), output.read_text("utf-8")

    def run(self, *words: str) -> str:
        """Run a command that has to go well, and return what it printed."""
        code, printed = self.try_to(*words)
        assert code == 0, f"toot {' '.join(words)}:\n{printed}"
        return printed

    def json(self, *words: str) -> Any:
        """Run a command and return the JSON that it printed, as the server sent it."""
        return json.loads(self.run(*words, "--json"))

    def log_in(self, name: str) -> None:
        """Log in as toot explains it: open the address it prints, sign in, copy the code back."""
        command = [sys.executable, "-m", "toot", "--no-color", "login", "-i", self.live.base]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
            env=self._environment,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("n\n")
            process.stdin.flush()
            seen = ""
            for line in process.stdout:
                seen += line
                if "/oauth/authorize" in line:
                    break
            found = re.search(r"https?://\S+/oauth/authorize\S+", seen)
            if found is None:
                process.kill()
                raise AssertionError(seen)
            printed, _ = process.communicate(f"{self.live.let_in(name, found[0])}\n", timeout=30)
        assert process.returncode == 0, seen + printed
        assert "Successfully logged in" in printed


@contextmanager
def command_line(live: Live, folder: Path, name: str) -> Iterator[Toot]:
    """Open a command line for a member, logged in."""
    kept = {each: value for each, value in os.environ.items() if "proxy" not in each.lower()}
    environment = {**kept, "XDG_CONFIG_HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", _FORKING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=environment,
    ) as process:
        toot = Toot(live, folder, process, environment)
        try:
            toot.log_in(name)
            yield toot
        finally:
            assert process.stdin is not None
            process.stdin.close()
