from pathlib import Path

from actors.recording import record
from tests.federation.outgoing import START, act, add_publication, add_remote, node


async def test_what_a_local_actor_did_gets_an_address_and_waits_to_be_sent(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "remote.example")
            details = {"activity": {"id": "https://remote.example/f", "type": "Follow"}}
            made = await record(
                tx, home.office, "Accept", "https://remote.example/f", target=friend, details=details
            )
            note = await add_publication(tx, home.office)
            published = await act(tx, home.office, "Create", note)
        assert made is not None
        assert made.uri == f"https://node.example/actors/office/activities/{made.id}"
        async with home.database.begin() as tx:
            assert await tx.activities.by_uri(made.uri) == made
            assert [each.id for each in await tx.activities.waiting(10)] == sorted([made.id, published.id])
        assert (made.actor_id, made.verb, made.object) == (
            home.office.id,
            "Accept",
            "https://remote.example/f",
        )
        assert (made.target_id, made.details, made.created_at) == (friend.id, details, START)
        assert (made.is_public, made.publication_id, made.fanned_out_at) == (False, None, None)
        assert (published.is_public, published.publication_id) == (True, note.id)


async def test_what_a_remote_actor_did_is_recorded_by_its_own_node(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        friend = await add_remote(tx, "remote.example")
        assert await record(tx, friend, "Follow", home.office.uri, target=home.office) is None
        assert await tx.activities.waiting(10) == []
