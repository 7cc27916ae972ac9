"""How filters are made and changed."""

from tests.clients.calls.kinds import Call, Nothing, listed
from tests.clients.entities.filters import Filter, FilterKeyword, FilterV1

FILTERS: dict[str, Call] = {
    "GET /api/v2/filters": listed("/api/v2/filters", Filter, "read:filters", "filter"),
    "GET /api/v2/filters/:id": Call("/api/v2/filters/{filter}", Filter, "read:filters"),
    "POST /api/v2/filters": Call(
        "/api/v2/filters",
        Filter,
        "write:filters",
        body={
            "title": "Weather",
            "context": ["home", "public"],
            "filter_action": "blur",
            "expires_in": 3600,
            "keywords_attributes": [{"keyword": "rainstorm", "whole_word": True}],
        },
    ),
    "PUT /api/v2/filters/:id": Call(
        "/api/v2/filters/{filter}", Filter, "write:filters", body={"title": "Sport", "context": ["thread"]}
    ),
    "DELETE /api/v2/filters/:id": Call("/api/v2/filters/{new_filter}", Nothing, "write:filters"),
    "GET /api/v2/filters/:filter_id/keywords": listed(
        "/api/v2/filters/{filter}/keywords", FilterKeyword, "read:filters"
    ),
    "POST /api/v2/filters/:filter_id/keywords": Call(
        "/api/v2/filters/{new_filter}/keywords",
        FilterKeyword,
        "write:filters",
        body={"keyword": "tennis", "whole_word": False},
    ),
    "GET /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{keyword}", FilterKeyword, "read:filters"
    ),
    "PUT /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{keyword}", FilterKeyword, "write:filters", body={"keyword": "hockey"}
    ),
    "DELETE /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{new_keyword}", Nothing, "write:filters"
    ),
    "GET /api/v1/filters": listed("/api/v1/filters", FilterV1, "read:filters", "filter"),
}
