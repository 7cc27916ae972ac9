"""What every command shares: how it is found, how it gets its settings, and how it fails.

A command module defines `command`, a click command or group. It takes its `Invocation` through
`click.pass_obj`, and raises `CommandFailed` for what an operator can do something about.
"""

import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from node.settings import Settings

OUR_PACKAGES = ("node.", "federation.", "actors.", "storage.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A command before it is imported: where it is, and the line that help shows for it."""

    module: str
    summary: str


class CommandFailed(click.ClickException):
    """A command could not do what was asked; exit code 1.

    `message` is one sentence about what is wrong, `remedy` another about what to do.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the failure to standard error, with a traceback where ILAN_DEBUG asks for one."""
        stream = file or sys.stderr
        if _is_debugging(os.environ):
            traceback.print_exception(self, file=stream)
        click.echo("\n".join(part for part in (self.message, self.remedy) if part), file=stream)


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the program was called."""

    config: Path
    environ: Mapping[str, str]

    def settings(self) -> "Settings":
        """Read the settings; CommandFailed with everything that is wrong with them."""
        from node.settings import SettingsError, load  # noqa: PLC0415 - help needs no settings

        try:
            return load(self.config, self.environ)
        except SettingsError as error:
            raise CommandFailed(str(error)) from error


class LazyGroup(click.Group):
    """A group of commands that are imported when they are used, and not to list them."""

    def __init__(self, *args: Any, listed: Mapping[str, Listed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the list."""
        return [*self.listed, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        entry = self.listed.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        try:
            module = import_module(entry.module)
        except ModuleNotFoundError as error:
            raise CommandFailed(
                f"`{ctx.command_path} {cmd_name}` needs the Python module {error.name}, which is missing.",
                "Install the node again, into a new virtual environment.",
            ) from error
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a slip of the pen, name the nearest."""
        name = args[0]
        if name not in self.listed and name not in self.commands and name[:1].isalnum():
            from difflib import get_close_matches  # noqa: PLC0415 - only slips pay for it

            near = get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"There is no command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in help."""
        rows = [(name, self._summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete the names of commands."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only shells ask for it

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        completions = [CompletionItem(name, help=self._summary(name)) for name in names]
        return completions + click.Command.shell_complete(self, ctx, incomplete)

    def _summary(self, name: str) -> str:
        entry = self.listed.get(name)
        return entry.summary if entry else self.commands[name].get_short_help_str()


def print_unexpected(error: Exception, environ: Mapping[str, str]) -> None:
    """Print what went wrong without a traceback, unless ILAN_DEBUG asks for one.

    Our own errors are written for people; of others only the first line is shown, because what follows it
    may hold what was in the database.
    """
    if _is_debugging(environ):
        traceback.print_exception(error)
    lines = str(error).splitlines()
    if type(error).__module__.startswith(OUR_PACKAGES):
        click.echo("\n".join(lines), err=True)
        return
    said = f": {lines[0]}" if lines else ""
    click.echo(f"Something unexpected went wrong ({type(error).__name__}{said}).", err=True)
    click.echo("Run the command again with ILAN_DEBUG=1 for a traceback, and report it.", err=True)


def _is_debugging(environ: Mapping[str, str]) -> bool:
    return environ.get("ILAN_DEBUG") == "1"
