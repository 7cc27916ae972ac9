"""Paging as clients do it: bounds by id, and a Link header that says where the list goes on."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.context import node_of
from node.mastodon.parameters import Parameters
from node.mastodon.replies import answer
from storage.paging import LARGEST_ID, Page

_BOUNDS: Final = frozenset({"max_id", "since_id", "min_id", "offset"})
_FARTHEST: Final = 10_000


def size_of(parameters: Parameters, *, usual: int = 20, most: int = 40) -> int:
    """Return how many are wanted: clients ask for more than there may be, and get the most there may be."""
    size = parameters.number("limit")
    return usual if size is None else min(abs(size), most)


def page_of(parameters: Parameters, *, usual: int = 20, most: int = 40) -> Page:
    """Return which part of a list a request wants."""
    max_id = parameters.identifier("max_id")
    return Page(
        size=size_of(parameters, usual=usual, most=most),
        max_id=LARGEST_ID if max_id is None else max_id,
        since_id=parameters.identifier("since_id") or 0,
        min_id=parameters.identifier("min_id"),
    )


def offset_of(parameters: Parameters) -> int:
    """Return where a list that is paged by position starts; HTTPException 400 for a negative one."""
    offset = parameters.number("offset") or 0
    if offset < 0:
        raise HTTPException(400, "offset must not be negative.")
    return min(offset, _FARTHEST)


def paged(
    request: Request,
    bodies: Sequence[Any],
    ids: Sequence[int],
    page: Page,
    *,
    only_full: bool = False,
) -> Response:
    """Answer with a page of a list, and with where to go on.

    `ids` are the numbers by which the list is paged, in the order of `bodies`. With `only_full` a page that
    is not full is the last one.
    """
    return paged_as(request, list(bodies), ids, page, only_full=only_full)


def paged_as(
    request: Request, body: Any, ids: Sequence[int], page: Page, *, only_full: bool = False
) -> Response:
    """Answer with a page whose body is no plain list, as `paged` does."""
    if not ids:
        return answer(body)
    links = []
    if not only_full or len(ids) >= page.size:
        links.append(f'<{_address(request, "max_id", ids[-1])}>; rel="next"')
    links.append(f'<{_address(request, "min_id", ids[0])}>; rel="prev"')
    return answer(body, headers={"Link": ", ".join(links)})


def paged_by_position(request: Request, bodies: Sequence[Any], offset: int, size: int) -> Response:
    """Answer with a page of a list that is paged by position."""
    links = []
    if size and len(bodies) >= size:
        links.append(f'<{_address(request, "offset", offset + size)}>; rel="next"')
    if offset:
        links.append(f'<{_address(request, "offset", max(0, offset - size))}>; rel="prev"')
    return answer(list(bodies), headers={"Link": ", ".join(links)} if links else None)


def _address(request: Request, bound: str, value: int) -> str:
    kept = [
        (name, each)
        for name, each in request.query_params.multi_items()
        if name not in _BOUNDS and name != "access_token"
    ]
    return f"{node_of(request).base_url}{request.url.path}?{urlencode([*kept, (bound, str(value))])}"
