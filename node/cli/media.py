"""`ilan media`: how much space files take, what of them may go, and fetching copies again."""

from datetime import timedelta
from typing import Any

import click

from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import with_node
from node.cli.output import json_option, print_record, print_rows
from node.context import Node
from node.media.copying import UNUSED_FOR, NotCopied, fetched_copy, forget_copies
from node.media.pruning import prune_media
from storage.copies import Copy
from storage.files import MIB

_AT_ONCE = 200


@click.group()
def command() -> None:
    """Say how much space files take, remove what nobody needs, fetch copies again."""


@command.command()
@json_option
@click.pass_obj
def usage(invocation: Invocation, *, as_json: bool) -> None:
    """Count uploads and copies of other nodes' files, and the space they take."""

    async def work(node: Node) -> list[dict[str, Any]]:
        async with node.database.read() as tx:
            uploads = await tx.media.usage()
            copies = await tx.copies.usage()
        limits = node.settings.limits
        rows: list[dict[str, Any]] = [
            {"what": f"uploads: {kind}", "files": used.count, "bytes": used.size, "limit": None}
            for kind, used in uploads.items()
        ]
        rows.append(
            {
                "what": "copies of other nodes' files",
                "files": copies.count,
                "bytes": copies.size,
                "limit": limits.media_cache_mib * MIB,
            }
        )
        rows.append(
            {"what": "files that could not be copied", "files": copies.failures, "bytes": 0, "limit": None}
        )
        free = await node.files.uploads.free()
        rows.append({"what": "free on the disk of uploads", "files": None, "bytes": free, "limit": None})
        return rows

    found = with_node(invocation, work)
    columns = {"what": "WHAT", "files": "FILES", "bytes": "MIB", "limit": "AT MOST"}
    shown = found if as_json else [_in_mib(row) for row in found]
    print_rows(shown, columns, as_json=as_json, empty="There are no files.")


@command.command()
@click.option(
    "--days",
    type=click.IntRange(0, 3650),
    default=UNUSED_FOR.days,
    show_default=True,
    help="Remove copies that nobody looked at for so many days.",
)
@click.option("--dry-run", is_flag=True, help="Only say how much would go.")
@json_option
@click.pass_obj
def prune(invocation: Invocation, days: int, *, dry_run: bool, as_json: bool) -> None:
    """Remove uploads that were never posted, files that nothing names, and copies that nobody looks at.

    The server does the same every hour. Copies come again when somebody looks.
    """

    async def work(node: Node) -> dict[str, Any]:
        pruned = await prune_media(node, unused_for=timedelta(days=days), dry_run=dry_run)
        return {
            "uploads": pruned.uploads,
            "stray_files": pruned.strays,
            "copies": pruned.copies,
            "dry_run": dry_run,
        }

    print_record(with_node(invocation, work), as_json=as_json, labels={"dry_run": "only counted"})


@command.command()
@click.argument("addresses", metavar="[URL]...", nargs=-1)
@click.option("--failed", is_flag=True, help="Every file that could not be copied.")
@json_option
@click.pass_obj
def refetch(invocation: Invocation, addresses: tuple[str, ...], *, failed: bool, as_json: bool) -> None:
    """Fetch copies of other nodes' files again, by the addresses that they were copied from."""
    if bool(addresses) == failed:
        raise click.UsageError("Name files by the addresses of their originals, or use --failed.")

    async def work(node: Node) -> list[dict[str, Any]]:
        copies = await (_failed(node) if failed else _named(node, addresses))
        return [await _fetched(node, copy) for copy in copies]

    rows = with_node(invocation, work)
    columns = {"url": "ORIGINAL", "purpose": "SHOWN AS", "outcome": "OUTCOME"}
    print_rows(rows, columns, as_json=as_json, empty="There is nothing to fetch.")
    if any(row["outcome"] != _OK for row in rows):
        raise CommandFailed("Some files could not be copied.")


_OK = "copied"


async def _failed(node: Node) -> list[Copy]:
    found: list[Copy] = []
    after = ""
    while True:
        async with node.database.read() as tx:
            page = await tx.copies.after(after, _AT_ONCE)
        if not page:
            return found
        after = page[-1].digest
        found += [copy for copy in page if copy.file is None]


async def _named(node: Node, addresses: tuple[str, ...]) -> list[Copy]:
    found: list[Copy] = []
    async with node.database.read() as tx:
        for address in addresses:
            copies = await tx.copies.of_url(address)
            if not copies:
                raise CommandFailed(
                    f"Nobody here looked at {address} yet.",
                    "It is fetched when somebody does for the first time.",
                )
            found += copies
    return found


async def _fetched(node: Node, copy: Copy) -> dict[str, Any]:
    await forget_copies(node, [copy])
    outcome = _OK
    try:
        await fetched_copy(node, copy.url, copy.purpose)
    except NotCopied as error:
        outcome = str(error)
    return {"url": copy.url, "purpose": copy.purpose, "outcome": outcome}


def _in_mib(row: dict[str, Any]) -> dict[str, Any]:
    sizes = {name: f"{row[name] / MIB:.1f}" for name in ("bytes", "limit") if row[name] is not None}
    return row | sizes
