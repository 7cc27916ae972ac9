"""What moderators see."""

from typing import Literal

from tests.clients.entities.accounts import Account, Role
from tests.clients.entities.instance import Rule
from tests.clients.entities.statuses import Status
from tests.clients.entities.values import Id, Language, Timestamp, Word
from tests.clients.validation import Entity, Sometimes


class AdminIp(Entity):
    ip: Word
    used_at: Timestamp


class AdminAccount(Entity):
    id: Id
    username: Word
    domain: Word | None
    created_at: Timestamp
    email: Word | None
    ip: Word | None
    ips: list[AdminIp]
    locale: Language | None
    invite_request: str | None
    role: Role | None
    confirmed: bool
    approved: bool
    disabled: bool
    sensitized: bool
    silenced: bool
    suspended: bool
    account: Account
    created_by_application_id: Sometimes[Id]
    invited_by_account_id: Sometimes[Id]


class AdminReport(Entity):
    id: Id
    action_taken: bool
    action_taken_at: Timestamp | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: Timestamp
    updated_at: Timestamp
    account: AdminAccount
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[Status]
    rules: list[Rule]


class AdminDomainBlock(Entity):
    id: Id
    domain: Word
    digest: Word
    created_at: Timestamp
    severity: Literal["silence", "suspend", "noop"]
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool


class AdminDomainAllow(Entity):
    id: Id
    domain: Word
    created_at: Timestamp
