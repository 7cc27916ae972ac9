"""How lists of notifications are read: type by type along an index, so that none hides behind many others."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from storage.actors import actors
from storage.connection import Connection
from storage.kinds import GROUPABLE, About
from storage.lists import Among
from storage.notification_rows import Choice, notifications
from storage.paging import LARGEST_ID, Page
from storage.statements import Row, Statement

_newer = notifications.alias("newer")
_own = notifications.c.owner_id == bindparam("owner")
_sender: Final[BindParameter[int]] = bindparam("sender", type_=BigInteger())
_within = (notifications.c.id < bindparam("max_id"), notifications.c.id > bindparam("above_id"))


def is_heard(which: FromClause) -> ColumnElement[bool]:
    """Return that whoever did something is not suspended; let in again, they are heard again."""
    suspended = actors.alias("suspended")
    return ~(
        select(suspended.c.id)
        .where(suspended.c.id == which.c.from_id, suspended.c.suspended_at.is_not(None))
        .exists()
    )


def _is_newest(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~(
        select(_newer.c.id)
        .where(
            _newer.c.owner_id == notifications.c.owner_id,
            _newer.c.group_key == notifications.c.group_key,
            _newer.c.id > notifications.c.id,
            is_heard(_newer),
            *conditions,
        )
        .exists()
    )


# Made once, and used in all parts of all statements: every start of the program waits for them.
_is_heard = is_heard(notifications)
_is_newest_of_all = _is_newest()


def _wants(about: About) -> str:
    return f"wants_{about.name.lower()}"


def _apart(about: About) -> str:
    return f"apart_{about.name.lower()}"


def _part(about: About, *, filtered: bool, grouped: bool, rising: bool) -> Select[Any]:
    """Return those of one type, each by one range of an index; nothing is read of a type nobody wants."""
    conditions = [
        bindparam(_wants(about), type_=Boolean()),
        _own,
        notifications.c.type == about.value,
        notifications.c.filtered if filtered else not_(notifications.c.filtered),
        *_within,
    ]
    if grouped and about in GROUPABLE:
        conditions.append(or_(bindparam(_apart(about), type_=Boolean()), _is_newest_of_all))
    conditions.append(_is_heard)
    order = notifications.c.id.asc() if rising else notifications.c.id.desc()
    part = select(notifications).where(*conditions).order_by(order).limit(bindparam("size")).subquery()
    return select(part)


def _of_everybody(*, with_filtered: bool, grouped: bool, rising: bool) -> CompoundSelect[Any]:
    parts = [
        _part(about, filtered=filtered, grouped=grouped, rising=rising)
        for about in About
        for filtered in ((False, True) if with_filtered else (False,))
    ]
    merged = union_all(*parts)
    number = merged.selected_columns.id
    return merged.order_by(number.asc() if rising else number.desc()).limit(bindparam("size"))


def _of_one(*, grouped: bool, rising: bool) -> Select[Any]:
    conditions = [
        _own,
        notifications.c.from_id == _sender,
        Among(notifications.c.type, "types"),
        *_within,
        _is_heard,
    ]
    if grouped:
        conditions.append(or_(Among(notifications.c.type, "apart"), _is_newest(_newer.c.from_id == _sender)))
    order = notifications.c.id.asc() if rising else notifications.c.id.desc()
    return select(notifications).where(and_(*conditions)).order_by(order).limit(bindparam("size"))


class Walk:
    """One list of notifications as statements: each by itself, or of each group only the newest."""

    def __init__(self, *, grouped: bool) -> None:
        """Build the statements; this takes a moment, and so belongs to the import."""
        self._grouped = grouped
        self._pages: dict[tuple[str, bool], Statement] = {}
        self._counts: dict[str, Statement] = {}
        for rising in (False, True):
            found: dict[str, Select[Any] | CompoundSelect[Any]] = {
                "shown": _of_everybody(with_filtered=False, grouped=grouped, rising=rising),
                "all": _of_everybody(with_filtered=True, grouped=grouped, rising=rising),
                "of one": _of_one(grouped=grouped, rising=rising),
            }
            for name, query in found.items():
                self._pages[name, rising] = Statement(query)
                self._counts[name] = Statement(select(func.count(literal(1))).select_from(query.subquery()))

    async def page(
        self, connection: Connection, owner_id: int, page: Page, choice: Choice, grouped: Collection[str] = ()
    ) -> list[Row]:
        """Return the rows of a page, the newest first; only `grouped` types stand in groups."""
        rising = page.min_id is not None
        above = max(page.min_id or 0, page.since_id)
        rows = await connection.all(
            self._pages[_name(choice), rising],
            owner=owner_id,
            max_id=page.max_id,
            above_id=above,
            size=page.size,
            **_asked(choice, grouped),
        )
        return rows[::-1] if rising else rows

    async def count(
        self,
        connection: Connection,
        owner_id: int,
        choice: Choice,
        grouped: Collection[str] = (),
        *,
        after: int,
        most: int,
    ) -> int:
        """Count what is newer than `after`, up to `most`."""
        found: int = await connection.value(
            self._counts[_name(choice)],
            owner=owner_id,
            max_id=LARGEST_ID,
            above_id=after,
            size=most,
            **_asked(choice, grouped),
        )
        return found


def _name(choice: Choice) -> str:
    if choice.from_id is not None:
        return "of one"
    return "all" if choice.with_filtered else "shown"


def _asked(choice: Choice, grouped: Collection[str]) -> dict[str, Any]:
    if choice.from_id is not None:
        apart = sorted(set(choice.types) - set(grouped))
        return {"sender": choice.from_id, "types": sorted(choice.types), "apart": apart}
    wanted = {_wants(each): each in choice.types for each in About}
    return wanted | {_apart(each): each not in grouped for each in GROUPABLE}


ONE_BY_ONE: Final = Walk(grouped=False)
IN_GROUPS: Final = Walk(grouped=True)
