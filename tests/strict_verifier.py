"""A second, stricter opinion on the signatures that this project makes, for tests only.

It shares no code with federation.signatures and forgives nothing, because real servers prove little: some
keep posts with a wrong digest, a stale date or no signature at all. What passes here passes everywhere.
"""

import base64
import email.utils
import hashlib
import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

LONGEST_AGE = timedelta(seconds=60)


def judge(
    method: str,
    url: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes | None,
    public_pem: str,
    now: datetime,
) -> None:
    """Raise AssertionError, saying why, unless a strict server would believe this request to `url`."""
    try:
        _judge(method, url, _lower(headers), body, public_pem, now)
    except (ValueError, KeyError) as error:
        raise AssertionError(f"cannot be read: {error!r}") from error


def _judge(
    method: str, url: str, received: Mapping[str, str], body: bytes | None, public_pem: str, now: datetime
) -> None:
    parameters = _parameters(received)
    covered = parameters["headers"].split(" ")
    post = method not in {"GET", "HEAD"}
    wanted = {"(request-target)", "host", "date"} | ({"digest", "content-type"} if post else set())
    assert wanted <= set(covered), f"not covered: {wanted - set(covered)}"
    assert len(covered) == len(set(covered)), "a header is covered twice"
    assert set(parameters) == {"keyId", "algorithm", "headers", "signature"}, f"parameters: {set(parameters)}"
    assert parameters["keyId"].startswith(("https://", "http://")), f"key id {parameters['keyId']!r}"

    address = urlsplit(url)
    host = address.netloc.lower().removesuffix({"https": ":443", "http": ":80"}[address.scheme])
    assert received["host"] == host, f"host {received['host']!r} is not {host!r}"

    dated = email.utils.parsedate_to_datetime(received["date"])
    assert email.utils.format_datetime(dated, usegmt=True) == received["date"], "date is not IMF-fixdate"
    assert abs(now - dated) <= LONGEST_AGE, f"date {received['date']} is not {now}"

    if post:
        assert body is not None, "a request with a body was given none"
        digest = "SHA-256=" + base64.standard_b64encode(hashlib.sha256(body).digest()).decode()
        assert received["digest"] == digest, "digest does not match the body"
        assert received["content-type"] == "application/activity+json", received["content-type"]
    else:
        assert not body, "a request without a body was given one"
        assert "digest" not in covered, "digest on a request without a body"

    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    values = {**received, "(request-target)": f"{method.lower()} {target}"}
    base = "".join(f"\n{name}: {values[name]}" for name in covered)[1:]
    _check(public_pem, parameters, base.encode("ascii"))


def _lower(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    lowered = {name.lower(): value for name, value in pairs}
    assert len(lowered) == len(pairs), "a header is there twice"
    for name, value in lowered.items():
        assert value == value.strip(), f"{name} has whitespace around its value"
        assert value.isprintable(), f"{name} holds characters that do not print"
    return lowered


def _parameters(received: Mapping[str, str]) -> dict[str, str]:
    assert "signature" in received, "no Signature header"
    lexer = shlex.shlex(received["signature"], posix=True)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = ",", True, ""
    parameters: dict[str, str] = {}
    for part in lexer:
        name, _, value = part.partition("=")
        assert name not in parameters, f"{name} is there twice"
        parameters[name] = value
    return parameters


def _check(public_pem: str, parameters: Mapping[str, str], base: bytes) -> None:
    key = serialization.load_pem_public_key(public_pem.encode())
    signature = base64.b64decode(parameters["signature"], validate=True)
    assert base64.b64encode(signature).decode() == parameters["signature"], "base64 with stray bits"
    try:
        if isinstance(key, rsa.RSAPublicKey):
            assert key.key_size >= 2048, f"{key.key_size} bits"
            assert parameters["algorithm"] in {"rsa-sha256", "hs2019"}, parameters["algorithm"]
            key.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())
        else:
            assert isinstance(key, ed25519.Ed25519PublicKey), type(key)
            assert parameters["algorithm"] == "hs2019", parameters["algorithm"]
            key.verify(signature, base)
    except InvalidSignature:
        raise AssertionError("the signature does not match") from None
