"""`ilan rules`: the rules of this node, which people agree to when they join."""

from collections.abc import Awaitable, Callable
from typing import Any

import click

from actors.documents import add_rule, remove_rule, translate_rule
from node.cli.frame import Invocation
from node.cli.opening import with_database
from node.cli.output import json_option, print_rows
from node.settings import Settings
from storage.database import Database
from storage.documents import HouseRule
from storage.transaction import Transaction

_hint = click.option("--hint", default="", help="What explains the rule to those who wonder.")


@click.group()
def command() -> None:
    """Say by which rules people live on this node."""


@command.command("list")
@json_option
@click.pass_obj
def list_rules(invocation: Invocation, *, as_json: bool) -> None:
    """List the rules, in the order in which they were made."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        async with database.read() as tx:
            return [_shown(rule) for rule in await tx.documents.rules()]

    columns = {"id": "ID", "text": "RULE", "hint": "HINT", "languages": "ALSO IN"}
    print_rows(with_database(invocation, work), columns, as_json=as_json, empty="There are no rules.")


@command.command()
@click.argument("text")
@_hint
@click.pass_obj
def add(invocation: Invocation, text: str, hint: str) -> None:
    """Add a rule, in the body's own language."""
    rule = _change(invocation, lambda tx: add_rule(tx, text, hint))
    click.echo(f"Rule {rule.id} is in force.")


@command.command()
@click.argument("rule_id", metavar="ID", type=int)
@click.argument("language")
@click.argument("text")
@_hint
@click.pass_obj
def translate(invocation: Invocation, rule_id: int, language: str, text: str, hint: str) -> None:
    """Say a rule in another language as well, as in: translate 116 fr "Soyez aimables."."""
    rule = _change(invocation, lambda tx: translate_rule(tx, rule_id, language, text, hint))
    click.echo(f"Rule {rule.id} is said in {', '.join(sorted(rule.translations))} as well.")


@command.command()
@click.argument("rule_id", metavar="ID", type=int)
@click.pass_obj
def remove(invocation: Invocation, rule_id: int) -> None:
    """Let a rule hold no longer. Reports that name it keep it."""
    rule = _change(invocation, lambda tx: remove_rule(tx, rule_id))
    click.echo(f"Rule {rule.id} holds no longer.")


def _change(invocation: Invocation, verb: Callable[[Transaction], Awaitable[HouseRule]]) -> HouseRule:
    async def work(_settings: Settings, database: Database) -> HouseRule:
        async with database.begin() as tx:
            return await verb(tx)

    return with_database(invocation, work)


def _shown(rule: HouseRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "text": rule.text,
        "hint": rule.hint,
        "languages": sorted(rule.translations),
        "translations": rule.translations,
    }
