"""Forms of pages, which nobody but the person before the page can send.

Three things are asked of each: that the browser says it comes from this site, that its hidden token belongs
to the browser's cookie, and that it is a form at all.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.context import node_of
from node.http.inputs import KIB, media_type_of, read_body
from node.http.sessions import cookie_name, secret_of, set_cookie

TOKEN = "form_token"  # noqa: S105 - the name of the hidden field
EXPIRED = "This form is out of date, or was not sent from a page of this node; open the page again."

_LARGEST = 64 * KIB
_MOST_FIELDS = 100
_LONGEST_SECRET = 100
_HERE = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Protection:
    """What a form is protected with: its hidden `token`, and the new cookie that it needs, if any."""

    token: str
    cookie: str = field(default="", repr=False)


class Form:
    """What somebody wrote into a form."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """Return what was written into a field; empty for one that was not sent."""
        return self._values.get(name, "")


def protect(request: Request) -> Protection:
    """Return what a form on a page needs. Pass the answer to `keep`."""
    secret = _secret(request)
    if secret:
        return Protection(_token_of(secret))
    secret = secrets.token_urlsafe(32)
    return Protection(_token_of(secret), secret)


def keep(request: Request, response: Response, protection: Protection) -> Response:
    """Set the cookie that a page's forms need, where the browser has none yet."""
    if protection.cookie:
        set_cookie(request, response, "form", protection.cookie, seconds=None)
    return response


async def read_form(request: Request) -> Form:
    """Return a form that was sent from a page of ours.

    Raises HTTPException 403 for one from elsewhere or without its token, 415 for what is no form, and as
    `read_body`.
    """
    _check_origin(request)
    if media_type_of(request) != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Send the form as a browser does.")
    body = await read_body(request, limit=_LARGEST)
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise HTTPException(400, "The form has too many fields.") from error
    form = Form({name: value.replace("\x00", "") for name, value in pairs})
    secret = _secret(request)
    if not secret or not hmac.compare_digest(_token_of(secret).encode(), form.text(TOKEN).encode()):
        raise HTTPException(403, EXPIRED)
    return form


def _check_origin(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _HERE:
        raise HTTPException(403, EXPIRED)
    origin = request.headers.get("origin")
    if origin is not None:
        # The door has let in only hosts that are this node's; its scheme may be known to the proxy alone.
        scheme = node_of(request).base_url.partition("://")[0]
        if origin.lower() != f"{scheme}://{request.headers['host'].lower()}":
            raise HTTPException(403, EXPIRED)


def _secret(request: Request) -> str:
    guest = request.cookies.get(cookie_name(request, "form"), "")
    return secret_of(request) or (guest if len(guest) <= _LONGEST_SECRET else "")


def _token_of(secret: str) -> str:
    """Return the token of a browser's forms: it tells nothing of the cookie that it was made from."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()
