"""What operators watch: /health and /metrics."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from node.app import build_node, create_app
from node.monitoring import Figure, written
from storage.database import SQLITE
from tests.node.served import ServedNode, served
from tests.node.test_inbox_route import create, post


async def ask_from(one: ServedNode, address: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=one.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        return await client.get(path)


async def test_a_node_is_well_when_its_database_answers(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await ask_from(one, "10.0.0.1", "/health")
        head = await one.client.head("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    assert head.status_code == 200


async def test_a_node_is_ill_when_its_database_does_not_answer(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        nowhere = replace(one.node.settings.storage, database_url=f"{SQLITE}{tmp_path}/no/such/folder/x.db")
        node = build_node(replace(one.node.settings, storage=nowhere))
        transport = httpx.ASGITransport(app=create_app(node))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get("/health")
        await node.database.close()
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"])
async def test_figures_are_for_monitoring(tmp_path: Path, address: str) -> None:
    async with served(tmp_path) as one:
        answer = await ask_from(one, address, "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("address", ["198.51.100.7", "10.0.0.1", "2001:db8::1", "", "nonsense"])
async def test_figures_are_for_nobody_else(tmp_path: Path, address: str) -> None:
    async with served(tmp_path) as one:
        answer = await ask_from(one, address, "/metrics")
    assert answer.status_code == 403
    assert "ilan_" not in answer.text


async def test_the_operator_says_who_else_may_read_them(tmp_path: Path) -> None:
    async with served(tmp_path, {"server": {"metrics_allow": ["10.0.0.0/8"]}}) as one:
        inside, loopback = (
            await ask_from(one, "10.1.2.3", "/metrics"),
            await ask_from(one, "127.0.0.1", "/metrics"),
        )
    assert (inside.status_code, loopback.status_code) == (200, 403)


async def test_queues_can_be_watched(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        await post(one, sender, create(sender))
        one.clock.forward(seconds=90)
        lines = (await ask_from(one, "127.0.0.1", "/metrics")).text.splitlines()
    assert 'ilan_received{outcome="waiting"} 1' in lines
    assert "ilan_received_oldest_seconds 90" in lines
    assert 'ilan_deliveries{state="waiting"} 0' in lines
    assert 'ilan_deliveries{state="given up"} 0' in lines
    assert "ilan_deliveries_oldest_seconds 0" in lines
    assert "ilan_peers_resting 0" in lines
    assert 'ilan_http_requests_total{method="POST",status="202"} 1' in lines
    for line in lines:
        name = line.split(" ")[2 if line.startswith("#") else 0].partition("{")[0]
        assert name.startswith(("ilan_", "process_"))


def test_figures_are_written_as_prometheus_reads_them() -> None:
    figure = Figure("x", "gauge", "About x.", (({"a": 'q"\\\n', "b": "2"}, 1.5), ({}, 3)))
    assert written([figure]) == ('# HELP x About x.\n# TYPE x gauge\nx{a="q\\"\\\\\\n",b="2"} 1.5\nx 3\n')
