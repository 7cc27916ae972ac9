"""Activities that real servers sent, each signed as its sender and taken in: none surprises this node."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from actors.following import accept, follow
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.handlers import HANDLERS
from tests.fediverse import Fediverse, LiveNode, Persona
from tests.shared import shared


def activities() -> list[tuple[Path, dict[str, Any]]]:
    """Return every activity among the fixtures, deliberately bad ones included."""
    found = []
    for path in sorted(shared("fixtures").rglob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        if isinstance(document, dict) and as2.reading.kind(document) in as2.ACTIVITY_TYPES:
            found.append((path, document))
    return found


def persona_of(fediverse: Fediverse, actor: str) -> Persona | None:
    parts = urlsplit(actor)
    if parts.scheme != "https" or not parts.netloc or "." not in parts.netloc:
        return None
    persona = Persona(fediverse.remote(parts.netloc), actor)
    try:
        persona.publish(preferredUsername="sender")
    except ValueError:
        return None
    return persona


async def test_whatever_real_servers_send_is_taken_or_refused(fediverse: Fediverse) -> None:
    node = await fediverse.node("node.example")
    fediverse.now = fediverse.now.replace(year=2027)
    statuses: Counter[int] = Counter()
    for path, document in activities():
        actor = as2.id_of(document.get("actor"))
        persona = persona_of(fediverse, actor) if actor else None
        if persona is None:
            continue
        reply = await node.hear(persona, document)
        assert reply.status in {202, 400, 401}, (path, reply.body)
        statuses[reply.status] += 1
        fediverse.wait(minutes=1)
    await fediverse.settle()
    await fediverse.pass_time(steps=10, hours=4)
    received = await node.received()
    assert not [(row.uri, row.reason) for row in received if "see the log" in (row.reason or "")]
    assert all(row.outcome is not None for row in received)
    assert statuses[202] > 100
    assert statuses[202] > 10 * (statuses[400] + statuses[401])


async def test_what_somebody_we_follow_really_sent_can_be_kept(fediverse: Fediverse) -> None:
    """The notes, articles, videos and events of many kinds of software, as if we followed their authors."""
    node = await fediverse.node("node.example")
    fediverse.now = fediverse.now.replace(year=2027)
    kept = 0
    for path, document in activities():
        if as2.reading.kind(document) != "Create" or not isinstance(document.get("object"), dict):
            continue
        actor = as2.id_of(document.get("actor"))
        persona = persona_of(fediverse, actor) if actor else None
        if persona is None or not _is_sound(document):
            continue
        await _befriend(node, persona)
        await node.hear(persona, document)
        fediverse.wait(minutes=1)
        await fediverse.settle()
        row = (await node.received())[-1]
        if row.outcome == "applied":
            kept += 1
        else:
            assert "another server" in (row.reason or ""), (path, row.reason)
    assert kept > 25


def _is_sound(document: dict[str, Any]) -> bool:
    try:
        value = as2.read_activity(document)
    except Malformed:
        return False
    return type(value) in HANDLERS


async def _befriend(node: LiveNode, persona: Persona) -> None:

    other = await node.resolve(persona.uri)
    async with node.database.begin() as tx:
        known = await tx.actors.by_uri(other.uri)
        assert known is not None
        await follow(tx, node.office, known)
        await accept(tx, known, node.office)
    await node.fediverse.settle()
