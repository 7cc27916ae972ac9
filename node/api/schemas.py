"""What this API answers. Tests compare these schemas with real answers."""

from typing import Final

from actors.searching import SURVEYED
from node.api.draft_schemas import DRAFTS
from node.api.schema_parts import (
    BY_LANGUAGE,
    COUNT,
    COUNTS,
    FLAG,
    ID,
    LANGUAGE,
    MOMENT,
    TERRITORY,
    TEXT,
    URL,
    Schema,
    array,
    or_null,
    ref,
    shape,
)
from storage.kinds import Kind, Visibility
from storage.search import COUNT_LIMIT

_PUBLICATION: Final[dict[str, Schema]] = {
    "id": ID,
    "uri": {**URL, "description": "Its permanent address, the same on every node."},
    "url": {**URL, "description": "Its page for people."},
    "kind": {"type": "string", "enum": [kind.value for kind in Kind]},
    "local": {**FLAG, "description": "Whether it was published here."},
    "node": {**TEXT, "description": "The host of its author."},
    "author": ref("Author"),
    "title": BY_LANGUAGE,
    "summary": {**BY_LANGUAGE, "description": "Sanitised HTML by language tag."},
    "content": {
        **BY_LANGUAGE,
        "description": "Sanitised HTML by language tag. Lists leave it out where there is a title.",
    },
    "language": or_null(LANGUAGE),
    "visibility": {"type": "string", "enum": [visibility.value for visibility in Visibility]},
    "sensitive": FLAG,
    "published": MOMENT,
    "updated": or_null(MOMENT),
    "revision": {"type": "integer", "minimum": 1},
    "jurisdiction": array(TERRITORY),
    "concepts": array(ref("Concept")),
    "license": or_null(TEXT),
    "attachments": array(ref("File")),
    "hashtags": array(TEXT),
    "in_reply_to": or_null(URL),
    "details": {"type": "object", "description": "The facts of its kind, named as in a draft."},
    "likes": {**COUNT, "description": "By actors whom this node knows."},
    "shares": {**COUNT, "description": "By actors whom this node knows."},
}
_ALWAYS: Final = [name for name in _PUBLICATION if name != "content"]
#: What revisions keep.
_KEPT: Final = (
    *("revision", "language", "title", "summary", "content", "jurisdiction"),
    *("concepts", "license", "attachments", "details"),
)
_EXCERPT: Final[Schema] = array(
    shape(["text", "hit"], {"text": TEXT, "hit": {**FLAG, "description": "Whether it is what was sought."}}),
    description="Plain text in pieces. Empty for what must not be read without a warning.",
)
SCHEMAS: Final[dict[str, Schema]] = DRAFTS | {
    "Error": shape(
        ["error"],
        {
            "error": {**TEXT, "description": "One sentence that can be shown to people."},
            "fields": {
                "type": "object",
                "additionalProperties": TEXT,
                "description": "What is wrong with each bad field, by its path such as `sections.problem`.",
            },
        },
    ),
    "Author": shape(
        ["id", "uri", "handle", "name", "url"],
        {"id": ID, "uri": URL, "handle": TEXT, "name": TEXT, "url": URL},
    ),
    "Concept": shape(
        ["id", "reference", "scheme", "label"],
        {
            "id": URL,
            "reference": or_null({**TEXT, "description": "Its short name, if it is one of the network's."}),
            "scheme": or_null(TEXT),
            "label": TEXT,
        },
    ),
    "Publication": shape(
        [*_ALWAYS, "content"],
        {
            **_PUBLICATION,
            "source": {
                "type": "object",
                "description": "The draft as it was written, for those who may edit it.",
            },
        },
    ),
    "Card": shape(_ALWAYS, _PUBLICATION),
    "Hit": shape([*_ALWAYS, "excerpt"], {**_PUBLICATION, "excerpt": _EXCERPT}),
    "Revision": shape(
        ["at", "reason", *_KEPT],
        {
            "at": {**MOMENT, "description": "When it became so."},
            "reason": {**TEXT, "description": "Why it became so."},
            **{name: _PUBLICATION[name] for name in _KEPT},
        },
    ),
    "Node": shape(
        ["domain", "state", "items", "complete", "last_success"],
        {
            "domain": TEXT,
            "state": {
                "type": "string",
                "enum": ["local", "replicated"],
                "description": "Replicated: answered here from copies; the node itself was not asked.",
            },
            "items": {**COUNT, "description": "Hits among those that are counted."},
            "complete": {
                **FLAG,
                "description": "Whether everything that it had published before it was followed is here.",
            },
            "last_success": {
                **or_null(MOMENT),
                "description": "When the two nodes last reached one another; null where they never did.",
            },
        },
    ),
    "SearchResults": shape(
        ["query", "total", "offset", "items", "concepts", "facets", "nodes"],
        {
            "query": TEXT,
            "total": {**COUNT, "description": f"Exact up to {COUNT_LIMIT}; more are not counted."},
            "offset": COUNT,
            "items": array(ref("Hit")),
            "concepts": array(
                ref("Concept"),
                description="Concepts that the words name: what is about one of them was found as well. "
                "Words in quotation marks are sought as they stand.",
            ),
            "facets": shape(
                ["counted", "kind", "country", "topic", "lang"],
                {
                    "counted": {
                        **COUNT,
                        "description": f"How many hits are counted: the newest, at most {SURVEYED}.",
                    },
                    **dict.fromkeys(("kind", "country", "topic", "lang"), COUNTS),
                },
            ),
            "nodes": array(ref("Node")),
        },
    ),
    "VocabularyCard": shape(
        ["name", "id", "label", "concepts"],
        {"name": TEXT, "id": URL, "label": BY_LANGUAGE, "concepts": COUNT},
    ),
    "Vocabulary": shape(
        ["name", "id", "label", "concepts"],
        {
            "name": TEXT,
            "id": URL,
            "label": BY_LANGUAGE,
            "concepts": array(
                shape(
                    ["id", "reference", "label", "broader"],
                    {"id": URL, "reference": TEXT, "label": BY_LANGUAGE, "broader": or_null(TEXT)},
                )
            ),
        },
    ),
}
