"""Every document that other servers published is understood, or refused for a reason written down here."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from federation import vocabulary as as2
from federation.errors import Malformed
from tests.shared import shared

FIXTURES = shared("fixtures")

MAINSTREAM = (
    "mastodon",
    "gotosocial",
    "mobilizon",
    "lemmy",
    "pleroma",
    "misskey",
    "peertube",
    "wordpress",
    "friendica",
    "gancio",
)

NOT_DOCUMENTS = {"wire/sigmatrix-gts.json", "wire/sigmatrix-takahe.json"}

NO_INBOX = "an excerpt of an actor: nothing can be sent to one without an inbox"
NO_ACTOR = "an example that leaves out who acts, or gives the actor no id"
NO_ID = "an example without an id: there is nothing to store or to refer to"
PLACEHOLDER = "its ids are pieces of a program's source (` + account.URI + `), not addresses"

REFUSED = {
    "bandwagon/album.json": PLACEHOLDER,
    "bridgy-fed/actor-service-1.json": NO_INBOX,
    "bridgy-fed/actor-service-2.json": NO_INBOX,
    "bridgy-fed/actor-service-3.json": NO_INBOX,
    "bridgy-fed/actor-service-4.json": NO_INBOX,
    "epicyon/document.json": NO_ID,
    "epicyon/note-3.json": NO_ID,
    "fedify/actor-person-1.json": NO_INBOX,
    "fedify/actor-person-2.json": NO_INBOX,
    "fedify/actor-person-4.json": NO_INBOX,
    "fedify/announce.json": NO_ACTOR,
    "fedify/create-2.json": "creates nothing",
    "fedify/cryptographic-key-2.json": "a key that says not whose it is cannot be traced to an actor",
    "fep-268d/actor-person.json": NO_INBOX,
    "fep-2931/announce.json": NO_ACTOR,
    "fep-844e/actor-application.json": NO_INBOX,
    "fep-e232/note-1.json": NO_ID,
    "fep-e232/note-2.json": NO_ID,
    "generic/actor-person-2.json": NO_INBOX,
    "generic/delete-note-2.json": "two actors at once: nobody can sign for both",
    "generic/flag-1.json": PLACEHOLDER,
    "gotosocial/flag-2.json": PLACEHOLDER,
    "indiekit/actor-person.json": "cut off in the middle by whoever captured it",
    "ktistec/quote-authorization.json": "FEP-044f: an authorization says who gives it",
    "swicg-miscellany/actor-person-2.json": NO_INBOX,
    "w3c-as2/invite-event.json": NO_ACTOR,
    "w3c-as2/listen.json": NO_ACTOR,
    "w3c-as2/remove.json": NO_ACTOR,
    "w3c-as2/tentativereject-invite.json": NO_ACTOR,
}

UNKNOWN = {
    "bookwyrm/edition.json": "a book: no text of its own to show",
    "fep-0391/activity-2.json": "the abstract type Activity",
}

KINDS: dict[str, type[Any]] = {
    "actor": as2.Actor,
    "album": as2.Object,
    "article": as2.Object,
    "audio": as2.Object,
    "book": as2.Object,
    "collection": as2.Collection,
    "conversation": as2.Object,
    "cryptographic": as2.Key,
    "data": as2.Proof,
    "event": as2.Object,
    "image": as2.Object,
    "key": as2.Key,
    "nodeinfo": as2.NodeInfo,
    "note": as2.Object,
    "page": as2.Object,
    "place": as2.Place,
    "proposal": as2.Object,
    "question": as2.Object,
    "quote": as2.Authorization,
    "relationship": as2.Relationship,
    "tombstone": as2.Object,
    "video": as2.Object,
    "webfinger": as2.Jrd,
    **{name.lower(): kind for name, kind in as2.ACTIVITY_TYPES.items()},
}


def documents() -> list[str]:
    found = (str(path.relative_to(FIXTURES)) for path in FIXTURES.rglob("*.json"))
    return sorted(name for name in found if name not in NOT_DOCUMENTS)


def read(name: str) -> Any:
    return as2.read(as2.parse((FIXTURES / name).read_bytes()))


def outcome(name: str) -> str:
    """Say how a document fares; anything but Malformed fails the test that asks."""
    try:
        value = read(name)
    except Malformed as fault:
        return f"refused: {fault}"
    return "unknown type" if isinstance(value, as2.Unknown) else "understood"


def test_every_document_is_understood_or_refused_for_a_known_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes = {name: outcome(name) for name in documents()}
    assert len(outcomes) >= 440

    table: dict[str, Counter[str]] = defaultdict(Counter)
    for name, found in outcomes.items():
        table[str(Path(name).parent)][found.partition(":")[0]] += 1
    with capsys.disabled():
        print_table(table)

    refused = {name: found for name, found in outcomes.items() if found.startswith("refused")}
    assert refused.keys() == REFUSED.keys(), {
        name: refused.get(name) for name in refused.keys() ^ REFUSED.keys()
    }
    assert {name for name, found in outcomes.items() if found == "unknown type"} == UNKNOWN.keys()


def print_table(table: dict[str, Counter[str]]) -> None:
    columns = ("understood", "unknown type", "refused")
    print(f"\n\n{'implementation':<22}{'documents':>10}{''.join(f'{column:>14}' for column in columns)}")
    for implementation, counts in sorted(table.items()):
        cells = "".join(f"{counts[column] or '':>14}" for column in columns)
        print(f"{implementation:<22}{counts.total():>10}{cells}")
    total = sum(table.values(), Counter[str]())
    print(f"{'all':<22}{total.total():>10}{''.join(f'{total[column]:>14}' for column in columns)}")


@pytest.mark.parametrize("implementation", MAINSTREAM)
def test_everything_of_a_mainstream_server_is_understood_as_what_it_is(implementation: str) -> None:
    names = [name for name in documents() if name.startswith(f"{implementation}/") and name not in REFUSED]
    assert names
    for name in names:
        value = read(name)
        assert isinstance(value, expected_kind(name)), name
        if isinstance(value, as2.Create | as2.Update) and isinstance(value.document["object"], dict):
            assert isinstance(value.object.embedded, as2.Object | as2.Actor), name


def expected_kind(name: str) -> type[Any]:
    stem = Path(name).stem.removeprefix("ldsigned-")
    if stem.endswith(("-authorization", "-approval")):
        return as2.Authorization
    return KINDS[re.split(r"[-.]", stem)[0]]


def test_only_one_mainstream_document_is_refused_and_it_is_a_broken_capture() -> None:
    assert {name: REFUSED[name] for name in REFUSED if name.split("/")[0] in MAINSTREAM} == {
        "gotosocial/flag-2.json": PLACEHOLDER,
    }


def test_actors_of_mainstream_servers_can_be_verified_and_reached() -> None:
    for implementation in MAINSTREAM:
        for path in (FIXTURES / implementation).glob("actor-*.json"):
            actor = read(str(path.relative_to(FIXTURES)))
            assert actor.id, path
            assert actor.preferred_username != "unnamed", path
            assert any(key.pem for key in actor.keys), path


def test_what_is_read_is_written_and_read_again() -> None:
    for name in documents():
        if name in REFUSED or name in UNKNOWN:
            continue
        value = read(name)
        if isinstance(value, as2.Activity | as2.Actor | as2.Object | as2.Collection | as2.Key):
            assert as2.read(as2.write(value)) == value, name


def test_the_worked_examples_of_this_network_are_understood() -> None:
    examples = sorted(shared("examples").glob("*.jsonld"))
    assert len(examples) >= 30
    for path in examples:
        value = as2.read(as2.parse(path.read_bytes()))
        assert not isinstance(value, as2.Unknown), path.name
        if isinstance(value, as2.Create | as2.Update):
            assert isinstance(value.object.embedded, as2.Object), path.name
        if isinstance(value, as2.Object):
            assert value.attributed_to, path.name
            assert value.url, path.name


def test_bodies_as_they_were_posted_are_activities() -> None:
    for path in sorted((FIXTURES / "wire").rglob("POST_*.json")):
        body = json.dumps(json.loads(path.read_text("utf-8"))).encode()
        assert isinstance(as2.read_activity(as2.parse(body)), as2.Activity), path.name
