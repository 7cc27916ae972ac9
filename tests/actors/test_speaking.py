"""In whose name a member may publish, and what they may change, by role."""

import pytest

from actors.errors import Forbidden, Invalid
from actors.speaking import may_change, require_change, speaker
from storage.kinds import Kind, Role
from tests.fediverse import Fediverse

SPEAKERS = {Role.PUBLISHER, Role.ADMIN}
COORDINATED = {Kind.EVENT, Kind.TRAINING, Kind.OFFER, Kind.REQUEST}


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_publishes_as_themselves_and_some_as_the_body(
    fediverse: Fediverse, role: Role
) -> None:
    kenya = await fediverse.node("kenya.example")
    amina = await kenya.person("amina")
    async with kenya.database.read() as tx:
        for kind in Kind:
            for own in (None, "", "amina", "@Amina", "amina@kenya.example"):
                assert await speaker(tx, amina, role, own, kind) == amina
            if role in SPEAKERS or (role == Role.COORDINATOR and kind in COORDINATED):
                assert await speaker(tx, amina, role, "office", kind) == kenya.office
            else:
                with pytest.raises(Forbidden):
                    await speaker(tx, amina, role, "office", kind)


@pytest.mark.parametrize("name", ["node", "brian", "nobody", "office@nepal.example", "x" * 5000])
async def test_nobody_publishes_as_anybody_else(fediverse: Fediverse, name: str) -> None:
    kenya = await fediverse.node("kenya.example")
    amina, _ = await kenya.person("amina"), await kenya.person("brian")
    async with kenya.database.read() as tx:
        with pytest.raises(Invalid) as refused:
            await speaker(tx, amina, Role.ADMIN, name, Kind.NOTE)
    assert list(refused.value.fields) == ["as"]
    assert len(str(refused.value.fields)) < 300


@pytest.mark.parametrize("role", list(Role))
async def test_only_its_author_or_a_publisher_for_the_bodys_may_change_something(
    fediverse: Fediverse, role: Role
) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    amina, brian = await kenya.person("amina"), await kenya.person("brian")
    elsewhere = await kenya.resolve(nepal.office.uri)
    assert may_change(amina, role, amina, Kind.PRACTICE)
    assert not may_change(amina, role, brian, Kind.PRACTICE)
    assert not may_change(amina, role, elsewhere, Kind.PRACTICE)
    assert may_change(amina, role, kenya.office, Kind.PRACTICE) is (role in SPEAKERS)
    assert may_change(amina, role, kenya.office, Kind.EVENT) is (role in {*SPEAKERS, Role.COORDINATOR})
    require_change(amina, role, amina, Kind.PRACTICE)
    for author in (brian, elsewhere):
        with pytest.raises(Forbidden):
            require_change(amina, role, author, Kind.PRACTICE)
