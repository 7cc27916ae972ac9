import asyncio
import gzip
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest

from federation.addresses import AddressGuard
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable
from federation.transport import Limits, Transport
from tests.shared import shared_json
from tests.strangers import (
    LOOPBACK,
    Authority,
    Stranger,
    dripping,
    endless,
    raw,
    redirect,
    reply,
    silence,
)

ACTIVITY_JSON = "application/activity+json"
OPEN = AddressGuard((LOOPBACK,), allow_http=True)

Opener = Callable[..., Transport]


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    transports: list[Transport] = []

    def build(guard: AddressGuard = OPEN, **options: Any) -> Transport:
        transports.append(Transport(guard, user_agent="tests", **options))
        return transports[-1]

    yield build
    for transport in transports:
        await transport.aclose()


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    async with Stranger() as stranger:
        yield stranger


def resolving(*addresses: str) -> Callable[[str], Awaitable[Sequence[str]]]:
    async def resolve(_: str) -> Sequence[str]:
        return addresses

    return resolve


async def fails(
    transport: Transport,
    url: str,
    expected: type[FederationError] | tuple[type[FederationError], ...],
    **more: Any,
) -> FederationError:
    with pytest.raises(expected) as caught:
        await transport.get(url, accept=ACTIVITY_JSON, **more)
    return caught.value


async def test_a_document_is_fetched(opened: Opener, stranger: Stranger) -> None:
    stranger.on("/note?x=1", reply(200, b"{}", Content_Type=ACTIVITY_JSON))
    answer = await opened().get(stranger.url("/note?x=1#part"), accept=ACTIVITY_JSON)
    assert (answer.status, answer.body, answer.url) == (200, b"{}", stranger.url("/note?x=1"))
    assert answer.headers["content-type"] == ACTIVITY_JSON
    (heard,) = stranger.heard
    assert (heard.method, heard.target) == ("GET", "/note?x=1")
    assert heard.headers == {
        "host": stranger.domain,
        "user-agent": "tests",
        "accept": ACTIVITY_JSON,
        "accept-encoding": "identity",
    }


async def test_a_document_is_posted_signed_and_answered_whatever_the_status(
    opened: Opener, stranger: Stranger
) -> None:
    signed: list[tuple[str, str, bytes | None]] = []

    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        signed.append((method, url, body))
        return {"Host": "elsewhere", "Signature": "s", "Digest": "d"}

    transport = opened()
    for status in (200, 202, 302, 400, 401, 404, 410, 429, 500):
        stranger.on("/inbox", reply(status, b"why", Retry_After="9", Location="/other"))
        answer = await transport.post(
            stranger.url("/inbox"), b"{}", content_type=ACTIVITY_JSON, sign=sign, headers={"x-extra": "1"}
        )
        assert (answer.status, answer.body, answer.headers["retry-after"]) == (status, b"why", "9")
    assert signed[0] == ("POST", stranger.url("/inbox"), b"{}")
    assert stranger.connections == 1
    assert stranger.heard[0].body == b"{}"
    assert stranger.heard[0].headers == {
        "host": stranger.domain,
        "user-agent": "tests",
        "accept-encoding": "identity",
        "content-type": ACTIVITY_JSON,
        "content-length": "2",
        "x-extra": "1",
        "signature": "s",
        "digest": "d",
    }


async def test_what_is_gone_is_told_from_what_failed(opened: Opener, stranger: Stranger) -> None:
    transport = opened()
    for status in (404, 410):
        stranger.on("/x", reply(status))
        error = await fails(transport, stranger.url("/x"), Gone)
        assert isinstance(error, Gone)
        assert error.status == status
    for status in (300, 304, 400, 401, 403, 406, 429, 500, 503):
        stranger.on("/x", reply(status))
        error = await fails(transport, stranger.url("/x"), Unreachable)
        assert not isinstance(error, Gone)
        assert str(status) in str(error)


