"""A real node: a process of its own that answers on loopback, as `ilan serve` runs it."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from actors.accounts import add_member, create_node
from actors.announcements import add_announcement
from actors.documents import add_rule
from node.app import build_node
from node.settings import assemble
from storage.kinds import Role
from tests.benchmarks.servers import free_port
from tests.clients.signing_in import follow_pages
from tests.clients.stage import GENEROUS, PASSWORD, password_hash
from tests.databases import fresh_database
from tests.node.served import new_keys

ROOT = Path(__file__).parents[2]
PEOPLE = {"amina": Role.MEMBER, "baraka": Role.MEMBER, "chebet": Role.MEMBER, "dalmar": Role.ADMIN}
_SECONDS = 90.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Live:
    """A node that answers at an address."""

    base: str
    domain: str
    log: Path

    def let_in(self, name: str, authorize_url: str) -> str:
        """Open the address that a program shows its user, sign in there and agree; return the code."""

        async def browse() -> str:
            async with httpx.AsyncClient(base_url=self.base, trust_env=False) as browser:
                return await follow_pages(browser, authorize_url, f"{name}@node.example", PASSWORD)

        return asyncio.run(browse())


@contextmanager
def live_node(folder: Path) -> Iterator[Live]:
    """Serve a node with a few members until the block ends."""
    port = free_port()
    domain = f"127.0.0.1:{port}"
    sections: dict[str, dict[str, Any]] = {
        "node": {
            "domain": domain,
            "name": "Example body",
            "base_url": f"http://{domain}",
            "data_dir": str(folder),
            "contact_email": "office@node.example",
        },
        "server": {"host": "127.0.0.1", "port": port},
        "storage": {"database_url": fresh_database(folder)},
        "federation": {"allow_http": True, "allow_networks": ["127.0.0.0/8"]},
        "limits": dict(GENEROUS),
    }
    config = folder / "config.toml"
    config.write_text(_toml(sections), "utf-8")
    asyncio.run(_people(sections, folder))
    command = [sys.executable, "-m", "node", "--config", str(config), "serve"]
    log = (folder / "serve.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(f"http://{domain}/health", process, folder / "serve.log")
        yield Live(f"http://{domain}", domain, folder / "serve.log")
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def eventually(look: Callable[[], _T], seconds: float = 10.0) -> _T:
    """Look again and again until there is something to see; AssertionError when nothing comes."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"nothing came in {seconds} seconds"
        time.sleep(0.05)
    return found


async def _people(sections: dict[str, dict[str, Any]], folder: Path) -> None:
    node = build_node(assemble(sections, folder, {}))
    base_url, domain = node.base_url, node.settings.node.domain
    try:
        async with node.database.begin() as tx:
            await create_node(
                tx,
                base_url=base_url,
                domain=domain,
                name=node.settings.node.name,
                server_keys=new_keys(),
                body_keys=new_keys(),
            )
            await add_announcement(tx, "Maintenance on **Sunday**.")
            await add_rule(tx, "Be kind", "Also when you disagree.")
            for name, role in PEOPLE.items():
                await add_member(
                    tx,
                    base_url=base_url,
                    domain=domain,
                    username=name,
                    email=f"{name}@node.example",
                    role=role,
                    keys=new_keys(),
                    name=name.title(),
                    password=password_hash(),
                )
    finally:
        await node.federation.transport.aclose()
        await node.database.close()


def _toml(sections: dict[str, dict[str, Any]]) -> str:
    lines: list[str] = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        # What JSON writes of texts, numbers, booleans and lists of texts is TOML as well.
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the node does not answer:\n{log.read_text('utf-8')}")
