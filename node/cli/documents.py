"""Publications as people write them in files: JSON, or Markdown with YAML front matter."""

import json
import re
from typing import Any

import yaml

from node.cli.frame import CommandFailed

_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n(.*))?\Z", re.DOTALL | re.MULTILINE
)


class _Loader(yaml.SafeLoader):
    """YAML without its traps: `NO` is Norway and not false, and `12:30` is a time and not a number."""


_PLAIN = {
    "tag:yaml.org,2002:bool": (re.compile(r"(?:true|false|True|False)\Z"), "tfTF"),
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z"), "-+0123456789"),
    "tag:yaml.org,2002:float": (re.compile(r"[-+]?[0-9]+\.[0-9]+\Z"), "-+0123456789"),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_pattern, _firsts) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, _pattern, list(_firsts))


def read_document(text: str) -> dict[str, Any]:
    """Read the document that a file holds, in the shape of the publications API.

    The text below front matter is the `body`. CommandFailed says what is wrong with the form.
    """
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _read_json(text)
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise CommandFailed(
            "The file is neither a JSON document nor Markdown with front matter.",
            "Begin with { for JSON; or with a line ---, then kind: and title:, a line ---, and the text.",
        )
    document = _read_yaml(found[1])
    body = (found[2] or "").strip()
    if body and document.get("body"):
        raise CommandFailed("There is a body in the front matter and another below it.", "Keep one of them.")
    return {**document, "body": body} if body else document


def _read_json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise CommandFailed(f"The file is not well-formed JSON: {error}.") from error
    if not isinstance(document, dict):
        raise CommandFailed("The JSON document is a list, and a publication is one object.")
    return document


def _read_yaml(text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # The line of the file: the front matter begins on its second.
        where = f", line {mark.line + 2}" if mark else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise CommandFailed(f"The front matter is not well-formed YAML{where}: {what}.") from error
    except (ValueError, RecursionError) as error:  # A date that does not exist, or nesting without end.
        raise CommandFailed(f"The front matter cannot be read: {error}.") from error
    if not isinstance(document, dict):
        raise CommandFailed("The front matter must be lines of the form `field: value`.")
    return {str(name): value for name, value in document.items()}
