"""The node itself as clients see it: what it is, what it allows, and what it promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from actors.attaching import MAX_DESCRIPTION, MAX_MEDIA
from actors.counting import URL_LENGTH
from actors.pinning import MAX_PINS
from actors.polling import LONGEST, MAX_OPTION_CHARACTERS, MAX_OPTIONS, SHORTEST
from actors.profiles import MAX_DESCRIPTION as MAX_PICTURE_DESCRIPTION
from actors.profiles import MAX_FIELD, MAX_FIELDS, MAX_NAME, MAX_NOTE
from node.files.types import supported_media_types
from node.settings import Settings
from node.version import version
from storage.documents import HouseRule
from storage.usage import Numbers, WeekOfUse

MASTODON: Final = "4.5.0"
"""Programs read which features there are from the beginning of the version."""

API_VERSION: Final = 7
"""The version of Mastodon's API whose features there are here; raised only together with them."""

MAX_FEATURED: Final = 10
"""How many hashtags a profile shows."""

_MIB: Final = 1024 * 1024
_FRAMES: Final = 120
_ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AboutNode:
    """What is said of the node that is not in its settings.

    `description` is plain text in a few words; `contact` the Account of the body; `push_key` what push
    services know this node by; `has_terms` whether there are terms of service.
    """

    description: str
    numbers: Numbers
    rules: Sequence[HouseRule]
    contact: dict[str, Any] | None
    picture: str
    push_key: str
    has_terms: bool


def instance_entity(settings: Settings, about: AboutNode) -> dict[str, Any]:
    """Return the Instance of version 2."""
    node, registration = settings.node, settings.registration
    return {
        "domain": node.domain,
        "title": node.name,
        "version": spoken_version(),
        # Where the software comes from is for whoever installed it to say; their page names it.
        "source_url": f"{node.base_url}/about",
        "description": about.description,
        "usage": {"users": {"active_month": about.numbers.active}},
        "thumbnail": {"url": about.picture, "blurhash": None, "versions": {}, "description": node.name},
        "icon": [],
        "languages": list(node.languages),
        "configuration": _configuration(settings, about),
        "registrations": {
            "enabled": registration.mode != "closed",
            "approval_required": registration.mode == "approval",
            "reason_required": registration.mode == "approval",
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": node.contact_email, "account": about.contact},
        "rules": [rule_entity(rule) for rule in about.rules],
    }


def instance_v1_entity(settings: Settings, about: AboutNode) -> dict[str, Any]:
    """Return the Instance of version 1, which older programs ask for."""
    node, registration = settings.node, settings.registration
    configuration = _configuration(settings, about)
    media = {**configuration["media_attachments"]}
    media.pop("description_limit")
    return {
        "uri": node.domain,
        "title": node.name,
        "short_description": about.description,
        "description": about.description,
        "email": node.contact_email,
        "version": spoken_version(),
        "urls": {"streaming_api": configuration["urls"]["streaming"]},
        "stats": {
            "user_count": about.numbers.people,
            "status_count": about.numbers.publications,
            "domain_count": about.numbers.hosts,
        },
        "thumbnail": about.picture,
        "languages": list(node.languages),
        "registrations": registration.mode != "closed",
        "approval_required": registration.mode == "approval",
        "invites_enabled": False,
        "configuration": {
            "accounts": {"max_featured_tags": MAX_FEATURED},
            "statuses": configuration["statuses"],
            "media_attachments": media,
            "polls": configuration["polls"],
        },
        "contact_account": about.contact,
        "rules": [rule_entity(rule) for rule in about.rules],
        "max_toot_chars": settings.limits.note_characters,
        "poll_limits": {
            "max_options": MAX_OPTIONS,
            "max_option_chars": MAX_OPTION_CHARACTERS,
            "min_expiration": SHORTEST // _ONE_SECOND,
            "max_expiration": LONGEST // _ONE_SECOND,
        },
    }


def spoken_version() -> str:
    """Return the version in the form that every client can read: Mastodon's first, then ours."""
    return f"{MASTODON} (compatible; ILAN {version()})"


def rule_entity(rule: HouseRule) -> dict[str, Any]:
    """Return a Rule with its translations."""
    return {
        "id": str(rule.id),
        "text": rule.text,
        "hint": rule.hint,
        "translations": {
            language: {"text": said["text"], "hint": said["hint"]}
            for language, said in rule.translations.items()
        },
    }


def week_entity(week: WeekOfUse) -> dict[str, str]:
    """Return one week of activity; all its numbers are texts."""
    return {
        "week": str(int(week.starts.timestamp())),
        "statuses": str(week.publications),
        "logins": str(week.active),
        "registrations": str(week.joined),
    }


def _configuration(settings: Settings, about: AboutNode) -> dict[str, Any]:
    base, limits = settings.node.base_url, settings.limits
    pixels, upload = limits.image_megapixels * 1_000_000, limits.upload_mib * _MIB
    everybody = {"local": "public", "remote": "public"}
    return {
        "urls": {
            "streaming": f"ws{base.removeprefix('http')}",
            "status": None,
            "about": f"{base}/about",
            "privacy_policy": f"{base}/privacy",
            "terms_of_service": f"{base}/terms" if about.has_terms else None,
        },
        "vapid": {"public_key": about.push_key},
        "accounts": {
            "max_featured_tags": MAX_FEATURED,
            "max_pinned_statuses": MAX_PINS,
            "max_profile_fields": MAX_FIELDS,
            "profile_field_name_limit": MAX_FIELD,
            "profile_field_value_limit": MAX_FIELD,
            "max_display_name_length": MAX_NAME,
            "max_note_length": MAX_NOTE,
            "max_avatar_description_length": MAX_PICTURE_DESCRIPTION,
            "max_header_description_length": MAX_PICTURE_DESCRIPTION,
        },
        "statuses": {
            "max_characters": limits.note_characters,
            "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": URL_LENGTH,
        },
        "media_attachments": {
            "supported_mime_types": supported_media_types(),
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": upload,
            "image_matrix_limit": pixels,
            "video_size_limit": upload,
            "video_frame_rate_limit": _FRAMES,
            "video_matrix_limit": pixels,
        },
        "polls": {
            "max_options": MAX_OPTIONS,
            "max_characters_per_option": MAX_OPTION_CHARACTERS,
            "min_expiration": SHORTEST // _ONE_SECOND,
            "max_expiration": LONGEST // _ONE_SECOND,
        },
        "translation": {"enabled": False},
        "timelines_access": {
            "live_feeds": everybody,
            "hashtag_feeds": everybody,
            "trending_link_feeds": everybody,
        },
        "limited_federation": settings.federation.mode == "allow-list",
    }
