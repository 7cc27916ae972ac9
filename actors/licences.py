"""Licences: SPDX names for people and scripts, addresses for the wire."""

import difflib
from functools import cache
from typing import Final

_CREATIVE_COMMONS: Final = ("BY", "BY-SA", "BY-NC", "BY-NC-SA", "BY-ND", "BY-NC-ND")
_VERSIONS: Final = ("4.0", "3.0", "2.5", "2.0")
# Licences of texts, data and programs that bodies are likely to use, as SPDX spells them.
_OTHERS: Final = """
AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 BSD-2-Clause BSD-3-Clause CDLA-Permissive-2.0 etalab-2.0 EUPL-1.2
FAL-1.3 GFDL-1.3-only GFDL-1.3-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later
LGPL-3.0-only LGPL-3.0-or-later MIT MPL-2.0 ODbL-1.0 ODC-By-1.0 OGL-Canada-2.0 OGL-UK-3.0 PDDL-1.0 Unlicense
"""
_CC: Final = "https://creativecommons.org"


@cache
def _addresses() -> dict[str, str]:
    """Return the address of every licence by its SPDX name."""
    commons = {
        f"CC-{name}-{version}": f"{_CC}/licenses/{name.lower()}/{version}/"
        for name in _CREATIVE_COMMONS
        for version in _VERSIONS
    }
    public = {
        "CC0-1.0": f"{_CC}/publicdomain/zero/1.0/",
        "CC-PDDC": f"{_CC}/publicdomain/mark/1.0/",
    }
    return commons | public | {name: f"https://spdx.org/licenses/{name}.html" for name in _OTHERS.split()}


@cache
def _names() -> dict[str, str]:
    """Return the SPDX name of every licence by its lower-case name and by its address without scheme."""
    by_name = {name.lower(): name for name in _addresses()}
    return by_name | {_bare(address): name for name, address in _addresses().items()}


def licence(text: str) -> str | None:
    """Return the SPDX name of a licence given by name or address, another address as it is, or None."""
    known = _names().get(text.strip().lower()) or _names().get(_bare(text))
    if known is not None:
        return known
    return text.strip() if text.strip().startswith(("https://", "http://")) else None


def licence_url(name: str | None) -> str | None:
    """Return the address of a licence by its SPDX name; an address is returned as it is."""
    return _addresses().get(name, name) if name is not None else None


def licence_label(name: str) -> str:
    """Return how people call a licence: `CC BY` for `CC-BY-4.0`; an address says nothing short."""
    if name.startswith("CC-BY"):
        return f"CC {name.removeprefix('CC-').rpartition('-')[0]}"
    return {"CC0-1.0": "CC0"}.get(name, "" if "://" in name else name)


def closest_licence(text: str) -> str | None:
    """Return the SPDX name that somebody may have meant, or None."""
    wanted = text.strip().lower().replace(" ", "-")
    found = difflib.get_close_matches(wanted, [name.lower() for name in _addresses()], 1, 0.6)
    return _names()[found[0]] if found else None


def _bare(address: str) -> str:
    bare = address.strip().lower().partition("://")[2].removeprefix("www.")
    return bare.removesuffix("legalcode").removesuffix("deed").rstrip("/")
