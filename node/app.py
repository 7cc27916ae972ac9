"""The composition root: everything a node is made of is put together here, and only here."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from federation.addresses import AddressGuard
from federation.context import Federation
from federation.inbox import keep_received
from federation.keyring import Keyring
from federation.policy import PeerPolicy
from federation.signers import Signers
from federation.sockets import Resolver
from federation.transport import Limits, Transport
from node import activitypub, monitoring
from node.context import Node
from node.files.workshop import Workshop
from node.http.access import Access
from node.http.errors import TABLE, show_error
from node.http.guards import Door, Dress, Preflight, Slash
from node.http.inputs import KIB
from node.http.keeping import Memory
from node.http.rates import Rates
from node.mastodon.streams.hub import Hub
from node.settings import Settings
from node.version import version
from node.workers import Bell, run_workers
from storage.database import Database, system_clock
from storage.group_commit import GroupCommit

_LONGEST_READ = 10.0
#: Surfaces beside the protocol's: each has ROUTES, and the pages' may bring an `error_page`.
_SURFACES = ("node.api", "node.mastodon", "node.oauth", "node.media", "node.web")


def build_node(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = system_clock,
    wires: Callable[[str], Any] | None = None,
    resolve: Resolver | None = None,
) -> Node:
    """Put a node together from its settings; nothing is opened or contacted yet.

    `wires` and `resolve` stand in for the network, as tests want it (see `Transport`). Whoever builds a node
    closes its transport and its database; the lifespan of `create_app` does.
    """
    database = Database(settings.storage.database_url, clock)
    federation = settings.federation
    allow_list = federation.mode == "allow-list"
    hosts = frozenset({settings.node.authority, settings.node.domain})
    policy = PeerPolicy(database, allow_list=allow_list, allow_http=federation.allow_http, ours=hosts)
    transport = Transport(
        AddressGuard(federation.allow_networks, federation.allow_http),
        user_agent=user_agent(settings),
        ca_file=str(federation.ca_file) if federation.ca_file else "",
        limits=Limits(
            connect=settings.limits.connect_seconds,
            read=min(_LONGEST_READ, settings.limits.request_seconds),
            total=settings.limits.request_seconds,
            body=settings.limits.body_kib * KIB,
        ),
        resolve=resolve,
        wires=wires,
        may_contact=policy.last_known,
    )
    return Node(
        settings,
        Federation(
            base_url=settings.node.base_url,
            domain=settings.node.domain,
            hosts=hosts,
            database=database,
            transport=transport,
            policy=policy,
            keyring=Keyring(),
            signers=Signers(database),
            keep=GroupCommit(database, keep_received),
            allow_http=federation.allow_http,
            allow_list=allow_list,
            authorized_fetch=federation.authorized_fetch,
        ),
        files=Workshop(settings),
    )


def user_agent(settings: Settings) -> str:
    """Return what this node's requests call themselves: the program, its version, and whom to ask."""
    contact = settings.federation.user_agent_contact
    return f"ilan-node/{version()} (+{settings.node.base_url}/{f'; {contact}' if contact else ''})"


def create_app(node: Node, *, background: bool = False) -> Starlette:
    """Build the web application that serves a node; with `background` it does the node's work as well.

    Its lifespan ends the work, then closes the node.
    """
    bell = Bell()
    answered: Counter[tuple[str, int]] = Counter()
    hub = Hub(node, bell.listener)
    surfaces = [import_module(name) for name in _SURFACES if find_spec(name) is not None]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        stop = asyncio.Event()
        work = asyncio.create_task(run_workers(node, stop, bell)) if background else None
        try:
            yield
        finally:
            stop.set()
            await hub.close()
            if work is not None:
                await work
            await node.files.close()
            await node.federation.transport.aclose()
            await node.database.close()

    app = Starlette(
        routes=routes(*surfaces),
        middleware=[
            # The outermost comes first.
            Middleware(Dress, https=node.base_url.startswith("https://")),
            Middleware(Access, answered=answered, on_change=bell.ring),
            Middleware(Door, hosts=node.federation.hosts),
            Middleware(Slash),
            Middleware(Preflight),
        ],
        exception_handlers={HTTPException: show_error, **dict.fromkeys(TABLE, show_error)},
        lifespan=lifespan,
    )
    # A missing slash is mended by nobody: what leads on is built from the Host header, and ids are exact.
    app.router.redirect_slashes = False
    app.state.node = node
    app.state.rates = Rates(node.settings.limits)
    app.state.memory = Memory()
    app.state.answered = answered
    app.state.bell = bell
    app.state.hub = hub
    app.state.error_page = next(
        (found for each in surfaces if (found := getattr(each, "error_page", None)) is not None), None
    )
    return app


def routes(*surfaces: Any) -> list[BaseRoute]:
    """Return every route there is: the protocol's first, since they are asked for most."""
    found = [*activitypub.ROUTES, *monitoring.ROUTES]
    for surface in surfaces:
        found += getattr(surface, "ROUTES", ())
    return found
