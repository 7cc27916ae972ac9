"""`ilan check`: one line for each thing that can be wrong with a node, and what to do about it."""

from collections.abc import Iterator

import click

from actors.addresses import SERVER
from federation.origins import read_url
from node.cli.checks import Finding, Level, here, outside, problem
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import check_exists, reached_version, run_to_end
from node.cli.output import json_option, print_json, printable
from node.settings import Settings, SettingsError, load
from storage.database import Database
from storage.kinds import FollowState
from storage.migrating import HEAD


@click.command()
@click.option("--offline", is_flag=True, help="Look at this machine only, and ask nobody else.")
@json_option
@click.pass_obj
def command(invocation: Invocation, *, offline: bool, as_json: bool) -> None:
    """Say what is wrong with the set-up, and what to do about it; exit code 1 where anything is.

    Looks at config, database, migrations, disk, clock, DNS, TLS, mail, workers and queues and, through its
    public address, at what other nodes see of this one.
    """
    findings = []
    for finding in _gather(invocation, offline=offline):
        findings.append(finding)
        if not as_json:
            click.echo(printable(str(finding)))
    if as_json:
        print_json(
            [
                {"level": each.level.value, "subject": each.subject, "what": each.what, "remedy": each.remedy}
                for each in findings
            ]
        )
    if any(each.level is Level.PROBLEM for each in findings):
        raise click.exceptions.Exit(1)


def _gather(invocation: Invocation, *, offline: bool) -> Iterator[Finding]:
    try:
        settings = load(invocation.config, invocation.environ)
    except SettingsError as error:
        for each in error.problems:
            yield problem("config", f"{each.setting}: {each.what}", each.remedy)
        return
    yield from here.machine(invocation.config, settings)
    found, followed = run_to_end(_database(settings))
    yield from found
    yield here.mail(settings)
    if not offline:
        yield from run_to_end(_outside(settings, followed))


async def _database(settings: Settings) -> tuple[list[Finding], list[str]]:
    """Return what is found in the database, and the hosts of the nodes that are followed."""
    database = Database(settings.storage.database_url)
    try:
        check_exists(settings)
        version = await reached_version(database)
        findings = await here.database(settings, database, version)
        if version != HEAD:
            return findings, []
        async with database.read() as tx:
            findings += await here.work(tx)
            findings += await here.people(tx)
            server = await tx.actors.local(SERVER)
            followed = await tx.follows.followed_by(server) if server else []
        hosts = [
            read_url(actor.uri, allow_http=settings.federation.allow_http).domain
            for row, actor in followed
            if row.state == FollowState.ACCEPTED
        ]
    except CommandFailed as error:
        return [problem("database", error.message, error.remedy)], []
    else:
        return findings, hosts
    finally:
        await database.close()


async def _outside(settings: Settings, followed: list[str]) -> list[Finding]:
    transport = outside.transport_of(settings)
    try:
        findings = [each async for each in outside.names(settings)]
        findings += [each async for each in outside.documents(settings, transport)]
        findings.append(await outside.clock(settings, transport, followed[:5]))
    finally:
        await transport.aclose()
    return findings
