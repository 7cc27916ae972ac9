"""Custom emojis that come with other nodes' posts."""

from collections.abc import Iterable, Mapping
from typing import Any


def emojis_of(tags: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the custom emojis among a publication's tags; the text names them as `:shortcode:`."""
    found = {}
    for tag in tags:
        icon = tag.get("icon")
        url = icon.get("url") if isinstance(icon, Mapping) else None
        name = tag.get("name")
        if tag.get("type") != "Emoji" or not isinstance(name, str) or not isinstance(url, str):
            continue
        code = name.strip(":")
        if code and url.startswith("https://"):
            found[code] = {"shortcode": code, "url": url, "static_url": url, "visible_in_picker": False}
    return list(found.values())
