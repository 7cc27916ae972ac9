"""Documents served per second: actor, object, WebFinger, outbox; beside a bare route with as many bytes."""

from pathlib import Path

from actors.drafts import read_draft
from actors.publishing import publish
from storage.database import Database
from tests.benchmarks.load import http_request, send
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import make_scene
from tests.benchmarks.servers import bare_server, free_port, process, wait_for

AS2 = "application/activity+json"


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    port = free_port()
    scene = await make_scene(folder, port)
    database = Database(scene.url)
    async with database.begin() as tx:
        draft = read_draft(
            {"kind": "note", "language": "en", "body": "A short note. " * 20}, default_language="en"
        )
        publication = await publish(tx, scene.office, draft)
    await database.close()
    count = 1500 if quick else 6000
    targets = {
        "actor document": "/actors/office",
        "object document": publication.uri.removeprefix(scene.base_url),
        "WebFinger": f"/.well-known/webfinger?resource=acct:office@{scene.domain}",
        "outbox page": "/actors/office/outbox",
    }
    headers = {"host": scene.domain, "accept": AS2}
    with bare_server(3000) as bare:
        limit = (await send(bare, [http_request("GET", "/x", headers)] * count)).per_second
    with process("-m", "tests.benchmarks.node_server", str(folder), str(port)):
        wait_for(port)
        for name, target in targets.items():
            requests = [http_request("GET", target, headers)] * count
            await send(port, requests[:200])
            load = await send(port, requests)
            assert set(load.statuses) == {200}, (name, load.statuses)
            wanted = "≥ 0.5" if name != "outbox page" else ""
            report.add(Figure(f"{name}s", load.per_second, "/s", "bare route, 3 KB", limit, wanted))
            report.add(Figure("  p99 at 32 connections", load.percentile(0.99), "ms"))
