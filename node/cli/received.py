"""`ilan received`: what came in from other nodes and could not be applied, and why."""

from typing import Any

import click

from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_rows
from node.settings import Settings
from storage.database import Database
from storage.kinds import Outcome
from storage.received import Received

WAITING = "waiting"
_OUTCOMES = [WAITING, *(outcome.value for outcome in Outcome)]
_FAILED = (Outcome.REFUSED.value, Outcome.GIVEN_UP.value)
_MOST = 100_000


@click.group()
def command() -> None:
    """List or retry what came in and could not be applied, and why."""


@command.command("list")
@click.option(
    "--outcome",
    "outcomes",
    type=click.Choice(_OUTCOMES),
    multiple=True,
    default=(WAITING, *_FAILED),
    help="Only those with this outcome; may be given again. Else what waits and what failed.",
)
@click.option("--node", "host", metavar="DOMAIN", help="Only those from this node.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@json_option
@click.pass_obj
def list_received(
    invocation: Invocation, outcomes: tuple[str, ...], host: str | None, limit: int, *, as_json: bool
) -> None:
    """List received activities, newest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            rows = await tx.received.list(outcomes=_stored(outcomes), host=host, size=limit)
        return [_shown(row, sender) for row, sender in rows]

    columns = {
        "id": "ID",
        "sender": "SENDER",
        "verb": "ACTIVITY",
        "outcome": "OUTCOME",
        "attempts": "TRIES",
        "received_at": "RECEIVED",
        "reason": "REASON",
    }
    print_rows(
        with_database(invocation, work), columns, as_json=as_json, empty="Nothing waits, nothing failed."
    )


@command.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--node", "host", metavar="DOMAIN", help="Everything from this node that waits or failed.")
@click.option("--all", "everything", is_flag=True, help="Everything that waits or failed.")
@click.pass_obj
def retry(invocation: Invocation, ids: tuple[int, ...], host: str | None, *, everything: bool) -> None:
    """Let received activities be applied again, now."""
    if sum((bool(ids), host is not None, everything)) != 1:
        raise click.UsageError("Name activities by their ids, or a node with --node, or use --all.")

    async def work(_settings: Settings, database: Database) -> int:
        async with database.begin() as tx:
            waiting = {
                row.id: row for row, _ in await tx.received.list(outcomes=[None], host=host, size=_MOST)
            }
            chosen = list(ids)
            if not ids:
                failed = await tx.received.list(outcomes=_FAILED, host=host, size=_MOST)
                chosen = [*waiting, *(row.id for row, _ in failed)]
            # What waits already keeps its count of attempts, and is due now.
            await tx.received.lease([waiting[each] for each in chosen if each in waiting], tx.now)
            for each in chosen:
                if each not in waiting and not await tx.received.retry(each, tx.now):
                    raise CommandFailed(f"There is no received activity {each} that could be applied again.")
        return len(chosen)

    click.echo(f"{with_database(invocation, work)} activities are applied again now.")


def _stored(outcomes: tuple[str, ...]) -> list[str | None]:
    return [None if each == WAITING else each for each in outcomes]


def _shown(row: Received, sender: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "sender": sender,
        "activity": row.uri,
        "verb": row.verb,
        "outcome": row.outcome or WAITING,
        "attempts": row.attempts,
        "received_at": row.received_at,
        "due_at": row.due_at if row.outcome is None else None,
        "concluded_at": row.concluded_at,
        "reason": row.reason,
    }
