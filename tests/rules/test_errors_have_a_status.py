"""Every error class means something over HTTP."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest

from actors import errors as actors
from federation import errors as federation
from node.http.errors import TABLE
from storage import errors as storage


def name_of(kind: type[Exception]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def found() -> list[type[Exception]]:
    kinds = list(classes())
    return sorted(kinds, key=name_of)


def classes() -> Iterator[type[Exception]]:
    modules: tuple[ModuleType, ...] = (actors, federation, storage)
    for module in modules:
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == module.__name__:
                yield kind


@pytest.mark.parametrize("kind", found(), ids=name_of)
def test_every_error_class_has_a_status(kind: type[Exception]) -> None:
    assert kind in TABLE, f"node/http/errors.py does not say what {kind.__name__} means over HTTP"
    assert 400 <= TABLE[kind].status < 600


def test_the_table_has_no_class_that_nobody_raises() -> None:
    known = set(classes())
    ours = {
        kind for kind in TABLE if kind.__module__.partition(".")[0] in {"actors", "federation", "storage"}
    }
    assert ours <= known


def test_only_the_database_is_an_internal_matter() -> None:
    internal = [kind for kind, meaning in TABLE.items() if meaning.status == 500]
    assert internal == [storage.StorageError]
