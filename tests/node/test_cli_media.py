"""`ilan media`: usage, prune, refetch."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.copies import Copy
from storage.files import DirectoryStore, new_name
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node

GONE = "https://127.0.0.1/a.jpg"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return new_node(tmp_path)


async def copies(tx: Transaction) -> None:
    for digest, days in (("one", 1), ("two", 30)):
        then = tx.now - timedelta(days=days)
        await tx.copies.keep(
            Copy(
                digest,
                "picture",
                f"https://127.0.0.1/{digest}",
                then,
                then,
                file=new_name("jpg"),
                size=3 * 1024**2,
            )
        )
    await tx.copies.keep(
        Copy(
            "three", "avatar", GONE, tx.now, tx.now, failed_until=tx.now + timedelta(days=1), failure="Down."
        )
    )


def test_usage_says_how_much_there_is(commands: Commands) -> None:
    commands.write(copies)
    rows = {row["what"]: row for row in commands.json("media", "usage")}
    assert rows["copies of other nodes' files"]["files"] == 2
    assert rows["copies of other nodes' files"]["bytes"] == 6 * 1024**2
    assert rows["copies of other nodes' files"]["limit"] == 512 * 1024**2
    assert rows["files that could not be copied"]["files"] == 1
    assert rows["free on the disk of uploads"]["bytes"] > 0
    shown = commands.ok("media", "usage")
    assert "6.0" in shown
    assert "512.0" in shown


def test_prune_removes_what_nobody_looks_at(commands: Commands) -> None:
    commands.write(copies)
    assert commands.json("media", "prune", "--dry-run") == {
        "uploads": 0,
        "stray_files": 0,
        "copies": 1,
        "dry_run": True,
    }
    assert commands.json("media", "prune")["copies"] == 1
    assert commands.json("media", "prune", "--days", "0")["copies"] == 2
    assert commands.json("media", "prune", "--days", "0")["copies"] == 0


def test_refetch_tries_again_what_failed_and_says_how_that_went(commands: Commands) -> None:
    commands.write(copies)
    done = commands.run("media", "refetch", "--failed")
    assert done.exit_code == 1
    assert GONE in done.output
    assert "Some files could not be copied." in done.stderr
    named = commands.run("media", "refetch", "https://127.0.0.1/one")
    assert named.exit_code == 1

    async def left(tx: Transaction) -> list[Copy]:
        return await tx.copies.after("", 10)

    rows = {copy.url: copy for copy in commands.read(left)}
    assert rows["https://127.0.0.1/one"].file is None
    assert rows[GONE].failure != "Down."


def test_refetch_wants_to_be_told_what(commands: Commands) -> None:
    commands.misused("media", "refetch")
    commands.misused("media", "refetch", "--failed", GONE)
    assert "Nobody here looked at" in commands.refused("media", "refetch", "https://127.0.0.1/never")


def test_an_object_store_is_refused_at_the_start(commands: Commands) -> None:
    config = commands.config.read_text()
    start = config.index("[storage]")
    commands.config.write_text(
        config[:start]
        + '[storage]\nmedia_url = "s3://bucket?endpoint=https://s3.example"\n'
        + config[start + 9 :].replace("media_url", "# media_url", 1)
    )
    said = commands.refused("media", "usage")
    assert said.startswith("This version cannot keep uploads in an object store (s3:)")


def test_help_names_the_commands(commands: Commands) -> None:
    shown = commands.ok("media", "--help")
    for name in ("usage", "prune", "refetch"):
        assert name in shown
    assert DirectoryStore(commands.folder).root == commands.folder
