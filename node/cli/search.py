"""`ilan search`: the same search as everywhere."""

from typing import Any

import click

from actors.searching import LARGEST_PAGE, Facets, search
from actors.text import plain_line
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_json, print_rows
from node.settings import Settings
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Kind
from storage.publications import Publication

_EXCERPT = 200
_TITLE = 70


@click.command()
@click.argument("query", default="")
@click.option(
    "--kind", "kinds", type=click.Choice([kind.value for kind in Kind]), multiple=True, help="A kind."
)
@click.option("--country", "countries", multiple=True, metavar="CC", help="A country it is about, as in KE.")
@click.option("--topic", "topics", multiple=True, help="A concept, as in stage/police-custody.")
@click.option("--lang", "languages", multiple=True, help="A language it is in, as in fr.")
@click.option(
    "--limit", type=click.IntRange(1, LARGEST_PAGE), default=20, show_default=True, help="How many."
)
@click.option("--offset", type=click.IntRange(0, 10_000), default=0, help="How many to leave out first.")
@json_option
@click.pass_obj
def command(
    invocation: Invocation,
    query: str,
    kinds: tuple[str, ...],
    countries: tuple[str, ...],
    topics: tuple[str, ...],
    languages: tuple[str, ...],
    limit: int,
    offset: int,
    *,
    as_json: bool,
) -> None:
    """Search what is published here and what other nodes have shared with this one.

    Options of one name widen, different ones narrow. Without words, everything that fits is listed, newest
    first.
    """
    facets = Facets(kinds=kinds, countries=countries, concepts=topics, languages=languages)

    async def work(_settings: Settings, database: Database) -> dict[str, Any]:
        async with database.read() as tx:
            found = await search(tx, query, None, facets, offset=offset, size=limit)
        return {
            "total": found.total,
            "items": [shown(publication, author) for publication, author in found.items],
        }

    results = with_database(invocation, work)
    if as_json:
        print_json(results)
        return
    rows = [row | {"title": _cut(row["title"] or row["excerpt"], _TITLE)} for row in results["items"]]
    columns = {"kind": "KIND", "published": "PUBLISHED", "node": "NODE", "title": "TITLE", "url": "ADDRESS"}
    print_rows(rows, columns, as_json=False, empty="Nothing was found.")
    if results["total"] > offset + len(rows) and rows:
        click.echo(f"{len(rows)} of {results['total']}; --offset {offset + len(rows)} shows more.", err=True)


def shown(publication: Publication, author: Actor) -> dict[str, Any]:
    """Return what is said of something that was found."""
    return {
        "uri": publication.uri,
        "url": publication.url or publication.uri,
        "kind": publication.kind,
        "title": publication.title,
        "language": publication.language,
        "node": author.host,
        "author": author.handle,
        "published": publication.published_at,
        "excerpt": plain_line(publication.summary or publication.content, _EXCERPT),
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
