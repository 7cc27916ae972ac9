from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.settings import NodeSettings, Settings, SettingsError, assemble, load
from node.settings.reading import key_of
from node.settings.writing import render, write_config

MINIMAL = '[node]\ndomain = "legalaid.example"\nname = "Legal Aid Example"\n'


def loaded(
    directory: Path, text: str = "", environ: dict[str, str] | None = None, node: str = MINIMAL
) -> Settings:
    path = directory / "config.toml"
    path.write_text(node + text, "utf-8")
    return load(path, environ or {})


def problems(
    directory: Path, text: str = "", environ: dict[str, str] | None = None, node: str = MINIMAL
) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        loaded(directory, text, environ, node)
    for problem in caught.value.problems:
        assert problem.what
        assert problem.remedy
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return {problem.setting: f"{problem.what}. {problem.remedy}" for problem in caught.value.problems}


def test_two_lines_are_enough(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.node.base_url == "https://legalaid.example"
    assert settings.node.authority == "legalaid.example"
    assert settings.node.data_dir == tmp_path / "data"
    assert settings.storage.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/ilan.db"
    assert settings.storage.media_path == tmp_path / "data" / "media"
    assert settings.server.host == "127.0.0.1"
    assert settings.registration.mode == "closed"


def test_settings_made_in_a_program_are_as_complete_as_those_read_from_a_file(tmp_path: Path) -> None:
    node = NodeSettings(domain="legalaid.example", name="Legal Aid Example", data_dir=tmp_path / "data")
    assert Settings(node=node) == loaded(tmp_path)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "[server]\nport = 9000\n",
        {
            "ILAN_SERVER__PORT": "9001",
            "ILAN_NODE__NAME": "Another",
            "ILAN_NODE__LANGUAGES": "fr, en",
            "ILAN_NODE__DATA_DIR": "elsewhere",
            "ILAN_FEDERATION__AUTHORIZED_FETCH": "yes",
            "ILAN_FEDERATION__ALLOW_NETWORKS": '["10.0.0.0/8", "::1"]',
            "ILAN_SERVER__METRICS_ALLOW": "",
            "ILAN_EMAIL__FROM": "Office <office@legalaid.example>",
            "ILAN_CONFIG": "ignored here",
            "ILAN_DEBUG": "1",
        },
    )
    assert settings.server.port == 9001
    assert settings.server.metrics_allow == ()
    assert settings.node.name == "Another"
    assert settings.node.languages == ("fr", "en")
    assert settings.node.data_dir == tmp_path / "elsewhere"
    assert settings.federation.authorized_fetch is True
    assert settings.federation.allow_networks == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert settings.email.sender == "Office <office@legalaid.example>"


def test_every_problem_is_told_at_once_with_its_remedy(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "[server]\nport = 99999\nhots = 1\n[federaton]\nmode = 'open'\n[limits]\nbody_kib = true\n",
        {"ILAN_FEDERATION__ALLOW_HTTP": "perhaps", "ILAN_LIMITS__UPLOAD_MIB": "16MB", "ILAN_NODE__NMAE": "x"},
        node='[node]\ndomain = "https://legalaid.example/"\n',
    )
    assert set(found) == {
        "node.domain",
        "node.name",
        "server.port",
        "server.hots",
        "federaton",
        "federation.allow_http",
        "limits.body_kib",
        "limits.upload_mib",
        "ILAN_NODE__NMAE",
    }
    assert "Did you mean host?" in found["server.hots"]
    assert "Did you mean federation?" in found["federaton"]
    assert "Did you mean name?" in found["ILAN_NODE__NMAE"]
    assert "is missing" in found["node.name"]
    assert "from ILAN_LIMITS__UPLOAD_MIB" in found["limits.upload_mib"]


def test_a_setting_in_the_wrong_section_is_sent_home(tmp_path: Path) -> None:
    found = problems(tmp_path, "[server]\ndatabase_url = ''\n")
    assert "It belongs under [storage]." in found["server.database_url"]
    found = problems(tmp_path, "", node='domain = "legalaid.example"\n[node]\nname = "x"\n')
    assert "Move it under [node]." in found["domain"]


