"""Following between two nodes: asking, letting in, showing out, leaving, in any order and through outages."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.errors import ActorsError
from actors.following import accept, block, follow, reject, unblock, unfollow
from storage.actors import Actor
from storage.kinds import FollowState
from tests.fediverse import Fediverse, LiveNode


async def test_a_follow_is_accepted_and_news_arrive(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    asha = await kenya.person("asha")
    await kenya.follow(asha, "office@nepal.example")
    await fediverse.settle()
    assert await kenya.follow_state(asha.uri, nepal.office.uri) == FollowState.ACCEPTED
    assert await nepal.follow_state(asha.uri, nepal.office.uri) == FollowState.ACCEPTED
    published = await nepal.publish(nepal.office, "The rota is out.")
    await fediverse.settle()
    arrived = await kenya.publication(published.uri)
    assert arrived is not None
    assert "The rota is out." in arrived.content


async def test_whoever_decides_about_followers_is_asked_first(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    asha, binod = await kenya.person("asha"), await nepal.person("binod", manually_approves_followers=True)
    await kenya.follow(asha, "binod@nepal.example")
    await fediverse.settle()
    for node in (kenya, nepal):
        assert await node.follow_state(asha.uri, binod.uri) == FollowState.REQUESTED
    asker = await nepal.actor(asha.uri)
    assert asker is not None
    async with nepal.database.begin() as tx:
        await accept(tx, binod, asker)
    await fediverse.settle()
    assert await kenya.follow_state(asha.uri, binod.uri) == FollowState.ACCEPTED


async def test_whoever_leaves_hears_nothing_more(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await kenya.follow(kenya.office, "office@nepal.example")
    await fediverse.settle()
    await kenya.unfollow(kenya.office, nepal.office.uri)
    await fediverse.settle()
    assert await nepal.follow_state(kenya.office.uri, nepal.office.uri) is None
    published = await nepal.publish(nepal.office)
    await fediverse.settle()
    assert await kenya.publication(published.uri) is None


async def test_people_of_one_node_follow_each_other_without_the_wires(fediverse: Fediverse) -> None:
    kenya = await fediverse.node("kenya.example")
    asha = await kenya.person("asha")
    await kenya.follow(asha, "office@kenya.example")
    await fediverse.settle()
    assert await kenya.follow_state(asha.uri, kenya.office.uri) == FollowState.ACCEPTED
    assert fediverse.hops == []


async def test_a_story_takes_milliseconds_and_few_requests(fediverse: Fediverse) -> None:
    kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
    await kenya.follow(kenya.office, nepal.office.uri)
    await fediverse.settle()
    await nepal.publish(nepal.office)
    await fediverse.settle()
    # Each learns of the other's actor and of the servers' actors that sign what is asked.
    assert len(fediverse.hops) <= 8, fediverse.hops


# In any order

STEPS = ("follow", "unfollow", "accept", "reject", "block", "unblock", "settle", "kenya", "nepal", "hour")


@dataclass
class Pair:
    """Somebody who may follow, somebody who may be followed, and their nodes."""

    fediverse: Fediverse
    kenya: LiveNode
    nepal: LiveNode
    asha: Actor
    binod: Actor
    blocks: int = field(default=0)

    async def step(self, name: str) -> None:
        """Let somebody do something; what cannot be done is not done."""
        match name:
            case "settle":
                await self.fediverse.settle()
            case "kenya" | "nepal":
                self.fediverse.down ^= {f"{name}.example"}
            case "hour":
                self.fediverse.wait(hours=1)
            case "follow" | "unfollow":
                await self._at_kenya(name)
            case _:
                await self._at_nepal(name)

    async def _at_kenya(self, name: str) -> None:
        async with self.kenya.database.begin() as tx:
            binod = await tx.actors.by_uri(self.binod.uri)
            assert binod is not None
            await (follow if name == "follow" else unfollow)(tx, self.asha, binod)

    async def _at_nepal(self, name: str) -> None:
        async with self.nepal.database.begin() as tx:
            asha = await tx.actors.by_uri(self.asha.uri)
            if asha is None:
                return  # Nothing of hers has come yet.
            try:
                if name == "block":
                    self.blocks += 1
                    await block(tx, self.binod, asha, uri=f"{self.binod.uri}#blocks/{self.blocks}")
                else:
                    await {"accept": accept, "reject": reject, "unblock": unblock}[name](tx, self.binod, asha)
            except ActorsError:
                return

    async def states(self) -> list[str]:
        """Return what each node takes the follow for; one that was refused is none."""
        found = [await node.follow_state(self.asha.uri, self.binod.uri) for node in (self.kenya, self.nepal)]
        return ["none" if state in {None, FollowState.REJECTED} else str(state) for state in found]


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=14), is_open=st.booleans())
def test_both_nodes_agree_in_the_end_whatever_happens_between_them(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], is_open: bool
) -> None:
    async def story() -> None:
        async with Fediverse(tmp_path_factory.mktemp("pair")) as fediverse:
            kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
            asha = await kenya.person("asha")
            binod = await nepal.person("binod", manually_approves_followers=not is_open)
            await kenya.resolve(binod.uri)
            pair = Pair(fediverse, kenya, nepal, asha, binod)
            for name in steps:
                await pair.step(name)
            fediverse.down.clear()
            await fediverse.pass_time(steps=12, hours=12)
            one, other = await pair.states()
            assert one == other

    asyncio.run(story())
