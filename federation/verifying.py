"""Proving links of profiles: a page that links back with rel="me" is of the same person.

Only links of this node's own people are looked at. What other nodes say of theirs is not repeated.
"""

from datetime import datetime, timedelta
from typing import Final

from actors.links import safe_url
from actors.markup import tokens, unescape
from federation.context import Federation
from federation.errors import FederationError, Malformed, Refused, Unreachable
from storage.actors import Actor
from storage.verified_links import VerifiedLink

AT_ONCE: Final = 5
"""Links that one pass looks at."""

_AGAIN_WHEN_PROVEN: Final = timedelta(days=30)
_AGAIN_OTHERWISE: Final = timedelta(days=7)
_AGAIN_WHEN_SILENT: Final = timedelta(days=1)
_LARGEST_PAGE: Final = 1024 * 1024
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


async def verify_due(federation: Federation) -> int:
    """Make one pass over links that are due; returns how many there were."""
    async with federation.database.read() as tx:
        now = tx.now
        due = await tx.verified_links.due(now, AT_ONCE)
        owners = await tx.actors.by_ids([link.actor_id for link in due])
    for link in due:
        next_at, proven = await _look(federation, link, owners[link.actor_id], now)
        async with federation.database.begin() as tx:
            await tx.verified_links.conclude(link, next_at, proven)
    return len(due)


async def _look(
    federation: Federation, link: VerifiedLink, owner: Actor, now: datetime
) -> tuple[datetime, datetime | None]:
    """Return when to look again, and since when the link is proven."""
    try:
        page = await _page(federation, link.url)
    except Unreachable:
        return now + _AGAIN_WHEN_SILENT, link.verified_at
    except FederationError:
        return now + _AGAIN_OTHERWISE, None
    if links_back(page, owner):
        return now + _AGAIN_WHEN_PROVEN, link.verified_at or now
    return now + _AGAIN_OTHERWISE, None


async def _page(federation: Federation, url: str) -> str:
    if federation.is_ours(url):
        raise Refused("What belongs to this node is not fetched.")
    host = federation.policy.host_of(url)
    if not await federation.policy.allows(host):
        raise Refused(f"This node has nothing to do with {host}.")
    answer = await federation.transport.get(url, accept="text/html", limit=_LARGEST_PAGE)
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() not in _PAGES:
        raise Malformed(f"{url} is not a page.")
    return answer.body.decode("utf-8", "replace")


def links_back(page: str, owner: Actor) -> bool:
    """Whether a page has a link with rel="me" to the profile of an actor."""
    wanted = {_alike(url) for url in (owner.uri, owner.url) if url}
    for token in tokens(page):
        if token.kind != "open" or token.value not in {"a", "link"}:
            continue
        rel = token.attributes.get("rel", "").lower().split()
        href = safe_url(unescape(token.attributes.get("href", "")).strip())
        if "me" in rel and href is not None and _alike(href) in wanted:
            return True
    return False


def _alike(url: str) -> str:
    return url.lower().rstrip("/")
