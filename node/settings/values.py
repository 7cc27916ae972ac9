"""Readers of single settings: each takes what was written and returns its checked, canonical value.

A reader raises `Unacceptable` with what is wrong and what to write instead. It gets the value as TOML gives
it (text, number, truth or list), and the `Surroundings` that its meaning depends on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from node.settings.codes import COUNTRIES, LANGUAGES

_KINDS = {bool: "true or false", int: "a number", float: "a decimal number", str: "text", list: "a list"}

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)
_MAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\]]+")
_SENDER = re.compile(r"[^<>@]*<([^<>]+)>")
_SHOWN = 60

Network = IPv4Network | IPv6Network


class Unacceptable(Exception):
    """A setting's value cannot be used."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the meaning of a value depends on besides itself.

    Relative paths start at `directory`, the config file's. `allow_http` tells a test network, where a domain
    may be an address with a port.
    """

    directory: Path
    allow_http: bool


Reader = Callable[[object, Surroundings], object]


def shown(value: object) -> str:
    """Quote a value for a message: one line, and not too long."""
    written = repr(value)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def text(value: object, _surroundings: Surroundings) -> str:
    """Read one line of text, which may be empty."""
    if not isinstance(value, str):
        raise Unacceptable(f"expected text, found {_kind(value)} {shown(value)}", "Put it in quotes.")
    if _UNPRINTABLE.search(value):
        raise Unacceptable(
            f"{shown(value)} has characters that cannot be shown", "Write one line of plain text."
        )
    return value.strip()


def some_text(value: object, surroundings: Surroundings) -> str:
    """Read one line of text that says something."""
    written = text(value, surroundings)
    if not written:
        raise Unacceptable("is empty", "Write the name people know.")
    return written


def truth(value: object, _surroundings: Surroundings) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Unacceptable(
            f"expected true or false, found {_kind(value)} {shown(value)}",
            "Write true or false, without quotes.",
        )
    return value


def whole(lowest: int, highest: int) -> Callable[[object, Surroundings], int]:
    """Make a reader of whole numbers within a range, both ends included."""

    def read(value: object, _surroundings: Surroundings) -> int:
        advice = f"Write a whole number from {lowest} to {highest}."
        # True is an int to Python, but not to people.
        if isinstance(value, bool) or not isinstance(value, int):
            raise Unacceptable(f"expected a number, found {_kind(value)} {shown(value)}", advice)
        if not lowest <= value <= highest:
            raise Unacceptable(f"{value} is out of range", advice)
        return value

    return read


def one_of(*choices: str) -> Callable[[object, Surroundings], str]:
    """Make a reader of a choice between words."""

    def read(value: object, surroundings: Surroundings) -> str:
        written = text(value, surroundings)
        if written not in choices:
            raise Unacceptable(f"{shown(written)} is not a choice", f"Write one of: {', '.join(choices)}.")
        return written

    return read


def country(value: object, surroundings: Surroundings) -> str:
    """Read an ISO 3166-1 code into capitals; empty for a body of no one country."""
    written = text(value, surroundings).upper()
    if written and written not in COUNTRIES:
        hint = "Did you mean GB?" if written == "UK" else "Write a two-letter ISO 3166 code, as in KE or CH."
        raise Unacceptable(f"{shown(written)} is not a country", hint)
    return written


def languages(value: object, surroundings: Surroundings) -> tuple[str, ...]:
    """Read at least one BCP 47 tag; the first is the body's own language."""
    tags = tuple(dict.fromkeys(_language(item, surroundings) for item in _items(value, '["en", "fr"]')))
    if not tags:
        raise Unacceptable("is empty", 'Name at least one language, as in ["en"].')
    return tags


def mail_address(value: object, surroundings: Surroundings) -> str:
    """Read an e-mail address, or nothing."""
    written = text(value, surroundings)
    if written and not _MAIL.fullmatch(written):
        raise Unacceptable(
            f"{shown(written)} is not an e-mail address", "Write one, as in office@legalaid.example."
        )
    return written


def sender(value: object, surroundings: Surroundings) -> str:
    """Read who mail comes from: an address, or `Name <address>`, or nothing."""
    written = text(value, surroundings)
    named = _SENDER.fullmatch(written)
    mail_address(named[1] if named else written, surroundings)
    return written


def networks(value: object, surroundings: Surroundings) -> tuple[Network, ...]:
    """Read addresses and address ranges in CIDR notation."""
    return tuple(_network(item, surroundings) for item in _items(value, '["10.0.0.0/8", "::1"]'))


def proxies(value: object, surroundings: Surroundings) -> tuple[Network, ...]:
    """Read the addresses of proxies, which must not be everyone: whoever is trusted may claim any address."""
    read = networks(value, surroundings)
    for network in read:
        if network.prefixlen == 0:
            raise Unacceptable(
                f"{network} trusts every address, so anyone could claim to be anyone",
                "Name the address or the network that your proxy connects from.",
            )
    return read


def directory(value: object, surroundings: Surroundings) -> Path:
    """Read the path of a directory, made absolute; it need not exist yet."""
    written = text(value, surroundings)
    if not written:
        raise Unacceptable("is empty", "Name a directory, as in data or /var/lib/ilan.")
    return resolved(written, surroundings)


def optional_file(value: object, surroundings: Surroundings) -> Path | None:
    """Read the path of a file that must exist, made absolute; empty for none."""
    written = text(value, surroundings)
    if not written:
        return None
    path = resolved(written, surroundings)
    if not path.is_file():
        raise Unacceptable(
            f"there is no file {path}", "Correct the path, or leave it empty for the system's own."
        )
    return path


def resolved(written: str, surroundings: Surroundings) -> Path:
    """Make a path absolute: `~` is the home directory, and relative ones start at the config file's."""
    try:
        return surroundings.directory / Path(written).expanduser()
    except RuntimeError as error:  # There is no such home directory.
        raise Unacceptable(f"{shown(written)} names no home directory", "Write the path in full.") from error


def _language(value: object, surroundings: Surroundings) -> str:
    written = text(value, surroundings)
    matched = _LANGUAGE.fullmatch(written)
    primary = matched[1].lower() if matched else ""
    # Two letters are ISO 639-1: gr for Greek and cz for Czech are countries, and common mistakes.
    if not matched or (len(primary) == 2 and primary not in LANGUAGES):  # noqa: PLR2004 - ISO 639-1 codes have two
        raise Unacceptable(
            f"{shown(written)} is not a language", "Write a code as in en, fr, pt-BR or zh-Hant."
        )
    script, region = matched[2], matched[3]
    return "-".join(part for part in (primary, script and script.title(), region and region.upper()) if part)


def _network(value: object, surroundings: Surroundings) -> Network:
    written = text(value, surroundings)
    try:
        return ip_network(written)
    except ValueError as error:
        try:
            wider = ip_network(written, strict=False)
        except ValueError:
            raise Unacceptable(
                f"{shown(written)} is not an address or an address range",
                "Write one as in 192.0.2.7, 10.0.0.0/8 or fd00::/8.",
            ) from error
        raise Unacceptable(
            f"{shown(written)} has bits set outside its range",
            f"Write {wider}, or one address without a slash.",
        ) from error


def _items(value: object, example: str) -> list[object]:
    if not isinstance(value, list):
        raise Unacceptable(
            f"expected a list, found {_kind(value)} {shown(value)}", f"Write it as in {example}."
        )
    return value


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a section"
    return _KINDS.get(type(value), "a date")
