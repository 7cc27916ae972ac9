"""`ilan stats`: what is kept, what waits, how much space it takes, and how each other node does."""

import shutil
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from actors.addresses import BODY, SERVER
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_json, print_record, print_rows
from node.heartbeat import is_at_work, last_heartbeat
from node.settings import Settings
from storage import upkeep
from storage.database import Database
from storage.transaction import Transaction

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


@click.command()
@json_option
@click.pass_obj
def command(invocation: Invocation, *, as_json: bool) -> None:
    """Count what is kept and waiting, and show how each other node does."""
    found = with_database(invocation, gather)
    if as_json:
        print_json(found)
        return
    print_record(_for_people(found), as_json=False)
    click.echo()
    columns = {
        "domain": "NODE",
        "policy": "POLICY",
        "software": "SOFTWARE",
        "waiting": "WAITING",
        "last_success": "LAST SUCCESS",
        "last_received": "LAST RECEIVED",
        "resting_until": "RESTS UNTIL",
        "last_error": "LAST ERROR",
    }
    print_rows(found["peers"], columns, as_json=False, empty="No other node is known yet.")


async def gather(settings: Settings, database: Database) -> dict[str, Any]:
    """Return every figure, in one reading of the database; sizes are bytes, ages seconds."""
    async with database.read() as tx:
        return {
            "domain": settings.node.domain,
            "at": tx.now,
            "publications": await _publications(tx),
            "people": await _people(tx),
            "follows": await _follows(tx),
            "deliveries": await _queue(
                tx, await tx.deliveries.counts(), await tx.deliveries.oldest_waiting()
            ),
            "received": await _queue(tx, await tx.received.counts(), await tx.received.oldest_waiting()),
            "workers": {"at_work": await is_at_work(tx), "last_heartbeat": await last_heartbeat(tx)},
            "disk": {
                "database": await upkeep.size_in_bytes(tx),
                "media": _size_of(settings.storage.media_path),
                "free": _free(settings.node.data_dir),
            },
            "peers": await _peers(tx),
        }


async def _publications(tx: Transaction) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {"local": {}, "remote": {}}
    for kind, is_local, count in sorted(await tx.publications.counts()):
        found["local" if is_local else "remote"][kind] = count
    return found


async def _people(tx: Transaction) -> dict[str, Any]:
    roles: dict[str, int] = defaultdict(int)
    disabled = 0
    for member, _ in await tx.members.all():
        roles[member.role] += 1
        disabled += member.disabled_at is not None
    return {
        "members": sum(roles.values()),
        "disabled": disabled,
        "roles": dict(roles),
        "remote_actors": await upkeep.count_remote_actors(tx),
    }


async def _follows(tx: Transaction) -> dict[str, dict[str, int]]:
    found = {}
    for username in (SERVER, BODY):
        actor = await tx.actors.local(username)
        assert actor is not None, f"{username} was made by `ilan init`"
        found[username] = {
            "followers": await tx.follows.count_followers(actor),
            "following": await tx.follows.count_following(actor),
        }
    return found


async def _queue(tx: Transaction, counts: dict[str, int], oldest: datetime | None) -> dict[str, Any]:
    return {**counts, "oldest_waiting_seconds": round((tx.now - oldest).total_seconds()) if oldest else None}


async def _peers(tx: Transaction) -> list[dict[str, Any]]:
    waiting = await upkeep.waiting_by_host(tx)
    return [
        {
            "domain": peer.host,
            "policy": peer.policy,
            "software": peer.software,
            "waiting": waiting.get(peer.host, 0),
            "failures": peer.failures,
            "last_success": peer.last_success_at,
            "last_received": peer.last_received_at,
            "last_failure": peer.last_failure_at,
            "resting_until": peer.resting_until,
            "last_error": peer.last_error,
        }
        for peer in await tx.peers.all()
    ]


def _size_of(folder: Path | None) -> int | None:
    """Add up the sizes of the files in a folder; None where an object store keeps them."""
    if folder is None:
        return None
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _for_people(found: dict[str, Any]) -> dict[str, Any]:
    disk, people, workers = found["disk"], found["people"], found["workers"]
    return {
        "node": found["domain"],
        "own publications": _counted(found["publications"]["local"]),
        "others' publications": _counted(found["publications"]["remote"]),
        "members": f"{people['members']} ({people['disabled']} disabled)",
        "actors elsewhere": people["remote_actors"],
        "followed by": found["follows"][SERVER]["followers"],
        "follows": found["follows"][SERVER]["following"],
        "deliveries": _waiting(found["deliveries"]),
        "received": _waiting(found["received"]),
        "server at work": workers["at_work"],
        "database": _in_units(disk["database"]),
        "media": "in an object store" if disk["media"] is None else _in_units(disk["media"]),
        "free on disk": _in_units(disk["free"]),
    }


def _counted(counts: dict[str, int]) -> str:
    detail = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
    return f"{sum(counts.values())}{f' ({detail})' if detail else ''}"


def _waiting(queue: dict[str, Any]) -> str:
    states = {name: count for name, count in queue.items() if name != "oldest_waiting_seconds"}
    listed = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
    oldest = queue["oldest_waiting_seconds"]
    return listed if oldest is None else f"{listed}; the oldest waits for {_duration(oldest)}"


def _duration(seconds: int) -> str:
    for length, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds // length} {name}"
    return f"{seconds} seconds"


def _in_units(size: int) -> str:
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{size} bytes"
