"""Uploads for tests of what becomes of them."""

from typing import Any

from tests.clients.pictures import PNG
from tests.node.api_client import Program

_BOUNDARY = "a-boundary"

LIMITS = {"inbox_per_minute": 1_000_000, "requests_per_minute": 1_000_000, "free_space_mib": 0}
"""The limits of a node that takes uploads however full the disk is."""


async def uploaded(who: Program, **fields: str) -> dict[str, Any]:
    """Upload a picture, and return its MediaAttachment."""
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), PNG, f"\r\n--{_BOUNDARY}--\r\n".encode()])
    kind = f"multipart/form-data; boundary={_BOUNDARY}"
    answer = await who.send("POST", "/api/v2/media", body, {"content-type": kind})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
