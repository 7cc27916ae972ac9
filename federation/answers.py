"""What another node answered: read within its limits, and understood.

That is where it sends us, how long it asks us to wait, and a body that is never larger than was agreed.
"""

import re
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import cast

from federation.errors import Gone, Malformed, Unreachable
from federation.origins import Address, join

_KEPT_OF_REFUSALS = 64 * 1024
_MOST_HEADERS = 256
_LONGEST_WAIT = 24 * 3600.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16}


Sink = Callable[[bytes], object]
"""Takes the next bytes of a body, decoded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of another node.

    Names of `headers` are in lower case; a header sent several times is joined by ", ". `url` is the
    canonical form of the address that answered, after redirects, without a fragment.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the other node did what it was asked for."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the range of success


async def read_answer(
    url: str,
    status: int,
    headers: Iterable[tuple[bytes, bytes]],
    stream: AsyncIterable[bytes],
    limit: int | None,
    into: Sink | None = None,
) -> Answer:
    """Read an answer as it arrives.

    A success must fit into `limit` bytes, or else it is Malformed; of other answers, and of every answer
    without a limit, the beginning is kept and an unreadable body is an empty one. `into` takes the body of a
    success in place of the answer.
    """
    lines = read_headers(headers)
    if limit is None or not 200 <= status < 300:  # noqa: PLR2004 - the range of success
        try:
            body, _ = await _read_body(lines, stream, _KEPT_OF_REFUSALS)
        except Malformed:
            body = b""
    else:
        body, is_whole = await _read_body(lines, stream, limit, into)
        if not is_whole:
            raise Malformed(f"The answer is larger than {limit} bytes.")
    return Answer(status, lines, body, url)


async def _read_body(
    headers: Mapping[str, str], stream: AsyncIterable[bytes], limit: int, into: Sink | None = None
) -> tuple[bytes, bool]:
    """Return a body, or its first `limit` bytes, and whether that is all of it."""
    body = Body(headers.get("content-encoding", ""), limit, into)
    async with aclosing(cast("AsyncGenerator[bytes]", aiter(stream))) as chunks:
        async for chunk in chunks:
            if not body.add(chunk):
                return body.start(), False
    return body.whole(), True


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their names in lower case; Unreachable where there are absurdly many."""
    lines: dict[str, str] = {}
    for count, (raw_name, raw_value) in enumerate(headers):
        if count == _MOST_HEADERS:
            raise Unreachable(f"The answer has more than {_MOST_HEADERS} headers.")
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        lines[name] = f"{lines[name]}, {value}" if name in lines else value
    return lines


def require_success(answer: Answer, domain: str, now: float) -> Answer:
    """Return a success, or raise what any other answer means: Gone or Unreachable."""
    if answer.is_success:
        return answer
    if answer.status in {404, 410}:
        raise Gone(f"{domain} has nothing (any more) at this address.", status=answer.status)
    raise Unreachable(
        f"{domain} answered with status {answer.status}.",
        retry_after=retry_after(answer.headers.get("retry-after"), now),
    )


def redirect_of(answer: Answer, address: Address, *, allow_http: bool = False) -> Address | None:
    """Return where an answer from `address` redirects to, or None; Malformed where that is nowhere."""
    if answer.status not in _REDIRECTS:
        return None
    return join(address, answer.headers.get("location", ""), allow_http=allow_http)


def retry_after(value: str | None, now: float) -> float | None:
    """Read a Retry-After header (RFC 9110 10.2.3) as seconds from `now`, a POSIX timestamp.

    At most a day; None where there is none, or none that can be read.
    """
    value = (value or "").strip()
    if not value:
        return None
    if _SECONDS.fullmatch(value):
        return min(float(value), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
        then = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(then - now, 0.0), _LONGEST_WAIT)


class Body:
    """Collects a body, decoded, without ever holding much more than `limit` bytes.

    Nobody is asked to compress; who does so nevertheless may do it once, with gzip or deflate.
    """

    def __init__(self, encoding: str, limit: int, into: Sink | None = None) -> None:
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "deflate", *_WINDOWS}:
            raise Malformed("The answer is encoded in a way that was not asked for.")
        self._encoding = "" if encoding == "identity" else encoding
        self._limit = limit
        self._decoder = zlib.decompressobj(_WINDOWS[encoding]) if encoding in _WINDOWS else None
        self._parts: list[bytes] = []
        self._take = into or self._parts.append
        self._size = 0

    def add(self, chunk: bytes) -> bool:
        """Take in the next bytes as they were sent; False once there are more than the limit allows."""
        if self._encoding and chunk:
            chunk = self._decode(chunk)
        self._take(chunk)
        self._size += len(chunk)
        return self._size <= self._limit

    def whole(self) -> bytes:
        """Return all of a body that has ended; Malformed where it ended too early."""
        if self._decoder is not None and not self._decoder.eof:
            raise Malformed("The answer breaks off within its compressed body.")
        return self.start()

    def start(self) -> bytes:
        """Return what there is of the body, at most the limit."""
        return b"".join(self._parts)[: self._limit]

    def _decode(self, chunk: bytes) -> bytes:
        """Decode the next bytes, one byte further than the limit at most."""
        if self._decoder is None:
            # Deflate means a zlib stream, but servers send raw ones too; the first byte tells them apart.
            has_header = chunk[0] & 0x0F == zlib.DEFLATED
            self._decoder = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        try:
            return self._decoder.decompress(chunk, self._limit - self._size + 1)
        except zlib.error as error:
            raise Malformed("The answer has a compressed body that cannot be read.") from error
