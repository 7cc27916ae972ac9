"""The network search: own publications and replicas, with counts by facet, and what each node contributed."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from actors.addresses import SERVER
from actors.query import MAX_QUERY, Query, excerpt
from actors.searching import Survey, search, survey
from actors.text import plain
from node.api.parameters import Parameters, read_facets
from node.api.publications import Item, cards_of, reading
from node.api.representation import concept_json, stamp
from node.context import Node, node_of
from node.http.auth import caller_of
from node.http.rates import Quota, spend
from node.http.replies import json_reply
from storage.kinds import FollowState, Policy
from storage.peers import Peer
from storage.publications import Publication
from storage.search import COUNT_LIMIT
from storage.transaction import Transaction

_EXCERPT = 240


async def show(request: Request) -> Response:
    """Search for words and facets; without words, list what has the facets."""
    caller = await caller_of(request)
    spend(request, Quota.SEARCH, f"member {caller.member.id}" if caller else None)
    reader = reading(caller)
    node = node_of(request)
    parameters = Parameters(request)
    text = parameters.text("q")[:MAX_QUERY]
    async with node.database.read() as tx:
        facets = await read_facets(parameters, tx, request, reader)
        size = parameters.limit()
        offset = parameters.number("offset", 0, least=0, most=COUNT_LIMIT)
        parameters.refuse()
        results = await search(tx, text, reader, facets, offset=offset, size=size)
        counted = await survey(tx, text, reader, facets)
        cards = await cards_of(tx, results.items)
        nodes = await _nodes(tx, node, counted.hosts)
    # Looking for words in long texts takes a while, in which other requests are answered.
    excerpts = await asyncio.to_thread(_excerpts, results.items, results.query)
    language = node.settings.node.languages[0]
    return json_reply(
        request,
        {
            "query": text,
            "total": results.total,
            "offset": offset,
            "items": [card | {"excerpt": pieces} for card, pieces in zip(cards, excerpts, strict=True)],
            "concepts": [concept_json(concept, language) for concept in results.concepts],
            "facets": _facets(counted),
            "nodes": nodes,
        },
    )


def _facets(counted: Survey) -> dict[str, Any]:
    return {
        "counted": counted.counted,
        "kind": counted.kinds,
        "country": counted.countries,
        "topic": counted.concepts,
        "lang": counted.languages,
    }


def _excerpts(items: Collection[Item], query: Query) -> list[list[dict[str, Any]]]:
    return [_excerpt(publication, query) for publication, _ in items]


def _excerpt(publication: Publication, query: Query) -> list[dict[str, Any]]:
    """Return where the words stand, in the first of the publication's languages that has them.

    Nothing is shown of what its author wants a warning to be read before.
    """
    if publication.sensitive:
        return []
    summaries = publication.summary_map or {"": publication.summary}
    contents = publication.content_map or {"": publication.content}
    first: list[tuple[str, bool]] = []
    for language in dict.fromkeys([publication.language or "", *summaries, *contents]):
        html = f"{summaries.get(language, '')}\n{contents.get(language, '')}"
        pieces = excerpt(plain(html), query, _EXCERPT)
        first = first or pieces
        if any(is_hit for _, is_hit in pieces):
            return _written(pieces)
    return _written(first)


def _written(pieces: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    return [{"text": text, "hit": is_hit} for text, is_hit in pieces]


async def _nodes(tx: Transaction, node: Node, hits: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return this node and every one whose publications it keeps, with its hits and how fresh they are.

    This node answers for the others from its copies, so they are `replicated`: nothing is asked of them.
    """
    own = node.settings.node.domain
    complete = await _followed(tx)
    peers = {peer.host: peer for peer in await tx.peers.by_hosts({*complete, *hits} - {own})}
    shown = [
        host
        for host in sorted({*complete, *hits} - {own}, key=lambda host: (-hits.get(host, 0), host))
        if host not in peers or peers[host].policy not in {Policy.LIMITED, Policy.BLOCKED} or host in hits
    ]
    local = {
        "domain": own,
        "state": "local",
        "items": hits.get(own, 0),
        "complete": True,
        "last_success": None,
    }
    return [local] + [
        {
            "domain": host,
            "state": "replicated",
            "items": hits.get(host, 0),
            "complete": complete.get(host, False),
            "last_success": _last_success(peers.get(host)),
        }
        for host in shown
    ]


async def _followed(tx: Transaction) -> dict[str, bool]:
    """Return the hosts whose catalogue this node follows, with whether all that was there before is read."""
    server = await tx.actors.local(SERVER)
    if server is None:
        return {}
    backfills = await tx.backfills.all()
    found: dict[str, bool] = {}
    for follow, actor in await tx.follows.followed_by(server):
        if follow.state == FollowState.ACCEPTED and actor.gone_at is None:
            backfill = backfills.get(actor.id)
            found[actor.host] = (
                backfill is not None and backfill.finished_at is not None and not backfill.error
            )
    return found


def _last_success(peer: Peer | None) -> str | None:
    moments = [moment for moment in (peer.last_success_at, peer.last_received_at) if moment] if peer else []
    return stamp(max(moments)) if moments else None
