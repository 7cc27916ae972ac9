"""Answers of the API compared with its own description."""

import json
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from node.api.openapi import DOCUMENT

BASE = "/api/ilan/v1"


def schema_of(method: str, path: str, status: int) -> dict[str, Any]:
    """Return the schema of an answer, by the route's path as the description has it."""
    answer = DOCUMENT["paths"][path][method.lower()]["responses"][str(status)]
    found: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return found


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """Return what is wrong with a value."""
    return [
        f"{error.json_path}: {error.message}" for error in _validator(json.dumps(schema)).iter_errors(value)
    ]


def check(answer: httpx.Response, path: str, status: int = 200) -> Any:
    """Return the JSON of an answer that has the status and is what the description says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    described = path if path.startswith("/") else f"{BASE}/{path}"
    value = answer.json()
    assert faults(value, schema_of(answer.request.method, described, status)) == []
    return value


def named(schema: str, value: Any) -> list[str]:
    """Return what is wrong with a value of a schema that has a name."""
    return faults(value, {"$ref": f"#/components/schemas/{schema}"})


@cache
def _validator(text: str) -> Any:
    schema = json.loads(text) | {"components": DOCUMENT["components"]}
    checker = validator_for(schema, default=Draft202012Validator)
    checker.check_schema(schema)
    return checker(schema, format_checker=checker.FORMAT_CHECKER)
