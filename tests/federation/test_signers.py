from dataclasses import replace
from pathlib import Path

import pytest

from federation.errors import FederationError
from federation.signers import Signers
from storage.actors import Actor
from storage.database import Database
from storage.signing_keys import SigningKey
from tests.federation.outgoing import add_local, add_remote, keys, node
from tests.strict_verifier import judge

INBOX = "https://remote.example/inbox?x=1"


async def retire(database: Database, *actors: Actor) -> None:
    async with database.begin() as tx:
        for actor in actors:
            await tx.signing_keys.retire(actor, tx.now)


async def test_a_strict_server_believes_what_a_local_actor_signs(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        sign = await home.federation.signers.of(home.office.id)
        home.clock.forward(hours=3)
        headers = sign("POST", INBOX, b"{}")
        judge("POST", INBOX, headers, b"{}", keys().public, home.clock.now)
        assert 'keyId="https://node.example/actors/office#main-key"' in headers["signature"]


async def test_fetches_are_signed_by_the_servers_own_actor(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        sign = await home.federation.signers.server()
        headers = sign("GET", INBOX, None)
        judge("GET", INBOX, headers, None, keys().public, home.clock.now)
        assert 'keyId="https://node.example/actors/node#main-key"' in headers["signature"]
        assert await home.federation.signers.server() is sign


async def test_a_key_is_loaded_once_and_forgotten_when_asked(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        sign = await home.federation.signers.of(home.office.id)
        await retire(home.database, home.office)
        assert await home.federation.signers.of(home.office.id) is sign
        home.federation.signers.forget(home.office.id)
        with pytest.raises(FederationError, match="no private RSA key"):
            await home.federation.signers.of(home.office.id)


async def test_a_key_that_another_process_replaced_is_used_a_few_minutes_later(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        old = await home.federation.signers.of(home.office.id)
        await retire(home.database, home.office)
        new = f"{home.office.uri}#key-2"
        async with home.database.begin() as tx:
            await tx.signing_keys.add(
                SigningKey(new, home.office.id, "rsa", keys().public, keys().private, tx.now)
            )
        assert await home.federation.signers.of(home.office.id) is old
        home.clock.forward(minutes=6)
        sign = await home.federation.signers.of(home.office.id)
        assert f'keyId="{new}"' in sign("POST", INBOX, b"{}")["signature"]


async def test_only_so_many_keys_are_remembered(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        signers = Signers(home.database, size=2)
        async with home.database.begin() as tx:
            people = [await add_local(tx, name) for name in ("amina", "bela", "chen")]
        for person in people:
            await signers.of(person.id)
        await retire(home.database, *people)
        for person in people[1:]:
            await signers.of(person.id)
        with pytest.raises(FederationError):
            await signers.of(people[0].id)


async def test_nobody_else_can_be_signed_for(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            stranger = await add_remote(tx, "remote.example")
            await tx.signing_keys.add(
                SigningKey(f"{stranger.uri}#main-key", stranger.id, "rsa", keys().public, None, tx.now)
            )
        for number in (stranger.id, 1):
            with pytest.raises(FederationError, match="no private RSA key"):
                await home.federation.signers.of(number)


async def test_a_damaged_key_and_a_missing_server_actor_are_named(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await retire(home.database, home.office)
        async with home.database.begin() as tx:
            damaged = f"{home.office.uri}#key-2"
            await tx.signing_keys.add(SigningKey(damaged, home.office.id, "rsa", "", "no key", tx.now))
            await tx.actors.change(replace(home.server, username="other"))
        with pytest.raises(FederationError, match="#key-2 cannot be used"):
            await home.federation.signers.of(home.office.id)
        with pytest.raises(FederationError, match="ilan init"):
            await Signers(home.database).server()
