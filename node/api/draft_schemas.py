"""What this API takes: drafts of every kind, whole or in part."""

from typing import Final

from actors.drafts import MAX_SUMMARY
from actors.fields import MAX_ITEMS
from actors.kinds import KINDS
from actors.kinds.event import JOIN_MODES, STATUSES
from actors.kinds.practice import REVIEWS, SECTIONS
from actors.kinds.wording import MAX_TITLE
from actors.markdown import MAX_MARKDOWN
from actors.polling import MAX_OPTION_CHARACTERS, MAX_OPTIONS
from actors.quote_policies import POLICIES
from actors.taxonomy import schemes
from node.api.schema_parts import (
    DAY,
    FILES,
    FLAG,
    LANGUAGE,
    LINKS,
    MOMENT,
    PERIOD,
    TERRITORY,
    TEXT,
    URL,
    WRITTEN,
    Schema,
    array,
    or_null,
    ref,
    shape,
)
from storage.kinds import Visibility


def _named(scheme: str) -> Schema:
    return {"type": "string", "enum": list(schemes()[scheme].concepts)}


_COMMON: Final[dict[str, Schema]] = {
    "kind": {"type": "string", "enum": [kind.value for kind in KINDS]},
    "language": {**LANGUAGE, "description": "Of the original; the caller's own where it is not given."},
    "title": {**WRITTEN, "description": f"At most {MAX_TITLE} characters; notes have none."},
    "summary": {
        **WRITTEN,
        "description": f"At most {MAX_SUMMARY} characters; of a note, its content warning.",
    },
    "body": {**WRITTEN, "description": f"Markdown, of a note plain text; at most {MAX_MARKDOWN} characters."},
    "visibility": {
        "type": "string",
        "enum": [visibility.value for visibility in Visibility],
        "default": "public",
        "description": "`direct` is for notes. An answer goes to no more people than what it answers, "
        "unless this says so.",
    },
    "jurisdiction": array(TERRITORY, maxItems=MAX_ITEMS),
    "concepts": array({**TEXT, "description": "Such as stage/police-custody; see the vocabularies."}),
    "license": {**TEXT, "description": "An SPDX name such as CC-BY-4.0, or the licence's address."},
    "attachments": FILES,
    "audience_group": {**TEXT, "description": "The handle or address of a group."},
    "in_reply_to": URL,
    "sensitive": FLAG,
}
_BY_KIND: Final[dict[str, dict[str, Schema]]] = {
    "note": {
        "poll": shape(
            ["options"],
            {
                "options": array(
                    {"type": "string", "maxLength": MAX_OPTION_CHARACTERS}, minItems=2, maxItems=MAX_OPTIONS
                ),
                "multiple": {**FLAG, "description": "Whether several may be chosen."},
                "hide_totals": {**FLAG, "description": "Whether nobody sees how it stands before its end."},
                "ends": MOMENT,
            },
            description="Other options take all votes away.",
        ),
        "quote": {**URL, "description": "What is quoted; it cannot change."},
        "quote_policy": {"type": "string", "enum": list(POLICIES), "description": "Who may quote it."},
        "application": shape(["name"], {"name": TEXT, "website": URL}),
    },
    "practice": {
        "maturity": _named("maturity"),
        "evidence": _named("evidence"),
        "started": PERIOD,
        "ended": PERIOD,
        "based_on": array(URL),
        "translations": array(URL),
        "review_status": {"type": "string", "enum": list(REVIEWS)},
        "sections": shape([], dict.fromkeys(SECTIONS, WRITTEN)),
    },
    "resource": {
        "genre": _named("genre"),
        "links": LINKS,
        "translation_of": URL,
        "released": PERIOD,
        "isbn": TEXT,
        "level": TEXT,
        "pages": {"type": "integer", "minimum": 1},
        "time_required": {**TEXT, "description": "Such as PT3H (ISO 8601)."},
        "free": FLAG,
    },
    "event": {
        "starts": {**MOMENT, "description": "With an offset from UTC; required."},
        "ends": MOMENT,
        "timezone": {**TEXT, "description": "An IANA name such as Africa/Nairobi."},
        "closes": {**TEXT, "description": "Until when one can register: a day or a moment."},
        "place": {"oneOf": [TEXT, ref("Place")]},
        "online": FLAG,
        "online_url": URL,
        "join_url": {**URL, "description": "For those who take part alone; only editors ever see it."},
        "join_mode": {"type": "string", "enum": list(JOIN_MODES)},
        "registration_url": URL,
        "capacity": {"type": "integer", "minimum": 1},
        "status": {"type": "string", "enum": list(STATUSES)},
        "languages": array(LANGUAGE),
        "free": FLAG,
        "organisers": array(URL),
        "parent": URL,
        "materials": FILES,
    },
    "training": {"level": TEXT, "teaches": TEXT, "prerequisites": TEXT, "certificate": TEXT},
    "offer": {
        "service": _named("service"),
        "hours": {"type": "number", "minimum": 0.25},
        "area_served": array(TERRITORY),
        "available_languages": array(LANGUAGE),
        "valid_from": DAY,
        "valid_through": DAY,
        "mode": {"oneOf": [_named("mode"), array(_named("mode"))]},
        "seniority": _named("seniority"),
        "pro_bono": FLAG,
        "provider": URL,
    },
}
_FIELDS: Final[dict[str, Schema]] = _COMMON | {
    name: schema for fields in _BY_KIND.values() for name, schema in fields.items()
}
_ALSO_ON_EDIT: Final[dict[str, Schema]] = {
    "reason": {"type": "string", "maxLength": 500, "description": "Why; kept with the earlier revision."},
    "revision": {
        "type": "integer",
        "description": "The revision that is edited, like If-Match: another one is answered 412.",
    },
    "as": {**TEXT, "description": "Cannot change; for convenience the author may be repeated."},
}

DRAFTS: Final[dict[str, Schema]] = {
    "File": shape(
        ["url"],
        {
            "url": URL,
            "media_type": TEXT,
            "name": TEXT,
            "width": {"type": "integer", "minimum": 1},
            "height": {"type": "integer", "minimum": 1},
        },
    ),
    "Place": shape(
        [],
        {
            **dict.fromkeys(("name", "street", "locality", "region", "postcode"), TEXT),
            "country": TERRITORY,
            "lat": {"type": "number", "minimum": -90, "maximum": 90},
            "lon": {"type": "number", "minimum": -180, "maximum": 180},
        },
    ),
    "Draft": shape(
        ["kind"],
        {"as": {**TEXT, "description": "Who publishes: the caller, or `office` for the body."}, **_FIELDS},
        description="What is to be published. Each kind has the fields of its own beside those of all: "
        + "; ".join(f"{kind}: {', '.join(fields)}" for kind, fields in _BY_KIND.items())
        + ". A training has those of an event too, a request those of an offer.",
    ),
    "Edit": shape([], {**_FIELDS, **_ALSO_ON_EDIT}, description="The whole publication anew."),
    "Change": shape(
        [],
        {name: or_null(schema) for name, schema in _FIELDS.items()} | _ALSO_ON_EDIT,
        description="The fields to change; null empties one.",
    ),
}
