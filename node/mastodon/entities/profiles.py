"""One's own profile as clients edit it: plain texts, and what nobody else is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from node.files.portraits import picture
from node.mastodon.entities.accounts import proven_fields
from node.mastodon.entities.roles import role_entity
from storage.actors import Actor
from storage.kinds import ActorType
from storage.preferences import Preferences
from storage.profiles import Profile

_BOTS = frozenset({ActorType.APPLICATION, ActorType.SERVICE})


def credential_account(
    account: Mapping[str, Any],
    owner: Actor,
    profile: Profile,
    preferences: Preferences,
    links: Mapping[str, datetime],
    *,
    role: str,
    requests: int,
) -> dict[str, Any]:
    """Return a CredentialAccount: an Account with what is its owner's own affair.

    `requests` is how many wait to be let in, `links` the proven ones.
    """
    return {
        **account,
        "source": {
            "privacy": preferences.privacy,
            "sensitive": preferences.sensitive,
            "language": preferences.language,
            "note": profile.note,
            "fields": _fields(owner, profile, links),
            "follow_requests_count": requests,
            "hide_collections": owner.hides_collections,
            "discoverable": owner.discoverable,
            "indexable": owner.indexable,
            "attribution_domains": owner.attribution_domains or [],
            "quote_policy": preferences.quote_policy,
        },
        "role": role_entity(role),
    }


def profile_entity(
    owner: Actor,
    profile: Profile,
    links: Mapping[str, datetime],
    tags: list[dict[str, Any]],
    base_url: str,
) -> dict[str, Any]:
    """Return a Profile. `tags` are the hashtags on it."""
    avatar = picture(owner, "avatar", base_url) if owner.icon else None
    header = picture(owner, "header", base_url) if owner.image else None
    return {
        "id": str(owner.id),
        "display_name": owner.name,
        "note": profile.note,
        "fields": _fields(owner, profile, links),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": owner.icon_description or "",
        "header": header,
        "header_static": header,
        "header_description": owner.image_description or "",
        "locked": owner.manually_approves_followers,
        "bot": owner.type in _BOTS,
        "hide_collections": owner.hides_collections,
        "discoverable": owner.discoverable,
        "indexable": owner.indexable,
        "show_media": profile.show_media,
        "show_media_replies": profile.show_media_replies,
        "show_featured": profile.show_featured,
        "attribution_domains": owner.attribution_domains or [],
        "featured_tags": tags,
    }


def _fields(owner: Actor, profile: Profile, links: Mapping[str, datetime]) -> list[dict[str, Any]]:
    proven = proven_fields(owner, links)
    return [{"name": name, "value": value, "verified_at": proven.get(name)} for name, value in profile.fields]
