"""Why an actor may not do something.

* ActorsError
  + Invalid      what was written cannot be published as it is; every bad field is named
  + Forbidden    the actor may not do this
  + NotFound     there is no such actor or publication, or the asker may not know of it
  + Conflict     it cannot be done (any more), such as taking a name that is taken

Messages are sentences that are safe to show and say what to do.
"""

from collections.abc import Mapping


class ActorsError(Exception):
    """Something an actor tried was refused."""


class Invalid(ActorsError):
    """What was written cannot be published as it is.

    `fields` maps each bad field (`title`, `starts`, `sections.problem`) to what is wrong with it.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Forbidden(ActorsError):
    """The actor may not do this."""


class NotFound(ActorsError):
    """There is no such actor or publication, or the asker may not know of it."""


class Conflict(ActorsError):
    """It cannot be done, because of how things stand."""
