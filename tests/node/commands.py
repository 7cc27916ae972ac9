"""Runs the real commands in this process, on a node of the test's own."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from click.testing import CliRunner, Result

from node.cli import ilan
from node.cli.opening import run_to_end
from storage.database import SQLITE, Database
from storage.transaction import Transaction

DOMAIN = "legalaid.example"
PASSWORD = "four plain words here"

Read = TypeVar("Read")


class Commands:
    """A node's folder, and the commands an operator gives there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"

    def run(self, *arguments: str, given: str | bytes = "") -> Result:
        """Run a command, whatever becomes of it; `given` is its standard input."""
        return CliRunner().invoke(ilan, ["--config", str(self.config), *arguments], input=given)

    def ok(self, *arguments: str, given: str | bytes = "") -> str:
        """Run a command that must succeed, and return what it prints."""
        done = self.run(*arguments, given=given)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command that reads, and return its JSON."""
        return json.loads(self.ok(*arguments, "--json"))

    def refused(self, *arguments: str, given: str | bytes = "") -> str:
        """Run a command that must fail with exit code 1 and no traceback, and return what it says."""
        done = self.run(*arguments, given=given)
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit), repr(done.exception)
        return done.stderr

    def misused(self, *arguments: str) -> str:
        """Run a command that must be refused as wrong usage, and return what it says."""
        done = self.run(*arguments)
        assert done.exit_code == 2, done.output
        return done.stderr

    def add_member(self, username: str = "amina", role: str = "admin") -> None:
        """Add a member with PASSWORD."""
        arguments = ("--email", f"{username}@legalaid.example", "--role", role, "--password-stdin")
        self.ok("member", "add", username, *arguments, given=PASSWORD)

    @property
    def database(self) -> Path:
        """The node's SQLite file."""
        return self.folder / "data" / "ilan.db"

    def read(self, work: Callable[[Transaction], Awaitable[Read]]) -> Read:
        """Read the node's database, beside the commands."""
        return run_to_end(self._in_transaction(work, writing=False))

    def write(self, work: Callable[[Transaction], Awaitable[Read]]) -> Read:
        """Change the node's database, beside the commands."""
        return run_to_end(self._in_transaction(work, writing=True))

    async def _in_transaction(self, work: Callable[[Transaction], Awaitable[Read]], *, writing: bool) -> Read:
        database = Database(f"{SQLITE}{self.database}")
        try:
            async with database.begin() if writing else database.read() as tx:
                return await work(tx)
        finally:
            await database.close()


def new_node(folder: Path) -> Commands:
    """Return a node that `ilan init` set up: once in each process, then copied, as keys take long to make."""
    shutil.copytree(_template(), folder, dirs_exist_ok=True)
    return Commands(folder)


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ilan-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Commands(folder).ok(
        "init", "--domain", DOMAIN, "--name", "Legal Aid Example", "--country", "KE", "--language", "en"
    )
    return folder
