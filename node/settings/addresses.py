"""Readers of settings that say where something is: domains, base addresses, databases, media, mail servers.

What they refuse is not quoted where it may hold a password.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from federation.errors import Malformed
from federation.origins import canonical_host, read_url
from node.settings.values import Surroundings, Unacceptable, resolved, shown, text

SQLITE = "sqlite+aiosqlite:///"
POSTGRESQL = "postgresql+asyncpg://"

_AUTHORITY = re.compile(r"(.+?)(?::([0-9]+))?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_TEST_NETWORK = "or set federation.allow_http = true on a test network."


def host_and_port(authority: str) -> tuple[str, str]:
    """Take a canonical authority apart; a port that is not there is empty, and IPv6 keeps its brackets."""
    found = _AUTHORITY.fullmatch(authority)
    assert found
    return found[1], found[2] or ""


def is_address(host: str) -> bool:
    """Tell an address from a name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def domain(value: object, surroundings: Surroundings) -> str:
    """Read the domain of handles; on a test network it may be an address, and carry a port."""
    written = text(value, surroundings)
    try:
        read = canonical_host(written)
    except Malformed as error:
        raise Unacceptable(
            f"{shown(written)} is not a domain",
            "Write only the name, as in legalaid.example, without https:// or a path.",
        ) from error
    host, port = host_and_port(read)
    if surroundings.allow_http:
        return read
    if port:
        raise Unacceptable(f"{shown(written)} carries a port", f"Leave the port out, {_TEST_NETWORK}")
    if is_address(host):
        raise Unacceptable(f"{shown(written)} is an address, not a name", f"Use a domain, {_TEST_NETWORK}")
    if "." not in host and host != "localhost":
        raise Unacceptable(f"{shown(written)} has no dot", f"Write the full name, {_TEST_NETWORK}")
    return host


def base_url(value: object, surroundings: Surroundings) -> str:
    """Read where this node answers, without a slash at the end; empty for `https://` and the domain."""
    written = text(value, surroundings)
    if not written:
        return ""
    example = "Write it as in https://social.legalaid.example, with nothing after the name."
    try:
        read = read_url(written, allow_http=True)
    except Malformed as error:
        raise Unacceptable(f"{shown(written)} is not a web address", example) from error
    if read.target != "/" or read.fragment:
        raise Unacceptable(f"{shown(written)} has more than a name and a port", example)
    if surroundings.allow_http:
        return read.origin
    if read.scheme == "http":
        raise Unacceptable(f"{shown(written)} is not encrypted", f"Write https://, {_TEST_NETWORK}")
    if read.literal:
        raise Unacceptable(f"{shown(written)} is an address, not a name", f"Use a name, {_TEST_NETWORK}")
    return read.origin


def listening_host(value: object, surroundings: Surroundings) -> str:
    """Read the address or the name to listen on."""
    written = text(value, surroundings)
    if is_address(written):
        return written.strip("[]")
    try:
        host = canonical_host(written)
    except Malformed:
        host = ""
    if not host or ":" in written:
        raise Unacceptable(
            f"{shown(written)} cannot be listened on",
            "Write 127.0.0.1 behind a proxy on this machine, or 0.0.0.0 for every network, without a port.",
        )
    return host


def database_url(value: object, surroundings: Surroundings) -> str:
    """Read where the database is, SQLite paths made absolute; empty for `ilan.db` in the data directory."""
    written = text(value, surroundings)
    example = f"Write {SQLITE}data/ilan.db or {POSTGRESQL}user:password@host/name."
    if not written:
        return ""
    if written.startswith(SQLITE):
        path = written.removeprefix(SQLITE)
        if path in {"", ":memory:"}:
            raise Unacceptable("a database in memory forgets everything, keys too, at each stop", example)
        if "?" in path:
            raise Unacceptable(
                "a SQLite database takes no options in its address", "Leave out ? and what follows."
            )
        return f"{SQLITE}{resolved(path, surroundings)}"
    if not written.startswith(POSTGRESQL):
        kind = written.partition(":")[0]
        known = kind.startswith(("postgres", "sqlite"))
        raise Unacceptable(
            f"{shown(kind)} is not how an address begins here"
            if known
            else "is no kind of database known here",
            example,
        )
    parts = _split(written, example)
    if not parts.path.strip("/"):
        raise Unacceptable("names no database", example)
    if not parts.hostname and "host" not in parse_qs(parts.query):
        raise Unacceptable(
            "names no host", f"{example} For a socket: {POSTGRESQL}/name?host=/run/postgresql."
        )
    return written


def media_url(value: object, surroundings: Surroundings) -> str:
    """Read where uploads are kept, `file:` paths made absolute; empty for `media` in the data directory."""
    written = text(value, surroundings)
    example = "Write file:media or s3://bucket?endpoint=https://s3.example."
    if not written:
        return ""
    parts = _split(written, example)
    if parts.scheme == "file":
        if parts.netloc or not parts.path or parts.query or parts.fragment:
            raise Unacceptable(
                "is not the path of a directory", "Write file:media or file:///srv/ilan/media."
            )
        return resolved(unquote(parts.path), surroundings).as_uri()
    if parts.scheme != "s3":
        raise Unacceptable("is no kind of storage known here", example)
    if not _BUCKET.fullmatch(parts.hostname or ""):
        raise Unacceptable("names no bucket", example)
    try:
        read_url(parse_qs(parts.query).get("endpoint", [""])[0], allow_http=surroundings.allow_http)
    except Malformed as error:
        raise Unacceptable(
            "names no endpoint, the https:// address of the storage service", example
        ) from error
    return written


def media_path(url: str) -> Path | None:
    """Return the directory that a `file:` address names; None for any other."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def smtp_url(value: object, surroundings: Surroundings) -> str:
    """Read where mail is handed over; empty for no mail."""
    written = text(value, surroundings)
    if not written:
        return ""
    example = "Write smtp://user:password@mail.example:587, or smtps:// for port 465."
    parts = _split(written, example)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
        raise Unacceptable("is not the address of a mail server", example)
    return written


def _split(written: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError as error:
        raise Unacceptable("is not a well-formed address", example) from error
    if " " in written:
        raise Unacceptable("has a space in it", example)
    return parts
