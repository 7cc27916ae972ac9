"""Actors between rows and the wire: what one of our nodes writes another reads as it was."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from federation import vocabulary as as2
from federation.translate.actors import actor_document, read_keys, read_remote_actor
from storage.actors import Actor
from storage.kinds import ActorType
from storage.signing_keys import SigningKey
from tests.key_pool import new_keys

NOW = datetime(2026, 8, 23, 10, tzinfo=UTC)
URI = "https://node.example/actors/asha"
OURS = Actor(
    7,
    URI,
    ActorType.PERSON,
    "asha",
    "legalaid.example",
    True,
    NOW,
    f"{URI}/inbox",
    name="Asha",
    name_map={"en": "Asha", "ne": "आशा"},
    summary="<p>Advocate.</p>",
    url="https://node.example/@asha",
    shared_inbox="https://node.example/inbox",
    outbox=f"{URI}/outbox",
    followers=f"{URI}/followers",
    following=f"{URI}/following",
    featured=f"{URI}/featured",
    icon="https://node.example/media/asha.webp",
    image="https://node.example/media/banner.jpg",
    fields=[["Site", '<a href="https://legalaid.example">legalaid.example</a>']],
    additional_type="ilan:Expert",
    jurisdiction=["KE"],
    languages=["en", "sw"],
    manually_approves_followers=True,
    discoverable=True,
    indexable=True,
    searchable_by=[as2.PUBLIC],
    also_known_as=["https://old.example/users/asha"],
    moved_to="https://new.example/users/asha",
    published_at=NOW,
    updated_at=NOW,
)


def keys() -> list[SigningKey]:
    pair = new_keys()
    return [
        SigningKey(f"{URI}#main-key", 7, "rsa", pair.rsa_public, pair.rsa_private, NOW),
        SigningKey(f"{URI}#ed25519-key", 7, "ed25519", pair.ed25519_public, pair.ed25519_private, NOW),
    ]


def read(document: dict[str, Any]) -> as2.Actor:
    value = as2.read(as2.parse(as2.encode(document)))
    assert isinstance(value, as2.Actor)
    return value


def test_what_we_write_another_node_reads_as_it_was() -> None:
    value = read(actor_document(OURS, keys()))
    row = read_remote_actor(value, "legalaid.example", None, 99, NOW)
    same = replace(OURS, id=99, is_local=False, fetched_at=NOW)
    # Which languages a page offers is the reader's affair.
    assert replace(row, summary=OURS.summary, fields=OURS.fields) == same
    assert "legalaid.example" in row.fields[0][1]
    assert "Advocate." in row.summary


def test_the_handle_is_claimed_in_the_document() -> None:
    assert read(actor_document(OURS, keys())).webfinger == "asha@legalaid.example"


def test_both_keys_are_read_as_they_were() -> None:
    read_back = read_keys(read(actor_document(OURS, keys())), replace(OURS, id=99), NOW)
    assert [(key.uri, key.algorithm, key.public.strip(), key.private) for key in read_back] == [
        (key.uri, key.algorithm, key.public.strip(), None) for key in keys()
    ]


def test_no_private_key_is_ever_in_a_document() -> None:
    text = as2.encode(actor_document(OURS, keys())).decode()
    assert "PRIVATE" not in text


def test_the_public_key_is_one_object_and_never_a_list() -> None:
    document = actor_document(OURS, keys())
    assert document["publicKey"]["id"] == f"{URI}#main-key"
    assert [key["id"] for key in document["assertionMethod"]] == [f"{URI}#ed25519-key"]


def test_what_an_actor_does_not_say_is_left_out() -> None:
    bare = Actor(1, URI, ActorType.PERSON, "asha", "node.example", True, NOW, f"{URI}/inbox")
    document = actor_document(bare, [])
    assert not {"publicKey", "assertionMethod", "icon", "movedTo", "alsoKnownAs", "summary"} & document.keys()
    assert document["name"] == "asha"


def test_what_is_known_keeps_its_number_its_birth_and_our_decisions() -> None:
    value = read(actor_document(replace(OURS, name="Asha A."), keys()))
    known = replace(
        OURS,
        id=99,
        is_local=False,
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        suspended_at=NOW,
        gone_at=NOW,
    )
    row = read_remote_actor(value, "legalaid.example", known, 99, NOW)
    assert (row.id, row.created_at, row.suspended_at) == (99, known.created_at, NOW)
    assert (row.name, row.gone_at) == ("Asha A.", None)


@pytest.mark.parametrize(
    ("url", "host", "shown"),
    [
        ("https://node.example/@asha", "node.example", True),
        ("https://legalaid.example/@asha", "legalaid.example", True),
        ("https://legalaid.example/@asha", "node.example", False),
        ("https://node.example.evil.example/@asha", "node.example", False),
        ("https://evil.example/https://node.example/@asha", "node.example", False),
    ],
)
def test_only_a_page_of_its_own_is_shown(url: str, host: str, shown: bool) -> None:  # ORG-25
    row = read_remote_actor(read(actor_document(replace(OURS, url=url), [])), host, None, 1, NOW)
    assert row.url == (url if shown else None)
