"""A node with a remote author whose key it knows, and signed activities of that author."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from actors.accounts import NewKeys, create_node
from federation import signatures
from node.settings import Settings, assemble
from storage.actors import Actor
from storage.database import Database
from storage.follows import Follow
from storage.kinds import FollowState
from storage.migrating import migrate
from storage.signing_keys import SigningKey

AUTHOR = "https://remote.example/users/author"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PARAGRAPH = (
    "<p>The rota has one advocate and one <a href='https://example.org/rota'>paralegal</a> for each station; "
    "calls come in on one number. <strong>Night cover</strong> is paid apart.</p>"
)


@dataclass(frozen=True, slots=True)
class Scene:
    settings: Settings
    url: str
    domain: str
    base_url: str
    author_keys: signatures.KeyPair
    author: Actor
    office: Actor


async def make_scene(folder: Path, port: int) -> Scene:
    """Set a node up on a loopback port, with a remote author whom its body follows."""
    domain = f"127.0.0.1:{port}"
    base_url = f"http://{domain}"
    settings = assemble(
        {
            "node": {"domain": domain, "name": "Bench", "base_url": base_url, "data_dir": str(folder)},
            "server": {"host": "127.0.0.1", "port": port},
            "federation": {"allow_http": True, "allow_networks": ["127.0.0.0/8"]},
            "limits": {"inbox_per_minute": 1_000_000, "requests_per_minute": 1_000_000},
        },
        folder,
        {},
    )
    url = settings.storage.database_url
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    pair = signatures.generate_rsa()
    async with database.begin() as tx:
        _, office = await create_node(
            tx, base_url=base_url, domain=domain, name="Bench", server_keys=new_keys(), body_keys=new_keys()
        )
        author = await tx.actors.add(
            Actor(
                id=tx.new_id(),
                uri=AUTHOR,
                type="Person",
                username="author",
                host="remote.example",
                is_local=False,
                created_at=tx.now,
                inbox=f"{AUTHOR}/inbox",
                followers=f"{AUTHOR}/followers",
                indexable=True,
                fetched_at=tx.now,
            )
        )
        await tx.signing_keys.replace(
            author, [SigningKey(f"{AUTHOR}#main-key", author.id, "rsa", pair.public, None, tx.now)]
        )
        await tx.follows.add(
            Follow(
                tx.new_id(), office.id, author.id, f"{office.uri}/f/1", FollowState.ACCEPTED, tx.now, tx.now
            )
        )
    await database.close()
    return Scene(settings, url, domain, base_url, pair, author, office)


def new_keys() -> NewKeys:
    rsa, ed25519 = signatures.generate_rsa(), signatures.generate_ed25519()
    return NewKeys(rsa.private, rsa.public, ed25519.private, ed25519.public)


def create_note(scene: Scene, number: int) -> bytes:
    """A Create of a Note of about 2 KB, as servers send it."""
    note = f"https://remote.example/notes/{number}"
    published = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    addressing = {"to": [PUBLIC], "cc": [f"{AUTHOR}/followers", scene.office.uri]}
    document = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"},
        ],
        "id": f"{note}/activity",
        "type": "Create",
        "actor": AUTHOR,
        "published": published,
        **addressing,
        "object": {
            "id": note,
            "type": "Note",
            "attributedTo": AUTHOR,
            "content": f"<p>Note {number}</p>{PARAGRAPH * 4}",
            "contentMap": {"en": f"<p>Note {number}</p>{PARAGRAPH * 4}"},
            "published": published,
            "url": f"https://remote.example/@author/{number}",
            "sensitive": False,
            "tag": [{"type": "Hashtag", "name": "#LegalAid", "href": "https://remote.example/tags/legalaid"}],
            **addressing,
        },
    }
    return json.dumps(document).encode()


def signed(scene: Scene, bodies: Sequence[bytes]) -> list[tuple[dict[str, str], bytes]]:
    """Sign requests to the shared inbox; returns headers and body of each."""
    key = signatures.SigningKey.load(scene.author_keys.private)
    now = datetime.now(UTC)
    inbox = f"{scene.base_url}/inbox"
    return [
        (signatures.sign("POST", inbox, body, key=key, key_id=f"{AUTHOR}#main-key", now=now), body)
        for body in bodies
    ]
