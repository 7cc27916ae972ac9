"""What others see of the node: its name, its certificate, its documents, and its clock beside theirs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address

from actors.addresses import BODY, actor_uri
from federation import vocabulary as as2
from federation.addresses import AddressGuard, is_public
from federation.answers import Answer
from federation.errors import FederationError, Gone, Malformed, Refused
from federation.media_types import ACCEPT_ACTIVITY, is_activity
from federation.signatures import read_http_date
from federation.sockets import Resolver, look_up
from federation.transport import Limits, Transport
from node.cli.checks import Finding, ok, problem, warning
from node.settings import Settings
from node.version import version

JRD = "application/jrd+json, application/json"
PAGE = "text/html"
SLIGHTLY_WRONG = 30.0
"""Seconds by which two clocks may differ before it is worth a word."""

WRONG = 300.0
"""Seconds after which others begin to refuse what this node signs."""


def transport_of(settings: Settings) -> Transport:
    """Return what asks as any other node would; the operator's decisions about hosts do not matter here."""
    federation, limits = settings.federation, settings.limits
    return Transport(
        AddressGuard(federation.allow_networks, federation.allow_http),
        user_agent=f"ilan/{version()} (check; +{settings.node.base_url})",
        ca_file=str(federation.ca_file or ""),
        limits=Limits(connect=limits.connect_seconds, total=limits.request_seconds),
    )


async def names(settings: Settings, resolve: Resolver = look_up) -> AsyncIterator[Finding]:
    """Look the node's names up."""
    hosts = dict.fromkeys((_host(settings.node.authority), _host(settings.node.domain)))
    for host in hosts:
        yield await _name(host, resolve)


async def _name(host: str, resolve: Resolver) -> Finding:
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return ok("dns", f"{host} is an address, and needs no name")
    try:
        addresses = sorted(set(await resolve(host)))
    except OSError:
        return problem("dns", f"{host} has no address", "Point its A and AAAA records at this machine")
    if not all(is_public(ip_address(address.partition("%")[0])) for address in addresses):
        what = f"{host} leads to {', '.join(addresses)}, where only this network finds it"
        return warning("dns", what, "Fine for a trial; other nodes need a public address")
    return ok("dns", f"{host} leads to {', '.join(addresses)}")


async def documents(settings: Settings, transport: Transport) -> AsyncIterator[Finding]:
    """Ask for what other nodes and browsers ask for, through the public address."""
    domain, base = settings.node.domain, settings.node.base_url
    body = actor_uri(base, BODY)
    finger = f"{_root(settings)}/.well-known/webfinger?resource=acct:{BODY}@{domain}"
    try:
        answer = await transport.get(finger, accept=JRD)
        jrd = as2.read_jrd(as2.parse(answer.body))
    except FederationError as error:
        yield _unreachable("webfinger", error, _remedy_for_webfinger(settings))
        if not isinstance(error, Gone):
            return
    else:
        if jrd.actor == body and jrd.subject == f"acct:{BODY}@{domain}":
            yield ok("webfinger", f"@{BODY}@{domain} is found from outside")
        else:
            what = f"@{BODY}@{domain} leads to {jrd.actor}, and not to {body}"
            yield problem("webfinger", what, _remedy_for_webfinger(settings))
    yield await _document(transport, body)
    yield await _page(transport, body)


async def _document(transport: Transport, uri: str) -> Finding:
    try:
        answer = await transport.get(uri, accept=ACCEPT_ACTIVITY)
    except FederationError as error:
        return _unreachable("documents", error, "Let the proxy pass Host, path and Accept on unchanged")
    if not is_activity(answer.headers.get("content-type")):
        what = f"{uri} answers programs with {answer.headers.get('content-type')}"
        return problem("documents", what, "A proxy or a cache answers instead: let it heed Vary: Accept")
    if as2.id_of(as2.parse(answer.body)) != uri:
        return problem("documents", f"{uri} has another id", "Another node answers there: correct the proxy")
    if not _varies(answer):
        what = f"{uri} comes without Vary: Accept"
        return warning(
            "documents", what, "A cache may mix pages and documents up: let the proxy pass Vary on"
        )
    return ok("documents", "other nodes get documents")


async def _page(transport: Transport, uri: str) -> Finding:
    try:
        answer = await transport.get(uri, accept=PAGE)
    except FederationError as error:
        return _unreachable("pages", error, "Let the proxy pass Host, path and Accept on unchanged")
    if not answer.headers.get("content-type", "").startswith(PAGE):
        what = f"{uri} answers browsers with {answer.headers.get('content-type')}"
        return warning("pages", what, "A cache may answer instead: let it heed Vary: Accept")
    return ok("pages", "people get pages")


async def clock(settings: Settings, transport: Transport, hosts: list[str]) -> Finding:
    """Compare this machine's clock with that of the first followed node which answers."""
    for host in hosts:
        url = f"{_scheme(settings, host)}://{host}/.well-known/nodeinfo"
        try:
            answer = await transport.get(url, accept="application/json")
            theirs = read_http_date(answer.headers.get("date", ""))
        except (FederationError, ValueError):
            continue
        difference = (datetime.now(UTC) - theirs).total_seconds()
        what = f"{abs(difference):.0f} s {'ahead of' if difference > 0 else 'behind'} that of {host}"
        if abs(difference) > WRONG:
            return problem("clock", what, "Set it: `timedatectl set-ntp true`; others refuse what is signed")
        if abs(difference) > SLIGHTLY_WRONG:
            return warning("clock", what, "Synchronise it: `timedatectl set-ntp true`")
        return ok("clock", what)
    said = "no followed node answered" if hosts else "no node is followed yet"
    return ok("clock", f"compared with none, as {said}")


def _unreachable(subject: str, error: FederationError, remedy: str) -> Finding:
    if isinstance(error, Refused):
        return warning(subject, f"cannot be seen from here: {error}", "Fine for a trial on this machine")
    if isinstance(error, Malformed):
        return problem(subject, f"what answers is not this node: {error}", remedy)
    return problem(subject, str(error), remedy)


def _remedy_for_webfinger(settings: Settings) -> str:
    if settings.node.domain == settings.node.authority:
        return "Start `ilan serve`, let the proxy lead to it, and open ports 80 and 443"
    return (
        f"Let the website at {settings.node.domain} send /.well-known/webfinger on to "
        f"{settings.node.base_url}/.well-known/webfinger (deploy/README.md shows how)"
    )


def _varies(answer: Answer) -> bool:
    return "accept" in {each.strip().lower() for each in answer.headers.get("vary", "").split(",")}


def _root(settings: Settings) -> str:
    if settings.node.domain == settings.node.authority:
        return settings.node.base_url
    return f"{_scheme(settings, settings.node.domain)}://{settings.node.domain}"


def _scheme(settings: Settings, host: str) -> str:
    # As in `federation.discovery`: only test networks have domains with a port, and those speak plain HTTP.
    return "http" if settings.federation.allow_http and ":" in host else "https"


def _host(authority: str) -> str:
    return authority.rsplit(":", 1)[0].strip("[]") if not authority.endswith("]") else authority.strip("[]")
