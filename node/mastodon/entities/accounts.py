"""Accounts: actors as clients see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from actors.profiles import field_link
from node.files.portraits import NO_AVATAR, NO_HEADER, picture
from node.mastodon.replies import stamp
from storage.actors import Actor
from storage.kinds import ActorType
from storage.standings import Standing

_BOTS: Final = frozenset({ActorType.APPLICATION, ActorType.SERVICE})


def account_entity(
    actor: Actor,
    standing: Standing,
    base_url: str,
    *,
    moved: dict[str, Any] | None = None,
    verified: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return an Account. `moved` is that of where it moved to, `verified` the moments of proven links."""
    if is_hidden(actor):
        return _hidden(actor, base_url)
    avatar = picture(actor, "avatar", base_url)
    header = picture(actor, "header", base_url)
    last = standing.last_published_at
    entity: dict[str, Any] = {
        **_names(actor),
        "display_name": actor.name,
        "locked": actor.manually_approves_followers,
        "bot": actor.type in _BOTS,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "group": actor.type == ActorType.GROUP,
        "note": actor.summary,
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": actor.icon_description or "",
        "header": header,
        "header_static": header,
        "header_description": actor.image_description or "",
        "followers_count": standing.followers,
        "following_count": standing.following,
        "statuses_count": standing.publications,
        "last_status_at": f"{last:%Y-%m-%d}" if last else None,
        "hide_collections": actor.hides_collections,
        "emojis": [],
        "fields": [
            {"name": name, "value": value, "verified_at": (verified or {}).get(name)}
            for name, value, *_ in actor.fields
        ],
        "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
    }
    if actor.is_local:
        entity |= {"noindex": not actor.indexable, "roles": []}
    if moved is not None:
        entity["moved"] = moved
    return entity


def proven_fields(actor: Actor, links: Mapping[str, datetime]) -> dict[str, str]:
    """Return the fields of a profile whose links were proven, by their names, with the moments."""
    found = {name: links.get(field_link(value) or "") for name, value, *_ in actor.fields} if links else {}
    return {name: stamp(moment) for name, moment in found.items() if moment is not None}


def is_hidden(actor: Actor) -> bool:
    """Whether nothing of an actor is shown any more but that it was there."""
    return actor.suspended_at is not None or actor.gone_at is not None


def acct(actor: Actor) -> str:
    """Return the name by which clients know an actor: without a domain for those of this node."""
    return actor.username if actor.is_local else actor.handle


def _names(actor: Actor) -> dict[str, Any]:
    # The day alone, as everywhere: the hour tells of habits.
    born = (actor.published_at or actor.created_at).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "id": str(actor.id),
        "username": actor.username,
        "acct": acct(actor),
        "url": actor.url or actor.uri,
        "uri": actor.uri,
        "created_at": stamp(born),
    }


def _hidden(actor: Actor, base_url: str) -> dict[str, Any]:
    avatar, header = f"{base_url}{NO_AVATAR}", f"{base_url}{NO_HEADER}"
    entity: dict[str, Any] = {
        **_names(actor),
        "display_name": "",
        "locked": False,
        "bot": False,
        "discoverable": False,
        "indexable": False,
        "group": False,
        "note": "",
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": "",
        "header": header,
        "header_static": header,
        "header_description": "",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": None,
        "hide_collections": True,
        "emojis": [],
        "fields": [],
        "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        "suspended": True,
    }
    if actor.is_local:
        entity |= {"noindex": True, "roles": []}
    return entity
