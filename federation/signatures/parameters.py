"""The parameters of a Signature header (draft-cavage-http-signatures-12 section 2.1)."""

import re
from dataclasses import dataclass

from federation.errors import Malformed, Untrusted
from federation.signatures.encodings import read_base64
from federation.signatures.request import SignedRequest

# The label that leaves the choice to the key.
HS2019 = "hs2019"

MAXIMUM_HEADER_CHARACTERS = 8192
MAXIMUM_KEY_ID_CHARACTERS = 2048
MAXIMUM_COVERED_HEADERS = 50
MAXIMUM_TIME_DIGITS = 12

# No value that means anything holds a backslash, so escapes are refused instead of read in two ways.
_PARAMETER = re.compile(
    r"[ \t]*([A-Za-z][A-Za-z0-9_-]*)[ \t]*=[ \t]*"
    r'(?:"([^"\\\x00-\x1f\x7f]*)"|([^"\\,=\x00-\x20\x7f][^"\\,\x00-\x20\x7f]*))[ \t]*(,|\Z)'
)
_KEY_ID = re.compile(r"(https?)://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
_SCHEME = "signature "


@dataclass(frozen=True, slots=True)
class SignatureParameters:
    """Say who claims to have signed what; nothing here is proven yet.

    `key_id` is an absolute URL, `algorithm` a label in lower case (hs2019 where none is given), `headers` the
    covered names in lower case and in order, `created` and `expires` are seconds since 1970.
    """

    key_id: str
    algorithm: str
    headers: tuple[str, ...]
    signature: bytes
    created: int | None = None
    expires: int | None = None


def parse_signature(request: SignedRequest, *, allow_http: bool = False) -> SignatureParameters:
    """Read the Signature header of `request`.

    Raises Malformed (answer 400) where the header cannot be read or names a parameter twice, and Untrusted
    (401) where there is none, or more than one, or what it says can never be accepted. `allow_http` admits
    key ids that are http URLs: for test networks only.
    """
    found = _read_parameters(_only_header(request))
    try:
        key_id, encoded = found["keyid"], found["signature"]
    except KeyError as error:
        raise Untrusted("The Signature header needs the parameters keyId and signature.") from error
    try:
        signature = read_base64(encoded)
    except ValueError as error:
        raise Untrusted("The signature is not padded standard base64.") from error
    if not signature:
        raise Untrusted("The signature is empty.")
    return SignatureParameters(
        key_id=_check_key_id(key_id, allow_http=allow_http),
        algorithm=found.get("algorithm", HS2019).lower(),
        # Where the parameter is absent the draft covers the date alone; the coverage rules then refuse it.
        headers=_read_covered(found.get("headers", "date")),
        signature=signature,
        created=_read_time("created", found.get("created")),
        expires=_read_time("expires", found.get("expires")),
    )


def _only_header(request: SignedRequest) -> str:
    lines = request.values("signature")
    if len(lines) > 1:
        raise Untrusted("The request has several Signature headers; exactly one is accepted.")
    if not lines:
        if any(value[: len(_SCHEME)].lower() == _SCHEME for value in request.values("authorization")):
            raise Untrusted("The signature is in the Authorization header; send it as Signature header.")
        raise Untrusted("The request has no Signature header.")
    if len(lines[0]) > MAXIMUM_HEADER_CHARACTERS:
        raise Untrusted(f"The Signature header is longer than {MAXIMUM_HEADER_CHARACTERS} characters.")
    return lines[0]


def _read_parameters(header: str) -> dict[str, str]:
    """Return the parameters under their names in lower case."""
    found: dict[str, str] = {}
    position = len(_SCHEME) if header[: len(_SCHEME)].lower() == _SCHEME else 0
    separator = ","
    while separator:
        match = _PARAMETER.match(header, position)
        if match is None:
            raise Malformed('The Signature header is not a list of name="value".')
        name, quoted, bare, separator = match.groups()
        name = name.lower()
        if name in found:
            raise Malformed(f"The Signature header gives {name[:64]} twice.")
        found[name] = bare if quoted is None else quoted
        position = match.end()
    return found


def _check_key_id(key_id: str, *, allow_http: bool) -> str:
    """Return `key_id`, or raise Untrusted unless it is a URL that this node could fetch."""
    if len(key_id) > MAXIMUM_KEY_ID_CHARACTERS:
        raise Untrusted(f"The key id is longer than {MAXIMUM_KEY_ID_CHARACTERS} characters.")
    match = _KEY_ID.fullmatch(key_id)
    if match is None or (match[1] == "http" and not allow_http):
        raise Untrusted("The key id must be an https URL in plain ASCII.")
    return key_id


def _read_covered(headers: str) -> tuple[str, ...]:
    names = tuple(name for name in headers.lower().split(" ") if name)
    if not names:
        raise Malformed("The signature's list of headers is empty.")
    if len(names) > MAXIMUM_COVERED_HEADERS:
        raise Untrusted(f"The signature covers more than {MAXIMUM_COVERED_HEADERS} headers.")
    if len(set(names)) != len(names):
        raise Untrusted("The signature covers a header twice.")
    return names


def _read_time(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    # int() also takes signs, underscores and digits of other scripts, and would re-spell leading zeros.
    if not (text.isascii() and text.isdigit() and len(text) <= MAXIMUM_TIME_DIGITS):
        raise Untrusted(f"The signature's {name} is not a whole number of seconds.")
    seconds = int(text)
    if str(seconds) != text:
        raise Untrusted(f"The signature's {name} starts with a needless zero.")
    return seconds
