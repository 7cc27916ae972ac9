"""`ilan token`: an access token for scripts, in a member's name."""

import click

from actors.accounts import find_member, issue_token
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.settings import Settings
from storage.database import Database


@click.command()
@click.argument("username")
@click.option(
    "--scopes", default="read write follow push", show_default=True, help="What it may be used for."
)
@click.pass_obj
def command(invocation: Invocation, username: str, scopes: str) -> None:
    """Print a new access token for a member, and nothing else.

    It is shown this once. Whoever has it can do what the member may, within the scopes.
    """

    async def work(_settings: Settings, database: Database) -> str:
        async with database.begin() as tx:
            member, _ = await find_member(tx, username)
            text, _ = await issue_token(tx, member, scopes.split())
            return text

    click.echo(with_database(invocation, work))
