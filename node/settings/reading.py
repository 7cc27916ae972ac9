"""Reads sections of settings from a TOML document and the environment, and gathers every problem.

A section is a frozen dataclass whose fields are `Annotated[type, reader]`; a field's name is the setting's,
except where its metadata gives another `key`, because Python keeps some words for itself.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from node.settings.values import Reader, Surroundings, Unacceptable

PREFIX = "ILAN_"
_TRUTHS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_VARIABLE = re.compile(r"ILAN_([A-Z0-9_]+?)__([A-Z0-9_]+)")
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)

Section = TypeVar("Section")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings: where, what, and what to do about it."""

    setting: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.what}. {self.remedy}"


class SettingsError(Exception):
    """The settings cannot be used; says everything that is wrong, one line each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_document(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        problem = Problem(
            str(path),
            "there is no such config file",
            "Make one with `ilan init`, or name another with --config or ILAN_CONFIG.",
        )
        raise SettingsError((problem,)) from error
    except OSError as error:
        problem = Problem(
            str(path), f"the config file cannot be read: {error.strerror}", "Correct its permissions."
        )
        raise SettingsError((problem,)) from error
    except ValueError as error:  # Not TOML, or not UTF-8.
        where = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8 text"
        problem = Problem(
            str(path),
            f"the config file is not well-formed: {where}",
            "Compare the line with config.example.toml.",
        )
        raise SettingsError((problem,)) from error


def key_of(field: Field[Any]) -> str:
    """Return the name under which a field is written."""
    return str(field.metadata.get("key", field.name))


class Reading:
    """One pass over a document and the environment."""

    def __init__(
        self, document: Mapping[str, Any], environ: Mapping[str, str], sections: Mapping[str, type]
    ) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._sections = sections
        self._environ: dict[tuple[str, str], str] = {}
        for section in document:
            if section not in sections:
                self._unknown_section(section)
        for variable, value in environ.items():
            self._keep(variable, value)

    def value(self, section: str, key: str, kind: Any) -> tuple[Any, str]:
        """Return what was written for a setting, and where; MISSING where nothing was."""
        if (section, key) in self._environ:
            return _from_text(self._environ[section, key], kind), f" (from {_variable(section, key)})"
        table = self._document.get(section)
        return (table.get(key, MISSING) if isinstance(table, dict) else MISSING), ""

    def section(self, name: str, cls: type[Section], surroundings: Surroundings) -> Section | None:
        """Read one section, noting what is wrong with it; None where anything is."""
        before = len(self.problems)
        known = {key_of(field): field for field in fields(cls)}  # type: ignore[arg-type] # sections are dataclasses
        self._check_keys(name, known)
        hints = get_type_hints(cls, include_extras=True)
        values: dict[str, Any] = {}
        for key, field in known.items():
            kind, reader = get_args(hints[field.name])[:2]
            written, origin = self.value(name, key, kind)
            if written is MISSING:
                if field.default is MISSING:
                    self.note(name, key, "is missing", f"Set it under [{name}] in the config file.")
                continue
            self._read(name, key, field.name, written, origin, reader, surroundings, values)
        return cls(**values) if len(self.problems) == before else None

    def note(self, section: str, key: str, what: str, remedy: str) -> None:
        """Add a problem with one setting."""
        self.problems.append(Problem(f"{section}.{key}", what, remedy))

    def _read(
        self,
        section: str,
        key: str,
        name: str,
        written: object,
        origin: str,
        reader: Reader,
        surroundings: Surroundings,
        values: dict[str, Any],
    ) -> None:
        try:
            values[name] = reader(written, surroundings)
        except Unacceptable as error:
            self.note(section, key, f"{error.what}{origin}", error.remedy)

    def _check_keys(self, section: str, known: Mapping[str, object]) -> None:
        table = self._document.get(section, {})
        if not isinstance(table, dict):
            self.problems.append(
                Problem(section, "is not a section", f"Write [{section}] on a line, and its settings below.")
            )
            return
        for key in table:
            if key not in known:
                self.note(section, key, "is not a setting", self._suggestion(section, key))

    def _keep(self, variable: str, value: str) -> None:
        matched = _VARIABLE.fullmatch(variable)
        if not matched:
            return
        section, key = matched[1].lower(), matched[2].lower()
        if section not in self._sections:
            what = "is in the environment but names no section"
            self.problems.append(
                Problem(variable, what, _nearest(section, self._sections) or self._all_sections())
            )
        elif key not in _keys(self._sections[section]):
            what = "is in the environment but names no setting"
            self.problems.append(Problem(variable, what, self._suggestion(section, key)))
        else:
            self._environ[section, key] = value

    def _unknown_section(self, section: str) -> None:
        homes = [name for name, cls in self._sections.items() if section in _keys(cls)]
        remedy = (
            f"Move it under [{homes[0]}]."
            if homes
            else _nearest(section, self._sections) or self._all_sections()
        )
        what = "is not a section" if isinstance(self._document[section], dict) else "is outside any section"
        self.problems.append(Problem(section, what, remedy))

    def _suggestion(self, section: str, key: str) -> str:
        near = _nearest(key, _keys(self._sections[section]))
        if near:
            return near
        homes = [name for name, cls in self._sections.items() if key in _keys(cls)]
        if homes:
            return f"It belongs under [{homes[0]}]."
        return "Remove it; config.example.toml lists every setting."

    def _all_sections(self) -> str:
        return f"The sections are {', '.join(self._sections)}."


def _keys(cls: type) -> list[str]:
    return [key_of(field) for field in fields(cls)]


def _nearest(word: str, known: Mapping[str, object] | list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes pay for it

    near = get_close_matches(word.lower(), list(known), n=1)
    return f"Did you mean {near[0]}?" if near else ""


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section.upper()}__{key.upper()}"


def _from_text(written: str, kind: Any) -> Any:
    """Give text from the environment the type that TOML would; where it cannot be, the reader says so."""
    stripped = written.strip()
    if kind is bool:
        return _TRUTHS.get(stripped.lower(), written)
    if kind is int:
        return int(stripped) if _WHOLE.fullmatch(stripped) else written
    if get_origin(kind) is tuple:
        return _list_from_text(stripped)
    return written


def _list_from_text(written: str) -> Any:
    if not written.startswith("["):
        return [item.strip() for item in written.split(",") if item.strip()]
    try:
        return tomllib.loads(f"list = {written}")["list"]
    except tomllib.TOMLDecodeError:
        return written
