"""How timelines, hashtags, lists, markers and search are asked."""

from tests.clients.calls.kinds import Call, Nothing, constant, listed, public
from tests.clients.entities.accounts import (
    Account,
    FeaturedTag,
)
from tests.clients.entities.belongings import List, Markers
from tests.clients.entities.statuses import (
    Search,
    Status,
    Tag,
    TrendsLink,
)

TIMELINES: dict[str, Call] = {
    "GET /api/v1/timelines/public": public(
        "/api/v1/timelines/public", list[Status], "read:statuses", "status"
    ),
    "GET /api/v1/timelines/tag/:hashtag": public(
        "/api/v1/timelines/tag/LegalAid", list[Status], "read:statuses", "status"
    ),
    "GET /api/v1/timelines/home": listed("/api/v1/timelines/home", Status, "read:statuses", "status"),
    "GET /api/v1/timelines/list/:list_id": listed(
        "/api/v1/timelines/list/{list}", Status, "read:lists", "list", "new_other_status"
    ),
    "GET /api/v2/search": public("/api/v2/search", Search, "read:search", q="baraka"),
    "GET /api/v1/tags/:name": public("/api/v1/tags/LegalAid", Tag),
    "POST /api/v1/tags/:name/follow": Call("/api/v1/tags/LegalAid/follow", Tag, "write:follows"),
    "POST /api/v1/tags/:name/unfollow": Call("/api/v1/tags/Bail/unfollow", Tag, "write:follows"),
    "GET /api/v1/followed_tags": listed("/api/v1/followed_tags", Tag, "read:follows", "followed_tag"),
    "GET /api/v1/featured_tags": listed(
        "/api/v1/featured_tags", FeaturedTag, "read:accounts", "featured_tag"
    ),
    "GET /api/v1/trends/tags": public("/api/v1/trends/tags", list[Tag], "", "status_with_all"),
    "GET /api/v1/trends/statuses": public("/api/v1/trends/statuses", list[Status], "", "liked_status"),
    "GET /api/v1/trends/links": constant("/api/v1/trends/links", list[TrendsLink]),
    "GET /api/v1/markers": Call(
        "/api/v1/markers", Markers, "read:statuses", query={"timeline[]": ["home", "notifications"]}
    ),
    "POST /api/v1/markers": Call(
        "/api/v1/markers", Markers, "write:statuses", body={"home": {"last_read_id": "{status}"}}
    ),
    "GET /api/v1/lists": listed("/api/v1/lists", List, "read:lists"),
    "GET /api/v1/lists/:id": Call("/api/v1/lists/{list}", List, "read:lists"),
    "POST /api/v1/lists": Call(
        "/api/v1/lists", List, "write:lists", body={"title": "Colleagues", "replies_policy": "none"}
    ),
    "PUT /api/v1/lists/:id": Call(
        "/api/v1/lists/{list}", List, "write:lists", body={"title": "Friends", "exclusive": True}
    ),
    "DELETE /api/v1/lists/:id": Call("/api/v1/lists/{new_list}", Nothing, "write:lists"),
    "GET /api/v1/lists/:id/accounts": listed("/api/v1/lists/{list}/accounts", Account, "read:lists"),
    "POST /api/v1/lists/:id/accounts": Call(
        "/api/v1/lists/{new_list}/accounts", Nothing, "write:lists", body={"account_ids": ["{followed}"]}
    ),
    "DELETE /api/v1/lists/:id/accounts": Call(
        "/api/v1/lists/{new_list}/accounts", Nothing, "write:lists", body={"account_ids": ["{followed}"]}
    ),
}
