"""The demonstration as a test: real processes, real HTTP, three loopback addresses, one kill -9."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from node.cli.demo import command


def _free_port() -> int:
    """Return the first of three neighbouring ports that are free on the addresses of the demonstration."""
    for first in range(18_101, 19_000, 3):
        try:
            for index in range(3):
                with socket.socket() as probe:
                    probe.bind((f"127.0.0.{index + 2}", first + index))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


@pytest.mark.processes
@pytest.mark.one_engine
def test_three_bodies_find_what_the_others_publish_and_survive_a_kill(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--data", str(tmp_path), "--port", str(_free_port()), "--story"])
    print(result.output)
    assert result.exit_code == 0, result.output
    assert "9 publications are found on each of 3 nodes" in result.output
    assert "27 publications on each node" in result.output
    assert "none twice" in result.output
