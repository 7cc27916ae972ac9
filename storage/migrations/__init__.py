"""How the tables came to be, one step for each change since the first release (Alembic)."""