async def test_a_wait_that_was_asked_for_is_told(opened: Opener, stranger: Stranger) -> None:
    transport = opened()
    waits = []
    for value in ("120", formatdate(time.time() + 300, usegmt=True), "9999999", "soon"):
        stranger.on("/x", reply(503, Retry_After=value))
        error = await fails(transport, stranger.url("/x"), Unreachable)
        assert isinstance(error, Unreachable)
        waits.append(error.retry_after)
    assert waits[0] == 120
    assert waits[1] == pytest.approx(300, abs=5)
    assert waits[2:] == [86_400, None]


# What comes back has a size and a deadline.


async def test_a_body_may_fill_its_limit_and_not_one_byte_more(opened: Opener, stranger: Stranger) -> None:
    transport = opened()
    stranger.on("/x", reply(200, b"x" * 1000))
    assert len((await transport.get(stranger.url("/x"), accept="*/*", limit=1000)).body) == 1000
    await fails(transport, stranger.url("/x"), Malformed, limit=999)
    stranger.on("/large", reply(200, b"x" * (1024 * 1024 + 1)))
    await fails(transport, stranger.url("/large"), Malformed)


async def test_a_large_body_arrives_whole_where_it_is_allowed(opened: Opener, stranger: Stranger) -> None:
    body = bytes(range(256)) * 12_000
    stranger.on("/x", reply(200, body))
    assert (await opened().get(stranger.url("/x"), accept="*/*", limit=4_000_000)).body == body


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n",
    ],
)
async def test_an_endless_body_is_stopped(start: bytes, opened: Opener, stranger: Stranger) -> None:
    stranger.on("/x", endless(start, b"x" * 10_000))
    transport = opened()
    await fails(transport, stranger.url("/x"), (Malformed, Unreachable))
    answer = await transport.post(stranger.url("/x"), b"", content_type=ACTIVITY_JSON)
    assert len(answer.body) <= 64 * 1024


@pytest.mark.parametrize(
    "more",
    [
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 1000 + b"\r\n\r\n",
        b"X: y\r\n",
        b"x" * 1000,
        b"\r\n",
    ],
)
async def test_endless_headers_are_stopped(more: bytes, opened: Opener, stranger: Stranger) -> None:
    start = b"" if more.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\nA: "
    stranger.on("/x", endless(start if more != b"\r\n" else b"", more))
    await fails(opened(), stranger.url("/x"), Unreachable)


async def test_endless_framing_is_stopped(opened: Opener, stranger: Stranger) -> None:
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    stranger.on("/x", endless(start, b"1;" + b"x" * 1000 + b"\r\ny\r\n"))
    await fails(opened(), stranger.url("/x"), Unreachable)


