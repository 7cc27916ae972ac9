"""The store of files: whole or not there, under names that lead nowhere else."""

from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.files import DirectoryStore, is_name, new_name, open_store


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "media")


async def keep(store: DirectoryStore, folder: Path, content: bytes, ending: str = "jpg") -> str:
    name = new_name(ending)
    (folder / "source").write_bytes(content)
    assert await store.keep(folder / "source", name) == len(content)
    assert not (folder / "source").exists()
    return name


async def test_a_file_is_moved_in_and_read_in_parts(store: DirectoryStore, tmp_path: Path) -> None:
    name = await keep(store, tmp_path, b"0123456789")
    assert await store.size(name) == 10
    assert await store.read(name, 0, 100) == b"0123456789"
    assert await store.read(name, 3, 4) == b"3456"
    assert await store.read(name, 10, 4) == b""
    path = next(each for each in store.root.rglob("*") if each.is_file())
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [each.name for each in store.root.rglob("*.partial")] == []


async def test_a_copy_is_there_to_be_worked_on(store: DirectoryStore, tmp_path: Path) -> None:
    name = await keep(store, tmp_path, b"0123456789")
    assert await store.copy_to(name, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"0123456789"
    assert not await store.copy_to(new_name("jpg"), tmp_path / "other")


async def test_what_is_removed_is_gone_and_may_be_removed_again(
    store: DirectoryStore, tmp_path: Path
) -> None:
    name = await keep(store, tmp_path, b"x")
    await store.remove([name, new_name("jpg")])
    await store.remove([name])
    assert await store.size(name) is None
    assert await store.read(name, 0, 1) == b""


async def test_names_are_listed_in_order_a_page_at_a_time(store: DirectoryStore, tmp_path: Path) -> None:
    assert await store.page("", 10) == []
    names = sorted([await keep(store, tmp_path, b"x" * n) for n in range(1, 8)])
    (store.root / "stranger").write_text("no file of ours")
    (store.root / names[0][:2] / "readme.md").write_text("nor this")
    found: list[str] = []
    while page := await store.page(found[-1] if found else "", 3):
        assert len(page) <= 3
        found += [each.name for each in page]
    assert found == names


async def test_free_space_is_known_before_there_is_anything(store: DirectoryStore) -> None:
    assert not store.root.exists()
    free = await store.free()
    assert free is not None
    assert free > 0


def test_names_are_all_different_and_say_nothing() -> None:
    names = {new_name("jpg") for _ in range(1000)}
    assert len(names) == 1000
    assert all(is_name(name) for name in names)


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a/b.jpg", "A" * 32 + ".jpg", "a" * 32, "\0", "a" * 32 + ".j/g"]
)
async def test_what_is_no_name_leads_nowhere(store: DirectoryStore, tmp_path: Path, name: str) -> None:
    assert not is_name(name)
    assert await store.size(name) is None
    with pytest.raises(StorageError):
        await store.read(name, 0, 1)
    with pytest.raises(StorageError):
        await store.remove([name])
    (tmp_path / "source").write_bytes(b"x")
    with pytest.raises(StorageError):
        await store.keep(tmp_path / "source", name)


async def test_what_cannot_be_kept_leaves_nothing_behind(store: DirectoryStore, tmp_path: Path) -> None:
    name = new_name("jpg")
    with pytest.raises(FileNotFoundError):
        await store.keep(tmp_path / "nothing", name)
    assert [each for each in store.root.rglob("*") if each.is_file()] == []


def test_an_object_store_is_refused_with_a_sentence() -> None:
    with pytest.raises(StorageError, match=r"cannot keep uploads in an object store \(s3:\)") as caught:
        open_store("s3://bucket?endpoint=https://key:secret@s3.example", None)
    assert "secret" not in str(caught.value)