@pytest.mark.parametrize(
    ("text", "setting", "what"),
    [
        ("[server]\nport = '8000'", "server.port", "expected a number, found text '8000'"),
        ("[server]\ntrusted_proxies = '10.0.0.1'", "server.trusted_proxies", "expected a list"),
        ("[server]\ntrusted_proxies = ['0.0.0.0/0']", "server.trusted_proxies", "trusts every address"),
        ("[server]\ntrusted_proxies = ['10.0.0.1/8']", "server.trusted_proxies", "Write 10.0.0.0/8"),
        ("[server]\nmetrics_allow = ['everyone']", "server.metrics_allow", "is not an address"),
        ("[server]\nhost = '127.0.0.1:80'", "server.host", "without a port"),
        ("[federation]\nauthorized_fetch = 'true'", "federation.authorized_fetch", "without quotes"),
        ("[federation]\nmode = 'closed'", "federation.mode", "open, allow-list"),
        ("[federation]\nca_file = 'absent.pem'", "federation.ca_file", "there is no file"),
        ("[registration]\nmode = 'invite'", "registration.mode", "closed, approval, open"),
        ("[email]\nsmtp_url = 'mail.example:587'", "email.smtp_url", "is not the address of a mail server"),
        ("[email]\nsmtp_url = 'smtp://mail.example'", "email.from", "is needed"),
        ("[email]\nfrom = 'office'", "email.from", "is not an e-mail address"),
        ("[storage]\ndatabase_url = 'sqlite+aiosqlite:///:memory:'", "storage.database_url", "forgets"),
        ("[storage]\ndatabase_url = 'sqlite+aiosqlite:///a?b'", "storage.database_url", "takes no options"),
        ("[storage]\ndatabase_url = 'postgres://h/d'", "storage.database_url", "postgresql+asyncpg://"),
        ("[storage]\ndatabase_url = 'mysql://h/d'", "storage.database_url", "no kind of database"),
        ("[storage]\ndatabase_url = 'postgresql+asyncpg://host'", "storage.database_url", "no database"),
        ("[storage]\ndatabase_url = 'postgresql+asyncpg:///ilan'", "storage.database_url", "no host"),
        ("[storage]\ndatabase_url = 'postgresql+asyncpg://h:x/d'", "storage.database_url", "well-formed"),
        ("[storage]\nmedia_url = '/srv/media'", "storage.media_url", "no kind of storage"),
        ("[storage]\nmedia_url = 'file://host/media'", "storage.media_url", "not the path"),
        ("[storage]\nmedia_url = 's3://bucket'", "storage.media_url", "no endpoint"),
        ("[storage]\nmedia_url = 's3://bucket?endpoint=http://s3.example'", "storage.media_url", "https://"),
        ("[storage]\nmedia_url = 's3://?endpoint=https://s3.example'", "storage.media_url", "no bucket"),
        ("[limits]\nremote_days = 1", "limits.remote_days", "from 7 to"),
        ("[limits]\nconnect_seconds = 30", "limits.connect_seconds", "longer than request_seconds"),
        ("[limits]\nrequest_seconds = 2020-01-01", "limits.request_seconds", "found a date"),
        ("[[limits]]\n", "limits", "is not a section"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, setting: str, what: str) -> None:
    found = problems(tmp_path, text)
    assert list(found) == [setting]
    assert what in found[setting]


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("domain", "", "is not a domain"),
        ("domain", "legalaid.example/x", "is not a domain"),
        ("domain", "office@legalaid.example", "is not a domain"),
        ("domain", "legal aid.example", "is not a domain"),
        ("domain", "127.1", "is not a domain"),
        ("domain", "127.0.0.1", "allow_http"),
        ("domain", "[::1]", "allow_http"),
        ("domain", "legalaid.example:8443", "carries a port"),
        ("domain", "intranet", "has no dot"),
        ("name", " ", "is empty"),
        ("name", "a\\nb", "cannot be shown"),
        ("base_url", "social.legalaid.example", "is not a web address"),
        ("base_url", "http://social.legalaid.example", "is not encrypted"),
        ("base_url", "https://social.legalaid.example/node", "more than a name"),
        ("base_url", "https://user:secret@social.legalaid.example", "is not a web address"),
        ("base_url", "https://192.0.2.7", "is an address"),
        ("country", "UK", "Did you mean GB?"),
        ("country", "KEN", "is not a country"),
        ("contact_email", "office", "is not an e-mail address"),
        ("data_dir", "", "is empty"),
    ],
)
def test_a_body_is_told_what_is_wrong_about_itself(tmp_path: Path, key: str, value: str, what: str) -> None:
    values = {"domain": "legalaid.example", "name": "Legal Aid Example", key: value}
    node = "[node]\n" + "".join(f'{name} = "{written}"\n' for name, written in values.items())
    found = problems(tmp_path, node=node)
    assert list(found) == [f"node.{key}"]
    assert what in found[f"node.{key}"]