async def test_too_many_headers_are_refused(opened: Opener, stranger: Stranger) -> None:
    for lines in (b"Set-Cookie: a=b\r\n" * 5000, b"X: " + b"y" * 1_000_000 + b"\r\n", b"A: b\r\n" * 100_000):
        stranger.on("/x", raw(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 0\r\n\r\n"))
        await fails(opened(), stranger.url("/x"), Unreachable)


async def test_a_compressed_bomb_does_not_unfold(opened: Opener, stranger: Stranger) -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    stranger.on("/x", reply(200, bomb, Content_Encoding="gzip"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await fails(opened(), stranger.url("/x"), Malformed)
    answer = await opened().post(stranger.url("/x"), b"", content_type=ACTIVITY_JSON)
    assert (answer.status, answer.body) == (200, bytes(64 * 1024))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


async def test_a_compressed_body_that_nobody_asked_for_is_read_or_refused(
    opened: Opener, stranger: Stranger
) -> None:
    transport = opened()
    stranger.on("/x", reply(200, gzip.compress(b"{}"), Content_Encoding="gzip"))
    assert (await transport.get(stranger.url("/x"), accept="*/*")).body == b"{}"
    for encoding in ("gzip, gzip", "br", "zstd"):
        stranger.on("/x", reply(200, b"{}", Content_Encoding=encoding))
        await fails(transport, stranger.url("/x"), Malformed)
        answer = await transport.post(stranger.url("/x"), b"", content_type=ACTIVITY_JSON)
        assert (answer.status, answer.body) == (200, b"")


async def test_a_length_that_lies_does_not_deceive(opened: Opener, stranger: Stranger) -> None:
    transport = opened()
    stranger.on("/more", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"))
    await fails(transport, stranger.url("/more"), Unreachable)
    stranger.on("/less", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}{}"))
    assert (await transport.get(stranger.url("/less"), accept="*/*")).body == b"{}"
    for lines in (b"Content-Length: 2\r\nContent-Length: 4", b"Content-Length: -1", b"Content-Length: x"):
        stranger.on("/odd", raw(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n{}{}"))
        await fails(transport, stranger.url("/odd"), Unreachable)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"<html>",
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00",
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_an_answer_that_is_not_http_is_no_answer(
    data: bytes, opened: Opener, stranger: Stranger
) -> None:
    stranger.on("/x", raw(data))
    transport = opened()
    await fails(transport, stranger.url("/x"), Unreachable)
    stranger.on("/x", reply(200))
    assert (await transport.get(stranger.url("/x"), accept="*/*")).status == 200


async def test_a_slow_drip_ends_at_the_total_deadline(opened: Opener, stranger: Stranger) -> None:
    transport = opened(limits=Limits(read=1, total=0.3))
    for start in (b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: "):
        stranger.on("/x", dripping(start, b"x", every=0.02))
        started = time.monotonic()
        assert "in time" in str(await fails(transport, stranger.url("/x"), Unreachable))
        assert time.monotonic() - started < 1
    with pytest.raises(Unreachable):
        await transport.post(stranger.url("/x"), b"", content_type=ACTIVITY_JSON)


async def test_silence_ends_at_the_read_deadline(opened: Opener, stranger: Stranger) -> None:
    stranger.on("/x", silence)
    transport = opened(limits=Limits(read=0.1))
    assert "in time" in str(await fails(transport, stranger.url("/x"), Unreachable))
    assert len(stranger.heard) == 1


async def test_a_cancelled_request_is_cancelled_and_its_turn_is_free_again(
    opened: Opener, stranger: Stranger
) -> None:
    stranger.on("/x", silence, reply(200))
    transport = opened(limits=Limits(per_host=1))
    task = asyncio.create_task(transport.get(stranger.url("/x"), accept="*/*"))
    await stranger.has_heard(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await transport.get(stranger.url("/x"), accept="*/*")).status == 200


# Redirects.


async def test_three_redirects_are_followed_and_a_fourth_is_not(opened: Opener, stranger: Stranger) -> None:
    for number, status in enumerate((301, 302, 307, 308)):
        stranger.on(f"/{number}", redirect(f"/{number + 1}" if number % 2 else f"{number + 1}?", status))
    for number in range(1, 5):
        stranger.on(f"/{number}?", redirect(f"/{number + 1}", 303))
    stranger.on("/4", reply(200, b"end"))
    answer = await opened().get(stranger.url("/1"), accept="*/*")
    assert (answer.body, answer.url) == (b"end", stranger.url("/4"))
    assert len(stranger.heard) == 4
    assert "often" in str(await fails(opened(), stranger.url("/0"), Refused))
    assert len(stranger.heard) == 8


async def test_a_circle_of_redirects_is_left(opened: Opener, stranger: Stranger) -> None:
    transport = opened()
    stranger.on("/self", redirect("/self#again"))
    await fails(transport, stranger.url("/self"), Refused)
    stranger.on("/a", redirect("/b"))
    stranger.on("/b", redirect("/a"))
    await fails(transport, stranger.url("/a"), Refused)
    assert [heard.target for heard in stranger.heard] == ["/self", "/a", "/b"]


@pytest.mark.parametrize(
    "location",
    [
        "",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:application/activity+json,{}",
        "http://user@127.0.0.1/",
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/",
        "http://127.0.0.1\\@a.example/",
        "http://127.0.0.1:99999/",
        "http://xn--/",
        "http://2130706433/",
        "//[",
        "/" + "x" * 50_000,
        "/" + "x" * 200_000,
        "/\xff",
    ],
)
async def test_a_redirect_to_where_nobody_should_go_is_not_followed(
    location: str, opened: Opener, stranger: Stranger
) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    stranger.on("/x", raw(head.encode("latin-1")))
    await fails(opened(resolve=resolving()), stranger.url("/x"), FederationError)
    assert [heard.target for heard in stranger.heard][:1] == ["/x"]
    assert len(stranger.heard) == (2 if location == "/\xff" else 1)


async def test_a_redirect_to_another_scheme_is_not_followed(
    opened: Opener, stranger: Stranger, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    async with Stranger(tls=authority.context("127.0.0.1")) as secure:
        secure.on("/x", redirect(stranger.url("/y")))
        stranger.on("/x", redirect(secure.url("/y")))
        transport = opened(ca_file=authority.file)
        assert "scheme" in str(await fails(transport, secure.url("/x"), Refused))
        assert "scheme" in str(await fails(transport, stranger.url("/x"), Refused))
        assert [h.target for h in secure.heard + stranger.heard] == ["/x", "/x"]


async def test_each_hop_is_signed_anew_and_nothing_is_forwarded(opened: Opener, stranger: Stranger) -> None:
    async with Stranger(address="127.0.0.2") as other:
        stranger.on("/x", reply(302, Location=other.url("/y"), Set_Cookie="a=b; Path=/; Domain=127.0.0.2"))
        other.on("/y", reply(200, Set_Cookie="c=d"))
        transport = opened()

        def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
            return {"Signature": f"{method} {url} {body!r}"}

        answer = await transport.get(stranger.url("/x"), accept="*/*", sign=sign)
        assert answer.url == other.url("/y")
        assert stranger.heard[0].headers["signature"] == f"GET {stranger.url('/x')} None"
        assert other.heard[0].headers["signature"] == f"GET {other.url('/y')} None"
        await transport.get(other.url("/y"), accept="*/*")
        for heard in stranger.heard + other.heard:
            assert "cookie" not in heard.headers
        assert "signature" not in other.heard[1].headers


async def test_the_policy_is_asked_about_each_hop(opened: Opener, stranger: Stranger) -> None:
    asked: list[str] = []
    async with Stranger(address="127.0.0.2") as other:

        def may_contact(domain: str) -> bool:
            asked.append(domain)
            return domain != other.domain

        transport = opened(may_contact=may_contact)
        stranger.on("/x", redirect(other.url("/y")))
        await fails(transport, stranger.url("/x"), Refused)
        with pytest.raises(Refused):
            await transport.post(other.url("/inbox"), b"", content_type=ACTIVITY_JSON)
        assert asked == [stranger.domain, other.domain, other.domain]
        assert other.connections == 0


async def test_a_post_follows_one_redirect_that_keeps_method_and_origin(
    opened: Opener, stranger: Stranger
) -> None:
    transport = opened()

    async def post(path: str) -> int:
        return (await transport.post(stranger.url(path), b"{}", content_type=ACTIVITY_JSON)).status

    stranger.on("/inbox", redirect("/inbox/", 308))
    stranger.on("/inbox/", reply(202))
    assert await post("/inbox") == 202
    assert [(heard.method, heard.body) for heard in stranger.heard] == [("POST", b"{}")] * 2
    stranger.on("/inbox/", redirect("/inbox", 307))
    assert await post("/inbox") == 307
    assert len(stranger.heard) == 4
    for location in ("http://127.0.0.2/inbox", "ftp://127.0.0.1/", "", "https://127.0.0.1/"):
        stranger.on("/inbox", redirect(location, 307))
        assert await post("/inbox") == 307
    stranger.on("/inbox", redirect("/inbox/", 302))
    assert await post("/inbox") == 302
    assert len(stranger.heard_at("/inbox/")) == 2


# Where connections go.


async def test_a_name_that_is_not_public_may_only_lead_into_an_allowed_network(
    opened: Opener, stranger: Stranger
) -> None:
    stranger.on("/x", reply(200))
    url = stranger.url("/x", host="intranet")
    assert (await opened(resolve=resolving("127.0.0.1")).get(url, accept="*/*")).status == 200
    await fails(opened(resolve=resolving("93.184.216.34")), url, Refused)
    await fails(opened(AddressGuard(allow_http=True), resolve=resolving("127.0.0.1")), url, Refused)


async def test_nothing_is_contacted_for_any_of_the_refused_urls(opened: Opener) -> None:
    looked_up: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    for guard in (AddressGuard(), AddressGuard(allow_http=True)):
        transport = opened(guard, resolve=resolve)
        for case in shared_json("vectors", "ssrf", "addresses.json")["url_forms_to_refuse"]:
            if "policy" in case["why"] and guard.allow_http:
                continue
            await fails(transport, case["url"], (Refused, Malformed))
            with pytest.raises((Refused, Malformed)):
                await transport.post(case["url"], b"", content_type=ACTIVITY_JSON)
    assert set(looked_up) == {"127.0.0.1.nip.io"}


async def test_every_blocked_address_is_refused_behind_a_name(opened: Opener) -> None:
    addresses: list[str] = []

    async def resolve(_: str) -> Sequence[str]:
        return addresses

    transport = opened(AddressGuard(), resolve=resolve)
    for text in shared_json("vectors", "ssrf", "addresses.json")["blocked"]:
        for addresses[:] in ([text], ["93.184.216.34", text], [text, "93.184.216.34"]):
            await fails(transport, "https://a.example/", Refused)


async def test_one_bad_address_among_good_ones_refuses_them_all(opened: Opener, stranger: Stranger) -> None:
    transport = opened(resolve=resolving("127.0.0.1", "10.0.0.1"))
    await fails(transport, stranger.url("/x", host="a.example"), Refused)
    assert stranger.connections == 0


async def test_the_address_that_was_checked_is_the_address_connected_to(opened: Opener) -> None:
    answers = [["127.0.0.2"], ["127.0.0.1"]]

    async def resolve(host: str) -> Sequence[str]:
        assert host == "rebind.example"
        return answers.pop(0)

    async with Stranger(address="127.0.0.2") as right:
        right.on("/x", reply(200))
        await opened(resolve=resolve).get(right.url("/x", host="rebind.example"), accept="*/*")
        assert right.heard[0].headers["host"] == f"rebind.example:{right.port}"
        assert answers == [["127.0.0.1"]]


async def test_a_second_address_is_tried_and_a_fifth_is_not(opened: Opener, stranger: Stranger) -> None:
    stranger.on("/x", reply(200))
    url = stranger.url("/x", host="a.example")
    transport = opened(resolve=resolving("127.0.0.9", "127.0.0.1"))
    assert (await transport.get(url, accept="*/*")).status == 200
    transport = opened(resolve=resolving("127.0.0.8", "127.0.0.9", "127.0.0.1"))
    await fails(transport, url, Unreachable)


async def test_a_name_without_an_address_is_unreachable(opened: Opener) -> None:
    async def failing(_: str) -> Sequence[str]:
        raise OSError

    for resolve in (resolving(), resolving("nonsense"), failing):
        await fails(opened(resolve=resolve), "http://a.example/", Unreachable)
    await fails(opened(), "http://nothing.invalid/", Unreachable)


async def test_a_resolver_that_hangs_is_left(opened: Opener) -> None:
    async def hanging(_: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    transport = opened(resolve=hanging, limits=Limits(connect=0.05))
    assert "in time" in str(await fails(transport, "http://a.example/", Unreachable))


async def test_a_closed_port_is_unreachable(opened: Opener) -> None:
    async with Stranger() as stranger:
        url = stranger.url("/x")
    await fails(opened(), url, Unreachable)


async def test_proxies_of_the_environment_are_ignored(
    opened: Opener, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    stranger.on("/x", reply(200))
    assert (await opened().get(stranger.url("/x"), accept="*/*")).status == 200


@pytest.mark.parametrize(
    "url", ["", "{foo:", "https://[", "https://xn--/", "http://\ud800/", "javascript:alert(1)"]
)
async def test_what_is_not_an_address_is_malformed(url: str, opened: Opener) -> None:
    await fails(opened(), url, Malformed)


# Certificates.


async def test_a_certificate_of_an_added_authority_is_trusted(opened: Opener, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with Stranger(tls=authority.context("a.example")) as stranger:
        stranger.on("/x", reply(200, b"{}"))
        transport = opened(ca_file=authority.file, resolve=resolving("127.0.0.1"))
        url = stranger.url("/x", host="a.example")
        assert (await transport.get(url, accept="*/*")).body == b"{}"
        assert (await transport.post(url, b"x" * 900_000, content_type=ACTIVITY_JSON)).status == 200
        assert len(stranger.heard[1].body) == 900_000
        assert stranger.connections == 1


async def test_a_certificate_that_does_not_hold_is_refused(opened: Opener, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    for host, names, days, ca_file in (
        ("b.example", ["a.example"], 1, authority.file),
        ("a.example", ["a.example"], -1, authority.file),
        ("a.example", ["a.example"], 1, ""),
    ):
        async with Stranger(tls=authority.context(*names, days=days)) as stranger:
            stranger.on("/x", reply(200))
            transport = opened(ca_file=ca_file, resolve=resolving("127.0.0.1"))
            error = await fails(transport, stranger.url("/x", host=host), Unreachable)
            assert "certificate" in str(error)
            assert stranger.heard == []


async def test_a_server_that_does_not_encrypt_is_not_asked(opened: Opener, stranger: Stranger) -> None:
    url = stranger.url("/x").replace("http:", "https:")
    await fails(opened(limits=Limits(connect=0.2)), url, Unreachable)
    assert stranger.heard == []


# Connections kept ready.


async def test_a_host_has_few_connections_at_once(opened: Opener, stranger: Stranger) -> None:
    release = asyncio.Event()

    async def wait(writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(reply(202))

    stranger.on("/inbox", wait)
    transport = opened(limits=Limits(per_host=3))
    url = stranger.url("/inbox")
    posts = [asyncio.create_task(transport.post(url, b"", content_type=ACTIVITY_JSON)) for _ in range(20)]
    await stranger.has_heard(3)
    for _ in range(100):
        await asyncio.sleep(0)
    release.set()
    assert [answer.status for answer in await asyncio.gather(*posts)] == [202] * 20
    assert (stranger.most_at_once, stranger.connections) == (3, 3)


async def test_a_slow_host_does_not_hold_up_another(opened: Opener, stranger: Stranger) -> None:
    stranger.on("/x", silence)
    transport = opened(limits=Limits(per_host=1))
    stuck = asyncio.create_task(transport.get(stranger.url("/x"), accept="*/*"))
    async with Stranger(address="127.0.0.2") as other:
        other.on("/x", reply(200))
        assert (await transport.get(other.url("/x"), accept="*/*")).status == 200
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def test_only_the_hosts_used_last_stay_connected(opened: Opener, stranger: Stranger) -> None:
    stranger.on("/x", reply(200))
    transport = opened(resolve=resolving("127.0.0.1"), limits=Limits(hosts=2))
    for host in ("a", "b", "c", "c", "b", "a"):
        await transport.get(stranger.url("/x", host=f"{host}.example"), accept="*/*")
    assert [heard.connection for heard in stranger.heard] == [1, 2, 3, 3, 2, 4]
    assert len(transport._pools) == 2


async def test_a_connection_closed_while_it_rested_is_replaced(opened: Opener, stranger: Stranger) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    transport = opened()
    stranger.on("/x", reply(200), hang_up, reply(200))
    for _ in range(2):
        answer = await transport.post(stranger.url("/x"), b"{}", content_type=ACTIVITY_JSON)
        assert answer.status == 200
    assert [heard.connection for heard in stranger.heard] == [1, 1, 2]
    stranger.on("/garbage", raw(b"garbage"))
    await fails(transport, stranger.url("/garbage"), Unreachable)
    assert len(stranger.heard_at("/garbage")) == 1
    stranger.on("/y", hang_up)
    await fails(opened(), stranger.url("/y"), Unreachable)
    assert len(stranger.heard_at("/y")) == 1


async def test_what_follows_an_answer_is_not_taken_for_the_next_one(
    opened: Opener, stranger: Stranger
) -> None:
    forged = reply(200, b"forged")
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
    stranger.on("/y", reply(200, b"two"))
    transport = opened()
    for number, answer in enumerate((reply(200, b"one"), chunked)):
        stranger.on("/x", answer + forged)
        assert (await transport.get(stranger.url("/x"), accept="*/*")).body == b"one"
        assert (await transport.get(stranger.url("/y"), accept="*/*")).body == b"two"
        assert stranger.connections == number + 2


async def test_what_arrives_while_a_connection_rests_is_not_taken_for_an_answer(
    opened: Opener, stranger: Stranger
) -> None:
    is_resting, has_said_more = asyncio.Event(), asyncio.Event()

    async def talk_on(writer: asyncio.StreamWriter) -> None:
        writer.write(reply(200, b"one"))
        await is_resting.wait()
        writer.write(reply(200, b"forged"))
        has_said_more.set()

    stranger.on("/x", talk_on)
    stranger.on("/y", reply(200, b"two"))
    transport = opened()
    assert (await transport.get(stranger.url("/x"), accept="*/*")).body == b"one"
    is_resting.set()
    await has_said_more.wait()
    for _ in range(10):  # rounds of the loop, in which what was said arrives
        await asyncio.sleep(0)
    assert (await transport.get(stranger.url("/y"), accept="*/*")).body == b"two"
    assert stranger.connections == 2


async def test_a_connection_whose_body_was_not_wanted_is_not_used_again(
    opened: Opener, stranger: Stranger
) -> None:
    stranger.on("/x", reply(500, b"x" * 100_000))
    transport = opened()
    for _ in range(2):
        answer = await transport.post(stranger.url("/x"), b"", content_type=ACTIVITY_JSON)
        assert len(answer.body) == 64 * 1024
    assert stranger.connections == 2


# In place of sockets.


async def test_wires_carry_requests_in_place_of_sockets(opened: Opener) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = dict(scope["headers"])
        location = [(b"location", b"https://b.example/y")] if scope["path"] == "/x" else []
        await send({"type": "http.response.start", "status": 302 if location else 200, "headers": location})
        await send({"type": "http.response.body", "body": headers[b"host"] + b" " + body})

    wires = {name: httpx.ASGITransport(app) for name in ("a.example", "b.example")}
    transport = opened(AddressGuard(), wires=wires.get, resolve=resolving("10.0.0.1"))
    answer = await transport.get("https://a.example/x", accept="*/*")
    assert (answer.body, answer.url) == (b"b.example ", "https://b.example/y")
    answer = await transport.post("https://b.example/z", b"{}", content_type=ACTIVITY_JSON)
    assert answer.body == b"b.example {}"
    await fails(transport, "https://c.example/", Refused)
    await fails(transport, "http://a.example/", Malformed)


async def test_a_wire_that_fails_is_unreachable(opened: Opener) -> None:
    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no such node", request=request)

    await fails(opened(AddressGuard(), wires=lambda _: Broken()), "https://a.example/", Unreachable)
