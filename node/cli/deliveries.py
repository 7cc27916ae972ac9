"""`ilan deliveries`: what waits to be sent to other nodes, or failed, and why."""

from typing import Any

import click

from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import say_if_nobody_sends, with_database
from node.cli.output import json_option, print_rows
from node.settings import Settings
from storage import upkeep
from storage.database import Database
from storage.deliveries import Delivery
from storage.kinds import DeliveryState

_FAILED = (DeliveryState.REFUSED, DeliveryState.GIVEN_UP)
_STATES = [state.value for state in DeliveryState]


@click.group()
def command() -> None:
    """List or retry what waits to be sent, or failed, and why."""


@command.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice(_STATES),
    multiple=True,
    default=(DeliveryState.WAITING.value, *(state.value for state in _FAILED)),
    help="Only those in this state; may be given again. Else what waits and what failed.",
)
@click.option("--node", "host", metavar="DOMAIN", help="Only those to this node.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@json_option
@click.pass_obj
def list_deliveries(
    invocation: Invocation, states: tuple[str, ...], host: str | None, limit: int, *, as_json: bool
) -> None:
    """List deliveries, newest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            rows = await tx.deliveries.list(states=states, host=host, size=limit)
            activities = await upkeep.activities_by_ids(tx, [row.activity_id for row in rows])
        return [
            _shown(row)
            | {"activity": activities[row.activity_id].uri, "verb": activities[row.activity_id].verb}
            for row in rows
        ]

    columns = {
        "id": "ID",
        "domain": "NODE",
        "verb": "ACTIVITY",
        "state": "STATE",
        "attempts": "TRIES",
        "due_at": "DUE",
        "status": "STATUS",
        "error": "LAST ERROR",
    }
    print_rows(
        with_database(invocation, work), columns, as_json=as_json, empty="Nothing waits, nothing failed."
    )


@command.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--node", "host", metavar="DOMAIN", help="Everything that waits for this node or failed there.")
@click.option("--all", "everything", is_flag=True, help="Everything that waits or failed.")
@click.pass_obj
def retry(invocation: Invocation, ids: tuple[int, ...], host: str | None, *, everything: bool) -> None:
    """Let deliveries be tried again now."""
    if sum((bool(ids), host is not None, everything)) != 1:
        raise click.UsageError("Name deliveries by their ids, or a node with --node, or use --all.")

    async def work(_settings: Settings, database: Database) -> int:
        hosts = set()
        async with database.begin() as tx:
            chosen = list(ids)
            if not ids:
                states = [DeliveryState.WAITING, *_FAILED]
                chosen = [row.id for row in await tx.deliveries.list(states=states, host=host, size=100_000)]
            for each in chosen:
                found = await tx.deliveries.retry(each, tx.now)
                if found is None:
                    raise CommandFailed(f"There is no delivery {each} that could be tried again.")
                hosts.add(found)
            for each_host in hosts:
                await tx.peers.wake(each_host, tx.now)
            await tx.deliveries.reschedule(hosts)
            await say_if_nobody_sends(tx)
        return len(chosen)

    click.echo(f"{with_database(invocation, work)} deliveries are tried again now.")


def _shown(row: Delivery) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "domain": row.host,
        "inbox": row.inbox,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": row.created_at,
        "due_at": row.due_at if row.state == DeliveryState.WAITING else None,
        "concluded_at": row.concluded_at,
        "status": row.status,
        "error": row.error,
    }
