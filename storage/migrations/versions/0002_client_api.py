"""What the Mastodon client API keeps besides: numbers of reactions, threads, new tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Return new columns of tables that were there. What may not be null has a default of the server."""
    return (
        ("actors", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")),
        ("publications", sa.Column("conversation", sa.Text(), nullable=True)),
    )


def upgrade() -> None:
    """Add what is missing, and number the reactions that are there."""
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index("ix_publications_conversation", "publications", ["conversation"])
    op.execute("UPDATE publications SET conversation = coalesce(in_reply_to, uri)")
    for table in ("likes", "shares"):
        _number(table)
    metadata.create_all(op.get_bind(), checkfirst=True)


def _number(table: str) -> None:
    """Give every reaction a number made of its moment, as new ones have."""
    op.add_column(table, sa.Column("id", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(f"SELECT actor_id, publication_id, created_at FROM {table} ORDER BY created_at")  # noqa: S608 - a name of ours
    ).all()
    last = 0
    for actor_id, publication_id, created_at in rows:
        last = max(last + 1, created_at // 1000 << 16)
        connection.execute(
            sa.text(f"UPDATE {table} SET id = :id WHERE actor_id = :actor AND publication_id = :publication"),  # noqa: S608 - see above
            {"id": last, "actor": actor_id, "publication": publication_id},
        )
    with op.batch_alter_table(table) as batch:
        batch.alter_column("id", existing_type=sa.BigInteger(), nullable=False)
    op.drop_index(f"ix_{table}_publication_id", table)
    op.create_index(f"ix_{table}_publication_id", table, ["publication_id", "id"])
    op.create_index(f"ix_{table}_actor_id", table, ["actor_id", "id"])
    op.create_index(f"uq_{table}_id", table, ["id"], unique=True)
