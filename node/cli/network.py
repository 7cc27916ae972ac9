"""`ilan network`: the other nodes, whom this one follows and how far each is trusted."""

from typing import IO, TYPE_CHECKING, Any

import click

from actors.addresses import SERVER
from actors.errors import ActorsError, NotFound
from actors.following import follow, unfollow
from federation.errors import FederationError, Malformed
from federation.origins import canonical_host, read_url
from node.cli.blocklist import Decision, read_decisions, write_decisions
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import say_if_nobody_sends, with_database, with_node
from node.cli.output import json_option, print_rows, printable, progress
from node.settings import Settings
from storage.actors import Actor
from storage.backfills import Backfill
from storage.database import Database
from storage.follows import Follow
from storage.kinds import FollowState, Policy
from storage.peers import Peer
from storage.transaction import Transaction

if TYPE_CHECKING:
    from node.context import Node

_policy = click.Choice([policy.value for policy in Policy])


@click.group()
def command() -> None:
    """Follow other nodes, and decide how far each is trusted."""


@command.command("follow")
@click.argument("name", metavar="DOMAIN_OR_HANDLE")
@click.pass_obj
def follow_node(invocation: Invocation, name: str) -> None:
    """Follow another node: what it publishes from now on comes here, and its catalogue is read back.

    A domain, which may carry a port, stands for the server's own actor; a handle, as in
    @office@legalaid.example, for whom it names.
    """

    async def work(node: "Node") -> tuple[Actor, str]:
        try:
            return await _follow(node, name)
        except FederationError as error:
            raise CommandFailed(printable(f"{name} cannot be followed: {error}"), _remedy(node)) from error

    actor, state = with_node(invocation, work)
    said = (
        "has accepted"
        if state == FollowState.ACCEPTED
        else "is asked to accept; `ilan network list` says when"
    )
    click.echo(printable(f"{actor.handle} {said}."))


@command.command("unfollow")
@click.argument("name", metavar="DOMAIN_OR_HANDLE")
@click.pass_obj
def unfollow_node(invocation: Invocation, name: str) -> None:
    """Stop following another node. What came from it stays."""

    async def work(_settings: Settings, database: Database) -> list[str]:
        async with database.begin() as tx:
            server = await _server(tx)
            found = [actor for _, actor in await tx.follows.followed_by(server) if _is_named(actor, name)]
            if not found:
                raise NotFound(f"{name} is not followed; `ilan network list` lists who is.")
            for actor in found:
                await unfollow(tx, server, actor)
            await say_if_nobody_sends(tx)
        return [actor.handle for actor in found]

    for handle in with_database(invocation, work):
        click.echo(printable(f"{handle} is followed no more."))


@command.command("list")
@json_option
@click.pass_obj
def list_nodes(invocation: Invocation, *, as_json: bool) -> None:
    """List the nodes that this one follows or has asked to, and how they fare."""

    async def work(settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            followed = await tx.follows.followed_by(await _server(tx))
            peers = {peer.host: peer for peer in await tx.peers.all()}
            backfills = await tx.backfills.all()
        allow_http = settings.federation.allow_http
        return [
            _shown(row, actor, peers.get(_host(actor, allow_http=allow_http)), backfills.get(actor.id))
            for row, actor in followed
        ]

    rows = with_database(invocation, work)
    columns = {
        "domain": "NODE",
        "state": "STATE",
        "policy": "POLICY",
        "software": "SOFTWARE",
        "catalogue": "CATALOGUE",
        "last_success": "LAST SUCCESS",
        "last_error": "LAST ERROR",
    }
    shown = rows if as_json else [row | {"catalogue": _progress(row["backfill"])} for row in rows]
    empty = "No node is followed yet: `ilan network follow DOMAIN`."
    print_rows(shown, columns, as_json=as_json, empty=empty)


@command.command("policy")
@click.argument("domain", required=False)
@click.argument("policy", type=_policy, required=False)
@json_option
@click.pass_obj
def set_policy(invocation: Invocation, domain: str | None, policy: str | None, *, as_json: bool) -> None:
    """Decide how to treat a node and the subdomains of its domain, or show what was decided.

    trusted: its catalogue is kept and searched here. known: as anybody. limited: nothing of it is shown to
    the public. blocked: nothing is exchanged with it.
    """
    if domain is not None and policy is not None:
        _decide(invocation, [Decision(_domain(domain), Policy(policy))])
        click.echo(f"{_domain(domain)} is now {policy}. A running server heeds it within seconds.")
        return

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            if domain is None:
                peers = [peer for peer in await tx.peers.all() if peer.policy != Policy.KNOWN]
            else:
                peer = await tx.peers.by_host(_domain(domain))
                peers = [peer] if peer else []
        return [{"domain": peer.host, "policy": peer.policy} for peer in peers]

    rows = with_database(invocation, work)
    if domain is not None and not rows:
        rows = [{"domain": _domain(domain), "policy": Policy.KNOWN.value}]
    print_rows(
        rows, {"domain": "NODE", "policy": "POLICY"}, as_json=as_json, empty="Every node is known, no more."
    )


@command.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.pass_obj
def import_decisions(invocation: Invocation, file: IO[str], *, dry_run: bool) -> None:
    """Take over decisions about nodes from a CSV file, such as Mastodon's domain blocks; - is standard input.

    A column #follow says which nodes to follow.
    """
    try:
        decisions = read_decisions(file.read())
    except UnicodeDecodeError as error:
        raise CommandFailed("The file is not UTF-8 text.") from error
    if dry_run:
        for each in decisions:
            click.echo(f"{each.domain}: {each.policy or 'as it is'}{', follow' if each.follow else ''}")
        return
    decided = [each for each in decisions if each.policy is not None]
    _decide(invocation, decided)
    click.echo(f"{len(decided)} policies are set.")
    wanted = [each.domain for each in decisions if each.follow]
    if not wanted:
        return
    failures = with_node(invocation, lambda node: _follow_all(node, wanted))
    click.echo(f"{len(wanted) - len(failures)} nodes are followed or asked.")
    if failures:
        raise CommandFailed(f"{len(failures)} nodes cannot be followed:", "\n".join(failures))


@command.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=False), default="-")
@click.pass_obj
def export_decisions(invocation: Invocation, file: IO[str]) -> None:
    """Write the decisions about nodes, and who is followed, as a CSV file that `import` reads."""

    async def work(settings: Settings, database: Database) -> list[Decision]:
        allow_http = settings.federation.allow_http
        async with database.read() as tx:
            followed = {
                _host(actor, allow_http=allow_http)
                for row, actor in await tx.follows.followed_by(await _server(tx))
                if row.state != FollowState.REJECTED
            }
            peers = {peer.host: Policy(peer.policy) for peer in await tx.peers.all()}
        named = sorted({host for host, policy in peers.items() if policy != Policy.KNOWN} | followed)
        return [Decision(host, peers.get(host, Policy.KNOWN), host in followed) for host in named]

    file.write(write_decisions(with_database(invocation, work)))


