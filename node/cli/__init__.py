"""The operator's commands. Each lives in a module of its own, imported when it is used: help is instant."""

import os
import sys
from pathlib import Path

import click

from node.cli.frame import Invocation, LazyGroup, Listed, print_unexpected

COMMANDS = {
    "init": Listed("node.cli.init", "Set up a new node: its config file, database, keys and actors."),
    "serve": Listed("node.cli.serve", "Serve the node, with its background work."),
    "worker": Listed("node.cli.worker", "Do background work alone, beside `serve` (PostgreSQL)."),
    "migrate": Listed("node.cli.migrate", "Bring the database to this version."),
    "check": Listed("node.cli.check", "Say what is wrong with the set-up, and what to do about it."),
    "member": Listed("node.cli.member", "Add, list, invite and disable the people of this body."),
    "request": Listed("node.cli.request", "List and decide the requests of people who want to join."),
    "token": Listed("node.cli.token", "Print a new access token for a member."),
    "network": Listed("node.cli.network", "Follow other nodes, and decide how far each is trusted."),
    "rules": Listed("node.cli.rules", "Say by which rules people live on this node."),
    "page": Listed("node.cli.page", "Write what the node tells everybody: about it, privacy, terms."),
    "announce": Listed("node.cli.announce", "Announce something to the members of this node."),
    "publish": Listed("node.cli.publish", "Publish a JSON document, or Markdown with front matter."),
    "search": Listed("node.cli.search", "Search what is published here, or across the network."),
    "deliveries": Listed("node.cli.deliveries", "List or retry what waits to be sent, or failed, and why."),
    "received": Listed("node.cli.received", "List or retry what came in and could not be applied, and why."),
    "index": Listed("node.cli.index", "Rebuild the search index."),
    "media": Listed("node.cli.media", "Say how much space files take, prune them, fetch copies again."),
    "prune": Listed("node.cli.prune", "Remove what is no longer needed, to save disk space."),
    "backup": Listed("node.cli.backup", "Copy database, media, keys and config, while the node runs."),
    "restore": Listed("node.cli.restore", "Bring a backup back."),
    "stats": Listed("node.cli.stats", "Count what is kept and waiting, and how each other node does."),
    "demo": Listed("node.cli.demo", "Run three bodies on this machine that follow each other."),
}
"""Every command, in the order in which an operator meets them."""

EPILOG = """\
Every setting of the config file can be overridden by ILAN_<SECTION>__<KEY> in the environment. Exit codes: 0
done, 1 a problem was found or there is no such thing, 2 wrong usage. With ILAN_DEBUG=1, failures come with a
traceback."""


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from node.version import version  # noqa: PLC0415 - only this option needs it

        click.echo(f"ilan {version()}")
        context.exit()


@click.group(
    cls=LazyGroup, listed=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--config",
    envvar="ILAN_CONFIG",
    default="config.toml",
    show_default=True,
    show_envvar=True,
    type=click.Path(path_type=Path),
    help="The config file.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def ilan(context: click.Context, config: Path) -> None:
    """Run and look after an ILAN node: one legal aid body's place in a network without a centre."""
    context.obj = Invocation(config, os.environ)


def main() -> None:
    """Run the command line and end the process."""
    try:
        ilan(prog_name="ilan")
    except Exception as error:  # noqa: BLE001 - the last resort: people get a sentence, not a traceback
        print_unexpected(error, os.environ)
        sys.exit(1)


__all__ = ["COMMANDS", "ilan", "main"]
