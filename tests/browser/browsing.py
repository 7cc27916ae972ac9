"""A real browser before a real node: the application served over a socket, and Chromium looking at it."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.node.served import ServedNode, served

playwright = pytest.importorskip(
    "playwright.async_api", reason="needs playwright, which pip install '.[dev]' brings"
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("needs Chromium: apt install chromium", allow_module_level=True)

# Chromium's sandbox refuses to work for root, who runs continuous integration; the pages are our own.
_ALONE = ["--no-sandbox"] if os.geteuid() == 0 else []
_QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def browser() -> AsyncIterator[Any]:
    """Start the system's Chromium; nothing is downloaded."""
    async with playwright.async_playwright() as started:
        chromium = await started.chromium.launch(executable_path=CHROMIUM, args=[*_ALONE, *_QUIET])
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def on_a_socket(tmp_path: Path) -> AsyncIterator[tuple[ServedNode, str]]:
    """Serve a node on a free port of this machine, and yield it with its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        sections = {
            "node": {"domain": address, "base_url": f"http://{address}"},
            "federation": {"allow_http": True},
        }
        async with served(tmp_path, sections) as site:
            server = uvicorn.Server(uvicorn.Config(site.app, lifespan="off", log_level="warning"))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield site, f"http://{address}"
            finally:
                server.should_exit = True
                await serving