@pytest.mark.parametrize("language", ["english", "cz", "en_GB", "", "zh-Hant-TW-x"])
def test_what_is_no_language_is_refused(tmp_path: Path, language: str) -> None:
    assert "node.languages" in problems(tmp_path, f'languages = ["{language}"]')


def test_what_is_written_in_many_ways_is_kept_in_one(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        '[server]\nhost = "::"\ntrusted_proxies = ["10.0.0.7"]\n',
        node='[node]\ndomain = "Hilfe.Köln.Example."\nname = " Hilfe "\nbase_url = "HTTPS://Hilfe.Example:443/"\n'
        'country = "de"\nlanguages = ["DE", "zh-hant", "pt-br", "de", "swc"]\n',
    )
    assert settings.node.domain == "hilfe.xn--kln-sna.example"
    assert settings.node.name == "Hilfe"
    assert settings.node.base_url == "https://hilfe.example"
    assert settings.node.country == "DE"
    assert settings.node.languages == ("de", "zh-Hant", "pt-BR", "swc")
    assert settings.server.host == "::"
    assert settings.server.trusted_proxies == (ip_network("10.0.0.7/32"),)


def test_a_test_network_may_use_addresses_ports_and_plain_http(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "[federation]\nallow_http = true\n",
        node='[node]\ndomain = "127.0.0.2:8001"\nname = "x"\nbase_url = "http://127.0.0.2:8001"\n',
    )
    assert settings.node.domain == "127.0.0.2:8001"
    assert settings.node.base_url == "http://127.0.0.2:8001"
    assert settings.node.authority == "127.0.0.2:8001"


def test_relative_paths_start_at_the_config_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    settings = loaded(
        tmp_path,
        'data_dir = "kept"\n[federation]\nca_file = "ca.pem"\n'
        '[storage]\ndatabase_url = "sqlite+aiosqlite:///db/x.db"\nmedia_url = "file:my%20media"\n',
    )
    assert settings.node.data_dir == tmp_path / "kept"
    assert settings.storage.database_url == f"sqlite+aiosqlite:///{tmp_path}/db/x.db"
    assert settings.storage.media_path == tmp_path / "my media"
    assert settings.federation.ca_file == tmp_path / "ca.pem"


def test_absolute_paths_and_other_stores_stay_as_they_are(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        '[storage]\ndatabase_url = "postgresql+asyncpg:///ilan?host=/run/postgresql"\n'
        'media_url = "s3://key:secret@bucket?endpoint=https://s3.example"\n',
    )
    assert settings.storage.database_url == "postgresql+asyncpg:///ilan?host=/run/postgresql"
    assert settings.storage.media_url == "s3://key:secret@bucket?endpoint=https://s3.example"
    assert settings.storage.media_path is None
    assert loaded(tmp_path, '[storage]\nmedia_url = "file:///srv/m"').storage.media_path == Path("/srv/m")


def test_passwords_are_in_no_message_and_no_representation(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        '[storage]\ndatabase_url = "postgresql+asyncpg://ilan:hunter2@db/ilan"\n'
        'media_url = "s3://key:hunter2@bucket?endpoint=https://s3.example"\n'
        '[email]\nsmtp_url = "smtp://ilan:hunter2@mail.example"\nfrom = "office@legalaid.example"\n',
    )
    assert "hunter2" not in repr(settings)
    found = problems(
        tmp_path,
        '[storage]\ndatabase_url = "postgresql+asyncpg://ilan:hunter2@db"\n'
        'media_url = "s3://key:hunter2@bucket"\n[email]\nsmtp_url = "http://ilan:hunter2@mail.example"\n',
    )
    assert len(found) == 3
    assert "hunter2" not in str(found)


