"""What a member may do, in the words and bits of the client API."""

from enum import IntFlag
from typing import Any, Final

from actors.roles import Act, may
from storage.kinds import Role


class Permission(IntFlag):
    """Mastodon's flags, of which programs ask those that concern what this node can do."""

    ADMINISTRATOR = 1 << 0
    VIEW_DASHBOARD = 1 << 3
    MANAGE_REPORTS = 1 << 4
    MANAGE_FEDERATION = 1 << 5
    MANAGE_SETTINGS = 1 << 6
    MANAGE_BLOCKS = 1 << 7
    MANAGE_USERS = 1 << 10
    MANAGE_INVITES = 1 << 11
    MANAGE_RULES = 1 << 12
    MANAGE_ANNOUNCEMENTS = 1 << 13
    INVITE_USERS = 1 << 16
    MANAGE_ROLES = 1 << 17


_MODERATING: Final = (
    Permission.VIEW_DASHBOARD
    | Permission.MANAGE_REPORTS
    | Permission.MANAGE_FEDERATION
    | Permission.MANAGE_USERS
    | Permission.MANAGE_BLOCKS
)
_ADMINISTERING: Final = (
    Permission.ADMINISTRATOR
    | Permission.MANAGE_SETTINGS
    | Permission.MANAGE_INVITES
    | Permission.MANAGE_RULES
    | Permission.MANAGE_ANNOUNCEMENTS
    | Permission.INVITE_USERS
    | Permission.MANAGE_ROLES
)


def permissions_of(role: str) -> Permission:
    """Return what a role allows, in Mastodon's flags."""
    allowed = Permission(0)
    if may(role, Act.MODERATE):
        allowed |= _MODERATING
    if may(role, Act.ADMINISTER):
        allowed |= _ADMINISTERING
    return allowed


def role_entity(role: str) -> dict[str, Any]:
    """Return a Role."""
    return {
        "id": str(list(Role).index(Role(role)) + 1),
        "name": role.capitalize(),
        "permissions": str(int(permissions_of(role))),
        "color": "",
        "highlighted": may(role, Act.MODERATE),
    }
