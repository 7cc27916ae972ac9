"""The description of this API as an OpenAPI 3.1 document. Tests compare it with routes and answers."""

from typing import Any, Final

from actors.query import MAX_QUERY
from actors.searching import LARGEST_PAGE
from node.api.parameters import BASE, USUAL_PAGE
from node.api.schema_parts import FLAG, ID, LANGUAGE, TERRITORY, TEXT, Schema, array, ref
from node.api.schemas import SCHEMAS
from storage.kinds import Kind

_ERRORS: Final = {
    400: "The request cannot be read.",
    401: "The access token is missing, invalid or revoked.",
    403: "The token's scope or the member's role does not allow this.",
    404: "There is nothing here, or nothing that you may read.",
    409: "Something else was done at the same time; read again and try again.",
    410: "It was withdrawn.",
    412: "It was edited since the revision that you name.",
    413: "The request is too large.",
    415: "The request is not JSON.",
    422: "Fields or parameters are wrong; all of them are named.",
    429: "Too many requests; Retry-After says how long to wait.",
}


def _responses(success: Schema, *errors: int, status: int = 200) -> Schema:
    failures = {
        str(code): {
            "description": _ERRORS[code],
            "content": {"application/json": {"schema": ref("Error")}},
        }
        for code in sorted({401, 429, *errors})
    }
    return {str(status): success, **failures}


def _json(description: str, schema: Schema, *headers: str) -> Schema:
    described = {name: {"description": _HEADERS[name], "schema": TEXT} for name in headers}
    answer: Schema = {"description": description, "content": {"application/json": {"schema": schema}}}
    return answer | ({"headers": described} if described else {})


_HEADERS: Final = {
    "ETag": "The revision, for If-Match.",
    "Link": 'The pages beside this one: rel="next" and rel="prev" (RFC 8288).',
    "Location": "Where the publication is in this API.",
}
_MAY_READ: Final[list[Schema]] = [{}, {"token": ["read:statuses"]}]
_MUST_WRITE: Final[list[Schema]] = [{"token": ["write:statuses"]}]


def _parameter(name: str, schema: Schema, description: str = "", where: str = "query") -> Schema:
    found: Schema = {"name": name, "in": where, "schema": schema}
    return (
        found
        | ({"description": description} if description else {})
        | ({"required": True} if where == "path" else {})
    )


def _body(name: str) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": ref(name)}}}


_ID: Final = _parameter("id", ID, where="path")
_IF_MATCH: Final = _parameter("If-Match", TEXT, "The ETag of the revision that is meant.", "header")
_LIMIT: Final = _parameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE},
    "More is answered with as many as there may be.",
)
_FACETS: Final = [
    _parameter(
        "kind",
        array({"type": "string", "enum": [kind.value for kind in Kind]}),
        "Values of one parameter widen, given several times or with commas; different ones narrow.",
    ),
    _parameter("country", array(TERRITORY), "A country finds its parts as well."),
    _parameter(
        "topic", array(TEXT), "A concept such as stage/police-custody; it finds narrower ones as well."
    ),
    _parameter("lang", array(LANGUAGE)),
    _parameter("author", TEXT, "A handle, an address, or the user name of somebody of this node."),
    _parameter("local", FLAG, "Whether it was published here."),
]

DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "ILAN publications API",
        "version": "0",
        "description": "Practices, resources, events, trainings, expert offers and requests of this body and "
        "of the nodes that it follows. Identifiers are numbers, written as strings.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/"}],
    "paths": {
        "/api/ilan/openapi.json": {
            "get": {
                "operationId": "describe",
                "summary": "Describe this API.",
                "security": [{}],
                "responses": _responses(_json("This document.", {"type": "object"})),
            }
        },
        f"{BASE}/publications": {
            "get": {
                "operationId": "listPublications",
                "summary": "List publications with these facets, newest first.",
                "security": _MAY_READ,
                "parameters": [
                    *_FACETS,
                    _LIMIT,
                    _parameter("max_id", ID, "Only those older than this one."),
                    _parameter("since_id", ID, "The newest of those newer than this one."),
                    _parameter("min_id", ID, "Those just newer than this one."),
                ],
                "responses": _responses(_json("A page.", array(ref("Card")), "Link"), 422),
            },
            "post": {
                "operationId": "publish",
                "summary": "Publish something.",
                "security": _MUST_WRITE,
                "parameters": [
                    _parameter(
                        "Idempotency-Key",
                        {"type": "string", "maxLength": 255},
                        "Anything; the same request with the same key publishes once within a day.",
                        "header",
                    )
                ],
                "requestBody": _body("Draft"),
                "responses": _responses(
                    _json("What was published.", ref("Publication"), "ETag", "Location"),
                    *(400, 403, 409, 410, 413, 415, 422),
                    status=201,
                ),
            },
        },
        f"{BASE}/publications/{{id}}": {
            "parameters": [_ID],
            "get": {
                "operationId": "showPublication",
                "summary": "Show a publication.",
                "security": _MAY_READ,
                "responses": _responses(_json("It.", ref("Publication"), "ETag"), 404, 410),
            },
            "put": {
                "operationId": "replacePublication",
                "summary": "Publish another text in place of one; its address stays.",
                "security": _MUST_WRITE,
                "parameters": [_IF_MATCH],
                "requestBody": _body("Edit"),
                "responses": _responses(
                    _json("What it is now.", ref("Publication"), "ETag"),
                    *(400, 403, 404, 409, 410, 412, 413, 415, 422),
                ),
            },
            "patch": {
                "operationId": "changePublication",
                "summary": "Change some fields of a publication.",
                "security": _MUST_WRITE,
                "parameters": [_IF_MATCH],
                "requestBody": _body("Change"),
                "responses": _responses(
                    _json("What it is now.", ref("Publication"), "ETag"),
                    *(400, 403, 404, 409, 410, 412, 413, 415, 422),
                ),
            },
            "delete": {
                "operationId": "withdrawPublication",
                "summary": "Withdraw a publication, and tell everybody who has it.",
                "security": _MUST_WRITE,
                "parameters": [_IF_MATCH],
                "responses": _responses(
                    {"description": "It is withdrawn."}, *(403, 404, 410, 412), status=204
                ),
            },
        },
        f"{BASE}/publications/{{id}}/revisions": {
            "parameters": [_ID],
            "get": {
                "operationId": "listRevisions",
                "summary": "List what a publication was, newest first.",
                "description": "For whoever may read the publication: what nobody must read any more has to "
                "be withdrawn, not edited.",
                "security": _MAY_READ,
                "parameters": [_LIMIT, _parameter("before", ID, "Only those before this revision.")],
                "responses": _responses(_json("A page.", array(ref("Revision")), "Link"), 404, 410, 422),
            },
        },
        f"{BASE}/search": {
            "get": {
                "operationId": "search",
                "summary": "Search everything that this node holds, own publications and copies alike.",
                "security": _MAY_READ,
                "parameters": [
                    _parameter(
                        "q",
                        TEXT,
                        'Words, "phrases", -exclusions and beginnings*, in any language; '
                        f"the first {MAX_QUERY} characters are read.",
                    ),
                    *_FACETS,
                    _LIMIT,
                    _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
                ],
                "responses": _responses(
                    _json("Title hits first, then the newest.", ref("SearchResults")), 422
                ),
            }
        },
        f"{BASE}/vocabularies": {
            "get": {
                "operationId": "listVocabularies",
                "summary": "List the network's vocabularies.",
                "security": [{}],
                "responses": _responses(_json("All of them.", array(ref("VocabularyCard")))),
            }
        },
        f"{BASE}/vocabularies/{{scheme}}": {
            "get": {
                "operationId": "showVocabulary",
                "summary": "Show a vocabulary with its concepts.",
                "security": [{}],
                "parameters": [_parameter("scheme", TEXT, where="path")],
                "responses": _responses(_json("It.", ref("Vocabulary")), 404),
            }
        },
    },
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "token": {
                "type": "oauth2",
                "description": "An access token as for Mastodon's API, in the Authorization header alone.",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "/oauth/authorize",
                        "tokenUrl": "/oauth/token",
                        "scopes": {
                            "read:statuses": "Read what the member may read.",
                            "write:statuses": "Publish, edit and withdraw in the member's name.",
                        },
                    }
                },
            }
        },
    },
}
