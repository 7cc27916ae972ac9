"""Media on publications: what may be attached by whom, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from actors.errors import Invalid, NotFound
from storage.actors import Actor
from storage.kinds import MediaKind, MediaState
from storage.media import Media
from storage.publications import Publication
from storage.transaction import Transaction

MAX_MEDIA: Final = 4
"""How many media one post may have, as everywhere in the network."""

MAX_DESCRIPTION: Final = 1500
"""Characters of what is said for those who do not see a picture."""

KEPT_FOR: Final = timedelta(hours=24)
"""How long media waits to be attached: after it was uploaded, or its post deleted to be written anew."""

_ALONE: Final = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})


async def check_attachable(
    tx: Transaction, owner: Actor, ids: Sequence[int], publication: Publication | None = None
) -> list[Media]:
    """Return media that the owner may attach to a new post, or to one of theirs, in the order of the ids.

    Raises Invalid, in Mastodon's words: for too many, for a video beside anything else, for what is not
    ready, and for what is not there, not theirs or attached elsewhere, which are all the same to who asks.
    """
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MAX_MEDIA:
        raise Invalid(f"Cannot attach more than {MAX_MEDIA} files")
    found = await tx.media.owned(owner.id, wanted) if wanted else {}
    allowed = {None, publication.id if publication else None}
    missing = [
        number for number in wanted if number not in found or found[number].publication_id not in allowed
    ]
    if missing:
        named = ", ".join(str(number) for number in missing)
        raise Invalid(f"Media {named} not found or already attached to another post")
    media = [found[number] for number in wanted]
    if len(media) > 1 and any(each.kind in _ALONE for each in media):
        raise Invalid("Cannot attach a video to a post that already contains images")
    if any(each.state != MediaState.READY for each in media):
        raise Invalid("Cannot attach files that have not finished processing. Try again in a moment!")
    return media


async def attach(
    tx: Transaction, owner: Actor, media_ids: Sequence[int], publication: Publication
) -> list[Media]:
    """Attach media to a publication of its owner, and take away what was attached and is not named.

    Returns what is attached, in the order of the ids. Raises Invalid as `check_attachable` does.
    """
    media = await check_attachable(tx, owner, media_ids, publication)
    before = await tx.media.of(publication.id)
    wanted = [each.id for each in media]
    removed = [each.id for each in before if each.id not in wanted]
    if removed:
        await tx.media.detach(removed, tx.now + KEPT_FOR)
    if wanted and await tx.media.attach(owner.id, wanted, publication.id) != set(wanted):
        raise Invalid("Some of the media was just attached to another post")
    return [replace(each, publication_id=publication.id) for each in media]


async def detach(tx: Transaction, publication: Publication, *, keep: bool = True) -> list[Media]:
    """Take all media from a publication that is about to be deleted; returns what it was.

    With `keep` it can be attached again for a while, as "delete and redraft" needs it; else it goes soon.
    """
    media = await tx.media.of(publication.id)
    if media:
        await tx.media.detach([each.id for each in media], tx.now + KEPT_FOR if keep else tx.now)
    return media


async def hold(tx: Transaction, owner: Actor, media_ids: Sequence[int], days: float) -> None:
    """Let media wait for a post that is published later, in so many days, and some time beyond."""
    media = await check_attachable(tx, owner, media_ids)
    if media:
        await tx.media.hold([each.id for each in media], tx.now + timedelta(days=days) + KEPT_FOR)


async def describe(
    tx: Transaction,
    owner: Actor,
    media_id: int,
    *,
    description: str | None = None,
    focus: tuple[float, float] | None = None,
) -> Media:
    """Change what is said of media, attached or not; None leaves it as it is. NotFound for others' media."""
    media = (await tx.media.owned(owner.id, [media_id])).get(media_id)
    if media is None:
        raise NotFound("Record not found")
    changed = media
    if description is not None:
        changed = replace(changed, description=checked_description(description))
    if focus is not None:
        changed = replace(changed, focus_x=focus[0], focus_y=focus[1])
    if changed != media:
        await tx.media.change(changed)
    return changed


def checked_description(text: str) -> str:
    """Return a description without what surrounds it; Invalid, in Mastodon's words, for too long a one."""
    text = text.replace("\x00", "").strip()
    if len(text) > MAX_DESCRIPTION:
        raise Invalid(
            f"Validation failed: Description is too long (maximum is {MAX_DESCRIPTION} characters)",
            {"description": f"has {len(text)} characters; at most {MAX_DESCRIPTION} are taken"},
        )
    return text


def attachment_of(media: Media) -> dict[str, Any]:
    """Return media in ActivityStreams' words, as the `attachments` of a publication keep it.

    `mediaId`, `mediaKind` and `preview` are for this node alone, and do not travel as such.
    """
    is_picture = media.media_type.startswith("image/")
    found: dict[str, Any] = {
        "type": "Image" if is_picture else "Document",
        "mediaType": media.media_type,
        "url": media.url,
        "name": media.description,
        "width": media.width,
        "height": media.height,
        "size": media.size,
        "duration": f"PT{round(media.duration, 3):g}S" if media.duration else None,
        "blurhash": media.blurhash,
        "focalPoint": list(media.focus) if media.focus else None,
        "preview": media.preview_url,
        "mediaKind": media.kind if media.kind == MediaKind.GIFV else None,
        "mediaId": str(media.id),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def file_of(media: Media) -> dict[str, Any]:
    """Return media in the words of a draft's `attachments`, which rendering turns into `attachment_of`."""
    written = attachment_of(media)
    del written["type"]
    return {"media_type": written.pop("mediaType"), **written}


def ids_in(attachments: Sequence[dict[str, Any]]) -> list[int]:
    """Return the ids of the media among the attachments of a publication, in their order."""
    return [int(each["mediaId"]) for each in attachments if str(each.get("mediaId", "")).isdecimal()]
