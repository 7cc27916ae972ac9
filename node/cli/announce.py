"""`ilan announce`: what members see at the top of their app, such as maintenance to come."""

from datetime import datetime
from typing import Any

import click
import orjson

from actors.announcements import add_announcement, remove_announcement
from actors.text import plain
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_rows
from node.mastodon.entities.announcements import announcement_entity
from node.settings import Settings
from storage.announcements import Announcement
from storage.database import Database

_SHOWN_CHARACTERS = 60


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read a moment in ISO 8601; without an offset it is one of this machine's clock."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError) as error:
        example = "2027-03-01T20:00 or 2027-03-01T20:00+03:00"
        raise click.BadParameter(f"{value!r} is not a moment such as {example}") from error


@click.group()
def command() -> None:
    """Announce something to the members of this node."""


@command.command()
@click.argument("text", metavar="MARKDOWN")
@click.option("--starts", callback=_moment, help="When what it is about begins, as in 2027-03-01T20:00.")
@click.option("--ends", callback=_moment, help="When it ends, and the announcement with it.")
@click.option("--all-day", is_flag=True, help="Show only the days.")
@click.pass_obj
def add(
    invocation: Invocation, text: str, starts: datetime | None, ends: datetime | None, *, all_day: bool
) -> None:
    """Announce something from now on, until it ends or is removed."""

    async def work(_settings: Settings, database: Database) -> Announcement:
        async with database.begin() as tx:
            announcement = await add_announcement(tx, text, starts_at=starts, ends_at=ends, all_day=all_day)
            payload = orjson.dumps(announcement_entity(announcement)).decode()
            await tx.stream_events.add("announcement", payload=payload)
            return announcement

    announcement = with_database(invocation, work)
    click.echo(f"Announcement {announcement.id} is shown to every member.")


@command.command("list")
@json_option
@click.pass_obj
def list_announcements(invocation: Invocation, *, as_json: bool) -> None:
    """List what was announced, the newest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            found = await tx.announcements.all()
            reactions = await tx.announcements.reactions([each.id for each in found], None)
            return [_shown(each, sum(one.count for one in reactions[each.id])) for each in found]

    columns = {
        "id": "ID",
        "text": "TEXT",
        "starts_at": "STARTS",
        "ends_at": "ENDS",
        "reactions": "REACTIONS",
    }
    print_rows(with_database(invocation, work), columns, as_json=as_json, empty="Nothing was announced.")


@command.command()
@click.argument("announcement_id", metavar="ID", type=int)
@click.pass_obj
def remove(invocation: Invocation, announcement_id: int) -> None:
    """Take an announcement away, with the reactions to it."""

    async def work(_settings: Settings, database: Database) -> None:
        async with database.begin() as tx:
            await remove_announcement(tx, announcement_id)
            await tx.stream_events.add("announcement.delete", payload=str(announcement_id))

    with_database(invocation, work)
    click.echo(f"Announcement {announcement_id} is gone.")


def _shown(announcement: Announcement, reactions: int) -> dict[str, Any]:
    text = " ".join(plain(announcement.content).split())
    short = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return {
        "id": announcement.id,
        "text": short,
        "source": announcement.source,
        "starts_at": announcement.starts_at,
        "ends_at": announcement.ends_at,
        "all_day": announcement.all_day,
        "published_at": announcement.published_at,
        "reactions": reactions,
    }
