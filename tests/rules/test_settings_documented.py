import tomllib
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from node.settings import Settings, load
from node.settings.reading import key_of
from node.settings.writing import render

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
FIELDS = [(name, field) for name, cls in get_type_hints(Settings).items() for field in fields(cls)]
NAMES = [f"{section}.{key_of(field)}" for section, field in FIELDS]


def test_the_example_is_what_init_writes() -> None:
    assert EXAMPLE.read_text("utf-8") == render(domain="legalaid.example", name="Legal Aid Example"), (
        "config.example.toml is not what TEMPLATE in node/settings/writing.py makes of an example body"
    )


@pytest.mark.parametrize(("section", "field"), FIELDS, ids=NAMES)
def test_every_setting_is_in_the_example_with_its_default(
    section: str, field: Field[Any], tmp_path: Path
) -> None:
    assert key_of(field) in tomllib.loads(EXAMPLE.read_text("utf-8"))[section]
    if field.default is MISSING:
        return  # A body's own domain and name.
    (tmp_path / "complete.toml").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    (tmp_path / "shortest.toml").write_text('[node]\ndomain = "legalaid.example"\nname = "x"\n', "utf-8")
    complete, shortest = load(tmp_path / "complete.toml", {}), load(tmp_path / "shortest.toml", {})
    assert getattr(getattr(complete, section), field.name) == getattr(getattr(shortest, section), field.name)


@pytest.mark.parametrize(("section", "field"), FIELDS, ids=NAMES)
def test_every_setting_is_explained_above_its_line(section: str, field: Field[Any]) -> None:
    part = EXAMPLE.read_text("utf-8").partition(f"\n[{section}]\n")[2].partition("\n[")[0]
    (paragraph,) = (text for text in part.split("\n\n") if f"\n{key_of(field)} = " in f"\n{text}")
    assert paragraph.lstrip("\n").startswith("# ")
