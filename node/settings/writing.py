"""Writes a new node's config file: every setting, with what it is for.

The text below is also `config.example.toml`, filled in for an example body; a test keeps them the same.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from federation.errors import Malformed
from federation.origins import canonical_host
from node.settings import Settings, assemble
from node.settings.addresses import host_and_port, is_address
from node.settings.reading import Problem, SettingsError

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

TEMPLATE = """\
# The settings of an ILAN node, in TOML (https://toml.io).
#
# What stands here is the default, except for domain and name, which have none; a line may be left out.
# Each setting can be overridden by an environment variable: ILAN_<SECTION>__<KEY>, as in
# ILAN_SERVER__PORT=8080; lists are then separated by commas. Paths that are not absolute start at this
# file's directory. `ilan check` says what is wrong, here and elsewhere. A running node reads its settings
# when it starts.

[node]
# The domain in handles: @office@legalaid.example. It is part of every name this node ever gives away, so
# it cannot be changed once other nodes know it. Only the name: no https://, no path.
domain = {{domain}}

# The body's name, as people know it. May be changed at any time.
name = {{name}}

# Where the node answers, when that is not https:// and the domain: for a node at
# https://social.legalaid.example whose handles end in legalaid.example (deploy/README.md shows how). Like
# the domain, never to be changed.
base_url = {{base_url}}

# The country the body works in, as an ISO 3166 code such as "KE"; empty for a body of several countries
# or none. What the body publishes is marked with it where nothing else is said.
country = {{country}}

# The languages the body works in, its own first: codes such as "en", "pt-BR" or "zh-Hant".
languages = {{languages}}

# Where the database, the uploads and the keys are. Only the node's own user should be able to read it.
data_dir = {{data_dir}}

# Shown to visitors and to other nodes' operators, who write to it when something goes wrong between you.
contact_email = ""


[server]
# The address to listen on. Behind a proxy on the same machine, keep it: nobody then gets past the proxy.
# In a container, 0.0.0.0.
host = "127.0.0.1"
port = {{port}}

# The addresses and ranges from which the proxy connects. Its word about who is calling is believed
# (X-Forwarded-For), and nobody else's. If every visitor seems to have one address, the proxy's is missing
# here.
trusted_proxies = ["127.0.0.0/8", "::1/128"]

# The addresses and ranges that may read /metrics (Prometheus). Add the one your monitoring asks from.
metrics_allow = ["127.0.0.0/8", "::1/128"]


[storage]
# The database. Empty: SQLite, in the file ilan.db in data_dir, which is right for most bodies. For
# several processes or machines: "postgresql+asyncpg://ilan:password@localhost/ilan", or through a local
# socket "postgresql+asyncpg:///ilan?host=/run/postgresql". Whoever can read this file can read the
# password in it; ILAN_STORAGE__DATABASE_URL keeps it elsewhere.
database_url = ""

# Where uploads are kept. Empty: in the directory media in data_dir. Elsewhere: "file:/srv/ilan/media". An
# object store (s3://…) is not taken by this version.
media_url = ""


[federation]
# "open": talk to every node that is not blocked. "allow-list": only to those the operator lists (`ilan
# network policy DOMAIN trusted`), for bodies that exchange with the network alone.
mode = "open"

# Ask for a signature also from those who only read public documents. Blocked nodes then cannot read
# along; some smaller software cannot read at all.
authorized_fetch = false

# Address ranges beyond the public internet that may be contacted, such as ["10.0.0.0/8"]. Only for test
# networks and closed networks: whoever names an address in these ranges makes this node connect to it.
allow_networks = []

# Allow plain HTTP, and domains that are addresses with a port. Only for test networks, never on the
# internet.
allow_http = {{allow_http}}

# A file of certificate authorities (PEM) to trust instead of the system's, for closed networks with their
# own.
ca_file = ""

# What this node's requests give as a contact besides its address: a page or an e-mail address.
user_agent_contact = ""

# Who may see in their app which nodes this one limits or blocks: "nobody", "members" or "everybody".
show_blocks = "members"


[registration]
# How people become members: "closed" (invited by an administrator, or added with `ilan member add`),
# "approval" (anyone may ask, an administrator decides) or "open" (anyone; expect spam).
mode = "closed"


[email]
# The mail server: "smtp://user:password@mail.example:587" (encrypted with STARTTLS) or "smtps://…" (port
# 465). Empty: no mail; invitations and new passwords are then links that an administrator hands over.
smtp_url = ""

# Who mail comes from; needed where smtp_url is set: "office@legalaid.example" or "Legal Aid
# <office@legalaid.example>".
from = ""


