"""Log lines: one line for each event, as logfmt or JSON, with the request they belong to and without secrets.

Bodies, tokens, passwords and addresses of people are never logged; what looks like a secret in a message or
a traceback is masked all the same.
"""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO, Any, Literal

#: The id of the request being answered; empty in background work.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_SECRETS = re.compile(
    r"(?i)(\b(?:bearer|basic)\s+|\b(?:password|passwd|secret|token|access_token|code|client_secret)\s*[=:]\s*"
    r"['\"]?)[^\s&'\"@,;]+"
)
_PASSWORDS = re.compile(r"(://[^\s/:@'\"]*:)[^\s/@]+(?=@)")
_KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BARE = re.compile(r"[A-Za-z0-9_./:@%+-]+", re.ASCII)
#: Where uvicorn's WebSockets write: below a warning there are only lines with addresses and tokens.
QUIET_SOCKETS = "uvicorn.error.sockets"

#: uvicorn's own access lines carry addresses; ours do not.
_TOO_TALKATIVE = {
    "uvicorn.access": logging.CRITICAL,
    QUIET_SOCKETS: logging.WARNING,
    # Below that it shows every frame and header.
    "uvicorn.error": logging.INFO,
    "aiosqlite": logging.WARNING,
    "httpcore": logging.WARNING,
}


def discreet(text: str) -> str:
    """Return a text with what looks like a secret masked."""
    masked = _PASSWORDS.sub(r"\1[…]", _SECRETS.sub(r"\1[…]", text))
    return _KEYS.sub("[private key]", masked)


class _Lines(logging.Formatter):
    """What both formats share: which facts a line has, in which order."""

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if current := request_id.get():
            facts["request"] = current
        facts["event"] = discreet(record.getMessage())
        facts.update(getattr(record, "facts", {}))
        if record.exc_info:
            facts["traceback"] = discreet(self.formatException(record.exc_info))
        return facts


class Logfmt(_Lines):
    """Lines for people and for `grep`: `level=info event="…" status=202`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        return " ".join(f"{name}={_value(value)}" for name, value in self.facts(record).items())


class JsonLines(_Lines):
    """Lines for programs: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        facts = self.facts(record)
        return _ODD.sub(_escaped, json.dumps(facts, ensure_ascii=False, default=str))


def _value(value: Any) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else _ODD.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(odd: re.Match[str]) -> str:
    # JSON escapes line breaks, so nobody can forge a line by what they send, but it leaves these as they are.
    return f"\\u{ord(odd[0]):04x}"


def configure(
    *, form: Literal["logfmt", "json"] = "logfmt", level: int = logging.INFO, stream: IO[str] | None = None
) -> logging.Handler:
    """Let every logger of the process write such lines, to standard error if nothing else is said.

    Returns the handler. Called once, by the command that serves or works.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Logfmt())
    root = logging.getLogger()
    for known in root.handlers[:]:
        root.removeHandler(known)
    root.addHandler(handler)
    root.setLevel(level)
    for name, quiet in _TOO_TALKATIVE.items():
        logging.getLogger(name).setLevel(quiet)
    return handler
