import json
import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from node.cli.checks import Level, here, outside
from node.settings import Settings, assemble
from node.version import version
from storage.migrating import HEAD
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node
from tests.node.test_cli_network import on_loopback, serving
from tests.node.test_cli_queues import add_deliveries, add_received
from tests.strangers import Stranger, reply


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path / "node")


def beat(node: Commands, ago: timedelta = timedelta(0)) -> None:
    async def set_fact(tx: Transaction) -> None:
        await tx.facts.set("heartbeat", (tx.now - ago).isoformat())

    node.write(set_fact)


def findings(node: Commands, *arguments: str) -> dict[str, dict[str, str]]:
    """Return what `check` finds, by subject, the most serious of each."""
    done = node.run("check", "--json", *arguments)
    order = [Level.OK, Level.WARNING, Level.PROBLEM]
    found: dict[str, dict[str, str]] = {}
    for each in json.loads(done.stdout):
        known = found.get(each["subject"])
        if known is None or order.index(each["level"]) > order.index(known["level"]):
            found[each["subject"]] = each
    assert done.exit_code == (1 if any(each["level"] == "problem" for each in found.values()) else 0)
    return found


def settings_of(sections: Mapping[str, Mapping[str, Any]] | None = None) -> Settings:
    document: dict[str, dict[str, Any]] = {"node": {"domain": "legalaid.example", "name": "x"}}
    for name, values in (sections or {}).items():
        document.setdefault(name, {}).update(values)
    return assemble(document, Path("/nowhere"), {})


def test_a_node_that_is_well_is_ok_line_by_line(node: Commands) -> None:
    node.add_member()
    beat(node)
    done = node.run("check", "--offline")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert all(line.startswith(("ok ", "warning ")) for line in lines)
    assert f"ok       migrations: the database is at version {HEAD}" in lines
    assert "ok       workers: at work" in lines


def test_every_line_that_is_not_well_says_what_to_do(node: Commands) -> None:
    add_deliveries(node)
    add_received(node)
    beat(node, ago=timedelta(minutes=10))
    found = findings(node, "--offline")
    assert {name: each["level"] for name, each in found.items()} == {
        "config": "ok",
        "proxy": "ok",
        "disk": "ok",
        "database": "ok",
        "migrations": "ok",
        "domain": "ok",
        "workers": "problem",
        "outbox": "ok",
        "inbox": "warning",
        "deliveries": "warning",
        "nodes": "warning",
        "members": "warning",
        "mail": "ok",
    }
    for each in found.values():
        assert (each["level"] == "ok") == (each["remedy"] == "")
    assert "other.example" in found["nodes"]["what"]
    assert "member add" in found["members"]["remedy"]
    assert "ilan serve" in found["workers"]["remedy"]


def test_what_waits_for_an_hour_is_a_problem(node: Commands) -> None:
    add_received(node)

    async def age(tx: Transaction) -> None:
        await tx._connection.raw("UPDATE received SET received_at = received_at - 3600000000")

    node.write(age)
    assert findings(node, "--offline")["inbox"]["level"] == "problem"


def test_every_mistake_in_the_settings_is_a_line(node: Commands) -> None:
    text = node.config.read_text("utf-8").replace("port = 8000", "port = 0\ncolour = 1")
    node.config.write_text(text, "utf-8")
    done = node.run("check")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("problem  config: server.") for line in lines)


def test_a_missing_or_foreign_database_is_a_problem(node: Commands, tmp_path: Path) -> None:
    node.database.rename(tmp_path / "away")
    found = findings(node, "--offline")
    assert (found["database"]["level"], "ilan init" in found["database"]["remedy"]) == ("problem", True)
    (tmp_path / "away").rename(node.database)
    text = node.config.read_text("utf-8").replace('domain = "legalaid.example"', 'domain = "other.example"')
    node.config.write_text(text, "utf-8")
    assert findings(node, "--offline")["domain"]["level"] == "problem"


def test_an_old_database_is_a_problem(node: Commands) -> None:
    async def age(tx: Transaction) -> None:
        await tx._connection.raw("UPDATE alembic_version SET version_num = '0000'")

    node.write(age)
    assert findings(node, "--offline")["migrations"]["remedy"] == "Run `ilan migrate`"


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_files_that_everybody_can_read_are_a_warning(node: Commands) -> None:
    node.config.chmod(0o640)
    assert findings(node, "--offline")["config"]["level"] == "ok"
    node.config.chmod(0o644)
    assert findings(node, "--offline")["config"]["level"] == "warning"


def test_a_full_disk_is_a_problem(node: Commands) -> None:
    text = node.config.read_text("utf-8").replace("free_space_mib = 1024", "free_space_mib = 1048576")
    node.config.write_text(text, "utf-8")
    assert findings(node, "--offline")["disk"]["level"] == "problem"


def test_a_proxy_elsewhere_that_is_not_believed_is_a_warning() -> None:
    everywhere = settings_of({"server": {"host": "0.0.0.0"}})
    assert here._proxies(everywhere).level is Level.WARNING
    assert "trusted_proxies" in here._proxies(everywhere).remedy
    told = settings_of({"server": {"host": "0.0.0.0", "trusted_proxies": ["172.31.250.2"]}})
    assert here._proxies(told).level is Level.OK
    assert here._proxies(settings_of()).level is Level.OK


