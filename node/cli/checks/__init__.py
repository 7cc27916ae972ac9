"""What `ilan check` looks at: `here` on this machine and in its database, `outside` as others see it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is, how it is, and what to do where it is not well."""

    level: Level
    subject: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" — {self.remedy}" if self.remedy else ""
        return f"{self.level:<7}  {self.subject}: {self.what.rstrip('.')}{remedy}"


def ok(subject: str, what: str) -> Finding:
    """Say that something is well."""
    return Finding(Level.OK, subject, what)


def warning(subject: str, what: str, remedy: str) -> Finding:
    """Say that something may be wrong."""
    return Finding(Level.WARNING, subject, what, remedy)


def problem(subject: str, what: str, remedy: str) -> Finding:
    """Say that something is wrong."""
    return Finding(Level.PROBLEM, subject, what, remedy)
