"""`ilan worker`: background work alone, as many as wanted beside `serve`."""

import asyncio
import signal

import click

from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import with_node
from node.context import Node
from node.logs import configure
from node.workers import run_workers
from storage.database import SQLITE


@click.command()
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Do background work alone: apply what came in, send what goes out, read catalogues back (PostgreSQL)."""
    if invocation.settings().storage.database_url.startswith(SQLITE):
        raise CommandFailed(
            "With SQLite one process does everything, and `ilan serve` is that.",
            "Several need PostgreSQL (deploy/README.md shows how).",
        )
    configure()
    with_node(invocation, _work)


async def _work(node: Node) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    click.echo(f"Working for {node.settings.node.domain}; Ctrl-C stops.")
    await run_workers(node, stop)
