"""The actors that this node hosts, and the people behind them.

Keys and password hashes take long to make, so callers make them beforehand and pass them in. What lets
people and their programs in is in `actors.granting`, and in reach from here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from actors.addresses import BODY, SERVER, actor_uri
from actors.errors import Conflict, Invalid, NotFound
from actors.granting import find_invitation, find_token, invite, issue_token, reset_link, use_invitation
from actors.locales import language_tag
from actors.roles import Act, may, require
from actors.signing_in import sign_out_everywhere
from actors.usernames import check_free_for_members, check_username, folded
from storage.actors import Actor
from storage.kinds import ActorType, Role
from storage.members import Member
from storage.signing_keys import SigningKey
from storage.transaction import Transaction

__all__ = [
    "Act",
    "NewKeys",
    "add_member",
    "change_role",
    "check_identity",
    "check_new_member",
    "create_actor",
    "create_node",
    "disable",
    "enable",
    "find_invitation",
    "find_member",
    "find_token",
    "invite",
    "issue_token",
    "may",
    "require",
    "reset_link",
    "set_password",
    "use_invitation",
]

_MAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\]]+")
_LONGEST_MAIL = 254
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The keys of a new actor, as texts.

    The private ones and `rsa_public` are PEM, `ed25519_public` is a Multikey (FEP-521a).
    """

    rsa_private: str = field(repr=False)
    rsa_public: str
    ed25519_private: str = field(repr=False)
    ed25519_public: str


async def create_actor(
    tx: Transaction,
    *,
    base_url: str,
    domain: str,
    username: str,
    type: ActorType,  # noqa: A002 - ActivityStreams' word for it
    name: str,
    keys: NewKeys,
    summary: str = "",
    languages: Sequence[str] = (),
    jurisdiction: Sequence[str] = (),
    manually_approves_followers: bool = False,
    discoverable: bool = True,
    indexable: bool = True,
) -> Actor:
    """Add an actor of this node with its addresses and keys; Conflict when the user name is taken.

    A name stays taken when its actor is gone: other nodes remember whose it was.
    """
    check_username(username)
    if await tx.actors.local(username):
        raise Conflict(f"The user name {username} is taken.")
    uri = actor_uri(base_url, username)
    actor = await tx.actors.add(
        Actor(
            id=tx.new_id(),
            uri=uri,
            type=type,
            username=username,
            host=domain,
            is_local=True,
            created_at=tx.now,
            inbox=f"{uri}/inbox",
            outbox=f"{uri}/outbox",
            followers=f"{uri}/followers",
            following=f"{uri}/following",
            featured=f"{uri}/featured",
            shared_inbox=f"{base_url}/inbox",
            url=f"{base_url}/@{username}",
            name=name,
            summary=summary,
            languages=list(languages),
            jurisdiction=list(jurisdiction),
            manually_approves_followers=manually_approves_followers,
            discoverable=discoverable,
            indexable=indexable,
            published_at=tx.now,
        )
    )
    for fragment, algorithm, public, private in (
        ("main-key", "rsa", keys.rsa_public, keys.rsa_private),
        ("ed25519-key", "ed25519", keys.ed25519_public, keys.ed25519_private),
    ):
        await tx.signing_keys.add(
            SigningKey(f"{uri}#{fragment}", actor.id, algorithm, public, private, tx.now)
        )
    return actor


async def create_node(
    tx: Transaction,
    *,
    base_url: str,
    domain: str,
    name: str,
    server_keys: NewKeys,
    body_keys: NewKeys,
    languages: Sequence[str] = (),
    jurisdiction: Sequence[str] = (),
) -> tuple[Actor, Actor]:
    """Make an empty database a node's: bind it to its domain for ever, and add its two actors.

    Returns the server's actor, which other nodes follow, and the body's, which publishes in its name.
    Conflict when it is a node's already.
    """
    bound = await tx.facts.text("domain")
    if bound is not None:
        raise Conflict(f"This database is already that of the node of {bound}.")
    await tx.facts.set("domain", domain)
    await tx.facts.set("base_url", base_url)
    server = await create_actor(
        tx,
        base_url=base_url,
        domain=domain,
        username=SERVER,
        type=ActorType.APPLICATION,
        name=domain,
        keys=server_keys,
        languages=languages,
        discoverable=False,
        indexable=False,
    )
    body = await create_actor(
        tx,
        base_url=base_url,
        domain=domain,
        username=BODY,
        type=ActorType.ORGANIZATION,
        name=name,
        keys=body_keys,
        languages=languages,
        jurisdiction=jurisdiction,
    )
    return server, body


