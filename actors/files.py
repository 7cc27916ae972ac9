"""Files that a draft names by their addresses: what they are called and of which media type they are."""

from typing import Any, Final

from actors.fields import Fields, web_address

MAX_FILES: Final = 16

FILE_FIELDS: Final = ("url", "media_type", "name", "width", "height")
"""What an author says of a file; what else is known of uploads is added by their addresses."""

_LONGEST_NAME: Final = 1500
_LARGEST_SIDE: Final = 100_000

# What is published here is told by the end of its name; nothing else is guessed.
_TYPES: Final = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webm": "video/webm",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}


def media_type_of(url: str) -> str | None:
    """Return the media type that the end of a file's name suggests; what has no such end is a page."""
    path = url.partition("://")[2].partition("?")[0].partition("#")[0]
    name = path.partition("/")[2].rpartition("/")[2]
    return _TYPES.get(name.rpartition(".")[2].lower()) if "." in name else "text/html"


def read_files(fields: Fields, name: str) -> list[dict[str, Any]]:
    """Return the files in a field: {"url", "media_type"} and, where given, "name", "width", "height"."""
    given = fields.given(name)
    if given is None:
        return []
    if not isinstance(given, list):
        fields.fault(name, "must be a list of addresses, or of objects with url, media_type and name")
        return []
    if len(given) > MAX_FILES:
        fields.fault(name, f"has {len(given)} files; at most {MAX_FILES} are taken")
        return []
    found = [_read_file(fields, name, place, entry) for place, entry in enumerate(given)]
    return [entry for entry in found if entry]


def _read_file(fields: Fields, name: str, place: int, entry: Any) -> dict[str, Any]:
    path = f"{name}.{place}"
    if isinstance(entry, str):
        entry = {"url": entry}
    if not isinstance(entry, dict):
        fields.fault(path, "must be an address, or an object with url, media_type and name")
        return {}
    inside = fields.inside(path, entry)
    url = inside.read("url", _https, "an address that begins with https://")
    media_type = inside.text("media_type", 127) or (media_type_of(url) if url else None)
    found = {
        "url": url,
        "media_type": media_type.lower() if media_type else None,
        "name": inside.text("name", _LONGEST_NAME),
        "width": inside.whole("width", _LARGEST_SIDE),
        "height": inside.whole("height", _LARGEST_SIDE),
    }
    inside.refuse_unknown()
    if inside.given("url") is None:
        inside.fault("url", "is missing")
    elif url and media_type is None:
        inside.fault("media_type", "is missing: its name does not say what it is, such as application/pdf")
    elif media_type and "/" not in media_type.strip("/"):
        inside.fault("media_type", "must be a media type such as application/pdf")
    return {key: value for key, value in found.items() if value is not None}


def _https(value: Any) -> str | None:
    address = web_address(value)
    return address if address and address.startswith("https://") else None
