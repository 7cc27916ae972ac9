import asyncio
import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage import backup
from storage.database import SQLITE, Database
from storage.errors import StorageError
from tests.databases import IS_POSTGRESQL, fresh_database
from tests.node.commands import Commands, new_node


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    made = new_node(tmp_path / "node")
    made.add_member()
    media = made.folder / "data" / "media" / "ab"
    media.mkdir(parents=True)
    (media / "light.pdf").write_bytes(b"%PDF-1.7 light version")
    return made


def test_a_backup_comes_back_as_it_was(node: Commands, tmp_path: Path) -> None:
    token = node.ok("token", "amina").strip()
    said = node.ok("backup", str(tmp_path / "copy"))
    assert "checked" in said
    copied = tmp_path / "copy"
    assert sorted(path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()) == [
        "config.toml",
        "database.sqlite3",
        "manifest.json",
        "media/ab/light.pdf",
    ]
    restored = Commands(tmp_path / "restored")
    assert "legalaid.example is restored" in restored.ok("restore", str(copied))
    assert restored.json("member", "list") == node.json("member", "list")
    assert restored.config.read_bytes() == node.config.read_bytes()
    assert (restored.folder / "data/media/ab/light.pdf").read_bytes() == b"%PDF-1.7 light version"
    assert token not in (copied / "database.sqlite3").read_bytes().decode("latin-1")


