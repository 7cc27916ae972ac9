"""`ilan publish`: publish a file, replace what was published, or withdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import click

from actors.addresses import BODY
from actors.drafts import Draft, read_draft
from actors.errors import Conflict, NotFound
from actors.mentions import find_mentions
from actors.publishing import edit, publish, withdraw
from actors.usernames import folded
from node.cli.documents import read_document
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import refusals, say_if_nobody_sends, with_database, with_node
from node.settings import Settings
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Kind
from storage.publications import Publication
from storage.transaction import Transaction

if TYPE_CHECKING:
    from node.context import Node


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--as", "username", help=f"Who publishes, instead of whom the file names; else {BODY}.")
@click.option("--replace", "replaced", metavar="URI", help="Publish in place of this; the address stays.")
@click.option("--reason", default="", help="Why it is replaced; kept with the earlier version.")
@click.option("--withdraw", "withdrawn", metavar="URI", help="Delete this, and tell everybody who has it.")
@click.pass_obj
def command(
    invocation: Invocation,
    file: IO[str] | None,
    username: str | None,
    replaced: str | None,
    reason: str,
    withdrawn: str | None,
) -> None:
    """Publish a JSON document, or Markdown with YAML front matter; - is standard input. Prints the URI.

    The fields are those of the publications API: kind, title, summary, body, language, visibility,
    jurisdiction, concepts, license, and those of each kind.
    """
    if withdrawn is not None:
        if file is not None or replaced is not None or username is not None:
            raise click.UsageError("--withdraw stands alone, without a file or other options.")
        click.echo(with_database(invocation, lambda _, database: _withdraw(database, withdrawn)))
        return
    if file is None:
        raise click.UsageError("Name a file, or - for standard input.")
    if replaced is not None and username is not None:
        raise click.UsageError("What is replaced keeps its author, so --as does not go with --replace.")
    document = _read(file)
    settings = invocation.settings()
    named = document.get("as")
    author = folded(username or (named if isinstance(named, str) else "") or BODY)
    draft = _draft(settings, document)
    click.echo(_recorded(invocation, _Deed(draft, author, replaced, reason)))


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is to be published, by whom, and in place of what."""

    draft: Draft
    author: str
    replaced: str | None
    reason: str


def _recorded(invocation: Invocation, deed: _Deed) -> str:
    """Publish, after asking other nodes about whom the draft names there, and return the URI."""
    if not _names_others(deed.draft):
        return with_database(invocation, lambda _, database: _record(database, deed, {}))
    from federation.lookups import keep_answered, look_up  # noqa: PLC0415 - most drafts name nobody

    async def work(node: "Node") -> str:
        looked_up = await look_up(node.federation, deed.draft)
        for name in _mentions_of(deed.draft):
            if name not in looked_up.mentioned:
                click.echo(f"@{name} was not found, and stays plain text.", err=True)
        async with node.database.begin() as tx:
            await keep_answered(tx, looked_up)
        return await _record(node.database, deed, looked_up.mentioned)

    return with_node(invocation, work)


async def _record(database: Database, deed: _Deed, mentioned: Mapping[str, Actor]) -> str:
    async with database.begin() as tx:
        if deed.replaced is None:
            author = await _author(tx, deed.author)
            publication = await publish(tx, author, deed.draft, mentioned=mentioned)
        else:
            former, author = await _own(tx, deed.replaced)
            publication = await edit(tx, author, former, deed.draft, reason=deed.reason, mentioned=mentioned)
        await say_if_nobody_sends(tx)
        return publication.uri


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        return read_document(file.read())
    except UnicodeDecodeError as error:
        raise CommandFailed("The file is not UTF-8 text.") from error


def _draft(settings: Settings, document: dict[str, Any]) -> Draft:
    country = settings.node.country
    if country and document.get("kind") != Kind.NOTE and not document.get("jurisdiction"):
        document = {**document, "jurisdiction": [country]}
    with refusals():
        return read_draft(document, default_language=settings.node.languages[0])


async def _author(tx: Transaction, username: str) -> Actor:
    actor = await tx.actors.local(username)
    if actor is None or actor.gone_at is not None:
        raise NotFound(f"There is no actor {username} on this node; `ilan member list` lists who there is.")
    member = await tx.members.of(actor)
    if actor.suspended_at is not None or (member is not None and member.disabled_at is not None):
        raise Conflict(f"{username} is disabled, and publishes nothing.")
    return actor


async def _own(tx: Transaction, uri: str) -> tuple[Publication, Actor]:
    publication = await tx.publications.by_uri(uri)
    if publication is None or not publication.is_local:
        raise NotFound(f"There is nothing published here at {uri}.")
    return publication, await tx.actors.get(publication.author_id)


async def _withdraw(database: Database, uri: str) -> str:
    async with database.begin() as tx:
        publication, author = await _own(tx, uri)
        await withdraw(tx, author, publication)
        await say_if_nobody_sends(tx)
    return uri


def _names_others(draft: Draft) -> bool:
    return bool(_mentions_of(draft) or draft.audience_group or draft.in_reply_to)


def _mentions_of(draft: Draft) -> list[str]:
    if draft.kind is not Kind.NOTE:
        return []
    return list(dict.fromkeys(name for text in draft.body.values() for name in find_mentions(text)))
