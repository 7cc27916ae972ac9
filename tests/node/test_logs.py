"""Log lines: one each, readable by people or programs, and without secrets."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from node.logs import JsonLines, Logfmt, configure, discreet, request_id


def line(formatter: logging.Formatter, message: str, *arguments: object, **facts: object) -> str:
    record = logging.LogRecord("node.test", logging.INFO, "file.py", 1, message, arguments, None)
    record.created = 1_800_000_000.5
    record.facts = facts
    return formatter.format(record)


def test_a_line_says_when_what_and_how() -> None:
    assert line(Logfmt(), "answered", status=202, path="/inbox") == (
        "time=2027-01-15T08:00:00.500Z level=info logger=node.test event=answered status=202 path=/inbox"
    )


def test_a_line_for_programs_is_one_object() -> None:
    assert json.loads(line(JsonLines(), "answered %s", "late", status=202)) == {
        "time": "2027-01-15T08:00:00.500Z",
        "level": "info",
        "logger": "node.test",
        "event": "answered late",
        "status": 202,
    }


@pytest.mark.parametrize("formatter", [Logfmt(), JsonLines()])
def test_nobody_can_forge_a_line(formatter: logging.Formatter) -> None:
    written = line(formatter, 'name "x"\nlevel=error event="hacked" \x1b[31m \ud800', path="/a b\r\nc")
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written
    written.encode()


def test_lines_of_a_request_carry_its_number() -> None:
    token = request_id.set("abc")
    try:
        assert "request=abc" in line(Logfmt(), "answered")
    finally:
        request_id.reset(token)
    assert "request=" not in line(Logfmt(), "answered")


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer s3cr3t",
        "postgresql+asyncpg://ilan:s3cr3t@localhost/ilan",
        "smtps://office:s3cr3t@mail.example:465",
        "?access_token=s3cr3t&x=1",
        "password='s3cr3t'",
        "client_secret: s3cr3t",
        "-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\ns3cr3t",
    ],
)
def test_what_looks_like_a_secret_is_masked(secret: str) -> None:
    assert "s3cr3t" not in discreet(f"it failed: {secret}")
    try:
        fail(secret)
    except RuntimeError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "it failed", (), (type(error), error, error.__traceback__)
        )
    for formatter in (Logfmt(), JsonLines()):
        # The line of source that raised it is there to be seen, and holds no secret here.
        assert "s3cr3t" not in formatter.format(record)


def fail(secret: str) -> None:
    raise RuntimeError(secret)


def test_ordinary_words_stay() -> None:
    text = "the token was refused; http://localhost:8000/@office?page=2 says why"
    assert discreet(text) == text


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("restored")
def test_every_logger_writes_so_once_it_is_set_up() -> None:
    stream = io.StringIO()
    configure(form="json", stream=stream)
    logging.getLogger("federation.inbox").info("kept %d", 3)
    logging.getLogger("uvicorn.access").info("198.51.100.7 asked")
    logging.getLogger("aiosqlite").debug("SELECT")
    lines = stream.getvalue().splitlines()
    assert [json.loads(each)["event"] for each in lines] == ["kept 3"]
