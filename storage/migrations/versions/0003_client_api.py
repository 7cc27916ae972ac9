"""What the Mastodon client API keeps of what was there: numbers of reactions, threads, words of names."""

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.actor_names import actor_words, name_words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Return new columns of tables that were there. What may not be null has a default of the server."""
    return (
        ("actors", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")),
        ("actors", sa.Column("hides_collections", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("actors", sa.Column("icon_description", sa.Text(), nullable=True)),
        ("actors", sa.Column("image_description", sa.Text(), nullable=True)),
        ("actors", sa.Column("attribution_domains", sa.Text(), nullable=True)),
        ("actors", sa.Column("silenced_at", sa.BigInteger(), nullable=True)),
        ("actors", sa.Column("sensitized_at", sa.BigInteger(), nullable=True)),
        ("follows", sa.Column("notify", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("follows", sa.Column("show_reblogs", sa.Boolean(), nullable=False, server_default=sa.true())),
        ("follows", sa.Column("languages", sa.Text(), nullable=True)),
        ("publications", sa.Column("conversation", sa.Text(), nullable=True)),
        ("shares", sa.Column("for_followers", sa.Boolean(), nullable=False, server_default=sa.false())),
    )


def upgrade() -> None:
    """Add what is missing, and number the reactions that are there."""
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index("ix_publications_conversation", "publications", ["conversation"])
    op.create_index(
        "ix_publications_local",
        "publications",
        ["id"],
        sqlite_where=sa.text("is_local = 1"),
        postgresql_where=sa.text("is_local"),
    )
    op.create_index(
        "ix_publications_url",
        "publications",
        ["url"],
        sqlite_where=sa.text("title <> ''"),
        postgresql_where=sa.text("title <> ''"),
    )
    op.create_index(
        "ix_follows_notify",
        "follows",
        ["followed_id"],
        sqlite_where=sa.text("notify = 1"),
        postgresql_where=sa.text("notify"),
    )
    _find_threads()
    for table in ("likes", "shares"):
        _number(table, "publication_id")
        op.drop_index(f"ix_{table}_publication_id", table)
        op.create_index(f"ix_{table}_publication_id", table, ["publication_id", "id"])
    _number("blocks", "blocked_id")
    _let_programs_hold_tokens()
    _index_names()
    _index_hashtags()
    _fill_home()


def _find_threads() -> None:
    """Tell with each publication what its thread starts with, as far down from there as answers go."""
    op.execute(
        "WITH RECURSIVE thread (id, uri, root) AS ("
        " SELECT first.id, first.uri, coalesce(first.in_reply_to, first.uri) FROM publications AS first"
        " WHERE first.in_reply_to IS NULL"
        " OR NOT EXISTS (SELECT 1 FROM publications AS parent WHERE parent.uri = first.in_reply_to)"
        " UNION ALL SELECT answer.id, answer.uri, thread.root"
        " FROM publications AS answer JOIN thread ON answer.in_reply_to = thread.uri)"
        " UPDATE publications SET conversation = thread.root FROM thread WHERE thread.id = publications.id"
    )
    # Those that answer one another in a circle have no beginning.
    op.execute("UPDATE publications SET conversation = uri WHERE conversation IS NULL")


def _let_programs_hold_tokens() -> None:
    """Tell with each token which program has it; a program's own is nobody's."""
    application = sa.Column(
        "application_id",
        sa.BigInteger(),
        sa.ForeignKey("applications.id", name="fk_access_tokens_application_id", ondelete="CASCADE"),
        nullable=True,
    )
    with op.batch_alter_table("access_tokens") as batch:
        batch.alter_column("member_id", existing_type=sa.BigInteger(), nullable=True)
        batch.add_column(application)
        batch.add_column(sa.Column("request_id", sa.BigInteger(), nullable=True))
    for name in ("application_id", "request_id"):
        op.create_index(f"ix_access_tokens_{name}", "access_tokens", [name])


def _number(table: str, about: str) -> None:
    """Give every pair of an actor and what the row is `about` a number made of its moment."""
    op.add_column(table, sa.Column("id", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(f"SELECT actor_id, {about}, created_at FROM {table} ORDER BY created_at")  # noqa: S608 - names of ours
    ).all()
    last = 0
    for actor_id, about_id, created_at in rows:
        last = max(last + 1, created_at // 1000 << 16)
        connection.execute(
            sa.text(f"UPDATE {table} SET id = :id WHERE actor_id = :actor AND {about} = :about"),  # noqa: S608 - see above
            {"id": last, "actor": actor_id, "about": about_id},
        )
    with op.batch_alter_table(table) as batch:
        batch.alter_column("id", existing_type=sa.BigInteger(), nullable=False)
    op.create_index(f"ix_{table}_actor_id", table, ["actor_id", "id"])
    op.create_index(f"uq_{table}_id", table, ["id"], unique=True)


def _index_names() -> None:
    """Let the actors that are there be found by the words of their names."""
    connection = op.get_bind()
    words = [
        {"word": word, "actor_id": number}
        for number, username, name in connection.execute(sa.text("SELECT id, username, name FROM actors"))
        for word in name_words(username, name)
    ]
    if words:
        connection.execute(sa.insert(actor_words), words)


def _index_hashtags() -> None:
    """Let what is there be found by its hashtags, in the spelling of `actors.tags.folded_tag`."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, tags FROM publications WHERE tags <> '[]'")).all()
    for number, tags in rows:
        names = {
            unicodedata.normalize("NFKC", str(tag.get("name", ""))).strip().lstrip("#").casefold()[:100]
            for tag in json.loads(tags)
            if isinstance(tag, dict) and tag.get("type") == "Hashtag"
        }
        for name in sorted(names - {""}):
            connection.execute(
                sa.text("INSERT INTO publication_tags (name, publication_id) VALUES (:name, :id)"),
                {"name": name, "id": number},
            )


def _fill_home() -> None:
    """Let members find in their home timeline what those have published whom they follow, and themselves."""
    op.execute(
        "INSERT INTO home_items (owner_id, id, publication_id, actor_id, by_tag)"
        " SELECT members.actor_id, publications.id, publications.id, publications.author_id, 0"
        " FROM members JOIN publications ON publications.author_id = members.actor_id"
        " OR publications.author_id IN (SELECT follows.followed_id FROM follows"
        " WHERE follows.follower_id = members.actor_id AND follows.state = 'accepted')"
        " WHERE publications.in_reply_to IS NULL OR publications.author_id = members.actor_id"
    )
