"""`network`, on nodes that other real nodes answer: two in this process, over sockets of the loopback."""

import atexit
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import uvicorn

from node import heartbeat
from node.app import build_node, create_app
from node.cli.blocklist import Decision, read_decisions, write_decisions
from node.cli.frame import CommandFailed
from node.settings import load
from node.workers import HEARTBEAT as WORKERS_HEARTBEAT
from storage.kinds import FollowState, Policy
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path / "ours")


def on_loopback(folder: Path) -> Commands:
    """Set a node up that may talk to others on this machine, and is served nowhere yet."""
    shutil.copytree(_loopback_template(folder.name), folder)
    return Commands(folder)


@cache
def _loopback_template(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ilan-tests-")) / name
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    node = Commands(folder)
    node.ok("init", "--domain", f"127.0.0.1:{port}", "--name", "x", "--base-url", f"http://127.0.0.1:{port}")
    text = node.config.read_text("utf-8").replace("allow_networks = []", 'allow_networks = ["127.0.0.0/8"]')
    node.config.write_text(text, "utf-8")
    return folder


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def serving(node: Commands) -> Iterator[str]:
    """Serve a node from another thread without background work, and say at which domain."""
    settings = load(node.config, {})
    app = create_app(build_node(settings))
    config = uvicorn.Config(app, port=settings.server.port, log_config=None, lifespan="on", ws="none")
    server = _Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.listens.wait(timeout=20)
        yield settings.node.domain
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_node_is_followed_by_its_domain_listed_and_followed_no_more(tmp_path: Path) -> None:
    ours, theirs = on_loopback(tmp_path / "ours"), on_loopback(tmp_path / "theirs")
    assert ours.ok("network", "list").startswith("No node is followed yet")
    with serving(theirs) as domain:
        assert f"node@{domain} is asked to accept" in ours.ok("network", "follow", domain)
        (row,) = ours.json("network", "list")
    assert (row["domain"], row["actor"]) == (domain, f"http://{domain}/actors/node")
    assert (row["state"], row["policy"]) == ("requested", "known")
    assert row["software"]
    assert {"last_success", "last_error", "backfill"} <= row.keys()
    assert row["backfill"] is None

    async def answer(tx: Transaction) -> None:
        server = await tx.actors.local("node")
        assert server is not None
        ((follow, actor),) = await tx.follows.followed_by(server)
        await tx.follows.decide(follow, FollowState.ACCEPTED, tx.now)
        await tx.backfills.start(actor.id, tx.now)

    ours.write(answer)
    (row,) = ours.json("network", "list")
    assert row["state"] == "accepted"
    assert (row["backfill"]["finished"], row["backfill"]["kept"]) == (False, 0)
    assert "0 read so far" in ours.ok("network", "list")
    assert "true" in ours.ok("network", "export").splitlines()[1]
    assert "followed no more" in ours.ok("network", "unfollow", domain)
    assert ours.json("network", "list") == []
    assert "is not followed" in ours.refused("network", "unfollow", domain)


def test_an_actor_is_followed_by_handle_and_found_by_it(tmp_path: Path) -> None:
    ours, theirs = on_loopback(tmp_path / "ours"), on_loopback(tmp_path / "theirs")
    with serving(theirs) as domain:
        ours.ok("network", "follow", f"@office@{domain}")
    (row,) = ours.json("network", "list")
    assert row["handle"] == f"office@{domain}"
    ours.ok("network", "unfollow", f"office@{domain}")


def test_who_cannot_be_reached_or_is_no_node_is_not_followed(tmp_path: Path) -> None:
    ours = on_loopback(tmp_path / "ours")
    assert "cannot be followed" in ours.refused("network", "follow", "127.0.0.1:9")
    assert "cannot be followed" in ours.refused("network", "follow", "not a domain")
    assert ours.json("network", "list") == []


def test_itself_is_not_followed(tmp_path: Path) -> None:
    ours = on_loopback(tmp_path / "ours")
    with serving(ours) as domain:
        assert ours.run("network", "follow", domain).exit_code == 1
    assert ours.json("network", "list") == []


def test_in_allow_list_mode_the_operator_is_told_to_trust_first(tmp_path: Path) -> None:
    ours, theirs = on_loopback(tmp_path / "ours"), on_loopback(tmp_path / "theirs")
    text = ours.config.read_text("utf-8").replace('mode = "open"', 'mode = "allow-list"')
    ours.config.write_text(text, "utf-8")
    with serving(theirs) as domain:
        assert "policy DOMAIN trusted" in ours.refused("network", "follow", domain)
        ours.ok("network", "policy", domain, "trusted")
        ours.ok("network", "follow", domain)


def test_a_policy_is_set_and_shown(node: Commands) -> None:
    assert node.json("network", "policy") == []
    assert node.json("network", "policy", "other.example") == [{"domain": "other.example", "policy": "known"}]
    assert "other.example is now blocked" in node.ok("network", "policy", "Other.Example", "blocked")
    assert node.json("network", "policy", "other.example") == [
        {"domain": "other.example", "policy": "blocked"}
    ]
    node.ok("network", "policy", "friend.example", "trusted")
    assert {row["domain"]: row["policy"] for row in node.json("network", "policy")} == {
        "friend.example": "trusted",
        "other.example": "blocked",
    }
    node.ok("network", "policy", "other.example", "known")
    assert len(node.json("network", "policy")) == 1
    node.misused("network", "policy", "other.example", "loved")
    node.misused("network", "policy", "https://other.example/", "blocked")


def test_decisions_are_exported_and_imported_elsewhere(node: Commands, tmp_path: Path) -> None:
    for domain, policy in (("a.example", "blocked"), ("b.example", "limited"), ("c.example", "trusted")):
        node.ok("network", "policy", domain, policy)
    file = tmp_path / "list.csv"
    node.ok("network", "export", str(file))
    lines = file.read_text("utf-8").splitlines()
    assert lines[0].startswith("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate")
    assert lines[1] == "a.example,suspend,true,true,,false,blocked,false"
    other = new_node(tmp_path / "other")
    assert "a.example: blocked" in other.ok("network", "import", str(file), "--dry-run")
    assert other.json("network", "policy") == []
    assert other.ok("network", "import", str(file)) == "3 policies are set.\n"
    assert other.json("network", "policy") == node.json("network", "policy")
    assert other.ok("network", "export") == file.read_text("utf-8")


def test_a_list_of_mastodons_is_imported(node: Commands) -> None:
    text = (
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
        'Bad.example,suspend,true,true,"spam, and more",false\n'
        "loud.example,silence,false,false,,false\n"
        "fine.example,noop,true,false,,false\n"
    )
    node.ok("network", "import", "-", given=text)
    assert {row["domain"]: row["policy"] for row in node.json("network", "policy")} == {
        "bad.example": "blocked",
        "loud.example": "limited",
    }


def test_nodes_in_a_list_are_followed_and_failures_named(tmp_path: Path) -> None:
    ours, theirs = on_loopback(tmp_path / "ours"), on_loopback(tmp_path / "theirs")
    with serving(theirs) as domain:
        text = f"#domain,#follow\n{domain},true\n127.0.0.1:9,yes\nquiet.example,no\n"
        done = ours.run("network", "import", "-", given=text)
    assert done.exit_code == 1
    assert "1 nodes are followed or asked." in done.stdout
    assert "127.0.0.1:9: " in done.stderr
    assert [row["domain"] for row in ours.json("network", "list")] == [domain]


def test_every_bad_line_is_named_and_nothing_changed(node: Commands) -> None:
    text = (
        "domain,severity,policy,follow\n"
        "good.example,suspend,,\n"
        "http://x/,suspend,,\n"
        "a.example,destroy,,\n"
        "b.example,,loved,\n"
        "c.example,,,perhaps\n"
        "d.example,suspend,,true\n"
    )
    said = node.refused("network", "import", "-", given=text)
    assert [line.partition(":")[0] for line in said.splitlines()[1:]] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
    ]
    assert node.json("network", "policy") == []


