"""Conditions over lists whose length is known only at the call, in statements whose text never changes.

SQLAlchemy writes IN with one parameter for each value, so such a statement is compiled anew at every call,
which costs more than running it. Here the list is one parameter: JSON on SQLite, an array on PostgreSQL.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class _ListParameter(TypeDecorator[Any]):
    """A list of numbers or of texts as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, item: type[BigInteger | Text]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose an array where the engine has one."""
        return dialect.type_descriptor(ARRAY(self.item()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Write the list in the engine's way."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else orjson.dumps(values).decode()


class Among(ColumnElement[bool]):
    """That a column has one of the values of the list parameter `name`."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        """Compare a column of numbers or texts; the list is passed under `name` at each call."""
        self.column = column
        item = BigInteger if isinstance(column.type, BigInteger) else Text
        self.parameter = bindparam(name, type_=_ListParameter(item))

    def self_group(self, against: OperatorType | None = None) -> "Among":  # noqa: ARG002 - SQLAlchemy's signature
        """Stand as it is: SQLAlchemy would add `= 1` on SQLite, which then reads the whole table."""
        return self


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: SQLCompiler, **context: Any) -> str:
    column = compiler.process(element.column, **context)
    parameter = compiler.process(element.parameter, **context)
    return f"{column} IN (SELECT value FROM json_each({parameter}))"  # noqa: S608 - names and a placeholder


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: SQLCompiler, **context: Any) -> str:
    column = compiler.process(element.column, **context)
    return f"{column} = ANY ({compiler.process(element.parameter, **context)})"
