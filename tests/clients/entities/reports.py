"""Reports to the moderators."""

from typing import Literal

from tests.clients.entities.accounts import Account
from tests.clients.entities.values import Id, Timestamp
from tests.clients.validation import Entity, Sometimes


class Report(Entity):
    id: Id
    action_taken: bool
    action_taken_at: Timestamp | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: Timestamp
    status_ids: list[Id] | None
    rule_ids: list[Id] | None
    collection_ids: Sometimes[list[Id]]
    target_account: Account
