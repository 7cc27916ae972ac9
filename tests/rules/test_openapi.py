"""The description of the API has every route and no other, and is what it claims to be."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from starlette.routing import Route

from actors.drafts import read_draft
from actors.errors import Invalid
from actors.kinds import KINDS
from node.api import ROUTES
from node.api.openapi import DOCUMENT
from tests.drafting import EVERY
from tests.fediverse import Fediverse
from tests.node.api_client import anybody
from tests.node.described import faults, named

#: What programs rely on; it only grows.
PROMISED = {
    ("GET", "/api/ilan/openapi.json"),
    ("GET", "/api/ilan/v1/publications"),
    ("POST", "/api/ilan/v1/publications"),
    ("GET", "/api/ilan/v1/publications/{id}"),
    ("PUT", "/api/ilan/v1/publications/{id}"),
    ("PATCH", "/api/ilan/v1/publications/{id}"),
    ("DELETE", "/api/ilan/v1/publications/{id}"),
    ("GET", "/api/ilan/v1/publications/{id}/revisions"),
    ("GET", "/api/ilan/v1/search"),
    ("GET", "/api/ilan/v1/vocabularies"),
    ("GET", "/api/ilan/v1/vocabularies/{scheme}"),
}
_METHODS = {"get", "put", "post", "delete", "patch"}


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    }


def test_every_route_is_described_and_everything_described_is_a_route() -> None:
    routes = {
        (method, route.path)
        for route in ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == operations().keys()
    assert routes >= PROMISED


def test_the_description_is_openapi() -> None:
    validate(DOCUMENT)


async def test_a_node_serves_the_description_with_its_own_address(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    answer = await anybody(kenya).get("/api/ilan/openapi.json")
    served = answer.json()
    assert answer.status_code == 200
    assert served["servers"] == [{"url": "https://kenya.example"}]
    assert served["info"]["version"]
    assert served["paths"] == DOCUMENT["paths"]
    again = await anybody(kenya).get("/api/ilan/openapi.json", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("schema", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_one_and_is_used(schema: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][schema])
    assert str(DOCUMENT).count(f"'#/components/schemas/{schema}'") >= 1


def test_every_operation_says_who_may_what_goes_wrong_and_has_a_name() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    for (method, path), operation in operations().items():
        failures = {code for code in operation["responses"] if code >= "400"}
        assert failures >= {"401", "429"}, path
        for code in failures:
            schema = operation["responses"][code]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}
        writes = {"token": ["write:statuses"]} in operation["security"]
        assert writes is (method != "GET")
        assert ("403" in failures) is writes
        assert ("{id}" in path) <= ("404" in failures)


@pytest.mark.parametrize("document", EVERY, ids=lambda document: str(document["kind"]))
def test_every_kind_of_draft_is_described(document: dict[str, Any]) -> None:
    assert named("Draft", document) == []
    assert named("Draft", {**document, "as": "office"}) == []
    assert named("Edit", {**document, "reason": "New hours", "revision": 1}) == []
    assert named("Change", {"summary": None, "reason": "Shorter"}) == []
    assert named("Draft", {**document, "colour": "red"}) != []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_that_is_described_is_one_of_some_kind(kind: str) -> None:
    described = set(DOCUMENT["components"]["schemas"]["Draft"]["properties"])
    document = dict.fromkeys(described - {"kind", "as"}, 12.5) | {"kind": kind}
    with pytest.raises(Invalid) as refused:
        read_draft(document, default_language="en")
    unknown = {name for name, fault in refused.value.fields.items() if "is not a field here" in fault}
    own = described - unknown
    for other in KINDS:
        if other != kind:
            with pytest.raises(Invalid) as others:
                read_draft({**document, "kind": other}, default_language="en")
            unknown &= {name for name, fault in others.value.fields.items() if "is not a field here" in fault}
    assert unknown == set()
    assert len(own) > 5


def test_an_error_is_a_sentence_and_maybe_fields() -> None:
    assert named("Error", {"error": "No.", "fields": {"title": "is missing"}}) == []
    assert named("Error", {"message": "No."}) != []
    assert faults({"error": "No.", "fields": {"title": 1}}, {"$ref": "#/components/schemas/Error"}) != []
