import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.pages import INVITATIONS, has_page
from node.cli.serve import _sign_in
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node
from tests.node.test_cli_network import on_loopback

ROOT = Path(__file__).parents[2]


@contextmanager
def serve(node: Commands, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `ilan serve` as a process of its own, and end it in good order."""
    command = [sys.executable, "-m", "node", "--config", str(node.config), "serve", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def first_lines(process: subprocess.Popen[str], until: str) -> str:
    """Return what a process prints up to a line with these words."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if until in line:
            return seen
    raise AssertionError(seen)


def is_well(node: Commands, deadline: float = 20.0) -> bool:
    """Wait until a node's /health answers."""
    base = next(
        line.split('"')[1]
        for line in node.config.read_text("utf-8").splitlines()
        if line.startswith("base_url")
    )
    ends = time.monotonic() + deadline
    while time.monotonic() < ends:
        try:
            return httpx.get(f"{base}/health", trust_env=False).status_code == 200
        except httpx.TransportError:
            if time.monotonic() > ends:
                raise
    return False


def is_at_work(node: Commands, deadline: float = 20.0) -> bool:
    """Wait until a node's workers give a sign of life."""
    ends = time.monotonic() + deadline
    while time.monotonic() < ends:
        if node.json("stats")["workers"]["at_work"]:
            return True
    return False


@pytest.mark.processes
def test_serve_says_where_it_is_and_how_to_get_in_and_does_the_work(tmp_path: Path) -> None:
    node = on_loopback(tmp_path / "ours")
    with serve(node) as process:
        said = first_lines(process, "startup complete")
        assert "http://127.0.0.1:" in said
        if has_page(INVITATIONS):
            assert f"{INVITATIONS}" in said
        else:
            assert f"--config {node.config} member add USERNAME --email E --role admin" in said
            assert f"--config {node.config} token USERNAME" in said
        assert is_well(node)
        assert is_at_work(node)
        # Commands work beside the server.
        node.add_member()
        assert len(node.ok("token", "amina").strip()) >= 43
        assert "Is it running already?" in node.refused("serve")
    # uvicorn ends in good order, then by the signal itself, which is what systemd expects.
    assert process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in said


def test_how_to_get_in_is_said_until_there_is_somebody_and_when_asked(tmp_path: Path) -> None:
    node = new_node(tmp_path)

    def said(*, wanted: bool) -> str:
        invocation = Invocation(node.config, {})
        return with_database(invocation, lambda *opened: _sign_in(invocation, *opened, wanted=wanted))

    assert "dministrator" in said(wanted=False)
    node.add_member()
    assert said(wanted=False) == ""
    assert "dministrator" in said(wanted=True)


def test_with_sqlite_one_process_does_everything(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    assert "With SQLite one process" in node.refused("serve", "--workers", "2")
    assert "With SQLite one process" in node.refused("worker")
    node.misused("serve", "--workers", "0")
    node.misused("serve", "--port", "70000")


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = node.refused("serve", "--port", str(port))
    assert f"127.0.0.1, port {port}" in said
    assert "--port" in said


def test_a_node_that_is_not_set_up_is_not_served(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    node.database.write_bytes(b"")
    assert "ilan init" in node.refused("serve")
    node.database.unlink()
    assert "There is no database" in node.refused("serve")


def test_a_database_of_a_newer_version_is_not_served(tmp_path: Path) -> None:
    node = new_node(tmp_path)

    async def age(tx: Transaction) -> None:
        await tx._connection.raw("UPDATE alembic_version SET version_num = '9999'")

    node.write(age)
    assert "only knows" in node.refused("serve")


def test_no_command_prints_a_link_to_a_page_that_is_not_there(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    node.add_member()
    if has_page(INVITATIONS):
        url = node.ok("member", "invite", "--role", "editor").strip()
        assert url.startswith(f"https://legalaid.example{INVITATIONS}")
    else:
        assert "no page for invitations" in node.refused("member", "invite")
        assert "--password-stdin" in node.refused("member", "reset-password", "amina")
