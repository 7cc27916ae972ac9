"""How Alembic reaches the database: synchronously for SQLite, through asyncpg for PostgreSQL."""

import asyncio

from alembic import context
from sqlalchemy import Connection, create_engine, pool
from sqlalchemy.ext.asyncio import create_async_engine

from storage.schema import metadata

URL: str = context.config.attributes["url"]


def migrate(connection: Connection) -> None:
    """Run what is missing, each migration in a transaction of its own."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_postgresql() -> None:
    """Run the migrations on PostgreSQL; a lock keeps a second process from doing the same meanwhile."""
    engine = create_async_engine(URL, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SELECT pg_advisory_lock(7310112021)")
        await connection.commit()
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


if URL.startswith("postgresql"):
    asyncio.run(migrate_postgresql())
else:
    sqlite = create_engine(URL.replace("sqlite+aiosqlite", "sqlite"), poolclass=pool.NullPool)
    with sqlite.connect() as lite:
        lite.exec_driver_sql("PRAGMA journal_mode = WAL")
        migrate(lite)
        lite.commit()
    sqlite.dispose()
