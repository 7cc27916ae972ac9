"""Every table there is, gathered for migrations and for the test that compares the two."""

from storage import (
    activities,
    actors,
    backfills,
    deliveries,
    facts,
    follows,
    history,
    members,
    peers,
    placements,
    publication_rows,
    reactions,
    received,
    search,
    signing_keys,
)
from storage.base import metadata

#: Importing a module declares its tables; naming them here keeps that visible.
MODULES = (
    activities,
    actors,
    backfills,
    deliveries,
    facts,
    follows,
    history,
    members,
    peers,
    placements,
    publication_rows,
    reactions,
    received,
    search,
    signing_keys,
)

__all__ = ["MODULES", "metadata"]
