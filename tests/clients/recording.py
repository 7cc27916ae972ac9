"""What a client library asked for and was answered: every answer is checked against its entity."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.clients.calls import CALLS, Call
from tests.clients.entities.statuses import ScheduledStatus, Status
from tests.clients.table import Method
from tests.clients.validation import validate


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and how it was answered."""

    verb: str
    path: str
    status: int


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
        if more.get("stream") or not path.startswith("/api/"):
            return answer
        assert answer.status_code not in (201, 204), f"{request.method} {path}: {answer.status_code}"
        assert answer.headers["content-type"].startswith("application/json"), f"{request.method} {path}"
        call = call_of(str(request.method), path)
        if call is not None and answer.status_code in call.statuses:
            expected = call.answers
            if (request.method, path) == ("POST", "/api/v1/statuses"):
                expected = Status | ScheduledStatus
            is_member = "Authorization" in request.headers and not path.startswith("/api/v1/apps")
            validate(answer.json(), expected, member=is_member, what=f"{request.method} {path}")
        return answer


def call_of(verb: str, path: str) -> Call | None:
    """Return what is known of the method that a request is for; PUT and PATCH are the same."""
    verbs = {"PUT", "PATCH"} if verb in {"PUT", "PATCH"} else {verb}
    found = [
        name
        for name in CALLS
        if name.partition(" ")[0] in verbs and _pattern(name.partition(" ")[2]).fullmatch(path)
    ]
    # Fixed words win over parameters: /accounts/search is no account.
    return CALLS[min(found, key=lambda name: name.count(":"))] if found else None


def answers_to(exchanges: list[Exchange], method: Method) -> bool:
    """Whether any of the requests was for a method, and went well."""
    return any(
        each.verb == method.verb and each.status == 200 and _pattern(method.path).fullmatch(each.path)
        for each in exchanges
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r":\w+", "[^/]+", path))
