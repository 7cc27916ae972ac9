"""Other nodes as an operator names them: which actor speaks for one, and what it says of itself."""

from federation.context import Federation
from federation.discovery import canonical_domain, describe_server, server_actor_uri, split_handle
from federation.errors import FederationError
from federation.resolving import resolve_actor, resolve_handle
from storage.actors import Actor


async def find_server_actor(federation: Federation, domain_or_handle: str) -> Actor:
    """Return the actor to follow for a domain (its server's own) or for a handle `user@domain`.

    What the server says of itself is kept with the host. Raises Unreachable, Malformed or Refused with a
    sentence for the operator.
    """
    handle = split_handle(domain_or_handle)
    if handle is not None:
        actor = await resolve_handle(federation, *handle)
        domain = handle[1]
    else:
        domain = domain_or_handle
        uri = await server_actor_uri(federation, domain)
        actor = await resolve_actor(federation, uri, refresh=True)
    await describe_peer(federation, canonical_domain(federation, domain), actor)
    return actor


async def describe_peer(federation: Federation, host: str, actor: Actor) -> None:
    """Keep what a server says of itself; one that says nothing is known by its actor alone."""
    try:
        server = await describe_server(federation, host)
        software, version, name = server.software, server.version, server.name
    except FederationError:
        software, version, name = None, None, None
    async with federation.database.begin() as tx:
        await tx.peers.meet(host, tx.now)
        await tx.peers.describe(host, actor=actor.uri, software=software, version=version, name=name)
