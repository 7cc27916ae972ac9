"""`ilan page`: what the operators tell everybody about the node, privacy and the terms of service."""

from datetime import date, datetime
from typing import IO, Any

import click

from actors.documents import remove_document, set_document
from actors.locales import language_tag
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_rows, printable
from node.settings import Settings
from storage.database import Database
from storage.documents import Document, DocumentName

_name = click.argument("name", type=click.Choice([name.value for name in DocumentName]))
_LARGEST = 1_000_000


@click.group()
def command() -> None:
    """Write what the node tells everybody: about it, how it treats data, terms of service.

    Where nothing is written, the node says by itself what it keeps of people.
    """


@command.command("list")
@json_option
@click.pass_obj
def list_pages(invocation: Invocation, *, as_json: bool) -> None:
    """List what is written, in which languages, and from when it holds."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            return [_shown(document) for document in await tx.documents.all()]

    columns = {"name": "PAGE", "language": "LANGUAGE", "effective_on": "HOLDS FROM", "updated_at": "WRITTEN"}
    print_rows(with_database(invocation, work), columns, as_json=as_json, empty="Nothing is written.")


@command.command()
@_name
@click.option("--language", help="In which language. By default the body's own.")
@click.pass_obj
def show(invocation: Invocation, name: str, language: str | None) -> None:
    """Print what is written, in Markdown, as it was given."""

    async def work(settings: Settings, database: Database) -> Document:
        wanted = _tag(language or settings.node.languages[0])
        async with database.read() as tx:
            for document in await tx.documents.current(DocumentName(name), tx.now.date()):
                if document.language == wanted:
                    return document
        raise CommandFailed(
            f"There is no page {name} in {printable(wanted)}.", "`ilan page list` says which."
        )

    # Line by line: what steers a terminal is not printed, what separates lines is.
    for line in with_database(invocation, work).source.splitlines():
        click.echo(printable(line))


@command.command("set")
@_name
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--language", help="In which language it is. By default the body's own.")
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which terms hold, as in 2027-03-01. By default they do at once.",
)
@click.pass_obj
def set_page(
    invocation: Invocation, name: str, file: IO[str], language: str | None, effective: datetime | None
) -> None:
    """Write a page from a file in Markdown (- for standard input), in place of what it said."""
    text = _read(file)
    day: date | None = effective.date() if effective else None

    async def work(settings: Settings, database: Database) -> tuple[str, Document]:
        async with database.begin() as tx:
            document = await set_document(
                tx, DocumentName(name), text, language or settings.node.languages[0], day
            )
            return settings.node.base_url, document

    base_url, document = with_database(invocation, work)
    since = f" from {document.effective_on} on" if document.effective_on else ""
    click.echo(f"{base_url}/{name} says it in {document.language}{since}.")


@command.command()
@_name
@click.argument("language")
@click.pass_obj
def remove(invocation: Invocation, name: str, language: str) -> None:
    """Remove a page in one language, every version of it."""

    async def work(_settings: Settings, database: Database) -> None:
        async with database.begin() as tx:
            await remove_document(tx, DocumentName(name), language)

    with_database(invocation, work)
    click.echo(printable(f"The page {name} is no longer there in {_tag(language)}."))


def _read(file: IO[str]) -> str:
    try:
        text = file.read(_LARGEST + 1)
    except UnicodeDecodeError as error:
        raise CommandFailed("The file is not text in UTF-8.") from error
    if len(text) > _LARGEST:
        raise CommandFailed(f"The file is longer than {_LARGEST} characters.")
    return text.removeprefix("\ufeff")


def _tag(language: str) -> str:
    return language_tag(language) or language


def _shown(document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "language": document.language,
        "effective_on": document.effective_on or None,
        "updated_at": document.updated_at,
    }
