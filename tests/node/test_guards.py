"""What gets in and what every answer carries, through the real application."""

import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.node.served import BASE, ServedNode, served

HOST = (b"host", b"node.example")


async def ask(
    one: ServedNode, path: str = "/.well-known/nodeinfo", *, headers: Iterable[tuple[bytes, bytes]] = (HOST,)
) -> tuple[int, dict[str, str]]:
    """Call the application itself, with headers that no client would send."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("198.51.100.7", 1),
        "server": ("127.0.0.1", 8000),
    }
    await one.app(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "a.example/evil",
        "x@evil.example:99",
        "node.example.evil.test",
        "node.example:8443",
        "localhost",
        "127.0.0.1",
        "",
        "node.example, evil.test",
    ],
)
async def test_a_request_for_another_host_is_misdirected(tmp_path: Path, host: str) -> None:
    async with served(tmp_path) as one:
        status, headers = await ask(one, headers=[(b"host", host.encode())])
        inbox, _ = await ask(one, "/inbox", headers=[(b"host", host.encode())])
    assert (status, inbox) == (421, 421)
    assert "evil" not in str(headers)


@pytest.mark.parametrize("host", ["node.example", "NODE.Example"])
async def test_the_nodes_own_name_gets_in_in_any_case(tmp_path: Path, host: str) -> None:
    async with served(tmp_path) as one:
        status, _ = await ask(one, headers=[(b"host", host.encode())])
    assert status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 400),
        ([HOST, HOST], 400),
        ([HOST, (b"content-length", b"5"), (b"transfer-encoding", b"chunked")], 400),
        ([HOST, (b"content-length", b"5"), (b"content-length", b"6")], 400),
        ([HOST, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")], 400),
        ([HOST, (b"x-folded", b"one\r\n two")], 400),
        ([HOST, (b"x-folded", b"one\n two")], 400),
        ([HOST, (b"x-nul", b"one\x00")], 400),
        ([HOST, (b"content-length", b"0")], 200),
    ],
)
async def test_what_two_servers_would_read_in_two_ways_is_refused(
    tmp_path: Path, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    async with served(tmp_path) as one:
        assert (await ask(one, headers=headers))[0] == status


@pytest.mark.parametrize("path", ["*", "http://evil.test/x", "node.example:443", ""])
async def test_a_target_that_is_no_path_is_refused(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as one:
        assert (await ask(one, path))[0] == 400


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "10.0.0.7", "ilan:8000", "node.example"]
)
async def test_monitoring_needs_no_name_of_the_node(tmp_path: Path, host: str) -> None:
    async with served(tmp_path) as one:
        assert (await ask(one, "/health", headers=[(b"host", host.encode())]))[0] == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8000", "", "[evil.test]", "127.0.0.1.evil.test"])
async def test_a_web_site_cannot_pass_for_monitoring(tmp_path: Path, host: str) -> None:
    async with served(tmp_path) as one:
        assert (await ask(one, "/health", headers=[(b"host", host.encode())]))[0] == 421


async def page(_request: Request) -> Response:
    return HTMLResponse("<p>A page")


async def page_with_a_policy(_request: Request) -> Response:
    return HTMLResponse("<p>A page", headers={"Content-Security-Policy": "default-src 'none'"})


async def test_every_page_is_dressed_for_safety(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        one.app.state.error_page = None
        one.app.router.routes.insert(0, Route("/test/page", page))
        answers = [await one.get("/test/page", "text/html"), await one.get("/test/nowhere", "text/html")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


async def test_a_page_may_bring_a_policy_of_its_own(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        one.app.router.routes.insert(0, Route("/test/page", page_with_a_policy))
        answer = await one.get("/test/page", "text/html")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'none'"]


async def test_nobody_is_bound_to_https_where_there_is_none(tmp_path: Path) -> None:
    sections: dict[str, dict[str, Any]] = {
        "node": {"domain": "127.0.0.2:8001", "base_url": "http://127.0.0.2:8001"},
        "federation": {"allow_http": True},
    }
    async with served(tmp_path, sections) as one:
        answer = await one.get("/.well-known/nodeinfo", None)
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers


async def test_only_what_everybody_may_read_is_shared_with_other_sites(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        shared = [await one.client.options(path) for path in ("/actors/office", "/api/v1/statuses", "/o/1")]
        others = [await one.client.options(path) for path in ("/inbox", "/actors/office/inbox", "/health")]
    assert [each.status_code for each in shared] == [204] * 3
    assert "Authorization" in shared[0].headers["access-control-allow-headers"]
    assert [each.status_code for each in others] == [405] * 3
    assert not any("access-control-allow-origin" in each.headers for each in others)


SHARED = [
    "/actors/office",
    "/o/1",
    "/users/office",
    "/@office",
    "/.well-known/host-meta",
    "/.well-known/nodeinfo",
    "/nodeinfo/2.0",
    "/api/v2/instance",
    "/api/v1/no/such/method",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/userinfo",
    "/media/files/none.png",
]


@pytest.mark.parametrize("path", SHARED)
async def test_programs_in_browsers_may_read_answers_and_errors_alike(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as one:
        answers = [
            await one.client.get(path, headers={"origin": "https://app.example"}),
            await one.client.request("PURGE", path),
            await one.client.get(path, headers={"authorization": "Bearer wrong"}),
        ]
    for answer in answers:
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert "access-control-allow-credentials" not in answer.headers
        exposed = answer.headers.get("access-control-expose-headers", "").split(", ")
        if path.startswith(("/api/", "/oauth/")):
            assert set(exposed) >= {
                "Link",
                "X-RateLimit-Limit",
                "X-RateLimit-Remaining",
                "X-RateLimit-Reset",
                "X-Request-Id",
                "Mastodon-Async-Refresh",
            }


@pytest.mark.parametrize("path", SHARED)
async def test_a_preflight_may_ask_for_any_header_without_a_token(tmp_path: Path, path: str) -> None:
    asked = {
        "origin": "https://app.example",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization, x-of-this-app, idempotency-key, bad header\x01",
    }
    async with served(tmp_path) as one:
        answer = await one.client.options(path, headers=asked)
    assert answer.status_code == 204
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "x-of-this-app"} <= set(allowed)
    assert not any("bad" in name for name in allowed)
    assert len({name.lower() for name in allowed}) == len(allowed)
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
        answer.headers["access-control-allow-methods"].split(", ")
    )


async def where(request: Request) -> Response:
    return Response(f"{request.method} {request.path_params['name']} {request.url.query}")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/api/test/legalaid/?limit=2", "legalaid limit=2"),
        ("/api/test/legalaid///", "legalaid "),
        ("/api/test/a%2F", "a/ "),
        ("/oauth/test/legalaid/", "legalaid "),
    ],
)
async def test_a_slash_at_the_end_changes_nothing_for_programs(
    tmp_path: Path, asked: str, found: str
) -> None:
    async with served(tmp_path) as one:
        for prefix in ("api", "oauth"):
            route = Route(f"/{prefix}/test/{{name:path}}", where, methods=["GET", "POST"])
            one.app.router.routes.insert(0, route)
        answers = [await one.client.request(method, asked) for method in ("GET", "POST")]
    assert [each.text for each in answers] == [f"GET {found}", f"POST {found}"]


async def test_a_slash_at_the_end_of_a_page_is_another_address(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answers = [await one.get(path, "text/html") for path in ("/about", "/about/", "/api/")]
    assert [each.status_code for each in answers] == [200, 404, 404]


async def open_to_all(_request: Request) -> Response:
    return Response("{}", headers={"Cache-Control": "public, max-age=15"})


async def test_nobody_gets_from_a_cache_what_was_made_for_somebody_with_a_token(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        one.app.router.routes.insert(0, Route("/api/test/open", open_to_all))
        guest = await one.client.get("/api/test/open")
        member = await one.client.get("/api/test/open", headers={"authorization": "Bearer x"})
    assert guest.headers["cache-control"] == "public, max-age=15"
    assert member.headers.get_list("cache-control") == ["private, no-store"]
    assert all("Authorization" in each.headers["vary"] for each in (guest, member))


_RESET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


async def test_every_answer_to_a_program_says_what_is_left(tmp_path: Path) -> None:
    limits = {"limits": {"requests_per_minute": 3}}
    async with served(tmp_path, limits) as one:
        counted = [await one.client.get("/api/ilan/v1/publications") for _ in range(4)]
        unknown = await one.client.get("/api/v1/no/such/method")
        page = await one.client.get("/about")
    assert [each.status_code for each in counted] == [200, 200, 200, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in counted] == ["2", "1", "0", "0"]
    assert counted[-1].json() == {"error": "Too many requests; please wait 20 seconds."}
    for answer in [*counted, unknown]:
        assert answer.headers.get_list("x-ratelimit-limit") == ["3"]
        assert _RESET.fullmatch(answer.headers["x-ratelimit-reset"])
    now = datetime.now(UTC)
    reset = datetime.fromisoformat(counted[-1].headers["x-ratelimit-reset"])
    assert now < reset <= now + timedelta(seconds=20)
    assert "x-ratelimit-limit" not in page.headers


async def test_each_request_has_a_number_and_a_line_without_anybodys_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(tmp_path) as one:
        with caplog.at_level(logging.INFO, "node.http.access"):
            answers = [
                await one.get("/.well-known/webfinger?resource=acct:office@node.example", "text/html")
                for _ in "ab"
            ]
    numbers = {each.headers["x-request-id"] for each in answers}
    assert len(numbers) == 2
    facts = [record.facts for record in caplog.records]  # type: ignore[attr-defined]
    assert [(each["method"], each["path"], each["status"]) for each in facts] == [
        ("GET", "/.well-known/webfinger", 200)
    ] * 2
    assert "198.51.100.7" not in str(facts)
    assert "office" not in str(facts)


async def test_a_code_in_an_address_is_not_written_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code, title = "Zx81_ab-QWERTY0987654321zyxw", "a-long-title-of-a-practice-with-2-numbers-in-it"
    async with served(tmp_path) as one:
        with caplog.at_level(logging.INFO, "node.http.access"):
            await one.get(f"/invitations/{code}/accept")
            await one.get(f"/invitations/{code}")
            await one.get(f"/practices/{title}")
    facts = [record.facts for record in caplog.records]  # type: ignore[attr-defined]
    assert [each["path"] for each in facts] == [
        "/invitations/[…]/accept",
        "/invitations/[…]",
        f"/practices/{title}",
    ]


async def test_a_mistake_of_this_program_is_dressed_as_well(tmp_path: Path) -> None:
    async def broken(_request: Request) -> Response:
        raise ZeroDivisionError

    async with served(tmp_path) as one:
        one.app.state.error_page = None
        one.app.router.routes.insert(0, Route("/test/broken", broken))
        answer = await one.get("/test/broken", "text/html")
    assert answer.status_code == 500
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_a_preflight_for_another_host_is_misdirected(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await one.client.options("/actors/office", headers={"host": "evil.test"})
    assert answer.status_code == 421


async def test_a_request_that_changes_something_wakes_the_workers(tmp_path: Path) -> None:
    async def change(_request: Request) -> Response:
        return Response(status_code=202)

    async with served(tmp_path) as one:
        one.app.router.routes.insert(0, Route("/test/change", change, methods=["GET", "POST"]))
        woken = one.app.state.bell.listener()
        await one.client.get("/test/change")
        await one.client.post("/inbox")
        assert not woken.is_set()
        await one.client.post("/test/change")
        assert woken.is_set()


async def test_urls_are_never_built_from_what_a_client_says(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await one.get(
            "/actors/office",
            "text/html",
            x_forwarded_host="evil.test",
            x_forwarded_proto="http",
            forwarded="host=evil.test",
        )
    assert answer.headers["location"] == f"{BASE}/@office"
