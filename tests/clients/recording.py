"""What a client library asked for and was answered: every answer is checked against its entity."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.clients.calls import CALLS
from tests.clients.calls.further import FURTHER
from tests.clients.entities.statuses import ScheduledStatus, Status
from tests.clients.validation import validate

ANSWERS: dict[str, Any] = {name: call.answers for name, call in CALLS.items()} | FURTHER
"""What each method answers."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and how it was answered."""

    verb: str
    path: str
    status: int


#: What answers with text, as documented.
_PLAIN = frozenset({"/api/v1/streaming/health"})


class RecordingSession(requests.Session):
    """A session of `requests` that checks what it is answered before its user sees it."""

    def __init__(self) -> None:
        super().__init__()
        # Proxies of the machine have no business between a test and its node.
        self.trust_env = False
        self.exchanges: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        """Send a request, check the answer, and note both."""
        answer = super().send(request, **more)
        path = urlsplit(str(request.url)).path.rstrip("/")
        self.exchanges.append(Exchange(str(request.method), path, answer.status_code))
        if more.get("stream") or not path.startswith("/api/") or path in _PLAIN:
            return answer
        assert answer.status_code not in (201, 204), f"{request.method} {path}: {answer.status_code}"
        assert answer.headers["content-type"].startswith("application/json"), f"{request.method} {path}"
        found = method_of(str(request.method), path)
        if found is not None and answer.status_code in (200, 202):
            expected = ANSWERS[found]
            if found == "POST /api/v1/statuses":
                expected = Status | ScheduledStatus
            is_member = "Authorization" in request.headers and not path.startswith("/api/v1/apps")
            validate(answer.json(), expected, member=is_member, what=f"{request.method} {path}")
        return answer


def method_of(verb: str, path: str) -> str | None:
    """Return the method that a request is for; PUT and PATCH are the same."""
    verbs = {"PUT", "PATCH"} if verb in {"PUT", "PATCH"} else {verb}
    found = [
        name
        for name in ANSWERS
        if name.partition(" ")[0] in verbs and _pattern(name.partition(" ")[2]).fullmatch(path)
    ]
    # Fixed words win over parameters: /accounts/search is no account.
    return min(found, key=lambda name: name.count(":")) if found else None


def _pattern(path: str) -> re.Pattern[str]:
    # Ids are numbers, names and keys are anything: /requests/merged is no request.
    ids = re.sub(r":(?:\w+_)?id\b", "[0-9]+", path)
    return re.compile(re.sub(r":\w+", "[^/]+", ids))