async def check_identity(tx: Transaction, *, base_url: str, domain: str) -> None:
    """Raise Conflict where the database is another domain's or address's, NotFound where it is nobody's."""
    bound = (await tx.facts.text("domain"), await tx.facts.text("base_url"))
    if bound[0] is None:
        raise NotFound("This database belongs to no node yet; set one up with `ilan init`.")
    if bound != (domain, base_url):
        raise Conflict(
            f"This database is that of {bound[0]} at {bound[1]}, the settings say {domain} at {base_url}. "
            "Other nodes know this one by these names, which are part of every address it ever gave away, so "
            "neither can be changed. Set node.domain and node.base_url back to what they were; a node with "
            "another name needs a config file and a database of its own."
        )


async def add_member(
    tx: Transaction,
    *,
    base_url: str,
    domain: str,
    username: str,
    email: str,
    role: str,
    keys: NewKeys,
    name: str = "",
    password: str | None = None,
    language: str | None = None,
    jurisdiction: Sequence[str] = (),
) -> Member:
    """Add a person of this body, with an actor of their own. `password` is a hash.

    Raises Invalid with every bad field named, Conflict when the user name or the e-mail address is taken.
    Members can be found by search, as what they publish here is for their colleagues; they may opt out.
    """
    username, email, name = folded(username), email.strip(), name.strip()
    check_new_member(username=username, email=email, role=role, name=name, language=language)
    if await tx.members.by_email(email):
        raise Conflict(f"The e-mail address {email} is another member's.")
    actor = await create_actor(
        tx,
        base_url=base_url,
        domain=domain,
        username=username,
        type=ActorType.PERSON,
        name=name,
        keys=keys,
        languages=[language_tag(language) or language] if language else [],
        jurisdiction=jurisdiction,
    )
    return await tx.members.add(
        Member(
            id=tx.new_id(),
            actor_id=actor.id,
            email=email,
            role=role,
            created_at=tx.now,
            password=password,
            language=language_tag(language) if language else None,
        )
    )


def check_new_member(
    *, username: str, email: str, role: str, name: str = "", language: str | None = None
) -> None:
    """Raise Invalid with everything that is wrong about somebody to be added."""
    fields: dict[str, str] = {}
    try:
        check_free_for_members(username)
    except Invalid as error:
        fields |= error.fields
    if len(email) > _LONGEST_MAIL or not _MAIL.fullmatch(email):
        fields["email"] = "is not an e-mail address"
    if role not in set(Role):
        fields["role"] = f"must be one of {', '.join(Role)}"
    if len(name) > _LONGEST_NAME:
        fields["name"] = f"is longer than {_LONGEST_NAME} characters"
    if language is not None and language_tag(language) is None:
        fields["language"] = "is not a language code, such as en or pt-BR"
    if fields:
        raise Invalid("This member cannot be added.", fields)


async def find_member(tx: Transaction, username: str) -> tuple[Member, Actor]:
    """Find a member by user name; NotFound where there is none."""
    actor = await tx.actors.local(folded(username))
    member = await tx.members.of(actor) if actor else None
    if actor is None or member is None:
        raise NotFound(f"There is no member {folded(username)}.")
    return member, actor


async def change_role(tx: Transaction, member: Member, role: str) -> Member:
    """Give a member another role; Conflict for the last administrator."""
    if role not in set(Role):
        raise Invalid(f"The role must be one of {', '.join(Role)}.", {"role": "is not a role"})
    if role != Role.ADMIN:
        await _check_not_last(tx, member)
    changed = replace(member, role=role)
    await tx.members.change(changed)
    return changed


async def disable(tx: Transaction, member: Member) -> Member:
    """Let a member in no more, nor any program in their name; Conflict for the last administrator.

    What they published stays.
    """
    await _check_not_last(tx, member)
    changed = replace(member, disabled_at=member.disabled_at or tx.now)
    await tx.members.change(changed)
    await sign_out_everywhere(tx, member)
    return changed


async def enable(tx: Transaction, member: Member) -> Member:
    """Let a disabled member in again; the programs they used must be signed in anew."""
    changed = replace(member, disabled_at=None)
    await tx.members.change(changed)
    return changed


async def set_password(tx: Transaction, member: Member, password: str) -> Member:
    """Set a member's password (a hash), and sign them out everywhere: others may have known the old one."""
    changed = replace(member, password=password)
    await tx.members.change(changed)
    await sign_out_everywhere(tx, member)
    return changed


async def _check_not_last(tx: Transaction, member: Member) -> None:
    if member.role != Role.ADMIN or member.disabled_at is not None:
        return
    admins = [
        each for each, _ in await tx.members.all() if each.role == Role.ADMIN and each.disabled_at is None
    ]
    if len(admins) == 1:
        raise Conflict("This is the last administrator; make somebody else one first.")
