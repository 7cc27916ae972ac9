"""HTTP signatures as the fediverse uses them: draft-cavage-http-signatures-12, with fixed policy.

Receiving goes in three steps, so that nothing is fetched for a request that can never be accepted:
`parse_signature` (who claims it), `check` (everything that needs no key), `verify` (the key). A request is
signed by the owner of the key only when all three went through.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from federation.errors import Untrusted
from federation.signatures.dates import read_http_date, write_http_date
from federation.signatures.digest import check_digest, digest_header
from federation.signatures.encodings import write_base64
from federation.signatures.keys import PublicKey
from federation.signatures.parameters import HS2019, SignatureParameters
from federation.signatures.request import SignedRequest, host_and_target
from federation.signatures.signing_keys import SigningKey

CONTENT_TYPE = "application/activity+json"

CLOCK_SKEW = timedelta(hours=1)
LIFETIME_WITH_EXPIRES = timedelta(hours=12)

# The label never chooses the algorithm, the key does; it may only agree.
_KEYS_OF_LABEL = {
    HS2019: frozenset({"rsa", "ed25519"}),
    "rsa-sha256": frozenset({"rsa"}),
    "ed25519": frozenset({"ed25519"}),
}
_METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD"})
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f]")


def check(
    request: SignedRequest, parameters: SignatureParameters, *, now: datetime, hosts: Collection[str]
) -> None:
    """Raise Untrusted where no key could make this request acceptable; costs one hash of the body.

    The signature must cover the request target, one of our `hosts` (lower case, with a port where clients
    send one), a time near `now` (aware), and for methods with a body its digest, which must match.
    """
    _check_label(parameters)
    _check_coverage(request.method, parameters.headers)
    signing_string(request, parameters)  # Every covered header must be there, and be one clean line.
    _check_times(request, parameters, now)
    _check_host(request, hosts)
    if "digest" in parameters.headers:
        check_digest(request.headers, request.body)


def verify(request: SignedRequest, parameters: SignatureParameters, key: PublicKey) -> None:
    """Raise Untrusted unless the private half of `key` signed what the parameters say is covered.

    Says nothing about coverage, time, host and body: call `check` first. Some servers sign the path without
    its query, so a request with a query is tried a second time without it.
    """
    if key.algorithm not in _KEYS_OF_LABEL.get(parameters.algorithm, ()):
        raise Untrusted(f"The signature is labelled as another algorithm than its {key.algorithm} key has.")
    if key.verifies(parameters.signature, signing_string(request, parameters)):
        return
    path, question_mark, _ = request.target.partition("?")
    if question_mark and "(request-target)" in parameters.headers:
        without_query = SignedRequest(request.method, path, request.headers)
        if key.verifies(parameters.signature, signing_string(without_query, parameters)):
            return
    raise Untrusted("The signature does not match: the request was changed, or another key signed it.")


def signing_string(request: SignedRequest, parameters: SignatureParameters) -> bytes:
    """Return the bytes that the signature is made over (draft section 2.3).

    Raises Untrusted where a covered header is missing, or holds control characters that could forge a line.
    """
    lines = []
    for name in parameters.headers:
        if name == "(request-target)":
            if _CONTROL_OR_SPACE.search(request.method + request.target):
                raise Untrusted("The request's method or address holds spaces or control characters.")
            value = f"{request.method.lower()} {request.target}"
        elif name == "(created)":
            value = _required("created", parameters.created)
        elif name == "(expires)":
            value = _required("expires", parameters.expires)
        else:
            values = request.values(name)
            if not values:
                raise Untrusted(f"The signature covers {name[:64]!r}, which the request does not have.")
            value = ", ".join(values)
            if _CONTROL.search(value):
                raise Untrusted(f"The signed header {name[:64]!r} holds control characters.")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("latin-1")


def sign(
    method: str, url: str, body: bytes | None, *, key: SigningKey, key_id: str, now: datetime
) -> dict[str, str]:
    """Return the headers, names in lower case, that a request must carry to be believed.

    With a body they include its digest and its content type, which are signed as well; send exactly these
    bytes, to exactly this `url`, now: the signature is good for minutes. Only GET and HEAD may go without a
    body; others may have an empty one. Raises Malformed for a url that clients would re-spell.
    """
    assert body is not None or method.upper() in _METHODS_WITHOUT_BODY, f"a {method} request needs a body"
    host, target = host_and_target(url)
    date = write_http_date(now)
    headers = {"host": host, "date": date}
    covered = "(request-target) host date"
    text = f"(request-target): {method.lower()} {target}\nhost: {host}\ndate: {date}"
    if body is not None:
        digest = digest_header(body)
        headers["digest"] = digest
        headers["content-type"] = CONTENT_TYPE
        covered += " digest content-type"
        text += f"\ndigest: {digest}\ncontent-type: {CONTENT_TYPE}"
    label = "rsa-sha256" if key.algorithm == "rsa" else HS2019
    signature = write_base64(key.sign(text.encode("ascii")))
    headers["signature"] = f'keyId="{key_id}",algorithm="{label}",headers="{covered}",signature="{signature}"'
    return headers


def _check_label(parameters: SignatureParameters) -> None:
    label = parameters.algorithm
    if label not in _KEYS_OF_LABEL:
        raise Untrusted(f"The signature algorithm {label[:64]!r} is not accepted; use rsa-sha256 or hs2019.")
    if label != HS2019 and not {"(created)", "(expires)"}.isdisjoint(parameters.headers):
        raise Untrusted(f"(created) and (expires) may only be signed with hs2019, not with {label}.")


def _check_coverage(method: str, covered: Collection[str]) -> None:
    required = ["(request-target)", "host"]
    if method.upper() not in _METHODS_WITHOUT_BODY:
        required.append("digest")
    for name in required:
        if name not in covered:
            raise Untrusted(f"The signature does not cover {name}.")
    if "date" not in covered and "(created)" not in covered:
        raise Untrusted("The signature covers neither date nor (created).")


def _check_times(request: SignedRequest, parameters: SignatureParameters, now: datetime) -> None:
    """Raise Untrusted unless every signed time is near `now`; a signed (expires) extends how near.

    Times that are given but not signed are worth nothing to the sender, so they can only refuse.
    """
    present = now.timestamp()
    created, expires = parameters.created, parameters.expires
    lifetime = LIFETIME_WITH_EXPIRES if "(expires)" in parameters.headers else CLOCK_SKEW
    signed = [] if created is None else [float(created)]
    if "date" in parameters.headers:
        signed.append(_read_date(request))
    if max(signed) > present + CLOCK_SKEW.total_seconds():
        raise Untrusted("The signature was made in the future: compare the clocks.")
    if min(signed) < present - lifetime.total_seconds():
        raise Untrusted("The signature is too old: compare the clocks.")
    if expires is None:
        return
    if expires < present:
        raise Untrusted("The signature has expired.")
    if created is not None and expires < created:
        raise Untrusted("The signature expires before it was made.")


def _read_date(request: SignedRequest) -> float:
    """Return the seconds since 1970 that the one Date header names, or raise Untrusted."""
    dates = request.values("date")
    if len(dates) != 1:
        raise Untrusted("The request has several Date headers.")
    try:
        return read_http_date(dates[0]).timestamp()
    except ValueError as error:
        raise Untrusted("The Date header is not a date like 'Sun, 06 Nov 1994 08:49:37 GMT'.") from error


def _check_host(request: SignedRequest, hosts: Collection[str]) -> None:
    named = request.values("host")
    if len(named) != 1 or named[0].lower() not in hosts:
        raise Untrusted("The signed host is not this node.")


def _required(name: str, seconds: int | None) -> str:
    """Return a covered time as it was written, or raise Untrusted where the parameter is missing."""
    if seconds is None:
        raise Untrusted(f"The signature covers ({name}) without giving it.")
    return str(seconds)