TEXTS = st.text() | st.sampled_from(
    [
        "https://[",
        "http://a:b",
        "s3://b?endpoint=[",
        "file:%00",
        "::1%x",
        "~nobody-at-all/x",
        "smtp://h:99999",
        "@",
    ]
)
VALUES = TEXTS | st.integers() | st.booleans() | st.floats() | st.lists(TEXTS | st.integers()) | st.just({})
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        name: VALUES | st.fixed_dictionaries({}, optional={key_of(field): VALUES for field in fields(cls)})
        for name, cls in get_type_hints(Settings).items()
    },
)
VARIABLES = st.sampled_from(
    [
        f"ILAN_{name.upper()}__{key_of(field).upper()}"
        for name, cls in get_type_hints(Settings).items()
        for field in fields(cls)
    ]
)


@given(DOCUMENTS, st.dictionaries(VARIABLES, TEXTS, max_size=5))
def test_whatever_is_written_is_used_or_told(document: dict[str, Any], environ: dict[str, str]) -> None:
    try:
        assemble(document, Path("/srv"), environ)
    except SettingsError as error:
        assert len(str(error).splitlines()) == len(error.problems)  # noqa: PT017 - either outcome is right


def test_a_missing_file_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ilan init"):
        load(tmp_path / "absent.toml", {})


@pytest.mark.parametrize("content", [b"[node\n", b"a = 1\na = 2\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="not well-formed") as caught:
        load(path, {})
    assert caught.value.problems[0].setting == str(path)


def test_a_written_config_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "config.toml"
    name = 'Aide "juridique" \\ {{domain}} — مساعدة # 法律援助'
    written = write_config(
        path,
        domain="Legalaid.example",
        name=name,
        base_url="https://social.legalaid.example",
        country="ke",
        languages=("sw", "en"),
        data_dir=tmp_path / "srv",
        environ={"ILAN_SERVER__PORT": "9000"},
    )
    assert written == load(path, {"ILAN_SERVER__PORT": "9000"})
    assert written.node.name == name
    assert written.node.domain == "legalaid.example"
    assert written.node.country == "KE"
    assert written.node.data_dir == tmp_path / "srv"
    assert written.server.port == 9000
    assert load(path, {}).server.port == 8000
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_config_with_its_data_beside_it_can_be_moved(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_config(path, domain="legalaid.example", name="x", data_dir=tmp_path / "data", environ={})
    (tmp_path / "moved").mkdir()
    moved = path.rename(tmp_path / "moved" / "config.toml")
    assert load(moved, {}).node.data_dir == tmp_path / "moved" / "data"


def test_a_config_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mine")
    with pytest.raises(SettingsError, match="not overwritten"):
        write_config(path, domain="legalaid.example", name="x", environ={})
    assert path.read_text() == "mine"


def test_a_config_that_would_not_hold_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(SettingsError) as caught:
        write_config(path, domain="no domain", name="", country="XX", languages=["cz"], environ={})
    assert [problem.setting for problem in caught.value.problems] == [
        "node.domain",
        "node.name",
        "node.country",
        "node.languages",
    ]
    assert not path.exists()


@pytest.mark.parametrize(
    ("domain", "base_url", "expected", "port"),
    [
        ("localhost", "http://localhost:8000", "http://localhost:8000", 8000),
        ("127.0.0.1:8003", "", "http://127.0.0.1:8003", 8003),
        ("localhost:8004", "", "http://localhost:8004", 8004),
        ("[::1]:8005", "", "http://[::1]:8005", 8005),
        ("a.test:8006", "http://a.test:8006", "http://a.test:8006", 8006),
        ("a.test", "http://a.test", "http://a.test", 8000),
        ("legalaid.example", "", "https://legalaid.example", 8000),
    ],
)
def test_a_plain_address_makes_a_test_network(
    tmp_path: Path, domain: str, base_url: str, expected: str, port: int
) -> None:
    settings = write_config(tmp_path / "c.toml", domain=domain, name="x", base_url=base_url, environ={})
    assert settings.node.base_url == expected
    assert settings.server.port == port
    assert settings.federation.allow_http is expected.startswith("http:")


def test_a_port_by_mistake_does_not_make_a_node_without_encryption(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="carries a port"):
        write_config(tmp_path / "c.toml", domain="legalaid.example:8443", name="x", environ={})


def test_a_name_with_any_character_is_written_as_toml(tmp_path: Path) -> None:
    for name in ("\x7f", "\x00\x1b", "\ud800"):
        with pytest.raises(SettingsError, match="cannot be shown"):
            write_config(tmp_path / "c.toml", domain="legalaid.example", name=name, environ={})
    assert "\x7f" not in render(domain="legalaid.example", name="\x7f")
