"""How accounts are read and changed, and what binds them to a member."""

from tests.clients.calls.kinds import Call, Nothing, listed, public, towards
from tests.clients.entities.accounts import (
    Account,
    CredentialAccount,
    FamiliarFollowers,
    FeaturedTag,
    MutedAccount,
    Profile,
    Relationship,
    Suggestion,
)
from tests.clients.entities.belongings import List, Preferences
from tests.clients.entities.reports import Report
from tests.clients.entities.statuses import (
    Status,
)
from tests.clients.entities.values import Word

PEOPLE: dict[str, Call] = {
    "GET /api/v1/accounts/verify_credentials": Call(
        "/api/v1/accounts/verify_credentials", CredentialAccount, "read:accounts"
    ),
    "PATCH /api/v1/accounts/update_credentials": Call(
        "/api/v1/accounts/update_credentials",
        CredentialAccount,
        "write:accounts",
        body={
            "display_name": "Amina",
            "note": "Advocate. #LegalAid",
            "fields_attributes": [{"name": "Site", "value": "https://example.org/"}],
        },
    ),
    "GET /api/v1/accounts/:id": public("/api/v1/accounts/{wanjiru}", Account, "read:accounts"),
    "GET /api/v1/accounts": public(
        "/api/v1/accounts", list[Account], "read:accounts", **{"id[]": ["{baraka}", "{wanjiru}"]}
    ),
    "GET /api/v1/accounts/:id/statuses": public(
        "/api/v1/accounts/{baraka_with_all}/statuses", list[Status], "read:statuses"
    ),
    "GET /api/v1/accounts/:id/followers": public(
        "/api/v1/accounts/{followed}/followers", list[Account], "read:accounts"
    ),
    "GET /api/v1/accounts/:id/following": public(
        "/api/v1/accounts/{followed}/following", list[Account], "read:accounts"
    ),
    "GET /api/v1/accounts/:id/featured_tags": public(
        "/api/v1/accounts/{amina}/featured_tags", list[FeaturedTag], "", "featured_tag"
    ),
    "GET /api/v1/accounts/:id/lists": listed("/api/v1/accounts/{listed}/lists", List, "read:lists"),
    "POST /api/v1/accounts/:id/follow": towards("follow", "write:follows", reblogs=False, notify=True),
    "POST /api/v1/accounts/:id/unfollow": towards("unfollow", "write:follows"),
    "POST /api/v1/accounts/:id/remove_from_followers": towards("remove_from_followers", "write:follows"),
    "POST /api/v1/accounts/:id/block": Call("/api/v1/accounts/{wanjiru}/block", Relationship, "write:blocks"),
    "POST /api/v1/accounts/:id/unblock": Call(
        "/api/v1/accounts/{wanjiru}/unblock", Relationship, "write:blocks"
    ),
    "POST /api/v1/accounts/:id/mute": Call(
        "/api/v1/accounts/{wanjiru}/mute", Relationship, "write:mutes", body={"duration": 3600}
    ),
    "POST /api/v1/accounts/:id/unmute": Call(
        "/api/v1/accounts/{wanjiru}/unmute", Relationship, "write:mutes"
    ),
    "POST /api/v1/accounts/:id/note": towards("note", "write:accounts", comment="Met in Kathmandu"),
    "GET /api/v1/accounts/relationships": listed(
        "/api/v1/accounts/relationships", Relationship, "read:follows", **{"id[]": ["{baraka}", "{wanjiru}"]}
    ),
    "GET /api/v1/accounts/familiar_followers": listed(
        "/api/v1/accounts/familiar_followers", FamiliarFollowers, "read:follows", **{"id[]": ["{followed}"]}
    ),
    "GET /api/v1/accounts/search": listed("/api/v1/accounts/search", Account, "read:accounts", q="baraka"),
    "GET /api/v1/accounts/lookup": public(
        "/api/v1/accounts/lookup", Account, "read:accounts", acct="{baraka_acct}"
    ),
    "GET /api/v1/profile": Call("/api/v1/profile", Profile, "read:accounts"),
    "PATCH /api/v1/profile": Call(
        "/api/v1/profile", Profile, "write:accounts", body={"display_name": "Amina"}
    ),
    "DELETE /api/v1/profile/avatar": Call("/api/v1/profile/avatar", CredentialAccount, "write:accounts"),
    "DELETE /api/v1/profile/header": Call("/api/v1/profile/header", CredentialAccount, "write:accounts"),
    "GET /api/v1/blocks": listed("/api/v1/blocks", Account, "read:blocks", "blocked"),
    "GET /api/v1/mutes": listed("/api/v1/mutes", MutedAccount, "read:mutes", "muted"),
    "GET /api/v1/domain_blocks": listed("/api/v1/domain_blocks", Word, "read:blocks", "blocked_domain"),
    "POST /api/v1/domain_blocks": Call(
        "/api/v1/domain_blocks", Nothing, "write:blocks", body={"domain": "blocked.example"}
    ),
    "DELETE /api/v1/domain_blocks": Call(
        "/api/v1/domain_blocks", Nothing, "write:blocks", body={"domain": "blocked.example"}
    ),
    "GET /api/v1/follow_requests": listed(
        "/api/v1/follow_requests", Account, "read:follows", "new_follow_request"
    ),
    "POST /api/v1/follow_requests/:account_id/authorize": Call(
        "/api/v1/follow_requests/{new_follow_request}/authorize", Relationship, "write:follows"
    ),
    "POST /api/v1/follow_requests/:account_id/reject": Call(
        "/api/v1/follow_requests/{new_follow_request}/reject", Relationship, "write:follows"
    ),
    "GET /api/v2/suggestions": listed("/api/v2/suggestions", Suggestion, "read"),
    "GET /api/v1/suggestions": listed("/api/v1/suggestions", Account, "read"),
    "GET /api/v1/preferences": Call("/api/v1/preferences", Preferences, "read:accounts"),
    "POST /api/v1/reports": Call(
        "/api/v1/reports",
        Report,
        "write:reports",
        body={
            "account_id": "{baraka}",
            "status_ids": ["{other_status}"],
            "comment": "Not nice",
            "category": "spam",
        },
    ),
}