def test_a_mail_server_that_is_not_there_is_a_problem() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"smtp://user:secret@127.0.0.1:{port}"
    found = here.mail(settings_of({"email": {"smtp_url": url, "from": "office@legalaid.example"}}))
    assert found.level is Level.PROBLEM
    assert "secret" not in str(found)


def test_a_served_node_is_seen_from_outside(tmp_path: Path) -> None:
    node = on_loopback(tmp_path / "ours")
    with serving(node):
        found = findings(node)
    assert found["webfinger"]["level"] == "ok", found["webfinger"]
    assert found["documents"]["level"] == "ok", found["documents"]
    assert found["pages"]["level"] == "ok", found["pages"]
    assert found["clock"]["what"] == "compared with none, as no node is followed yet"
    assert found["dns"]["level"] == "ok"


def test_a_node_that_is_not_served_is_not_seen(tmp_path: Path) -> None:
    found = findings(on_loopback(tmp_path / "ours"))
    assert found["webfinger"]["level"] == "problem"
    assert "ilan serve" in found["webfinger"]["remedy"]


def on_test_network(domain: str) -> Settings:
    return settings_of(
        {
            "node": {"domain": domain, "base_url": f"http://{domain}"},
            "federation": {"allow_http": True, "allow_networks": ["127.0.0.0/8"]},
        }
    )


async def looked_at(settings: Settings) -> dict[str, tuple[Level, str]]:
    transport = outside.transport_of(settings)
    try:
        return {
            each.subject: (each.level, each.what) async for each in outside.documents(settings, transport)
        }
    finally:
        await transport.aclose()


async def test_a_proxy_that_answers_instead_of_the_node_is_found() -> None:
    async with Stranger() as stranger:
        settings = on_test_network(stranger.domain)
        finger = f"/.well-known/webfinger?resource=acct:office@{stranger.domain}"
        body = f"http://{stranger.domain}/actors/office"
        page = reply(200, b"<p>Welcome</p>", content_type="text/html", vary="Accept")
        jrd = f'{{"subject": "acct:office@{stranger.domain}", "links": [{{"rel": "self", "type": '
        jrd += f'"application/activity+json", "href": "{body}"}}]}}'
        stranger.on(finger, reply(200, jrd.encode(), content_type="application/jrd+json"))
        stranger.on("/actors/office", page, page)
        found = await looked_at(settings)
        assert found["webfinger"][0] is Level.OK
        assert found["documents"][0] is Level.PROBLEM
        assert "text/html" in found["documents"][1]
        assert found["pages"][0] is Level.OK

        document = reply(200, f'{{"id": "{body}"}}'.encode(), content_type="application/activity+json")
        stranger.on(finger, reply(200, jrd.encode(), content_type="application/jrd+json"))
        stranger.on("/actors/office", document, document)
        found = await looked_at(settings)
        assert (found["documents"][0], "Vary" in found["documents"][1]) == (Level.WARNING, True)
        assert found["pages"][0] is Level.WARNING


async def test_handles_that_lead_elsewhere_are_a_problem() -> None:
    async with Stranger() as stranger:
        finger = f"/.well-known/webfinger?resource=acct:office@{stranger.domain}"
        jrd = f'{{"subject": "acct:office@{stranger.domain}", "links": []}}'
        stranger.on(finger, reply(200, jrd.encode(), content_type="application/jrd+json"))
        found = await looked_at(on_test_network(stranger.domain))
        assert found["webfinger"][0] is Level.PROBLEM


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, Level.OK), (-60, Level.WARNING), (60, Level.WARNING), (-3600, Level.PROBLEM), (3600, Level.PROBLEM)],
)
async def test_a_clock_that_differs_from_a_followed_nodes_is_told(seconds: int, level: Level) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    date = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    async with Stranger() as stranger:
        stranger.on("/.well-known/nodeinfo", reply(200, b"{}", date=date))
        settings = on_test_network("127.0.0.1:9")
        transport = outside.transport_of(settings)
        found = await outside.clock(settings, transport, ["127.0.0.1:9", stranger.domain])
        await transport.aclose()
    assert found.level is level
    assert stranger.domain in found.what
    if seconds:
        assert ("ahead of" in found.what) is (seconds < 0)


async def test_names_are_looked_up_and_must_lead_to_the_public_internet() -> None:
    known = {"legalaid.example": ["9.9.9.9", "2620:fe::fe"], "intranet.example": ["10.1.2.3"]}

    async def resolve(host: str) -> list[str]:
        if host not in known:
            raise socket.gaierror
        return known[host]

    async def level(domain: str, base_url: str = "") -> list[Level]:
        settings = settings_of({"node": {"domain": domain, "base_url": base_url}})
        return [each.level async for each in outside.names(settings, resolve)]

    assert await level("legalaid.example") == [Level.OK]
    assert await level("intranet.example") == [Level.WARNING]
    assert await level("absent.example") == [Level.PROBLEM]
    assert await level("legalaid.example", "https://social.legalaid.example") == [Level.PROBLEM, Level.OK]


def test_what_asks_says_so() -> None:
    transport = outside.transport_of(settings_of())
    assert version() in transport._headers["user-agent"]
