"""What somebody wrote down about another account, for their own eyes."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text, bindparam, delete

from storage.actors import Actor
from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.statements import Statement, insert_or_update

account_notes = Table(
    "account_notes",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("comment", Text, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
)

_KEEP = insert_or_update(account_notes, ("owner_id", "target_id"), ("comment", "updated_at"))
_REMOVE = Statement(
    delete(account_notes).where(
        account_notes.c.owner_id == bindparam("owner"), account_notes.c.target_id == bindparam("target")
    )
)


class AccountNotes:
    """Keeps private notes about accounts; they are read with the relationship (`storage.relationships`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, owner: Actor, target: Actor, comment: str, moment: datetime) -> None:
        """Keep a note in place of the one before; an empty one is none."""
        if comment:
            await self._connection.run(
                _KEEP, owner_id=owner.id, target_id=target.id, comment=comment, updated_at=moment
            )
        else:
            await self._connection.run(_REMOVE, owner=owner.id, target=target.id)
