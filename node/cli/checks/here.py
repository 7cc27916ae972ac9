"""What can be seen on this machine: files, disk, how settings go together, the database and its queues."""

import shutil
import smtplib
import ssl
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from actors.accounts import check_identity
from actors.errors import ActorsError
from node.cli.checks import Finding, ok, problem, warning
from node.heartbeat import is_at_work, last_heartbeat
from node.settings import LOOPBACK, Settings
from storage import upkeep
from storage.backup import sqlite_path
from storage.database import Database
from storage.kinds import DeliveryState, Outcome, Role
from storage.migrating import HEAD
from storage.transaction import Transaction

MIB = 1024 * 1024
LARGEST_LOG = 256 * MIB
OVERDUE = timedelta(minutes=10)
FAR_OVERDUE = timedelta(hours=1)
MAIL_SECONDS = 10.0
NAMED = 5


def machine(path: Path, settings: Settings) -> Iterator[Finding]:
    """Look at the config file, the data directory, the disk, and how the node listens."""
    yield ok("config", f"{path} is well-formed")
    for each in (path, settings.node.data_dir):
        if (
            each.exists()
            and each.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) & ~stat.S_IRGRP & ~stat.S_IXGRP
        ):
            yield warning(
                "config", f"{each} is open to every user of this machine", f"chmod o-rwx,g-w {each}"
            )
    yield _proxies(settings)
    yield _disk(settings)


def _proxies(settings: Settings) -> Finding:
    server = settings.server
    if not settings.node.base_url.startswith("https:"):
        return ok("proxy", "none is needed, as the node speaks plain HTTP on a test network")
    try:
        is_loopback = ip_address(server.host).is_loopback
    except ValueError:
        is_loopback = server.host == "localhost"
    if not is_loopback and server.trusted_proxies == LOOPBACK:
        return warning(
            "proxy",
            f"the node listens on {server.host} but believes only a proxy on this machine",
            "If the proxy connects from another address, as a container does, add that to "
            "server.trusted_proxies; else every visitor seems to be the proxy and shares its limits",
        )
    trusted = ", ".join(str(network) for network in server.trusted_proxies) or "none"
    return ok("proxy", f"believed about who is calling: {trusted}")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.node.data_dir).free // MIB
    floor = settings.limits.free_space_mib
    what = f"{free} MiB free in {settings.node.data_dir}"
    remedy = "Make room: `ilan prune`, or a larger disk"
    if free < floor:
        return problem("disk", f"{what}, less than limits.free_space_mib ({floor})", remedy)
    if free < 2 * floor:
        return warning("disk", f"{what}, close to limits.free_space_mib ({floor})", remedy)
    return ok("disk", what)


async def database(settings: Settings, opened: Database, found: str | None) -> list[Finding]:
    """Look at the database itself, which was reached and found to be at a migration."""
    kind = f"SQLite at {sqlite_path(opened.url)}" if opened.is_sqlite else "PostgreSQL"
    if found is None:
        return [problem("database", f"{kind} is empty", "Set the node up with `ilan init`")]
    async with opened.read() as tx:
        size = await upkeep.size_in_bytes(tx) // MIB
        findings = [ok("database", f"{kind}, {size} MiB")]
        if found != HEAD:
            remedy = "Run `ilan migrate`" if found < HEAD else "Install the newer version again"
            what = f"the database is at version {found}, this program at {HEAD}"
            return [*findings, problem("migrations", what, remedy)]
        findings.append(ok("migrations", f"the database is at version {HEAD}"))
        try:
            await check_identity(tx, base_url=settings.node.base_url, domain=settings.node.domain)
        except ActorsError as error:
            findings.append(problem("domain", str(error), "Correct node.domain and node.base_url"))
        else:
            findings.append(ok("domain", f"{settings.node.domain} at {settings.node.base_url}, for ever"))
    if opened.is_sqlite:
        findings += _write_ahead_log(sqlite_path(opened.url))
    return findings


