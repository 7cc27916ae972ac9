"""`ilan serve`: the node itself."""

import socket

import click

from actors.accounts import invite
from node.cli.frame import CommandFailed, Invocation
from node.cli.migrate import bring_up, version_of
from node.cli.opening import how_to_call, run_to_end, with_database
from node.cli.pages import INVITATIONS, has_page, invitation_url
from node.settings import Settings
from storage.database import SQLITE, Database
from storage.kinds import Role
from storage.migrating import HEAD


@click.command()
@click.option("--host", help="The address to listen on, instead of server.host.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port, instead of server.port.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes (PostgreSQL)."
)
@click.option("--no-background", is_flag=True, help="Leave the background work to `ilan worker`.")
@click.option("--print-sign-in", is_flag=True, help="Print a sign-in link for a new administrator.")
@click.pass_obj
def command(
    invocation: Invocation,
    host: str | None,
    port: int | None,
    workers: int,
    *,
    no_background: bool,
    print_sign_in: bool,
) -> None:
    """Serve the node, with its background work, until it is stopped."""
    settings = invocation.settings()
    is_sqlite = settings.storage.database_url.startswith(SQLITE)
    if is_sqlite and workers > 1:
        raise CommandFailed(
            "With SQLite one process does everything.",
            "Leave --workers out, or move to PostgreSQL (deploy/README.md shows how).",
        )
    make_ready(settings)
    host, port = host or settings.server.host, port or settings.server.port
    _check_free(host, port)
    click.echo(f"{settings.node.name}: {settings.node.base_url}/ (listening on {host}, port {port})")
    if line := with_database(invocation, lambda *opened: _sign_in(invocation, *opened, wanted=print_sign_in)):
        click.echo(line)
    if is_sqlite and no_background:
        click.echo(
            "Nothing is sent and nothing applied until the node runs without --no-background.", err=True
        )
    from node.app import build_node  # noqa: PLC0415 - a second of imports, after everything that can fail
    from node.serving import serve, serve_many  # noqa: PLC0415 - see above

    if workers > 1:
        serve_many(invocation.config, workers=workers, host=host, port=port, background=not no_background)
    else:
        serve(build_node(settings), host=host, port=port, background=not no_background)


def make_ready(settings: Settings) -> None:
    """Bring a SQLite database to this version; CommandFailed where one of PostgreSQL must be brought there.

    PostgreSQL may be shared by several processes, so there an operator says when.
    """
    found = run_to_end(version_of(settings))
    if found == HEAD:
        return
    if found is None:
        raise CommandFailed("The database is empty.", "Set the node up with `ilan init`.")
    if not settings.storage.database_url.startswith(SQLITE) and found < HEAD:
        raise CommandFailed("The database is older than this program.", "Run `ilan migrate`.")
    bring_up(settings, found)
    click.echo(f"The database was brought from version {found} to {HEAD}.")


async def _sign_in(invocation: Invocation, settings: Settings, database: Database, *, wanted: bool) -> str:
    """Return how the first administrator gets in; nothing where there are members and nobody asked."""
    async with database.begin() as tx:
        if not wanted and await tx.members.all():
            return ""
        if has_page(INVITATIONS):
            code, _ = await invite(tx, Role.ADMIN)
            return f"Sign in as the administrator: {invitation_url(settings.node.base_url, code)}"
    program = how_to_call(invocation)
    return (
        "An administrator, and a token for programs:\n"
        f"  {program} member add USERNAME --email E --role admin\n"
        f"  {program} token USERNAME"
    )


def _check_free(host: str, port: int) -> None:
    """Raise CommandFailed where somebody else listens already; the server's own words would be a log line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                f"The node cannot listen on {host}, port {port}: {error.strerror}.",
                "Is it running already? --host and --port, or [server] in the settings, name another place.",
            ) from error
