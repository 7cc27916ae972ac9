"""Announcements of the operators to the members: made, read, and reacted to with emojis."""

import unicodedata
from datetime import datetime
from typing import Final

from actors.addresses import BODY
from actors.errors import Invalid, NotFound
from actors.markdown import MAX_MARKDOWN, render_markdown
from actors.narrowing import narrowed
from actors.text import plain
from storage.actors import Actor
from storage.announcements import Announcement
from storage.transaction import Transaction

MAX_REACTIONS: Final = 8
"""How many different emojis an announcement may have."""

_LONGEST_EMOJI: Final = 16
_JOINER, _VARIATION, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_BESIDE_SYMBOLS: Final = frozenset({"Mn", "Me", "Cf", "Sk"})


async def add_announcement(
    tx: Transaction,
    markdown: str,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    all_day: bool = False,
) -> Announcement:
    """Announce something to the members, from now on until `ends_at`.

    The two moments say when what it is about takes place; with `all_day` only days count. Raises Invalid.
    """
    body = await tx.actors.local(BODY)
    # Apps draw neither headings nor tables; whoever wants those reads them on the body's page.
    content = narrowed(render_markdown(markdown), (body.url or body.uri) if body else "")
    faults = {}
    if not plain(content):
        faults["text"] = "is missing: write some Markdown"
    elif len(markdown) > MAX_MARKDOWN:
        faults["text"] = f"is longer than {MAX_MARKDOWN} characters"
    if starts_at and ends_at and ends_at <= starts_at:
        faults["ends"] = "must be after starts"
    if ends_at and ends_at <= tx.now:
        faults["ends"] = "is over already"
    if all_day and not (starts_at and ends_at):
        faults["all_day"] = "needs the first day and the end: give starts and ends"
    if faults:
        raise Invalid("This cannot be announced.", faults)
    announcement = Announcement(tx.new_id(), markdown, content, starts_at, ends_at, all_day, tx.now, tx.now)
    return await tx.announcements.add(announcement)


async def remove_announcement(tx: Transaction, announcement_id: int) -> None:
    """Take an announcement away; NotFound where there is none."""
    if not await tx.announcements.remove(announcement_id):
        raise NotFound(f"There is no announcement {announcement_id}.")


async def shown_announcement(tx: Transaction, announcement_id: int) -> Announcement:
    """Return an announcement that members can see; NotFound for any other."""
    found = await tx.announcements.find(announcement_id)
    if found is None or (found.ends_at is not None and found.ends_at <= tx.now):
        raise NotFound(f"There is no announcement {announcement_id}.")
    return found


async def react(tx: Transaction, announcement: Announcement, actor: Actor, name: str) -> bool:
    """React to an announcement with an emoji; False for who had done so. Raises Invalid.

    This node has no emojis of its own, so only those that everybody has can be used.
    """
    if not is_emoji(name):
        raise Invalid("Validation failed: Name is not a recognized emoji", {"name": "is not an emoji"})
    names = {
        each.name for each in (await tx.announcements.reactions([announcement.id], actor))[announcement.id]
    }
    if name not in names and len(names) >= MAX_REACTIONS:
        raise Invalid(
            "Validation failed: Limit of different reactions reached",
            {"name": f"is one more than the {MAX_REACTIONS} different ones that there may be"},
        )
    return await tx.announcements.react(announcement, actor, name, tx.new_id())


async def take_back(tx: Transaction, announcement: Announcement, actor: Actor, name: str) -> bool:
    """Take a reaction back; False for who had none."""
    return await tx.announcements.take_back(announcement, actor, name)


def is_emoji(name: str) -> bool:
    """Say whether a text is one emoji: a symbol, a keycap or a flag, with whatever is joined to it."""
    if not name or len(name) > _LONGEST_EMOJI:
        return False
    if name[0] in "#*0123456789":
        return name[1:] in {_KEYCAP, _VARIATION + _KEYCAP}
    symbols = 0
    for place, character in enumerate(name):
        kind = unicodedata.category(character)
        if kind == "So" or (kind in {"Po", "Sm"} and name[place + 1 : place + 2] == _VARIATION):
            symbols += 1
        elif kind not in _BESIDE_SYMBOLS or place == 0:
            return False
    # What is joined counts as one; a flag is two letters, and a skin tone is no symbol.
    return symbols == 1 + name.count(_JOINER) or (symbols == 2 and _is_flag(name))  # noqa: PLR2004 - a country's two letters


def _is_flag(name: str) -> bool:
    return all("\U0001f1e6" <= character <= "\U0001f1ff" for character in name)
