"""Documents that other people published, read where they lie.

They live beside the project in `../shared` (or where ILAN_SHARED says) and belong to others, so they are
never copied in; tests that need them skip where they are absent.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("ILAN_SHARED", Path(__file__).parents[2] / "shared"))


def shared(*parts: str) -> Path:
    """Return a path under shared/, or skip the test (or the whole module) where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        name = "/".join(parts)
        pytest.skip(f"needs {name} of the shared folder, which is not here", allow_module_level=True)
    return path


def shared_json(*parts: str) -> Any:
    """Return a JSON document under shared/, or skip."""
    return json.loads(shared(*parts).read_text("utf-8"))
