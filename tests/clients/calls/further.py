"""What methods of tier C answer, which only Mastodon.py calls here."""

from typing import Any

from tests.clients.calls.kinds import Nothing
from tests.clients.entities.accounts import (
    Account,
    FeaturedTag,
    Relationship,
)
from tests.clients.entities.administration import (
    AdminAccount,
    AdminDomainAllow,
    AdminDomainBlock,
    AdminReport,
)
from tests.clients.entities.filters import FilterStatus, FilterV1
from tests.clients.entities.statuses import (
    Tag,
)

FURTHER: dict[str, Any] = {
    "GET /api/v1/accounts/:id/endorsements": list[Account],
    "POST /api/v1/accounts/:id/endorse": Relationship,
    "POST /api/v1/accounts/:id/unendorse": Relationship,
    "POST /api/v1/accounts/:id/pin": Relationship,
    "POST /api/v1/accounts/:id/unpin": Relationship,
    "GET /api/v1/endorsements": list[Account],
    "GET /api/v1/directory": list[Account],
    "POST /api/v1/featured_tags": FeaturedTag,
    "GET /api/v1/featured_tags/suggestions": list[Tag],
    "POST /api/v1/tags/:name/feature": Tag,
    "POST /api/v1/tags/:name/unfeature": Tag,
    "GET /api/v2/filters/:filter_id/statuses": list[FilterStatus],
    "POST /api/v2/filters/:filter_id/statuses": FilterStatus,
    "GET /api/v2/filters/statuses/:id": FilterStatus,
    "DELETE /api/v2/filters/statuses/:id": Nothing,
    "GET /api/v1/filters/:id": FilterV1,
    "POST /api/v1/filters": FilterV1,
    "PUT /api/v1/filters/:id": FilterV1,
    "DELETE /api/v1/filters/:id": Nothing,
    "PUT /api/v1/announcements/:id/reactions/:name": Nothing,
    "DELETE /api/v1/announcements/:id/reactions/:name": Nothing,
    "GET /api/v1/admin/accounts": list[AdminAccount],
    "GET /api/v2/admin/accounts": list[AdminAccount],
    "GET /api/v1/admin/accounts/:id": AdminAccount,
    "POST /api/v1/admin/accounts/:id/action": Nothing,
    "POST /api/v1/admin/accounts/:id/enable": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsilence": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsuspend": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsensitive": AdminAccount,
    "GET /api/v1/admin/reports": list[AdminReport],
    "GET /api/v1/admin/reports/:id": AdminReport,
    "PUT /api/v1/admin/reports/:id": AdminReport,
    "POST /api/v1/admin/reports/:id/assign_to_self": AdminReport,
    "POST /api/v1/admin/reports/:id/unassign": AdminReport,
    "POST /api/v1/admin/reports/:id/resolve": AdminReport,
    "POST /api/v1/admin/reports/:id/reopen": AdminReport,
    "GET /api/v1/admin/domain_blocks": list[AdminDomainBlock],
    "GET /api/v1/admin/domain_blocks/:id": AdminDomainBlock,
    "POST /api/v1/admin/domain_blocks": AdminDomainBlock,
    "PUT /api/v1/admin/domain_blocks/:id": AdminDomainBlock,
    "DELETE /api/v1/admin/domain_blocks/:id": Nothing,
    "GET /api/v1/admin/domain_allows": list[AdminDomainAllow],
    "GET /api/v1/admin/domain_allows/:id": AdminDomainAllow,
    "POST /api/v1/admin/domain_allows": AdminDomainAllow,
    "DELETE /api/v1/admin/domain_allows/:id": Nothing,
}
