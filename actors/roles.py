"""What a role allows (`domain.md` §5.1): one table, asked by every surface."""

from enum import StrEnum

from actors.errors import Forbidden
from storage.kinds import Kind, Role


class Act(StrEnum):
    """Something that not every member may do; the words complete "You may not …"."""

    POST = "publish, reply and follow"
    DRAFT = "draft practices, resources and events for the body"
    SPEAK = "publish in the body's name"
    EXCHANGE = "verify experts and run offers and agreements"
    MODERATE = "handle reports, and limit or block others"
    PREPARE = "prepare joint statements"
    SIGN = "sign joint statements for the body"
    ADMINISTER = "administer members, keys and the network"


_ALL = frozenset(Role)
_ALLOWED = {
    Act.POST: _ALL,
    Act.DRAFT: frozenset({Role.EDITOR, Role.PUBLISHER, Role.COORDINATOR, Role.ADMIN}),
    Act.SPEAK: frozenset({Role.PUBLISHER, Role.ADMIN}),
    Act.EXCHANGE: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Act.MODERATE: frozenset({Role.MODERATOR, Role.ADMIN}),
    Act.PREPARE: frozenset({Role.PUBLISHER, Role.COORDINATOR, Role.ADMIN}),
    Act.SIGN: frozenset({Role.ADMIN}),
    Act.ADMINISTER: frozenset({Role.ADMIN}),
}
#: What a coordinator publishes in the body's name; the rest needs a publisher.
_COORDINATED = frozenset({Kind.EVENT, Kind.TRAINING, Kind.OFFER, Kind.REQUEST})


def may(role: str, act: Act, kind: str | None = None) -> bool:
    """Say whether a role allows an act; `kind` is what is published, for acts of publishing."""
    if act is Act.SPEAK and role == Role.COORDINATOR:
        return kind in _COORDINATED
    return role in _ALLOWED[act]


def require(role: str, act: Act, kind: str | None = None) -> None:
    """Raise Forbidden where a role does not allow an act."""
    if not may(role, act, kind):
        allowing = [each.value for each in Role if may(each, act, kind)]
        raise Forbidden(
            f"You may not {act.value}: that needs the role {' or '.join(allowing)}, and yours is {role}."
        )