def _write_ahead_log(path: Path) -> list[Finding]:
    log = Path(f"{path}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size < LARGEST_LOG:
        return []
    what = f"the write-ahead log is {size // MIB} MiB long"
    return [warning("database", what, "Something reads without end; restart the server")]


async def work(tx: Transaction) -> list[Finding]:
    """Look at the background work: whether somebody does it, and what waits too long."""
    last = await last_heartbeat(tx)
    at_work = await is_at_work(tx)
    if at_work:
        findings = [ok("workers", "at work")]
    else:
        what = (
            "no server was ever at work"
            if last is None
            else f"nothing at work since {last:%Y-%m-%d %H:%M} UTC"
        )
        findings = [problem("workers", what, "Start `ilan serve`")]
    findings.append(_age(tx, "outbox", await upkeep.oldest_activity_waiting(tx)))
    findings.append(_age(tx, "inbox", await tx.received.oldest_waiting()))
    findings += await _deliveries(tx)
    findings += await _backfills(tx)
    return findings


def _age(tx: Transaction, subject: str, oldest: datetime | None) -> Finding:
    age = tx.now - oldest if oldest else timedelta(0)
    what = f"the oldest waits since {oldest:%Y-%m-%d %H:%M} UTC" if oldest else "nothing waits"
    if age > FAR_OVERDUE:
        return problem(subject, what, "See the server's log; `ilan received list` or `ilan deliveries list`")
    if age > OVERDUE:
        return warning(subject, what, "The server may be overloaded; see its log")
    return ok(subject, what)


async def _deliveries(tx: Transaction) -> list[Finding]:
    counts = await tx.deliveries.counts()
    peers = await tx.peers.all()
    waiting = counts.get(DeliveryState.WAITING, 0)
    findings = []
    if overdue := [
        peer for peer in peers if peer.next_delivery_at and tx.now - peer.next_delivery_at > OVERDUE
    ]:
        what = f"overdue for {_some([peer.host for peer in overdue])}"
        findings.append(warning("deliveries", what, "The server may be overloaded or stopped; see its log"))
    else:
        findings.append(
            ok("deliveries", f"{waiting} wait, {counts.get(DeliveryState.SENT, 0)} were sent lately")
        )
    if resting := [peer for peer in peers if peer.resting_until and peer.resting_until > tx.now]:
        what = f"no answer from {_some([peer.host for peer in resting])}"
        remedy = "They are asked again by and by; `ilan deliveries retry --node DOMAIN` asks now"
        findings.append(warning("nodes", what, remedy))
    failed = counts.get(DeliveryState.REFUSED, 0) + counts.get(DeliveryState.GIVEN_UP, 0)
    if failed:
        findings.append(warning("deliveries", f"{failed} failed for good", "`ilan deliveries list` says why"))
    given_up = (await tx.received.counts()).get(Outcome.GIVEN_UP, 0)
    if given_up:
        what = f"{given_up} activities could not be applied"
        findings.append(warning("inbox", what, "`ilan received list` says why"))
    return findings


async def _backfills(tx: Transaction) -> list[Finding]:
    failed = [actor_id for actor_id, each in (await tx.backfills.all()).items() if each.error]
    if not failed:
        return []
    named = [actor.host for actor in (await tx.actors.by_ids(failed)).values()]
    return [warning("catalogues", f"not all was read from {_some(named)}", "`ilan network list` says why")]


async def people(tx: Transaction) -> list[Finding]:
    """Look whether anybody can administer the node."""
    members = [member for member, _ in await tx.members.all() if member.disabled_at is None]
    if any(member.role == Role.ADMIN for member in members):
        return [ok("members", f"{len(members)} may sign in")]
    remedy = "`ilan member add USERNAME --email E --role admin`"
    return [warning("members", "there is no administrator", remedy)]


def mail(settings: Settings) -> Finding:
    """Sign in at the mail server, without sending anything. Blocks, for some seconds at most."""
    url = settings.email.smtp_url
    if not url:
        return ok("mail", "none is sent; invitations and new passwords are links that are handed over")
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=MAIL_SECONDS, context=context
            )
        else:
            client = smtplib.SMTP(host, parts.port or 587, timeout=MAIL_SECONDS)
        with client:
            if parts.scheme == "smtp":
                client.starttls(context=context)
            if parts.username:
                client.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        return problem("mail", f"{host} does not take mail from here ({error})", "Correct email.smtp_url")
    return ok("mail", f"{host} takes mail from here")


def _some(names: list[str]) -> str:
    listed = ", ".join(names[:NAMED])
    return f"{listed} and {len(names) - NAMED} more" if len(names) > NAMED else listed
