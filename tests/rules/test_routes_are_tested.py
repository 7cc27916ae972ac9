"""Every route is named by a test."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Mount, Route

from node.app import routes

pytestmark = pytest.mark.one_engine

TESTS = Path(__file__).parents[1]
SURFACES = ("node.api", "node.media", "node.oauth", "node.web")
_PARAMETER = re.compile(r"\\\{\w+(?::(\w+))?\\\}")


def paths(found: list[BaseRoute], prefix: str = "") -> list[str]:
    listed = []
    for route in found:
        if isinstance(route, Route):
            listed.append(prefix + route.path)
        elif isinstance(route, Mount) and route.routes:
            listed += paths(list(route.routes), prefix + route.path)
    return listed


def written() -> str:
    """Return what all tests say, but for this one."""
    return "\n".join(
        path.read_text("utf-8") for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__).resolve()
    )


def pattern_of(path: str) -> re.Pattern[str]:
    """Return what a test writes that asks for this route: its path, with anything for its parameters."""

    def anything(parameter: re.Match[str]) -> str:
        return r"[^\s\"']+" if parameter[1] == "path" else r"(?:\{[^{}\"]*\}|[^/\s\"'?]+)"

    return re.compile(
        r"(?<![\w/}])(?:[\w:.-]*|\{[\w.()]+\})" + _PARAMETER.sub(anything, re.escape(path)) + r"(?![\w/])"
    )


@pytest.fixture(scope="module")
def tests() -> str:
    return written()


@pytest.mark.parametrize(
    "path", sorted(set(paths(routes(*(import_module(name) for name in SURFACES if find_spec(name))))))
)
def test_every_route_is_named_by_a_test(path: str, tests: str) -> None:
    if not pattern_of(path).search(tests):
        pytest.fail(f"no test asks for {path}", pytrace=False)


def test_a_route_that_no_test_names_would_be_noticed() -> None:
    assert pattern_of("/actors/{username}").search('get("/actors/office")')
    assert not pattern_of("/actors/{username}/zzz").search('get("/actors/office")')
    assert pattern_of("/o/{number}/likes").search('get(f"/o/{published.id}/likes")')