[limits]
# Sizes. The largest body of a request, in KiB, uploads aside: a bit more than the largest document others
# send.
body_kib = 1024
# The largest upload, in MiB. The proxy in front must allow as much.
upload_mib = 16
# The largest picture, in millions of pixels: making it small takes 4 to 16 MiB of memory for each.
image_megapixels = 40
# The longest note, in characters; clients show it as they count down.
note_characters = 5000
# The longest practice, resource or other publication, in characters, over all its sections.
publication_characters = 100000
# The space for copies of other nodes' pictures, in MiB; the oldest make room. 0 keeps none.
media_cache_mib = 512
# The free disk space below which copies are no longer kept and uploads are refused, in MiB.
free_space_mib = 1024
# How long other nodes' posts are kept that nobody here wrote, saved, answered or liked, in days.
# Practices, events and the like stay. Less saves disk space.
remote_days = 90

# Times. How long another node may take to answer the door, in seconds.
connect_seconds = 5
# How long a whole request to another node may take, in seconds. More for networks with very slow links.
request_seconds = 15
# How long an activity is offered again to a node that does not answer, in days.
delivery_days = 30

# Rates. Requests a minute from one address, or from one signed-in member. More if many people share one
# address.
requests_per_minute = 300
# Activities a minute from one other node; what is above waits there, and is not lost.
inbox_per_minute = 3000
# Searches a minute from one address, one member or one other node.
search_per_minute = 60
# Uploads an hour by one member.
uploads_per_hour = 120
# Failed attempts to sign in, an hour, to one account or from one address.
sign_ins_per_hour = 20
# Requests to become a member, an hour, from one address.
registrations_per_hour = 5
"""


def render(
    *,
    domain: str,
    name: str,
    base_url: str = "",
    country: str = "",
    languages: Sequence[str] = ("en",),
    data_dir: str = "data",
) -> str:
    """Fill in a config file for a body.

    A plain `base_url` makes it one for a test network, as does a domain that is no more than an address.
    There is seldom a proxy in front of such a node, so it listens on the very port that its address names.
    """
    base_url = base_url or _address_of(domain)
    is_plain = base_url.strip().lower().startswith("http:")
    values = {
        "domain": _quoted(domain),
        "name": _quoted(name),
        "base_url": _quoted(base_url),
        "country": _quoted(country),
        "languages": f"[{', '.join(_quoted(language) for language in languages)}]",
        "data_dir": _quoted(data_dir),
        "port": str(_port(base_url) if is_plain else 8000),
        "allow_http": "true" if is_plain else "false",
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], TEMPLATE)


def write_config(
    path: Path,
    *,
    domain: str,
    name: str,
    base_url: str = "",
    country: str = "",
    languages: Sequence[str] = ("en",),
    data_dir: Path | None = None,
    environ: Mapping[str, str],
) -> Settings:
    """Write a new config file, which only its owner may read, and return the settings it leads to.

    `environ` overrides, as in `load`. `data_dir` is `data` beside the file where not given. Raises
    SettingsError where a value is wrong or the file exists; nothing is written then.
    """
    directory = path.absolute().parent
    text = render(
        domain=domain,
        name=name,
        base_url=base_url,
        country=country,
        languages=languages,
        data_dir="data" if data_dir is None else _seen_from(directory, data_dir),
    )
    settings = assemble(tomllib.loads(text), directory, environ)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _create(path, text.encode())
    except FileExistsError as error:
        problem = Problem(
            str(path),
            "there is a config file already, and it is not overwritten",
            "Name another with --config, or remove it if you are sure that its node is not needed any more.",
        )
        raise SettingsError((problem,)) from error
    except OSError as error:
        problem = Problem(
            str(path), f"cannot be written: {error.strerror}", "Name another place with --config."
        )
        raise SettingsError((problem,)) from error
    return settings


def _create(path: Path, content: bytes) -> None:
    """Write a new file whole or not at all; FileExistsError where there is one.

    Passwords may be written into it later, so it is private from its first moment.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink()
        raise


def _seen_from(directory: Path, data_dir: Path) -> str:
    """Keep the path short where the two move together, absolute where they do not."""
    absolute = data_dir.expanduser().absolute()
    return str(absolute.relative_to(directory) if absolute.is_relative_to(directory) else absolute)


def _address_of(domain: str) -> str:
    """Return where a node answers whose domain says it all, as 127.0.0.1:8000 does; nothing for others."""
    try:
        authority = canonical_host(domain.strip())
    except Malformed:
        return ""  # The domain itself is found wrong a moment later.
    host, port = host_and_port(authority)
    # A port with a name of the internet is a slip, and must not quietly lead to a node without encryption.
    says_all = is_address(host) or (port and "." not in host)
    return f"http://{authority}" if says_all else ""


def _port(base_url: str) -> int:
    try:
        return urlsplit(base_url.strip()).port or 8000
    except ValueError:
        return 8000  # The address itself is found wrong a moment later.


def _quoted(value: str) -> str:
    """Write a TOML basic string: JSON's escapes, and one for a character that JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
