"""The table of methods: what is served, and which test proves it."""

import re
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node import app
from tests.clients.calls import CALLS, SPECIAL
from tests.clients.table import MASTODON_PY, TESTS, Method, methods, naming, route_of, wanted, written_tests

CONTRACT = "clients/test_contract.py"


@pytest.fixture(scope="module")
def routes() -> list[BaseRoute]:
    return app.routes(*(import_module(name) for name in app._SURFACES if find_spec(name) is not None))


def proofs(method: Method) -> list[str]:
    """Return the tests that call a method: its line in the contract, then whatever else names it."""
    if method.name in CALLS:
        contract = [f"{CONTRACT}::test_a_member_is_answered[{method.name}]"]
    else:
        contract = [SPECIAL[method.name]] if method.name in SPECIAL else []
    return contract + [name for name in naming(method) if not name.startswith(CONTRACT)]


def test_every_method_of_tiers_a_and_b_is_served(
    routes: list[BaseRoute], record_property: Callable[[str, object], None]
) -> None:
    served = {method.name: route_of(method, routes) for method in methods()}
    record_property("table", table(served))
    missing = [method.name for method in wanted() if served[method.name] is None]
    if missing:
        pytest.fail(f"{len(missing)} methods are not served:\n" + "\n".join(missing), pytrace=False)


def test_every_method_of_tiers_a_and_b_is_called_by_a_test() -> None:
    names = {method.name for method in wanted()}
    assert names - set(CALLS) - set(SPECIAL) == set(), "nothing calls these"
    assert (set(CALLS) | set(SPECIAL)) - names == set(), "these are no methods of tier A or B"
    assert set(CALLS) & set(SPECIAL) == set(), "these are called twice"


def test_every_served_method_of_another_tier_is_called_by_a_test(
    routes: list[BaseRoute],
) -> None:
    others = [method for method in methods() if method.tier not in "AB"]
    unproven = [each.name for each in others if route_of(each, routes) and not proofs(each)]
    assert unproven == []


def test_the_table_has_as_many_methods_as_the_goal() -> None:
    assert Counter(method.tier for method in wanted()) == {"A": 39, "B": 117}


async def nothing(_request: Request) -> Response:
    return Response()


def test_a_route_is_found_by_its_words_and_its_verb() -> None:
    method = Method("GET", "/api/v1/accounts/:id/lists", "B", "", "")
    search = Method("GET", "/api/v1/accounts/search", "B", "", "")
    routed = [Route("/api/v1/accounts/{id}", nothing), Route("/api/v1/accounts/{id}/{what}", nothing)]
    assert route_of(method, routed) == "/api/v1/accounts/{id}/{what}"
    assert route_of(search, routed) is None, "an account called search is no search"
    assert route_of(method, [Route("/api/{rest:path}", nothing)]) is None
    assert route_of(method, [Route("/api/v1/accounts/{id}/lists", nothing, methods=["POST"])]) is None


def test_mastodon_py_uses_everything_that_it_knows_of_tiers_a_and_b() -> None:
    # These are no methods of their own there.
    other = {"__status_internal", "create_account"}
    written = "".join(text for name, text in written_tests() if name.startswith(MASTODON_PY))
    written += (TESTS / "clients" / "programs.py").read_text("utf-8")
    known = {method.mastodon_py for method in wanted() if method.mastodon_py} - other
    assert sorted(name for name in known if not re.search(rf"\b{name}\b", written)) == []


def table(served: dict[str, str | None]) -> str:
    """Return the table that is printed: every row, whether it is served, and what proves it."""
    lines = []
    for tier in "ABCX":
        rows = [method for method in methods() if method.tier == tier]
        done = sum(served[method.name] is not None for method in rows)
        lines.append(f"Tier {tier}: {done} of {len(rows)} methods are served")
        for method in rows:
            found = proofs(method) if served[method.name] else []
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            mark = "yes" if served[method.name] else ("NO " if tier in "AB" else "no ")
            lines.append(f"  {mark} {method.name:<68} {found[0] + more if found else method.why}")
    return "\n".join(lines)
