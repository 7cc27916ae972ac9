"""`ilan prune`: let go of what is no longer needed."""

from datetime import timedelta
from typing import Any

import click

from actors.pruning import Prunable, prune_history, prune_posts
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_record, progress
from node.settings import Settings
from storage import upkeep
from storage.database import Database


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how much would go.")
@json_option
@click.pass_obj
def command(invocation: Invocation, *, dry_run: bool, as_json: bool) -> None:
    """Remove what is no longer needed, to save disk space.

    Posts of other nodes older than limits.remote_days that nobody here answered, liked or shared; how
    deliveries and received activities went, after 30 days; links and tokens that open nothing any more. The
    catalogue of other nodes stays, and so does everything that was published here.
    """

    async def work(settings: Settings, database: Database) -> dict[str, Any]:
        keep_for = timedelta(days=settings.limits.remote_days)
        history = await _prune_history(database, dry_run=dry_run)
        async with database.read() as tx:
            posts = await upkeep.count_forgettable(tx, tx.now - keep_for)
        if not dry_run and posts:
            posts = await _prune_posts(database, keep_for, posts)
        return {
            "posts_of_other_nodes": posts,
            "deliveries": history.deliveries,
            "received": history.received,
            "tokens_and_links": history.secrets,
            "dry_run": dry_run,
        }

    labels = {"dry_run": "only counted"}
    print_record(with_database(invocation, work), as_json=as_json, labels=labels)


class _OnlyCounted(Exception):
    """Takes back what was removed to count it."""


async def _prune_history(database: Database, *, dry_run: bool) -> Prunable:
    found = Prunable(0, 0, 0, 0)
    try:
        async with database.begin() as tx:
            found = await prune_history(tx)
            if dry_run:
                raise _OnlyCounted  # noqa: TRY301 - leaving a transaction so is what takes it back
    except _OnlyCounted:
        pass
    return found


async def _prune_posts(database: Database, keep_for: timedelta, expected: int) -> int:
    removed = 0
    with progress("Removing posts of other nodes", expected) as advance:
        while True:
            async with database.begin() as tx:
                count = await prune_posts(tx, keep_for)
            if not count:
                return removed
            removed += count
            advance(count)
