from pathlib import Path

import pytest

from actors.accounts import find_token
from actors.passwords import verify_password
from storage.transaction import Transaction
from tests.node.commands import PASSWORD, Commands, new_node


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path)


def test_a_member_is_added_with_a_password_from_standard_input(node: Commands) -> None:
    said = node.ok(
        "member", "add", "Amina", "--email", "amina@legalaid.example", "--role", "editor", "--name", "أمينة",
        "--language", "ar", "--password-stdin", given=PASSWORD + "\n",
    )  # fmt: skip
    assert "@amina@legalaid.example" in said

    async def password(tx: Transaction) -> str | None:
        member = await tx.members.by_email("amina@legalaid.example")
        return member.password if member else None

    assert verify_password(node.read(password), PASSWORD)
    (shown,) = node.json("member", "list")
    assert shown["username"] == "amina"
    assert shown["name"] == "أمينة"
    assert shown["role"] == "editor"
    assert shown["language"] == "ar"
    assert shown["uri"] == "https://legalaid.example/actors/amina"
    assert (shown["has_password"], shown["disabled"]) == (True, False)
    assert "password" not in shown
    assert "argon2" not in node.ok("member", "list")


def test_a_member_without_a_password_has_none_until_it_is_set(node: Commands) -> None:
    said = node.ok("member", "add", "amina", "--email", "amina@legalaid.example")
    assert "reset-password amina" in said
    assert node.json("member", "list")[0]["has_password"] is False
    node.ok("member", "reset-password", "amina", "--password-stdin", given=PASSWORD)
    assert node.json("member", "list")[0]["has_password"] is True


def test_everything_wrong_with_a_member_is_a_line_of_its_own(node: Commands) -> None:
    said = node.refused("member", "add", "admin", "--email", "nowhere", "--name", "x" * 200)
    lines = said.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("username: is reserved")
    assert lines[2].startswith("email: ")
    assert lines[3].startswith("name: ")


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa"])
def test_a_bad_password_is_refused_and_nobody_added(node: Commands, password: str) -> None:
    arguments = ("--email", "amina@legalaid.example", "--password-stdin")
    said = node.refused("member", "add", "amina", *arguments, given=password)
    assert "password: " in said
    assert node.json("member", "list") == []


def test_a_name_or_address_that_is_taken_is_refused(node: Commands) -> None:
    node.add_member()
    assert "taken" in node.refused("member", "add", "AMINA", "--email", "b@legalaid.example")
    assert "another member's" in node.refused("member", "add", "brian", "--email", "Amina@legalaid.example")


def test_a_role_is_changed_and_the_last_administrator_kept(node: Commands) -> None:
    node.add_member("amina", "admin")
    assert "last administrator" in node.refused("member", "role", "amina", "editor")
    node.add_member("brian", "member")
    node.ok("member", "role", "brian", "admin")
    node.ok("member", "role", "@amina", "coordinator")
    assert {each["username"]: each["role"] for each in node.json("member", "list")} == {
        "amina": "coordinator",
        "brian": "admin",
    }
    assert "last administrator" in node.refused("member", "disable", "brian")


def test_a_disabled_member_gets_no_token_and_may_come_back(node: Commands) -> None:
    node.add_member("amina", "editor")
    token = node.ok("token", "amina").strip()
    node.ok("member", "disable", "amina")
    assert node.json("member", "list")[0]["disabled"] is True
    assert node.read(lambda tx: find_token(tx, token)) is None
    assert "disabled" in node.refused("token", "amina")
    node.ok("member", "disable", "amina", "--undo")
    assert node.json("member", "list")[0]["disabled"] is False
    assert node.read(lambda tx: find_token(tx, token)) is None


def test_token_prints_the_token_and_nothing_else(node: Commands) -> None:
    node.add_member()
    done = node.run("token", "amina", "--scopes", "read write:statuses")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    token = done.stdout.strip()
    assert len(token) >= 43

    found = node.read(lambda tx: find_token(tx, token))
    assert found is not None
    assert found[0].scopes == ["read", "write:statuses"]
    assert found[2].username == "amina"
    assert token not in node.database.read_bytes().decode("latin-1")


def test_a_token_of_nobody_or_for_nothing_is_refused(node: Commands) -> None:
    assert "no member nobody" in node.refused("token", "nobody")
    node.add_member()
    assert "scopes: " in node.refused("token", "amina", "--scopes", "reed")
    assert "scopes: " in node.refused("token", "amina", "--scopes", "")
    # The body is nobody's account.
    assert "no member office" in node.refused("token", "office")


def test_a_new_password_is_only_for_members(node: Commands) -> None:
    assert "no member nobody" in node.refused(
        "member", "reset-password", "nobody", "--password-stdin", given=PASSWORD
    )
    node.add_member()
    token = node.ok("token", "amina").strip()
    said = node.ok("member", "reset-password", "amina", "--password-stdin", given="other plain words here")
    assert "signed out" in said
    assert node.read(lambda tx: find_token(tx, token)) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["member", "add", "amina"],
        ["member", "add", "amina", "--email", "a@b.example", "--role", "king"],
        ["member", "role", "amina", "king"],
        ["member", "role"],
        ["member", "who"],
        ["token"],
    ],
)
def test_wrong_usage_ends_with_2(node: Commands, arguments: list[str]) -> None:
    node.misused(*arguments)


def test_an_empty_list_says_so(node: Commands) -> None:
    assert node.ok("member", "list") == "There is no member yet.\n"
