"""What operators watch: whether the node works, and how much waits (F6, operating.md)."""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Literal, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node.context import Node, node_of
from node.http.inputs import KIB
from node.http.replies import encoded
from node.version import version
from storage.kinds import DeliveryState, Outcome, Policy

log = logging.getLogger(__name__)

HEALTH_SECONDS = 5.0
"""How long the database may take to answer before the node counts as ill."""

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as Prometheus reads it: samples are (labels, value)."""

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    samples: tuple[tuple[dict[str, str], float], ...]


async def health(request: Request) -> Response:
    """Say that the node works: 200 when its database answers, 503 when not. Says nothing else to anybody."""
    try:
        async with asyncio.timeout(HEALTH_SECONDS), node_of(request).database.read() as tx:
            await tx.facts.text("domain")
    except Exception as error:  # noqa: BLE001 - whatever it was, the answer is no
        log.warning("the database does not answer: %s: %s", type(error).__name__, error)
        status, words = 503, "the database does not answer"
    else:
        status, words = 200, "ok"
    return Response(encoded({"status": words}), status, {"Cache-Control": "no-store"}, "application/json")


async def metrics(request: Request) -> Response:
    """Give Prometheus the figures; HTTPException 403 for addresses not in `server.metrics_allow`."""
    node = node_of(request)
    if not _is_allowed(node, request):
        raise HTTPException(403, "This is only for addresses in server.metrics_allow.")
    answered = cast("Counter[tuple[str, int]]", request.app.state.answered)
    text = written(await _figures(node, answered))
    return Response(text, headers={"Cache-Control": "no-store"}, media_type=_PROMETHEUS)


def _is_allowed(node: Node, request: Request) -> bool:
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in node.settings.server.metrics_allow)


async def _figures(node: Node, answered: Counter[tuple[str, int]]) -> list[Figure]:
    async with node.database.read() as tx:
        deliveries = await tx.deliveries.counts()
        received = await tx.received.counts()
        unsent = await tx.deliveries.oldest_waiting()
        unapplied = await tx.received.oldest_waiting()
        peers = await tx.peers.all()
        backfills = await tx.backfills.all()
        now = tx.now
    resting = sum(1 for peer in peers if peer.resting_until is not None and peer.resting_until > now)
    return [
        Figure("ilan_info", "gauge", "The version that runs.", (({"version": version()}, 1),)),
        Figure(
            "ilan_deliveries",
            "gauge",
            "Activities on their way to other nodes, by state; those concluded count for 30 days.",
            tuple(({"state": state.value}, deliveries.get(state, 0)) for state in DeliveryState),
        ),
        Figure(
            "ilan_deliveries_oldest_seconds",
            "gauge",
            "Age of the oldest delivery that still waits.",
            (({}, _age(unsent, now)),),
        ),
        Figure(
            "ilan_received",
            "gauge",
            "Activities of other nodes, by outcome; those concluded count for 30 days.",
            tuple(
                ({"outcome": outcome}, received.get(outcome, 0))
                for outcome in ("waiting", *(each.value for each in Outcome))
            ),
        ),
        Figure(
            "ilan_received_oldest_seconds",
            "gauge",
            "Age of the oldest activity that still is to be applied.",
            (({}, _age(unapplied, now)),),
        ),
        Figure(
            "ilan_peers",
            "gauge",
            "Other nodes and servers known, by policy.",
            tuple(
                ({"policy": policy.value}, sum(1 for peer in peers if peer.policy == policy))
                for policy in Policy
            ),
        ),
        Figure(
            "ilan_peers_resting", "gauge", "Those left alone for a while after failures.", (({}, resting),)
        ),
        Figure(
            "ilan_backfills_unfinished",
            "gauge",
            "Catalogues of other nodes still being read.",
            (({}, sum(1 for each in backfills.values() if each.finished_at is None)),),
        ),
        Figure(
            "ilan_http_requests_total",
            "counter",
            "Requests answered by this process, by method and status.",
            tuple(
                ({"method": method, "status": str(status)}, count)
                for (method, status), count in sorted(answered.items())
            ),
        ),
        *_process(),
    ]


def _process() -> list[Figure]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [
        Figure(
            "process_cpu_seconds_total",
            "counter",
            "Processor time this process has used.",
            (({}, used.ru_utime + used.ru_stime),),
        ),
        Figure(
            "process_max_resident_memory_bytes",
            "gauge",
            "The most memory this process has had.",
            (({}, used.ru_maxrss * KIB),),
        ),
    ]


def written(figures: Iterable[Figure]) -> str:
    """Return figures in Prometheus' text format."""
    lines = []
    for figure in figures:
        lines += [f"# HELP {figure.name} {figure.about}", f"# TYPE {figure.name} {figure.kind}"]
        for labels, value in figure.samples:
            named = ",".join(f'{name}="{_escaped(label)}"' for name, label in labels.items())
            lines.append(f"{figure.name}{{{named}}} {value:g}" if named else f"{figure.name} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


ROUTES: list[BaseRoute] = [Route("/health", health), Route("/metrics", metrics)]
