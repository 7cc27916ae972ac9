import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from node.cli import COMMANDS, ilan
from node.cli.frame import CommandFailed, Invocation, LazyGroup, Listed, print_unexpected
from node.cli.output import cell, json_option, print_record, print_rows, progress
from storage.errors import Busy

ROOT = Path(__file__).parents[2]
HEAVY = (
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "httpx",
    "jinja2",
    "babel",
    "cryptography",
    "alembic",
    "node.settings",
)


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "node", *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command_and_imports_none_of_what_they_need() -> None:
    program = (
        "import sys\n"
        "from node.cli import main\n"
        "sys.argv = ['ilan', '--help']\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    for name, entry in COMMANDS.items():
        assert f"\n  {name} " in done.stdout
        assert entry.summary in " ".join(done.stdout.split())
    imported = set(done.stderr.split())
    assert "click" in imported
    assert not imported.intersection(HEAVY)


def test_the_commands_are_those_operators_were_promised() -> None:
    promised = (
        "init serve worker migrate check member request token network rules page announce publish search "
        "deliveries received index media prune backup restore stats demo"
    )
    assert " ".join(COMMANDS) == promised


def test_every_command_is_there_and_explains_itself() -> None:
    for name in COMMANDS:
        done = CliRunner().invoke(ilan, [name, "--help"])
        assert done.exit_code == 0, done.output
        assert done.stdout.startswith("Usage: ")


def test_the_version_is_that_of_the_project() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("ilan ")
    assert done.stdout.split()[1][0].isdigit()


@pytest.mark.parametrize("arguments", [["serv"], ["--confg", "x"], []])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_slip_of_the_pen_is_answered_with_the_nearest_command() -> None:
    assert "Did you mean 'deliveries'?" in CliRunner().invoke(ilan, ["delivery"]).stderr


@click.command()
@json_option
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    print_record({"name": invocation.settings().node.name}, as_json=as_json)


def group(behaviour: Callable[[], None] | None = None) -> LazyGroup:
    """Make a command line whose `here` is this module's command, and whose `do` does what it is given."""
    made = LazyGroup(
        listed={"here": Listed(__name__, "Is here."), "gone": Listed("node.cli.no_such", "Is gone.")}
    )
    if behaviour:
        made.add_command(click.Command("do", callback=behaviour, help="Does it."))
    return made


def test_a_command_reads_the_settings_of_the_config_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[node]\ndomain = "legalaid.example"\nname = "Legal Aid"\n')
    done = CliRunner().invoke(group(), ["here", "--json"], obj=Invocation(path, {"ILAN_NODE__NAME": "Other"}))
    assert json.loads(done.stdout) == {"name": "Other"}
    assert done.exit_code == 0


def test_settings_that_cannot_be_used_are_told_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[node]\ndomain = ""\n')
    done = CliRunner().invoke(group(), ["here"], obj=Invocation(path, {}))
    assert done.exit_code == 1
    assert "node.domain: " in done.stderr
    assert "node.name: is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_whose_module_is_missing_is_listed_and_fails_with_a_sentence() -> None:
    assert "Is gone." in CliRunner().invoke(group(), ["--help"]).stdout
    done = CliRunner().invoke(group(), ["gone"])
    assert done.exit_code == 1
    assert "node.cli.no_such" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_are_completed_by_name() -> None:
    context = click.Context(group(lambda: None))
    assert [item.value for item in group(lambda: None).shell_complete(context, "")] == ["here", "gone", "do"]
    assert [(item.value, item.help) for item in group().shell_complete(context, "he")] == [
        ("here", "Is here.")
    ]


def fail() -> None:
    raise CommandFailed("The database is older than this program.", "Run `ilan migrate`.")


def test_a_failure_is_a_sentence_and_its_remedy_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ILAN_DEBUG", raising=False)
    done = CliRunner().invoke(group(fail), ["do"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == "The database is older than this program.\nRun `ilan migrate`.\n"


def test_a_failure_comes_with_a_traceback_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILAN_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(group(fail), ["do"]).stderr


def test_our_own_errors_are_shown_as_they_were_written(capsys: pytest.CaptureFixture[str]) -> None:
    print_unexpected(Busy("Another writer held the database for too long."), {})
    assert capsys.readouterr().err == "Another writer held the database for too long.\n"


def test_of_other_errors_only_the_first_line_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_unexpected(RuntimeError("it broke\n[parameters: ('a secret',)]"), {})
    shown = capsys.readouterr().err
    assert "RuntimeError: it broke" in shown
    assert "secret" not in shown
    assert "ILAN_DEBUG=1" in shown


ROWS: list[dict[str, object]] = [
    {"domain": "a.example", "名": "法律援助", "state": None, "secret": 1},
    {"domain": "مساعدة.example", "名": "x\x1b[31m\u202ey", "state": True, "secret": 2},
]


def test_tables_are_aligned_also_in_other_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, {"domain": "DOMAIN", "名": "NAME", "state": "STATE"}, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "DOMAIN          NAME      STATE",
        "a.example       法律援助",
        "مساعدة.example  x [31m y  yes",
    ]


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], {"domain": "DOMAIN"}, as_json=False, empty="No node is followed.")
    assert capsys.readouterr().out == "No node is followed.\n"
    print_rows([], {"domain": "DOMAIN"}, as_json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_json_has_every_key_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, {"domain": "DOMAIN"}, as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == ROWS
    assert "法律援助" in out
    assert "\u202e" not in out
    assert "\x1b" not in out


def test_records_are_a_line_for_each_property(capsys: pytest.CaptureFixture[str]) -> None:
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    print_record(
        {"last_success": moment, "roles": ("admin", "editor")}, as_json=False, labels={"roles": "Roles"}
    )
    assert capsys.readouterr().out.splitlines() == [
        "last success  2026-03-01 09:30+00:00",
        "Roles         admin, editor",
    ]
    print_record({"at": moment, "roles": {"b", "a"}}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"at": "2026-03-01T09:30:00+00:00", "roles": ["a", "b"]}


def test_a_cell_is_one_line() -> None:
    assert cell("two\nlines\tapart") == "two lines apart"
    assert cell(False) == "no"
    assert cell(None) == ""


def test_progress_is_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Importing", 3) as advance:
        for _ in range(3):
            advance(1)
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert lines[0] == "Importing: 0 of 3"
    assert lines[-1] == "Importing: 3 of 3"


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("Importing", 2) as advance:
        advance(2)
    assert "100%" in terminal.getvalue()
