"""What tests of the client API's statuses do again and again."""

from typing import Any

from tests.node.api_client import Program

STATUSES = "/api/v1/statuses"


async def posted(who: Program, text: str = "Hello.", /, **more: Any) -> dict[str, Any]:
    """Post something that is right, and return the Status."""
    return await done(who, "POST", STATUSES, {"status": text, **more})


async def done(who: Program, method: str, path: str, body: Any = None) -> Any:
    """Ask for something that is right, and return the answer."""
    answer = await who.send(method, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(who: Program, code: int, method: str, path: str, body: Any = None) -> str:
    """Ask for something that cannot be, and return the sentence."""
    answer = await who.send(method, path, body)
    assert answer.status_code == code, answer.text
    return str(answer.json()["error"])


async def shown(who: Program, status: dict[str, Any]) -> dict[str, Any]:
    """Return a status as somebody sees it now."""
    found: dict[str, Any] = await done(who, "GET", f"{STATUSES}/{status['id']}")
    return found
