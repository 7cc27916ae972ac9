import stat
from pathlib import Path

import pytest

from storage.transaction import Transaction
from tests.node.commands import Commands, new_node

BODY = ("--domain", "legalaid.example", "--name", "Legal Aid Example")


def test_init_makes_config_database_keys_and_two_actors(tmp_path: Path) -> None:
    node = Commands(tmp_path / "new")
    said = node.ok("init", *BODY, "--country", "ke", "--language", "sw", "--language", "en")
    assert "@office@legalaid.example" in said
    assert f"ilan --config {node.config} serve" in said

    async def look(tx: Transaction) -> None:
        server, body = await tx.actors.local("node"), await tx.actors.local("office")
        assert server is not None
        assert body is not None
        assert (server.type, body.type) == ("Application", "Organization")
        assert (body.name, body.languages, body.jurisdiction) == ("Legal Aid Example", ["sw", "en"], ["KE"])
        for actor in (server, body):
            rsa, ed25519 = sorted(
                await tx.signing_keys.of(actor), key=lambda key: key.algorithm, reverse=True
            )
            assert rsa.uri == f"https://legalaid.example/actors/{actor.username}#main-key"
            assert rsa.public.startswith("-----BEGIN PUBLIC KEY-----")
            assert rsa.private is not None
            assert rsa.private.startswith("-----BEGIN PRIVATE KEY-----")
            assert ed25519.public.startswith("z6Mk")
        assert await tx.facts.text("domain") == "legalaid.example"
        assert await tx.facts.text("base_url") == "https://legalaid.example"

    node.read(look)


def test_only_the_nodes_own_user_can_read_keys_and_settings(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    for each in (node.config, node.database):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_init_overwrites_no_config(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    before = node.config.read_bytes(), node.database.read_bytes()
    assert "not overwritten" in node.refused("init", *BODY)
    assert (node.config.read_bytes(), node.database.read_bytes()) == before


def test_init_overwrites_no_database_and_leaves_no_config_behind(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    node.config.unlink()
    before = node.database.read_bytes()
    assert "not overwritten" in node.refused("init", *BODY)
    assert node.database.read_bytes() == before
    assert not node.config.exists()


def test_what_init_was_told_wrong_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    node = Commands(tmp_path / "new")
    said = node.refused("init", "--domain", "https://legalaid.example", "--name", " ", "--country", "XX")
    assert "node.domain: " in said
    assert "node.name: " in said
    assert "node.country: " in said
    assert not (tmp_path / "new").exists()


def test_a_directory_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    node = Commands(tmp_path)
    assert "cannot be made" in node.refused("init", *BODY, "--data", str(tmp_path / "file" / "data"))
    assert not node.config.exists()


@pytest.mark.parametrize("arguments", [[], ["--domain", "legalaid.example"], [*BODY, "--what"]])
def test_wrong_usage_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    Commands(tmp_path).misused("init", *arguments)


def test_a_test_network_needs_no_more_than_an_address(tmp_path: Path) -> None:
    node = Commands(tmp_path)
    said = node.ok("init", "--domain", "127.0.0.2:8101", "--name", "x", "--base-url", "http://127.0.0.2:8101")
    assert "@office@127.0.0.2:8101 at http://127.0.0.2:8101" in said
    assert "allow_http = true" in node.config.read_text("utf-8")


def test_the_database_can_lie_elsewhere(tmp_path: Path) -> None:
    node = Commands(tmp_path)
    node.ok("init", *BODY, "--data", str(tmp_path / "deep" / "data"))
    assert (tmp_path / "deep" / "data" / "ilan.db").is_file()


def test_migrate_has_nothing_to_do_after_init(tmp_path: Path) -> None:
    assert "already" in new_node(tmp_path).ok("migrate")


def test_a_database_newer_than_the_program_is_left_alone(tmp_path: Path) -> None:
    node = new_node(tmp_path)

    async def age(tx: Transaction) -> None:
        await tx._connection.raw("UPDATE alembic_version SET version_num = '9999'")

    node.write(age)
    assert "only knows" in node.refused("migrate")
    assert "newer than this program" in node.refused("stats")


def test_commands_say_where_there_is_no_node(tmp_path: Path) -> None:
    node = Commands(tmp_path)
    assert "ilan init" in node.refused("stats")
    node = new_node(tmp_path)
    node.database.unlink()
    assert "There is no database" in node.refused("stats")
    assert not node.database.exists()


def test_another_domain_in_the_settings_is_refused_with_an_explanation(tmp_path: Path) -> None:
    node = new_node(tmp_path)
    text = node.config.read_text("utf-8").replace('domain = "legalaid.example"', 'domain = "other.example"')
    node.config.write_text(text, "utf-8")
    for command in (["stats"], ["member", "list"], ["serve"], ["backup", str(tmp_path / "b")]):
        said = node.refused(*command)
        assert "legalaid.example" in said
        assert "neither can be changed" in said
