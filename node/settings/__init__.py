"""The settings of a node: frozen sections, read once from config.toml and the environment.

Every mistake is reported at once. Durations, sizes and rates carry their unit in their name;
`config.example.toml` says what each setting is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from node.settings import addresses, values
from node.settings.reading import Problem, Reading, SettingsError, read_document
from node.settings.values import Network, Surroundings, Unacceptable, whole

__all__ = [
    "EmailSettings",
    "FederationSettings",
    "LimitSettings",
    "NodeSettings",
    "Problem",
    "RegistrationSettings",
    "ServerSettings",
    "Settings",
    "SettingsError",
    "StorageSettings",
    "assemble",
    "load",
]

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Whose node this is, and where it is found.

    `domain` is what stands in handles, in A-labels; `base_url` is where the node answers, without a slash at
    the end. The first of `languages` is the body's own.
    """

    domain: Annotated[str, addresses.domain]
    name: Annotated[str, values.some_text]
    base_url: Annotated[str, addresses.base_url] = ""
    country: Annotated[str, values.country] = ""
    languages: Annotated[tuple[str, ...], values.languages] = ("en",)
    data_dir: Annotated[Path, values.directory] = Path("data")
    contact_email: Annotated[str, values.mail_address] = ""

    def __post_init__(self) -> None:
        if not self.base_url:
            object.__setattr__(self, "base_url", f"https://{self.domain}")

    @property
    def authority(self) -> str:
        """The host that answers, with its port where that is not the usual one.

        It differs from `domain` where handles carry a shorter name than the node.
        """
        return self.base_url.partition("://")[2]


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the web server listens, and whom it believes."""

    host: Annotated[str, addresses.listening_host] = "127.0.0.1"
    port: Annotated[int, whole(1, 65535)] = 8000
    trusted_proxies: Annotated[tuple[Network, ...], values.proxies] = LOOPBACK
    metrics_allow: Annotated[tuple[Network, ...], values.networks] = LOOPBACK


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where things are kept. Both addresses may hold passwords, so neither is ever printed."""

    database_url: Annotated[str, addresses.database_url] = field(default="", repr=False)
    media_url: Annotated[str, addresses.media_url] = field(default="", repr=False)

    @property
    def media_path(self) -> Path | None:
        """The directory that keeps uploads; None where an object store does."""
        return addresses.media_path(self.media_url)


@dataclass(frozen=True, slots=True)
class FederationSettings:
    """Which other nodes this one talks to, and how."""

    mode: Annotated[Literal["open", "allow-list"], values.one_of("open", "allow-list")] = "open"
    authorized_fetch: Annotated[bool, values.truth] = False
    allow_networks: Annotated[tuple[Network, ...], values.networks] = ()
    allow_http: Annotated[bool, values.truth] = False
    ca_file: Annotated[Path | None, values.optional_file] = None
    user_agent_contact: Annotated[str, values.text] = ""
    show_blocks: Annotated[
        Literal["nobody", "members", "everybody"], values.one_of("nobody", "members", "everybody")
    ] = "members"


@dataclass(frozen=True, slots=True)
class RegistrationSettings:
    """How people become members."""

    mode: Annotated[Literal["closed", "approval", "open"], values.one_of("closed", "approval", "open")] = (
        "closed"
    )


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How mail leaves. The address may hold a password, so it is never printed."""

    smtp_url: Annotated[str, addresses.smtp_url] = field(default="", repr=False)
    sender: Annotated[str, values.sender] = field(default="", metadata={"key": "from"})


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How much is too much: sizes, times and rates, each with its unit in its name."""

    body_kib: Annotated[int, whole(64, 65_536)] = 1024
    upload_mib: Annotated[int, whole(1, 1024)] = 16
    image_megapixels: Annotated[int, whole(1, 200)] = 40
    note_characters: Annotated[int, whole(100, 100_000)] = 5000
    publication_characters: Annotated[int, whole(1000, 1_000_000)] = 100_000
    media_cache_mib: Annotated[int, whole(0, 1_048_576)] = 512
    free_space_mib: Annotated[int, whole(0, 1_048_576)] = 1024
    remote_days: Annotated[int, whole(7, 36_500)] = 90
    connect_seconds: Annotated[int, whole(1, 60)] = 5
    request_seconds: Annotated[int, whole(1, 300)] = 15
    delivery_days: Annotated[int, whole(1, 365)] = 30
    requests_per_minute: Annotated[int, whole(1, 1_000_000)] = 300
    inbox_per_minute: Annotated[int, whole(1, 1_000_000)] = 3000
    search_per_minute: Annotated[int, whole(1, 1_000_000)] = 60
    uploads_per_hour: Annotated[int, whole(1, 1_000_000)] = 120
    sign_ins_per_hour: Annotated[int, whole(1, 1_000_000)] = 20
    registrations_per_hour: Annotated[int, whole(1, 1_000_000)] = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may decide. What is left empty under `storage` lies in the data directory."""

    node: NodeSettings
    server: ServerSettings = ServerSettings()
    storage: StorageSettings = StorageSettings()
    federation: FederationSettings = FederationSettings()
    registration: RegistrationSettings = RegistrationSettings()
    email: EmailSettings = EmailSettings()
    limits: LimitSettings = LimitSettings()

    def __post_init__(self) -> None:
        data = self.node.data_dir.absolute()
        storage = replace(
            self.storage,
            database_url=self.storage.database_url or f"{addresses.SQLITE}{data / 'ilan.db'}",
            media_url=self.storage.media_url or (data / "media").as_uri(),
        )
        object.__setattr__(self, "storage", storage)


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings from a file, overridden by `ILAN_<SECTION>__<KEY>` in the environment.

    Raises SettingsError with everything that is wrong.
    """
    return assemble(read_document(path), path.absolute().parent, environ)


def assemble(document: Mapping[str, Any], directory: Path, environ: Mapping[str, str]) -> Settings:
    """Make settings of a parsed document whose relative paths start at `directory`, an absolute one."""
    sections = get_type_hints(Settings)
    reading = Reading(document, environ, sections)
    surroundings = Surroundings(directory, allow_http=_allows_http(reading, directory))
    parts: dict[str, Any] = {name: reading.section(name, cls, surroundings) for name, cls in sections.items()}
    _check_together(reading, parts)
    if reading.problems:
        raise SettingsError(tuple(reading.problems))
    node = parts.pop("node")
    return Settings(node=replace(node, data_dir=directory / node.data_dir), **parts)


def _allows_http(reading: Reading, directory: Path) -> bool:
    """Find out first what other settings depend on; a bad value is reported in its turn."""
    written, _ = reading.value("federation", "allow_http", bool)
    try:
        return values.truth(written, Surroundings(directory, allow_http=False))
    except Unacceptable:
        return False


def _check_together(reading: Reading, parts: Mapping[str, Any]) -> None:
    email: EmailSettings | None = parts["email"]
    if email and email.smtp_url and not email.sender:
        reading.note(
            "email", "from", "is needed where smtp_url is set", "Write the address that mail comes from."
        )
    limits: LimitSettings | None = parts["limits"]
    if limits and limits.connect_seconds > limits.request_seconds:
        reading.note(
            "limits",
            "connect_seconds",
            f"{limits.connect_seconds} is longer than request_seconds, the whole time of a request",
            f"Write at most {limits.request_seconds}.",
        )
