"""Where files are found: those kept here by names that nobody guesses, others' through the proxy.

The address of a copy carries a mark of what it is a copy of. It changes with the picture, so that clients do
not show an old one; and whoever has it knows where the original is, so that it opens nothing to anybody else.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

FILES: Final = "/media/files"
PROXY: Final = "/media/proxy"
AVATAR: Final = "avatar"
HEADER: Final = "header"

_MARK_BYTES: Final = 8


def file_url(base_url: str, name: str, title: str = "") -> str:
    """Return the address of a file that is kept here; with `title`, what it is saved as."""
    return f"{base_url}{FILES}/{name}" if not title else f"{base_url}{FILES}/{name}/{title}"


def name_in(url: str, base_url: str) -> str | None:
    """Return the name of the file that an address of this node leads to, or None."""
    start = f"{base_url}{FILES}/"
    return url.removeprefix(start).partition("/")[0] if url.startswith(start) else None


def mark_of(url: str) -> str:
    """Return what stands for the address of an original."""
    return blake2b(url.encode("utf-8", "replace"), digest_size=_MARK_BYTES).hexdigest()


def proxy_url(base_url: str, publication_id: int, place: int, url: str, *, small: bool = False) -> str:
    """Return where a copy of what a publication has attached at a place is shown."""
    variant = "/small" if small else ""
    return f"{base_url}{PROXY}/{publication_id}/{place}{variant}?v={mark_of(url)}"


def portrait_url(base_url: str, actor_id: int, which: str, url: str) -> str:
    """Return where a copy of an actor's `avatar` or `header` is shown."""
    return f"{base_url}{PROXY}/actors/{actor_id}/{which}?v={mark_of(url)}"


def address_in(attachment: Mapping[str, Any]) -> str | None:
    """Return the address of an attachment, in ActivityStreams' words, that can be fetched."""
    url = attachment.get("url") or attachment.get("href")
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None
