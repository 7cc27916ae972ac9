"""The methods of Mastodon's client API, from the table of the design, and what of them is served here."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.routing import BaseRoute, Match, Route, WebSocketRoute

from tests.shared import shared_json

TESTS = Path(__file__).parents[1]
MASTODON_PY = "clients/test_mastodon_py"
"""What the tests begin with that use Mastodon.py, and so name methods as it does."""

STREAMING = "/api/v1/streaming"
"""Streams have names instead of routes."""

_NAMES_IN_NAMES = 2
_PARAMETER = re.compile(r":(\w+)")
_ROUTE_PARAMETER = re.compile(r"\{\w+(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the table."""

    verb: str
    path: str
    tier: str
    auth: str
    why: str
    mastodon_py: str | None = None
    """What Mastodon.py calls it."""

    @property
    def name(self) -> str:
        return f"{self.verb} {self.path}"

    @property
    def example(self) -> str:
        """The path with something for each parameter."""
        return _PARAMETER.sub("1", self.path)

    @property
    def beginning(self) -> str:
        """The words of the path that a route has to spell out; a route for what is unknown does not."""
        if self.path.startswith(STREAMING):
            return STREAMING
        if not self.path.startswith("/api/"):
            return self.path.rpartition("/")[0]
        return self.path.partition(":")[0]


@cache
def methods() -> tuple[Method, ...]:
    """Return every row of the table; skips where the shared folder is absent."""
    return tuple(
        Method(row["method"], row["path"], row["tier"], row["auth"], row["why"], row["mastodonpy"])
        for row in shared_json("design", "mastodon-api.json")
    )


def wanted() -> tuple[Method, ...]:
    """Return the rows that this node serves without exception: tiers A and B."""
    return tuple(method for method in methods() if method.tier in "AB")


def route_of(method: Method, routes: Iterable[BaseRoute]) -> str | None:
    """Return the path of the route that answers a method, or None where nothing does."""
    for route in routes:
        if not isinstance(route, Route | WebSocketRoute):
            continue
        kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
        scope = {"type": kind, "method": method.verb, "path": method.example, "root_path": "", "headers": []}
        fixed = _ROUTE_PARAMETER.split(route.path)[0]
        if not fixed.startswith(method.beginning):
            continue
        if route.matches(scope)[0] is Match.FULL:
            return route.path
    return None


@cache
def written_tests() -> tuple[tuple[str, str], ...]:
    """Return the name and the text of every test there is, with what its module calls by a name put in."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text("utf-8")
        body = ast.parse(text).body
        constants = {name: value for node in body for name, value in _constant(node, text)}
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                lines = text.splitlines(keepends=True)
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                written = "".join(lines[first - 1 : node.end_lineno])
                for _ in range(_NAMES_IN_NAMES):
                    written = _put_in(written, constants)
                found.append((f"{path.relative_to(TESTS)}::{node.name}", written))
    return tuple(found)


def _constant(node: ast.stmt, text: str) -> Iterable[tuple[str, str]]:
    """Yield the name and the source of a constant of a module."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    for target in targets:
        if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node, ast.Assign):
            yield target.id, ast.get_source_segment(text, node.value) or ""


def _put_in(written: str, constants: dict[str, str]) -> str:
    for name, source in constants.items():
        written = written.replace(f"{{{name}}}", source.strip("\"'"))
        written = re.sub(rf"(?<![\w{{.]){name}\b", lambda _found, source=source: source, written)
    return written


def naming(method: Method) -> list[str]:
    """Return the tests that write a method's path, whatever its parameters are, or Mastodon.py's name."""
    wild = _PARAMETER.sub("\x00", method.path)
    pattern = re.escape(wild).replace("\x00", r"(?:\{[^{}]*\}|[^/\s\"'?]+)")
    found = rf"{pattern}(?![\w/{{])"
    matcher = re.compile(found)
    called = re.compile(rf"\b{method.mastodon_py}\b") if method.mastodon_py else matcher
    return [
        name
        for name, text in written_tests()
        if matcher.search(text) or (name.startswith(MASTODON_PY) and called.search(text))
    ]
