"""A node as a server process without background work, for measuring one thing at a time."""

import sys
from pathlib import Path

import uvicorn

from node.app import build_node, create_app
from node.settings import assemble


def main(folder: Path, port: int) -> None:
    domain = f"127.0.0.1:{port}"
    settings = assemble(
        {
            "node": {
                "domain": domain,
                "name": "Bench",
                "base_url": f"http://{domain}",
                "data_dir": str(folder),
            },
            "server": {"host": "127.0.0.1", "port": port},
            "federation": {"allow_http": True, "allow_networks": ["127.0.0.0/8"]},
            "limits": dict.fromkeys(
                ("inbox_per_minute", "requests_per_minute", "search_per_minute"), 1_000_000
            ),
        },
        folder,
        {},
    )
    app = create_app(build_node(settings), background=False)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


main(Path(sys.argv[1]), int(sys.argv[2]))
