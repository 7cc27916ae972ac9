"""The parts that the schemas of this API are made of (JSON Schema 2020-12, as OpenAPI 3.1 has it)."""

from typing import Any, Final

from actors.files import MAX_FILES

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a reference to a schema of this API."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **more}


def shape(required: list[str], properties: dict[str, Schema], **more: Any) -> Schema:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


def or_null(schema: Schema) -> Schema:
    """Return the schema of what may also be null."""
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
ID: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}
URL: Final[Schema] = {"type": "string", "format": "uri"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
PERIOD: Final[Schema] = {"type": "string", "description": "2023, 2023-02 or 2023-02-01."}
LANGUAGE: Final[Schema] = {"type": "string", "description": "A language tag (BCP 47)."}
TERRITORY: Final[Schema] = {"type": "string", "description": "A country (ISO 3166) or a region (UN M49)."}
BY_LANGUAGE: Final[Schema] = {
    "type": "object",
    "additionalProperties": TEXT,
    "description": "Texts by language tag, the original first; `und` where its language is not known.",
}
COUNTS: Final[Schema] = {"type": "object", "additionalProperties": COUNT}
WRITTEN: Final[Schema] = {
    "oneOf": [TEXT, {"type": "object", "additionalProperties": TEXT}],
    "description": "A text in `language`, or texts by language tag.",
}
FILES: Final[Schema] = array({"oneOf": [URL, ref("File")]}, maxItems=MAX_FILES)
LINKS: Final[Schema] = array(
    {"oneOf": [URL, shape(["url"], {"url": URL, "name": TEXT})]},
)