def test_a_backup_is_for_the_nodes_own_user_alone(node: Commands, tmp_path: Path) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    for name in ("database.sqlite3", "config.toml", "manifest.json"):
        assert stat.S_IMODE((tmp_path / "copy" / name).stat().st_mode) == 0o600
    Commands(tmp_path / "restored").ok("restore", str(tmp_path / "copy"))
    for name in ("config.toml", "data/ilan.db"):
        assert stat.S_IMODE((tmp_path / "restored" / name).stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing_and_leaves_no_half_of_one(node: Commands, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    assert "not overwritten" in node.refused("backup", str(tmp_path / "there"))
    node.database.write_bytes(b"not a database at all" * 1000)
    assert "Restore a backup" in node.refused("backup", str(tmp_path / "copy"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["node", "there"]
    inside = node.folder / "data" / "media" / "copy"
    assert "among the uploads" in node.refused("backup", str(inside))


def test_what_a_crash_left_of_a_backup_is_no_obstacle(node: Commands, tmp_path: Path) -> None:
    (tmp_path / "copy.partial").mkdir()
    (tmp_path / "copy.partial" / "database.sqlite3").write_bytes(b"half")
    node.ok("backup", str(tmp_path / "copy"))
    assert not (tmp_path / "copy.partial").exists()


def test_restore_overwrites_nothing(node: Commands, tmp_path: Path) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    before = node.database.read_bytes()
    assert "not overwritten" in node.refused("restore", str(tmp_path / "copy"))
    # A log without its database would be applied to the one that takes its place.
    node.database.unlink()
    log = Path(f"{node.database}-wal")
    log.write_bytes(b"log")
    assert "not overwritten" in node.refused("restore", str(tmp_path / "copy"))
    log.unlink()
    assert "not overwritten" in node.refused("restore", str(tmp_path / "copy"))  # the media
    for path in sorted((node.folder / "data" / "media").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    node.ok("restore", str(tmp_path / "copy"))
    assert len(node.database.read_bytes()) == len(before)


def test_a_config_file_that_is_there_is_used_as_it_is(node: Commands, tmp_path: Path) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    other = Commands(tmp_path / "other")
    other.folder.mkdir()
    text = node.config.read_text("utf-8").replace('data_dir = "data"', 'data_dir = "elsewhere"')
    other.config.write_text(text, "utf-8")
    other.ok("restore", str(tmp_path / "copy"))
    assert (other.folder / "elsewhere" / "ilan.db").is_file()
    assert other.config.read_text("utf-8") == text


def test_a_backup_of_another_node_is_refused(node: Commands, tmp_path: Path) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    other = Commands(tmp_path / "other")
    other.folder.mkdir()
    other.config.write_text('[node]\ndomain = "other.example"\nname = "x"\n', "utf-8")
    assert "the backup of legalaid.example" in other.refused("restore", str(tmp_path / "copy"))


def test_damage_is_found_before_anything_is_written(node: Commands, tmp_path: Path) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    with (tmp_path / "copy" / "database.sqlite3").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    (tmp_path / "copy/media/ab/light.pdf").unlink()
    restored = Commands(tmp_path / "restored")
    said = restored.refused("restore", str(tmp_path / "copy"))
    assert "database.sqlite3 is damaged" in said
    assert "media/ab/light.pdf is missing" in said
    assert not restored.folder.exists()


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "", "a/../../b"])
def test_a_manifest_leads_nowhere_else(node: Commands, tmp_path: Path, path: str) -> None:
    node.ok("backup", str(tmp_path / "copy"))
    manifest = tmp_path / "copy" / "manifest.json"
    document = json.loads(manifest.read_text("utf-8"))
    document["files"][0]["path"] = path
    manifest.write_text(json.dumps(document), "utf-8")
    assert "outside the backup" in Commands(tmp_path / "restored").refused("restore", str(tmp_path / "copy"))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": "ilan-backup-1"}', '{"format": "ilan-backup-9"}']
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "manifest.json").write_text(text, "utf-8")
    assert "manifest.json" in Commands(tmp_path / "new").refused("restore", str(tmp_path / "copy"))


def test_a_folder_without_manifest_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    assert "is no backup" in Commands(tmp_path / "new").refused("restore", str(tmp_path / "copy"))
    Commands(tmp_path / "new").misused("restore", str(tmp_path / "absent"))


def test_settings_from_the_environment_are_remembered_by_name(
    node: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ILAN_EMAIL__SMTP_URL", "smtp://user:secret@mail.example")
    monkeypatch.setenv("ILAN_EMAIL__FROM", "office@legalaid.example")
    node.ok("backup", str(tmp_path / "copy"))
    assert "secret" not in (tmp_path / "copy" / "manifest.json").read_text("utf-8")
    monkeypatch.delenv("ILAN_EMAIL__SMTP_URL")
    done = Commands(tmp_path / "restored").run("restore", str(tmp_path / "copy"))
    assert done.exit_code == 0
    assert "not set now: ILAN_EMAIL__SMTP_URL." in done.stderr


def test_a_copy_is_one_moments_while_others_write(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as live:
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        live.execute("BEGIN")
        live.executemany("INSERT INTO notes (text) VALUES (?)", [("x" * 4000,)] * 3000)
        live.execute("COMMIT")
        seen = []

        def write_meanwhile(done: int, total: int) -> None:
            seen.append((done, total))
            # From another connection, as a running server does.
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("INSERT INTO notes (text) VALUES ('late')")

        copied = asyncio.run(backup.copy(f"{SQLITE}{path}", tmp_path, write_meanwhile))
        assert len(seen) > 1
    with closing(sqlite3.connect(copied)) as read:
        assert read.execute("SELECT count(*) FROM notes").fetchone() == (3000,)
        assert read.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not Path(f"{copied}-wal").exists()


def test_a_damaged_copy_is_no_usable_database(tmp_path: Path) -> None:
    (tmp_path / backup.SQLITE_COPY).write_bytes(os.urandom(8192))
    with pytest.raises(StorageError, match="no usable database"):
        asyncio.run(backup.check(tmp_path / backup.SQLITE_COPY))


@pytest.mark.skipif(not IS_POSTGRESQL, reason="needs PostgreSQL (make test-postgres)")
async def test_postgresql_is_copied_and_brought_back(tmp_path: Path) -> None:
    source = Database(fresh_database(tmp_path))
    async with source.begin() as tx:
        await tx.facts.set("domain", "legalaid.example")
    copied = await backup.copy(source.url, tmp_path)
    await source.close()
    assert copied.name == "database.pgdump"
    await backup.check(copied)
    copied.write_bytes(copied.read_bytes()[:100])
    with pytest.raises(StorageError, match="pg_restore failed"):
        await backup.check(copied)


def test_the_address_of_postgresql_is_not_on_the_command_line() -> None:
    found = backup._connection("postgresql+asyncpg://ilan:p%40ss@db.example:5433/ilan?ssl=require")
    assert found == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "ilan",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "ilan",
        "PGSSLMODE": "require",
    }
    assert backup._connection("postgresql+asyncpg:///ilan?host=/run/postgresql") == {
        "PGHOST": "/run/postgresql",
        "PGDATABASE": "ilan",
    }
