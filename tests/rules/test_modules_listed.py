from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("package", ["node", "federation", "actors", "storage"])
def test_the_readme_of_a_package_lists_its_modules(package: str) -> None:
    folder = ROOT / package
    readme = (folder / "README.md").read_text("utf-8")
    modules = [path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")]
    folders = [path.name for path in folder.iterdir() if (path / "__init__.py").exists()]
    missing = [name for name in modules if f"`{name}`" not in readme]
    missing += [name for name in folders if f"`{name}/`" not in readme and f"`{name}`" not in readme]
    assert missing == []
