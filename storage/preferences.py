"""How a member wants their programs to behave: what new posts are like, and how much is shown at once."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text, bindparam, select

from storage.base import metadata, values
from storage.connection import Connection
from storage.kinds import Visibility
from storage.members import Member
from storage.statements import Statement, insert_or_update

preferences = Table(
    "preferences",
    metadata,
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    Column("privacy", Text, nullable=False),
    Column("sensitive", Boolean(create_constraint=False), nullable=False),
    Column("language", Text),
    Column("quote_policy", Text, nullable=False),
    Column("expand_media", Text, nullable=False),
    Column("expand_spoilers", Boolean(create_constraint=False), nullable=False),
    Column("autoplay_gifs", Boolean(create_constraint=False), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """A member's preferences.

    `privacy` is the visibility of new posts, `quote_policy` who may quote them (public, followers, nobody),
    `expand_media` what is hidden of media (default: what is sensitive, show_all, hide_all).
    """

    member_id: int
    privacy: str = Visibility.PUBLIC
    sensitive: bool = False
    language: str | None = None
    quote_policy: str = "public"
    expand_media: str = "default"
    expand_spoilers: bool = False
    autoplay_gifs: bool = False


_OF = Statement(select(preferences).where(preferences.c.member_id == bindparam("member")))
_KEEP = insert_or_update(
    preferences,
    ("member_id",),
    [column.name for column in preferences.columns if column.name != "member_id"],
)


class PreferenceStore:
    """Finds and keeps preferences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, member: Member) -> Preferences:
        """Return what a member prefers; where they never said, the language is that of their account."""
        row = await self._connection.first(_OF, member=member.id)
        return Preferences(*row) if row else Preferences(member.id, language=member.language)

    async def keep(self, changed: Preferences) -> None:
        """Keep what a member prefers."""
        await self._connection.run(_KEEP, **values(changed))
