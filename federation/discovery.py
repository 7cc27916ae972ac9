"""Asking others who is who: WebFinger with the loop closed, NodeInfo, a server's own actor (D2, D4, D5)."""

from dataclasses import dataclass

from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import FederationError, Malformed, Refused, Unreachable
from federation.fetching import fetch_json
from federation.origins import canonical_host, read_url

JRD_JSON = "application/jrd+json, application/json"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says of itself: the id of its own actor, its software, its name."""

    actor: str | None = None
    software: str | None = None
    version: str | None = None
    name: str | None = None


async def webfinger(federation: Federation, host: str, resource: str) -> as2.Jrd:
    """Ask a host about a resource (`acct:user@host` or a URI)."""
    url = f"{_root(federation, host)}/.well-known/webfinger?resource={_quoted(resource)}"
    return as2.read_jrd(await fetch_json(federation, url, JRD_JSON))


async def actor_of_handle(federation: Federation, username: str, host: str) -> str:
    """Return the actor's id for a handle. What the actor is really called, `confirmed_host` finds out.

    Raises Malformed where the host knows the name but no actor, and as `fetch_json`.
    """
    jrd = await webfinger(federation, host, f"acct:{username}@{host}")
    if jrd.actor is None:
        raise Malformed(f"{username}@{host} is not an ActivityPub account.")
    return jrd.actor


async def confirmed_host(
    federation: Federation, actor: as2.Actor, *, hint: str | None = None, before: str | None = None
) -> str:
    """Return the host of an actor's handle: the one its server names, if that agrees, else its id's (D2, D7).

    Its server names it in the actor (FEP-2c59) or, where a `hint` says that it may be another host, by
    WebFinger. That host must call the same actor by the same name; a further host is never asked (ORG-23).
    What was confirmed `before` stays where somebody does not answer.
    """
    own = federation.policy.host_of(actor.id)
    try:
        claimed = await _claimed_host(federation, actor, own, hint)
        if claimed is None or claimed == own:
            return own
        jrd = await webfinger(federation, claimed, f"acct:{actor.preferred_username}@{claimed}")
    except FederationError as error:
        is_passing = isinstance(error, Unreachable) and not error.is_final
        return before if before is not None and is_passing else own
    agrees = jrd.actor == actor.id and _is_handle(jrd.subject, actor.preferred_username, claimed)
    return claimed if agrees else own


async def describe_server(federation: Federation, host: str) -> Server:
    """Read a server's NodeInfo. Never infer from the software what it can do (FEP-0151)."""
    links = as2.read_nodeinfo_links(
        await fetch_json(federation, f"{_root(federation, host)}/.well-known/nodeinfo", JSON)
    )
    if links.newest is None:
        return Server(links.application)
    try:
        info = as2.read_nodeinfo(await fetch_json(federation, links.newest, JSON))
    except (Malformed, Refused, Unreachable):
        return Server(links.application)
    return Server(links.application, info.software, info.software_version, info.name)


async def server_actor_uri(federation: Federation, domain: str) -> str:
    """Return the id of a server's own actor: by FEP-2677, then FEP-d556, then the handle of its relay.

    Raises Unreachable when nothing names one.
    """
    host = canonical_domain(federation, domain)
    try:
        server = await describe_server(federation, host)
    except (Malformed, Unreachable):
        server = Server()
    if server.actor is not None:
        return server.actor
    # The last is how Mobilizon, Gancio and most relays are followed.
    for resource in (_root(federation, host), f"acct:relay@{host}"):
        try:
            jrd = await webfinger(federation, host, resource)
        except (Malformed, Unreachable):
            continue
        links = jrd.find(f"{as2.AS2_CONTEXT}#Service")
        found = (links[0].href if links else None) or jrd.actor
        if found is not None:
            return found
    raise Unreachable(f"{host} does not say which actor speaks for the server; name one as user@{host}.")


def canonical_domain(federation: Federation, domain: str) -> str:
    """Return a domain in its one form, with its port where it has one; Malformed when it is none."""
    host = canonical_host(domain.strip())
    return read_url(f"{_scheme(federation, host)}://{host}/", allow_http=federation.allow_http).domain


def split_handle(text: str) -> tuple[str, str] | None:
    """Return the user name and the domain of `@user@domain`, `user@domain` or `acct:user@domain`."""
    name, _, domain = text.strip().removeprefix("acct:").removeprefix("@").partition("@")
    is_handle = name and domain and "@" not in domain and "/" not in name + domain
    return (name, domain) if is_handle else None


async def _claimed_host(federation: Federation, actor: as2.Actor, own: str, hint: str | None) -> str | None:
    if actor.webfinger is not None:
        return _host_called(f"acct:{actor.webfinger.removeprefix('acct:')}", actor.preferred_username)
    if hint is None or hint == own:
        return None
    jrd = await webfinger(federation, own, f"acct:{actor.preferred_username}@{own}")
    return _host_called(jrd.subject, actor.preferred_username) if jrd.actor == actor.id else None


def _host_called(subject: str, username: str) -> str | None:
    """Return the host of a subject such as `acct:user@host`; None where another user is meant."""
    handle = split_handle(subject) if subject.startswith("acct:") else None
    if handle is None or handle[0].lower() != username.lower():
        return None
    try:
        return canonical_host(handle[1])
    except Malformed:
        return None


def _is_handle(subject: str, username: str, host: str) -> bool:
    return _host_called(subject, username) == host


def _root(federation: Federation, host: str) -> str:
    return f"{_scheme(federation, host)}://{host}"


def _scheme(federation: Federation, host: str) -> str:
    # Only on test networks is a domain an address with a port, and those speak plain HTTP.
    return "http" if federation.allow_http and ":" in host else "https"


def _quoted(resource: str) -> str:
    # Some servers do not decode, so what may stand as it is stays as it is.
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "-._~:@/")
        else _encoded(character)
        for character in resource
    )


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
