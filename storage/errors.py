"""What can go wrong with what is kept.

* StorageError
  + Busy            another writer held the database for too long; try again
  + NotMigrated     the database is older or newer than this program
  + Conflict        a value that must be unique is taken
"""


class StorageError(Exception):
    """Something is wrong with the database."""


class Busy(StorageError):
    """Another writer held the database for too long; try again."""


class NotMigrated(StorageError):
    """The database's tables are not those of this version of the program."""


class Conflict(StorageError):
    """A value that must be unique is taken."""
