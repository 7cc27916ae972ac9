"""`ilan request`: people who ask to become members, where `registration.mode` lets them ask."""

from typing import Any

import click

from actors.joining import approve, find_request, reject
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_rows
from node.keys import new_keys
from node.settings import Settings
from storage.database import Database
from storage.kinds import Role

_role = click.Choice([role.value for role in Role])


@click.group()
def command() -> None:
    """List and decide the requests of people who want to become members."""


@command.command("list")
@json_option
@click.pass_obj
def list_requests(invocation: Invocation, *, as_json: bool) -> None:
    """List the requests that wait, oldest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            return [
                {
                    "username": each.username,
                    "email": each.email,
                    "language": each.language,
                    "created_at": each.created_at,
                    "reason": each.reason,
                }
                for each in await tx.membership_requests.all()
            ]

    columns = {
        "username": "USER NAME",
        "email": "E-MAIL",
        "language": "LANGUAGE",
        "created_at": "ASKED",
        "reason": "REASON",
    }
    print_rows(with_database(invocation, work), columns, as_json=as_json, empty="Nobody asks to join.")


@command.command("approve")
@click.argument("username")
@click.option("--role", type=_role, default=Role.MEMBER.value, show_default=True, help="What they may do.")
@click.pass_obj
def approve_request(invocation: Invocation, username: str, role: str) -> None:
    """Let somebody who asked become a member; their program works from now on."""

    async def work(settings: Settings, database: Database) -> str:
        async with database.read() as tx:
            request = await find_request(tx, username)
        keys = new_keys()
        async with database.begin() as tx:
            _, actor = await approve(
                tx,
                request,
                base_url=settings.node.base_url,
                domain=settings.node.domain,
                keys=keys,
                role=role,
                jurisdiction=[settings.node.country] if settings.node.country else [],
            )
            return actor.handle

    click.echo(f"@{with_database(invocation, work)} is now a member, with the role {role}.")


@command.command("reject")
@click.argument("username")
@click.pass_obj
def reject_request(invocation: Invocation, username: str) -> None:
    """Turn somebody down who asked; what they wrote is forgotten, and the name is free again."""

    async def work(_settings: Settings, database: Database) -> str:
        async with database.begin() as tx:
            request = await find_request(tx, username)
            await reject(tx, request)
            return request.username

    click.echo(f"{with_database(invocation, work)} may not join.")
