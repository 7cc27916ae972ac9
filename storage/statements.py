"""SQL statements, built once with SQLAlchemy and compiled once for each engine.

The drivers are called directly, not through SQLAlchemy's asynchronous engine: a page of rows then costs
about 40 µs instead of 300 to 900 (see `performance.md`). What SQLAlchemy keeps doing is what it is best
at: the schema, portable statements, and the conversion of column types.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement

Convert = Callable[[Any], Any] | None
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """One statement as one engine wants it: the text, how values go in and come out, and what it writes."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binders: tuple[Convert, ...]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    writes: str | None = None

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Put parameters in the order of the text, converted for the engine."""
        constants = self.constants
        return [
            value if bind is None else bind(value)
            for bind, value in zip(
                self.binders,
                [parameters[name] if name in parameters else constants[name] for name in self.names],
                strict=True,
            )
        ]

    def rows(self, fetched: Sequence[Any]) -> list[Row]:
        """Convert what the engine returned."""
        if not self.readers:
            return [tuple(row) for row in fetched]
        converted = []
        for row in fetched:
            columns = list(row)
            for index, read in self.readers:
                columns[index] = read(columns[index])
            converted.append(tuple(columns))
        return converted


class Statement:
    """A statement whose text never changes: build it at import, pass its values at each call."""

    __slots__ = ("_columns", "_compiled", "_elements")

    def __init__(
        self,
        element: Executable,
        *,
        postgresql: Executable | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        """Keep the statement until an engine needs it.

        `postgresql` is the same statement where SQLAlchemy writes it in another way for that engine;
        `columns` names the columns that an INSERT or UPDATE sets, where it has no values of its own.
        """
        self._columns = columns
        self._elements = {"sqlite": element, "postgresql": postgresql if postgresql is not None else element}
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """Return the statement for an engine, compiling it the first time."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = compile_now(
                self._elements[dialect.name], dialect, self._columns
            )
        return known


def insert_or_ignore(
    table: Table, *returning: ColumnElement[Any], conflict: Sequence[str] | None = None
) -> Statement:
    """Insert a row of all columns unless a unique value in it is taken.

    With `conflict`, only these columns may be taken together, and any other conflict is one. With
    `returning`, a row comes back only when one was inserted.
    """
    lite = sqlite.insert(table).on_conflict_do_nothing(index_elements=conflict)
    post = postgresql.insert(table).on_conflict_do_nothing(index_elements=conflict)
    if returning:
        return Statement(lite.returning(*returning), postgresql=post.returning(*returning))
    return Statement(lite, postgresql=post)


def insert_or_update(table: Table, key: Sequence[str], changed: Sequence[str]) -> Statement:
    """Insert a row of all columns; where its key is taken, overwrite the `changed` columns there."""
    lite = sqlite.insert(table)
    post = postgresql.insert(table)
    return Statement(
        lite.on_conflict_do_update(index_elements=key, set_={name: lite.excluded[name] for name in changed}),
        postgresql=post.on_conflict_do_update(
            index_elements=key, set_={name: post.excluded[name] for name in changed}
        ),
    )


def compile_now(element: Executable, dialect: Dialect, columns: Sequence[str] | None = None) -> Compiled:
    """Compile a statement with the values it carries (lists for IN are expanded)."""
    assert isinstance(element, ClauseElement)
    extra: dict[str, Any] = {} if columns is None else {"column_keys": list(columns)}
    compiled: Any = element.compile(dialect=dialect, **extra)
    if compiled.post_compile_params:
        # It has a list for IN, which can only be expanded where every value is known already.
        compiled = element.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}, **extra)
    names = tuple(compiled.positiontup or ())
    return Compiled(
        sql=compiled.string,
        names=names,
        constants=_constants(compiled),
        binders=tuple(_binder(compiled.binds.get(name), dialect) for name in names),
        readers=_readers(element, dialect),
        writes=_table_written(element),
    )


def _table_written(element: Any) -> str | None:
    return str(element.entity_description["name"]) if isinstance(element, UpdateBase) else None


def _constants(compiled: Any) -> Mapping[str, Any]:
    # Parameters without a value of their own are given at each call, and so are absent here.
    return {
        name: value
        for name, value in compiled.construct_params(_check=False).items()
        if name not in compiled.binds or not compiled.binds[name].required
    }


def _binder(bind: Any, dialect: Dialect) -> Convert:
    if bind is None:  # One of an expanded list; these are plain numbers or texts in this program.
        return None
    convert: Convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _readers(element: Any, dialect: Dialect) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    columns = getattr(element, "selected_columns", None)
    if columns is None:
        columns = getattr(element, "_returning", None) or ()
        columns = [part for each in columns for part in getattr(each, "columns", (each,))]
    found = []
    for index, column in enumerate(columns):
        read = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if read is not None:
            found.append((index, read))
    return tuple(found)
