"""`ilan member`: the people of this body."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import click

from actors.accounts import (
    add_member,
    change_role,
    check_new_member,
    disable,
    enable,
    find_member,
    invite,
    reset_link,
    set_password,
)
from actors.passwords import hash_password
from actors.usernames import folded
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import refusals, with_database
from node.cli.output import json_option, print_json, print_rows
from node.cli.pages import INVITATIONS, has_page, invitation_url
from node.keys import new_keys
from node.settings import Settings
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Role
from storage.members import Member
from storage.transaction import Transaction

_role = click.Choice([role.value for role in Role])
_password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, and ask nothing."
)


@click.group()
def command() -> None:
    """Add, list, invite and disable the people of this body."""


@command.command()
@click.argument("username")
@click.option("--email", required=True, help="Where mail reaches them; nobody is shown it.")
@click.option("--role", type=_role, default=Role.MEMBER.value, show_default=True, help="What they may do.")
@click.option("--name", default="", help="The name that is shown; it may be in any script.")
@click.option("--language", help="The language they are addressed in, as in fr.")
@_password_option
@click.pass_obj
def add(
    invocation: Invocation,
    username: str,
    email: str,
    role: str,
    name: str,
    language: str | None,
    *,
    password_stdin: bool,
) -> None:
    """Add a member. Without a password only tokens let them in, until one is set."""
    hashed = _hashed(_password()) if password_stdin else None

    async def work(settings: Settings, database: Database) -> tuple[Member, Actor]:
        # Whatever is wrong is said before keys are made, which takes a moment.
        check_new_member(
            username=folded(username), email=email.strip(), role=role, name=name.strip(), language=language
        )
        keys = new_keys()
        async with database.begin() as tx:
            member = await add_member(
                tx,
                base_url=settings.node.base_url,
                domain=settings.node.domain,
                username=username,
                email=email,
                role=role,
                keys=keys,
                name=name,
                password=hashed,
                language=language or settings.node.languages[0],
                jurisdiction=[settings.node.country] if settings.node.country else [],
            )
            return member, await tx.actors.get(member.actor_id)

    member, actor = with_database(invocation, work)
    click.echo(f"@{actor.handle} is now a member, with the role {member.role}.")
    if hashed is None:
        click.echo(f"No password yet: `ilan member reset-password {actor.username}` sets one.")


@command.command("list")
@json_option
@click.pass_obj
def list_members(invocation: Invocation, *, as_json: bool) -> None:
    """List the members, oldest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            return [_shown(member, actor) for member, actor in await tx.members.all()]

    columns = {
        "username": "USER NAME",
        "name": "NAME",
        "role": "ROLE",
        "email": "E-MAIL",
        "disabled": "DISABLED",
        "has_password": "PASSWORD",
        "signed_in_at": "LAST SIGNED IN",
    }
    print_rows(with_database(invocation, work), columns, as_json=as_json, empty="There is no member yet.")


@command.command("role")
@click.argument("username")
@click.argument("role", type=_role)
@click.pass_obj
def set_role(invocation: Invocation, username: str, role: str) -> None:
    """Give a member another role."""

    async def change(tx: Transaction, member: Member) -> Member:
        return await change_role(tx, member, role)

    _change(invocation, username, change)
    click.echo(f"{folded(username)} now has the role {role}.")


@command.command("disable")
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let the member in again.")
@click.pass_obj
def disable_member(invocation: Invocation, username: str, *, undo: bool) -> None:
    """Let a member in no more, nor any program in their name. What they published stays."""
    _change(invocation, username, enable if undo else disable)
    click.echo(
        f"{folded(username)} {'may sign in again' if undo else 'is disabled, and signed out everywhere'}."
    )


@command.command("reset-password")
@click.argument("username")
@_password_option
@click.pass_obj
def reset_password(invocation: Invocation, username: str, *, password_stdin: bool) -> None:
    """Let a member have a new password: by a link to hand over, or one typed here."""
    if not password_stdin and has_page(INVITATIONS):

        async def work(settings: Settings, database: Database) -> tuple[str, datetime]:
            async with database.begin() as tx:
                member, _ = await find_member(tx, username)
                code, invitation = await reset_link(tx, member)
            return invitation_url(settings.node.base_url, code), invitation.expires_at

        url, expires = with_database(invocation, work)
        click.echo(url)
        click.echo(f"The link works once, until {expires:%Y-%m-%d %H:%M} UTC.", err=True)
        return
    # Found first, so that nobody thinks of a password in vain.
    _change(invocation, username, _unchanged)
    hashed = _hashed(_password() if password_stdin else _asked())

    async def change(tx: Transaction, member: Member) -> Member:
        return await set_password(tx, member, hashed)

    _change(invocation, username, change)
    click.echo(f"{folded(username)} has a new password, and is signed out everywhere.")


@command.command("invite")
@click.option("--role", type=_role, default=Role.MEMBER.value, show_default=True, help="What they may do.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long it works.")
@json_option
@click.pass_obj
def invite_member(invocation: Invocation, role: str, days: int, *, as_json: bool) -> None:
    """Print a link that lets one person join with a role."""
    if not has_page(INVITATIONS):
        raise CommandFailed(
            "This version has no page for invitations yet.", "Add people with `ilan member add` instead."
        )

    async def work(settings: Settings, database: Database) -> dict[str, Any]:
        async with database.begin() as tx:
            code, invitation = await invite(tx, role, days=days)
        url = invitation_url(settings.node.base_url, code)
        return {"url": url, "role": role, "expires_at": invitation.expires_at}

    found = with_database(invocation, work)
    if as_json:
        print_json(found)
        return
    click.echo(found["url"])
    click.echo(f"The link works once, until {found['expires_at']:%Y-%m-%d %H:%M} UTC.", err=True)


def _change(
    invocation: Invocation, username: str, change: Callable[[Transaction, Member], Awaitable[Member]]
) -> None:
    async def work(_settings: Settings, database: Database) -> None:
        async with database.begin() as tx:
            member, _ = await find_member(tx, username)
            await change(tx, member)

    with_database(invocation, work)


async def _unchanged(_tx: Transaction, member: Member) -> Member:
    return member


def _hashed(password: str) -> str:
    with refusals():
        return hash_password(password)


def _password() -> str:
    """Read a password from standard input, without the line's end."""
    return sys.stdin.readline().rstrip("\r\n")


def _asked() -> str:
    if not sys.stdin.isatty():
        raise CommandFailed("There is no terminal to type a password at.", "Use --password-stdin.")
    asked: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return asked


def _shown(member: Member, actor: Actor) -> dict[str, Any]:
    return {
        "username": actor.username,
        "name": actor.name,
        "uri": actor.uri,
        "email": member.email,
        "role": member.role,
        "language": member.language,
        "has_password": member.password is not None,
        "disabled": member.disabled_at is not None,
        "created_at": member.created_at,
        "signed_in_at": member.signed_in_at,
    }