async def _follow(node: "Node", name: str) -> tuple[Actor, str]:
    from federation.neighbours import find_server_actor  # noqa: PLC0415 - only following talks to others

    await node.federation.policy.refresh()
    actor = await find_server_actor(node.federation, name)
    async with node.database.begin() as tx:
        followed = await follow(tx, await _server(tx), await tx.actors.get(actor.id))
        await say_if_nobody_sends(tx)
    return actor, followed.state


async def _follow_all(node: "Node", domains: list[str]) -> list[str]:
    failures = []
    with progress("Following", len(domains)) as advance:
        for domain in domains:
            try:
                await _follow(node, domain)
            except (ActorsError, FederationError) as error:
                failures.append(printable(f"{domain}: {error}"))
            advance(1)
    return failures


def _decide(invocation: Invocation, decisions: list[Decision]) -> None:
    async def work(_settings: Settings, database: Database) -> None:
        async with database.begin() as tx:
            for each in decisions:
                assert each.policy is not None
                await tx.peers.set_policy(each.domain, each.policy, tx.now)

    with_database(invocation, work)


async def _server(tx: Transaction) -> Actor:
    server = await tx.actors.local(SERVER)
    if server is None:
        raise NotFound(f"This node has no actor {SERVER}; set it up with `ilan init`.")
    return server


def _domain(written: str) -> str:
    try:
        return canonical_host(written)
    except Malformed as error:
        raise click.BadParameter(
            f"{written!r} is not a domain; write only the name, as in legalaid.example."
        ) from error


def _is_named(actor: Actor, name: str) -> bool:
    wanted = name.strip().removeprefix("@").lower()
    return wanted in {actor.handle.lower(), actor.host, actor.uri.lower(), actor.uri.split("/")[2].lower()}


def _host(actor: Actor, *, allow_http: bool) -> str:
    """Return the host by which peers know an actor's server, which may differ from that of its handle."""
    return read_url(actor.uri, allow_http=allow_http).domain


def _remedy(node: "Node") -> str:
    if node.federation.allow_list:
        return "This node only talks to those it trusts: `ilan network policy DOMAIN trusted` first."
    return ""


def _shown(row: Follow, actor: Actor, peer: Peer | None, backfill: Backfill | None) -> dict[str, Any]:
    return {
        "domain": actor.host,
        "actor": actor.uri,
        "handle": actor.handle,
        "name": (peer.name if peer else None) or actor.name,
        "state": row.state,
        "policy": peer.policy if peer else Policy.KNOWN.value,
        "software": peer.software if peer else None,
        "software_version": peer.software_version if peer else None,
        "since": row.decided_at or row.created_at,
        "last_success": peer.last_success_at if peer else None,
        "last_received": peer.last_received_at if peer else None,
        "last_error": peer.last_error if peer else None,
        "resting_until": peer.resting_until if peer else None,
        "backfill": None
        if backfill is None
        else {
            "finished": backfill.finished_at is not None,
            "kept": backfill.kept,
            "skipped": backfill.skipped,
            "pages": backfill.pages,
            "started_at": backfill.started_at,
            "finished_at": backfill.finished_at,
            "error": backfill.error,
        },
    }


def _progress(backfill: dict[str, Any] | None) -> str:
    if backfill is None:
        return ""
    if backfill["error"]:
        return f"{backfill['kept']} read, then: {backfill['error']}"
    return f"{backfill['kept']} read" if backfill["finished"] else f"{backfill['kept']} read so far"
