"""How commands print: aligned text for people, JSON for programs, progress on standard error.

What other nodes send ends up on an operator's terminal, so characters that steer it are never printed.
"""

import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
"""Give a command that reads its `--json`."""

# Escape sequences, and marks that make a line read in another order than it is written.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_STEERING_IN_JSON = re.compile(_STEERING.pattern.replace(r"\x00-\x1f", ""))
"""JSON has its own escapes for the first 32, and separates lines with one of them."""
_GAP = "  "
_SECONDS_BETWEEN_LINES = 5.0

Row = Mapping[str, Any]


def print_rows(
    rows: Sequence[Row], columns: Mapping[str, str], *, as_json: bool, empty: str = "Nothing to show."
) -> None:
    """Print a table. `columns` maps the keys of what people see to their headings; JSON has every key."""
    if as_json:
        print_json(list(rows))
        return
    if not rows:
        click.echo(empty)
        return
    table = [list(columns.values())] + [[cell(row.get(key)) for key in columns] for row in rows]
    widths = [max(_width(line[index]) for line in table) for index in range(len(columns))]
    for line in table:
        padded = [entry + " " * (width - _width(entry)) for entry, width in zip(line, widths, strict=True)]
        click.echo(_GAP.join(padded).rstrip())


def print_record(record: Row, *, as_json: bool, labels: Mapping[str, str] | None = None) -> None:
    """Print one thing, a line for each of its properties. `labels` gives keys another name for people."""
    if as_json:
        print_json(record)
        return
    named = [((labels or {}).get(key, key.replace("_", " ")), cell(value)) for key, value in record.items()]
    width = max((_width(label) for label, _ in named), default=0)
    for label, value in named:
        click.echo(f"{label}{' ' * (width - _width(label))}{_GAP}{value}".rstrip())


def print_json(value: Any) -> None:
    """Print JSON that people can read too; moments are written in RFC 3339."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    click.echo(_STEERING_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written))


def cell(value: Any) -> str:
    """Write a value on one line, for people."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(cell(item) for item in value)
    return printable(str(value))


def printable(text: str) -> str:
    """Make text that came from elsewhere safe to print on one line of a terminal."""
    return _STEERING.sub(" ", text)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far long work is; the function given to the caller says how many more are done.

    On a terminal it is a bar, elsewhere a line now and then, always on standard error.
    """
    if sys.stderr.isatty():
        with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
            yield bar.update
        return
    lines = _ProgressLines(label, total)
    lines.say()
    yield lines.advance
    if lines.said < lines.done:
        lines.say()


class _ProgressLines:
    """Progress where nothing can be overwritten, as in a log."""

    def __init__(self, label: str, total: int) -> None:
        self.done = 0
        self.said = 0
        self._label = label
        self._total = total
        self._last = 0.0

    def advance(self, steps: int) -> None:
        self.done += steps
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self.say()

    def say(self) -> None:
        self._last = time.monotonic()
        self.said = self.done
        click.echo(f"{self._label}: {self.done} of {self._total}", err=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def _width(text: str) -> int:
    """Count the columns a terminal uses: two for East Asian wide characters, none for combining marks."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
