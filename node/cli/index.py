"""`ilan index`: upkeep of the search index."""

import click

from actors.searching import reindex
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import progress
from node.settings import Settings
from storage import upkeep
from storage.database import Database

AT_ONCE = 100


@click.group()
def command() -> None:
    """Look after the search index."""


@command.command()
@click.pass_obj
def rebuild(invocation: Invocation) -> None:
    """Index everything anew, as after an upgrade that changes how words are read.

    Search goes on meanwhile; it may be interrupted and begun again.
    """

    async def work(_settings: Settings, database: Database) -> tuple[int, int]:
        async with database.read() as tx:
            total = sum(count for _, _, count in await tx.publications.counts())
        done, findable, last = 0, 0, 0
        with progress("Indexing", total) as advance:
            while True:
                # Few at a time, so that whoever else writes waits for a moment only.
                async with database.begin() as tx:
                    batch = await upkeep.publications_after(tx, last, AT_ONCE)
                    findable += await reindex(tx, batch)
                if not batch:
                    return done, findable
                last = batch[-1].id
                done += len(batch)
                advance(len(batch))

    done, findable = with_database(invocation, work)
    click.echo(f"{done} publications read anew, {findable} of them can be found.")
