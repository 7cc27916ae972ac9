"""`ilan demo`: three bodies on this machine that follow each other, publish, and find what the others have.

With `--story` it also plays an outage: one node is killed without warning while everybody publishes, comes
back, and catches up with nothing missing and nothing twice.
"""

import shutil
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from node.cli.demo_content import BODIES
from node.cli.demo_nodes import DemoNode, wait_until
from node.cli.frame import CommandFailed

FIRST_PORT = 8101
FOLLOW_SECONDS = 20.0
FIND_SECONDS = 20.0
CATCH_UP_SECONDS = 40.0
DURING_OUTAGE = 6
KILLED_AFTER = 2


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), help="Where to keep the nodes; else they are forgotten."
)
@click.option("--port", type=int, default=FIRST_PORT, show_default=True, help="The first of three ports.")
@click.option("--story", is_flag=True, help="Also play an outage, then end.")
def command(data: Path | None, port: int, *, story: bool) -> None:
    """Run three bodies on this machine that follow each other; Ctrl-C stops them."""
    folder = data or Path(tempfile.mkdtemp(prefix="ilan-demo-"))
    nodes = demo_nodes(folder, port)
    # Whatever ends the demonstration, its servers end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _together(nodes, DemoNode.create)
        _together(nodes, DemoNode.start)
        introduce(nodes)
        uris = publish_everything(nodes)
        seconds = wait_until(
            lambda: all(finds_all(node.holds(), uris) for node in nodes),
            FIND_SECONDS,
            "Not everything that was published was found on every node.",
        )
        check_by_command(nodes, uris)
        click.echo(f"{len(uris)} publications are found on each of {len(nodes)} nodes after {seconds:.1f} s.")
        if story:
            play_outage(nodes, uris)
            return
        _present(nodes)
        _wait_for_interrupt()
    finally:
        for node in nodes:
            node.stop()
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def demo_nodes(folder: Path, port: int) -> list[DemoNode]:
    """Return the three nodes, not yet set up, on 127.0.0.2, .3 and .4."""
    return [
        DemoNode(body, folder / body.key, f"127.0.0.{index + 2}:{port + index}")
        for index, body in enumerate(BODIES)
    ]


def introduce(nodes: Sequence[DemoNode]) -> None:
    """Let each node follow the others, and wait until all have been accepted."""
    for node in nodes:
        for other in nodes:
            if other is not node:
                node.follow(other)

    def all_accepted() -> bool:
        return all(list(node.follows().values()).count("accepted") == len(nodes) - 1 for node in nodes)

    wait_until(all_accepted, FOLLOW_SECONDS, "Not every node accepted being followed.")
    click.echo("Each node follows the others.")


def publish_everything(nodes: Sequence[DemoNode]) -> list[str]:
    """Let each body publish what it has, by command, and return the URIs."""
    uris: list[str] = []
    _together(nodes, lambda node: uris.extend(node.publish(each) for each in node.body.publications))
    return uris


def finds_all(found: Sequence[str], uris: Sequence[str]) -> bool:
    """Whether each of these publications was found, and each once."""
    held = Counter(found)
    return all(held[uri] == 1 for uri in uris)


def check_by_command(nodes: Sequence[DemoNode], uris: Sequence[str]) -> None:
    """Let `ilan search` on every node find everything; CommandFailed where it does not."""

    def check(node: DemoNode) -> None:
        if not finds_all(node.search("", "--limit", "100"), uris):
            raise CommandFailed(f"`ilan search` on {node.domain} does not find everything once.")

    _together(nodes, check)


def play_outage(nodes: Sequence[DemoNode], published: Sequence[str]) -> None:
    """Kill the second node while everybody publishes; back again, it has everything, and each thing once."""
    victim = nodes[1]
    uris = list(published)
    for number in range(DURING_OUTAGE):
        for node in nodes:
            document = node.body.publications[0]
            document = {**document, "title": f"{document['title']} {number + 2}"}
            is_down = node is victim and number >= KILLED_AFTER
            uris.append(node.publish(document) if is_down else node.post(document))
        if number + 1 == KILLED_AFTER:
            victim.kill()
            click.echo(f"{victim.domain} is killed while everybody publishes.")
    victim.start()
    seconds = wait_until(
        lambda: all(finds_all(node.holds(), uris) for node in nodes),
        CATCH_UP_SECONDS,
        "After the outage something is missing, or there twice.",
    )
    check_by_command(nodes, uris)
    click.echo(
        f"{victim.domain} is back: {len(uris)} publications on each node after {seconds:.1f} s, none twice."
    )


def _present(nodes: Sequence[DemoNode]) -> None:
    click.echo()
    for node in nodes:
        name, password, _ = (node.folder / "sign-in.txt").read_text("utf-8").split()
        click.echo(f"{node.body.name}\n  {node.url}/   member {name}, password {password}")
        click.echo(f"  ilan --config {node.folder}/config.toml search {node.body.query}")
    click.echo("\nCtrl-C stops the nodes.")


def _wait_for_interrupt() -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    while not stopped.wait(timeout=1):
        pass


def _together(nodes: Sequence[DemoNode], do: Callable[[DemoNode], None]) -> None:
    with ThreadPoolExecutor(len(nodes)) as pool:
        for future in [pool.submit(do, node) for node in nodes]:
            try:
                future.result()
            except CommandFailed:
                pool.shutdown(cancel_futures=True)
                raise
