"""Programs that members use: how they are registered, and where a member may be led back to."""

import hmac
import re
import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from actors import scopes as known_scopes
from actors.characters import UNSEEN, readable
from actors.errors import Invalid
from actors.granting import digest_of
from storage.applications import Application
from storage.transaction import Transaction

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
"""In place of an address: the member copies the code from a page."""

LONGEST_NAME: Final = 60
LONGEST_ADDRESS: Final = 2_000
MOST_REDIRECTS: Final = 20

#: Schemes that run in the browser or read from the machine, in place of leading to a program.
_FORBIDDEN: Final = frozenset(
    {"data", "javascript", "vbscript", "about", "blob", "file", "filesystem", "view-source"}
)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*):", re.ASCII)
#: What stands in a URI (RFC 3986); all else must be written with %.
_WRITTEN: Final = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)
_UNSEEN: Final = re.compile(f"[{UNSEEN}\n\t]")
#: Names by which a machine calls itself.
_LOOPBACK_NAMES: Final = frozenset({"localhost"})


async def register_application(
    tx: Transaction,
    *,
    name: str,
    redirect_uris: Sequence[str],
    scopes: Sequence[str] = (),
    website: str = "",
    allow_http: bool = False,
) -> tuple[str, Application]:
    """Register a program; its secret is returned this once and not kept.

    Raises Invalid with everything that is wrong. `allow_http` lets members be led to plain HTTP elsewhere
    than on their own machine, as test networks need it. Anybody may register, under any name: a registration
    says nothing of who somebody is.
    """
    name = " ".join(readable(name).split())
    asked = known_scopes.read_scopes(scopes) or list(known_scopes.DEFAULT)
    redirects = list(dict.fromkeys(uri for uri in redirect_uris if uri))
    fields: dict[str, str] = {}
    if not name or _UNSEEN.sub("", name).strip() == "":
        fields["client_name"] = "can't be blank"
    elif len(name) > LONGEST_NAME:
        fields["client_name"] = f"is too long (maximum is {LONGEST_NAME} characters)"
    if reason := _reason_against_all(redirects, allow_http=allow_http):
        fields["redirect_uris"] = reason
    if unknown := known_scopes.unknown(asked):
        fields["scopes"] = f"doesn't match configured on the server: {' '.join(unknown)[:200]}"
    website = website.strip()
    if website and not _is_website(website):
        fields["website"] = "is not a valid URL"
    if fields:
        said = "; ".join(f"{field} {reason}" for field, reason in fields.items())
        raise Invalid(f"Validation failed: {said}", fields)
    secret = secrets.token_urlsafe(32)
    application = Application(
        id=tx.new_id(),
        client_id=secrets.token_urlsafe(32),
        secret=digest_of(secret),
        name=_UNSEEN.sub("", name),
        website=website or None,
        redirect_uris=redirects,
        scopes=asked,
        created_at=tx.now,
    )
    await tx.applications.add(application)
    return secret, application


async def find_application(tx: Transaction, client_id: str) -> Application | None:
    """Find a program by its public name."""
    return await tx.applications.by_client_id(client_id)


async def proven_application(tx: Transaction, client_id: str, secret: str) -> Application | None:
    """Find a program that proves to be it; None for a wrong secret as for one that there is not."""
    application = await tx.applications.by_client_id(client_id)
    kept = application.secret if application else digest_of("")
    is_right = hmac.compare_digest(kept, digest_of(secret))
    return application if is_right and application is not None else None


def check_redirect_uri(uri: str, *, allow_http: bool = False) -> None:
    """Raise Invalid for an address that no member may be led to."""
    if reason := _reason_against(uri, allow_http=allow_http):
        raise Invalid(f"The redirect URI {reason}.", {"redirect_uris": reason})


def _reason_against_all(uris: Sequence[str], *, allow_http: bool) -> str:
    if not uris:
        return "can't be blank"
    if len(uris) > MOST_REDIRECTS:
        return f"are more than {MOST_REDIRECTS}"
    reasons = (_reason_against(uri, allow_http=allow_http) for uri in uris)
    return next((reason for reason in reasons if reason), "")


def _reason_against(uri: str, *, allow_http: bool) -> str:
    if uri == OUT_OF_BAND:
        return ""
    matched = _SCHEME.match(uri)
    scheme = matched[1].lower() if matched else ""
    checks = (
        (len(uri) > LONGEST_ADDRESS, f"is too long (maximum is {LONGEST_ADDRESS} characters)"),
        (not scheme, "must be an absolute URI"),
        (scheme in _FORBIDDEN, "is forbidden by the server"),
        ("#" in uri, "cannot contain a fragment"),
        (not _WRITTEN.fullmatch(uri), "has characters that an address cannot have; write them with %"),
    )
    reason = next((each for is_wrong, each in checks if is_wrong), "")
    if not reason and scheme in {"http", "https"}:
        return _reason_against_web(uri, allow_http=allow_http)
    return reason


def _reason_against_web(uri: str, *, allow_http: bool) -> str:
    parts = _split(uri)
    if parts is None or not parts.hostname:
        return "must be a valid URL"
    if "@" in parts.netloc:
        return "cannot contain a user name"
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
        return "must use https, but for programs on the member's own machine"
    return ""


def _is_website(website: str) -> bool:
    parts = _split(website)
    return (
        parts is not None
        and len(website) <= LONGEST_ADDRESS
        and parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not any(character.isspace() or not character.isprintable() for character in website)
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - it is read to find out whether it can be
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