@pytest.mark.parametrize("text", ["", "a.example\nb.example\n", "domain\na.example\n", "severity\nsuspend\n"])
def test_a_list_without_names_of_columns_is_refused(text: str) -> None:
    with pytest.raises(CommandFailed, match="first line"):
        read_decisions(text)


def test_of_several_lines_the_last_counts_and_empty_ones_do_not() -> None:
    text = "#domain,#policy,#follow\na.example,blocked,\n\n,,\na.example,limited,1\n"
    assert read_decisions(text) == [Decision("a.example", Policy.LIMITED, follow=True)]


def test_what_is_written_is_read_back() -> None:
    decisions = [
        Decision("a.example", Policy.BLOCKED),
        Decision("b.example", Policy.TRUSTED, follow=True),
        Decision("127.0.0.1:8101", Policy.LIMITED),
    ]
    assert read_decisions(write_decisions(decisions)) == decisions


def test_commands_read_the_heartbeat_that_workers_give() -> None:
    assert heartbeat.HEARTBEAT == WORKERS_HEARTBEAT


@pytest.mark.parametrize(
    "arguments", [["follow"], ["unfollow"], ["import"], ["import", "/no/such/file"], ["x"]]
)
def test_wrong_usage_ends_with_2(node: Commands, arguments: list[str]) -> None:
    node.misused("network", *arguments)
