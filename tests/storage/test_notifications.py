"""Notifications: lists by type, sender and group, each read along an index; those who wait; markers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from storage.actors import Actor
from storage.database import Database
from storage.kinds import GROUPABLE, About
from storage.notification_policies import NotificationPolicy, NotificationRequest
from storage.notification_walks import IN_GROUPS, ONE_BY_ONE, Walk
from storage.notifications import Choice, Notification, own_key
from storage.paging import Page
from storage.publications import Publication
from storage.transaction import Transaction
from tests.databases import IS_POSTGRESQL
from tests.fediverse import START
from tests.make import remote_actor, remote_publication

EVERYTHING = tuple(About)


@dataclass
class Told:
    """Adds notifications of one owner, each newer than the one before."""

    tx: Transaction
    owner: Actor

    async def add(
        self, sender: Actor, about: About, key: str = "", *, subject: int = 0, filtered: bool = False
    ) -> int:
        number = self.tx.new_id()
        new = Notification(
            number,
            self.owner.id,
            about,
            sender.id,
            subject or number,
            None,
            key or own_key(number),
            START,
            filtered,
        )
        assert await self.tx.notifications.add(new)
        return number

    async def page(self, page: Page, choice: Choice) -> list[int]:
        return [each.id for each in await self.tx.notifications.page(self.owner.id, page, choice)]

    async def groups(
        self,
        page: Page,
        choice: Choice = Choice(EVERYTHING),  # noqa: B008 - it never changes
        grouped: frozenset[About] = GROUPABLE,
    ) -> list[int]:
        found = await self.tx.notifications.groups(self.owner.id, page, choice, grouped)
        return [each.id for each in found]


async def beginning(tx: Transaction, *names: str) -> tuple[Told, list[Actor]]:
    owner = await remote_actor(tx, "https://remote.example/users/owner")
    return Told(tx, owner), [await remote_actor(tx, f"https://remote.example/users/{name}") for name in names]


async def test_the_same_is_told_once(database: Database) -> None:
    async with database.begin() as tx:
        told, [sender] = await beginning(tx, "one")
        first = Notification(
            tx.new_id(), told.owner.id, About.FOLLOW, sender.id, 0, None, "follow-1", START, filtered=False
        )
        assert await tx.notifications.add(first) is True
        again = Notification(
            tx.new_id(), told.owner.id, About.FOLLOW, sender.id, 0, None, "follow-1", START, filtered=False
        )
        assert await tx.notifications.add(again) is False
        assert await told.page(Page(), Choice(EVERYTHING)) == [first.id]


@pytest.mark.parametrize("with_filtered", [False, True])
async def test_types_are_merged_in_order_within_every_bound(database: Database, with_filtered: bool) -> None:
    async with database.begin() as tx:
        told, [sender] = await beginning(tx, "one")
        kinds = [About.FAVOURITE, About.MENTION, About.POLL, About.MENTION, About.REBLOG, About.MENTION]
        ids = [await told.add(sender, each) for each in kinds]
        choice = Choice(EVERYTHING, with_filtered=with_filtered)
        newest = ids[::-1]
        assert await told.page(Page(4), choice) == newest[:4]
        assert await told.page(Page(2, max_id=ids[4]), choice) == newest[2:4]
        assert await told.page(Page(2, since_id=ids[1]), choice) == newest[:2]
        assert await told.page(Page(2, min_id=ids[1]), choice) == [ids[3], ids[2]]
        assert await told.page(Page(2, min_id=ids[0], max_id=ids[2]), choice) == [ids[1]]
        assert await told.page(Page(2, min_id=ids[0], since_id=ids[3]), choice) == [ids[5], ids[4]]
        some = Choice((About.MENTION, About.POLL), with_filtered=with_filtered)
        assert await told.page(Page(3), some) == [ids[5], ids[3], ids[2]]
        assert await told.page(Page(), Choice((), with_filtered=with_filtered)) == []


async def test_what_waits_is_seen_only_where_it_is_asked_for(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        shown = await told.add(one, About.MENTION)
        waits = await told.add(two, About.MENTION, filtered=True)
        assert await told.page(Page(), Choice(EVERYTHING)) == [shown]
        assert await told.page(Page(), Choice(EVERYTHING, with_filtered=True)) == [waits, shown]
        assert await told.page(Page(), Choice(EVERYTHING, two.id)) == [waits]
        assert await told.page(Page(), Choice((About.FOLLOW,), two.id)) == []
        assert await tx.notifications.count(told.owner.id, Choice(EVERYTHING), after=0, most=10) == 1


async def test_the_suspended_are_not_heard_until_they_are_let_in_again(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        ids = [await told.add(each, About.FAVOURITE, "favourite-1-1") for each in (one, two)]
        suspended = await suspend(tx, two, START)
        assert await told.page(Page(), Choice(EVERYTHING)) == [ids[0]]
        assert await told.groups(Page()) == [ids[0]]
        [member] = await tx.notifications.members(told.owner.id, ["favourite-1-1"], most=8)
        assert (member.count, member.newest_id) == (1, ids[0])
        await suspend(tx, suspended, None)
        assert await told.groups(Page()) == [ids[1]]


async def suspend(tx: Transaction, actor: Actor, moment: datetime | None) -> Actor:
    changed = replace(actor, suspended_at=moment)
    await tx.actors.change(changed)
    return changed


async def test_a_group_stands_where_its_newest_stands(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two, three] = await beginning(tx, "one", "two", "three")
        old = await told.add(one, About.FAVOURITE, "favourite-1-1")
        mention = await told.add(one, About.MENTION)
        other = await told.add(one, About.REBLOG, "reblog-1-1")
        new = await told.add(two, About.FAVOURITE, "favourite-1-1")
        assert await told.groups(Page()) == [new, other, mention]
        # Whoever reads on does not meet it again, and whoever reads up meets it anew.
        assert await told.groups(Page(max_id=new)) == [other, mention]
        newer = await told.add(three, About.FAVOURITE, "favourite-1-1")
        assert await told.groups(Page(min_id=new)) == [newer]
        # Programs that do not know such groups get each by itself.
        assert await told.groups(Page(), grouped=frozenset()) == [newer, new, other, mention, old]
        assert await told.groups(Page(), Choice(EVERYTHING, one.id)) == [other, mention, old]


async def test_members_of_groups_are_counted_and_sampled_in_one_statement(database: Database) -> None:
    async with database.begin() as tx:
        told, senders = await beginning(tx, *(f"s{number}" for number in range(10)))
        ids = [await told.add(each, About.FAVOURITE, "favourite-1-1") for each in senders]
        other = await told.add(senders[0], About.FAVOURITE, "favourite-2-1")
        keys = ["favourite-1-1", "favourite-2-1", "favourite-3-1"]
        found = await tx.notifications.members(told.owner.id, keys, most=3, lowest=ids[4])
        assert [(each.group_key, each.id) for each in found] == [
            ("favourite-1-1", ids[9]),
            ("favourite-1-1", ids[8]),
            ("favourite-1-1", ids[7]),
            ("favourite-2-1", other),
        ]
        assert {(each.count, each.oldest_id, each.newest_id) for each in found[:3]} == {(10, ids[4], ids[9])}
        assert await tx.notifications.members(told.owner.id, [], most=3) == []


async def test_counts_stop_where_they_are_told_to(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        first = await told.add(one, About.MENTION)
        for sender in (one, two):
            await told.add(sender, About.FAVOURITE, "favourite-1-1")
        await told.add(one, About.FOLLOW, "follow-1")
        count, owner = tx.notifications.count, told.owner.id
        assert await count(owner, Choice(EVERYTHING), after=0, most=100) == 4
        assert await count(owner, Choice(EVERYTHING), after=0, most=2) == 2
        assert await count(owner, Choice(EVERYTHING), after=first, most=100) == 3
        assert await count(owner, Choice(EVERYTHING), after=first, most=100, grouped=GROUPABLE) == 2
        assert await count(owner, Choice((About.MENTION,)), after=0, most=100) == 1
        assert await count(owner, Choice(EVERYTHING, two.id), after=0, most=100, grouped=GROUPABLE) == 1


async def test_the_latest_open_group_is_found_by_its_keys(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        for sender, hour in ((one, 100), (two, 103)):
            await told.add(sender, About.FAVOURITE, f"favourite-1-{hour}")
        keys = [f"favourite-1-{hour}" for hour in range(95, 107)]
        assert await tx.notifications.open_group(told.owner.id, keys) == "favourite-1-103"
        assert await tx.notifications.open_group(told.owner.id, ["favourite-2-100"]) is None


async def test_they_are_forgotten_one_by_one_by_group_by_sender_and_all(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        store, owner = tx.notifications, told.owner.id
        first = await told.add(one, About.MENTION)
        await told.add(one, About.FAVOURITE, "favourite-1-1")
        await told.add(two, About.FAVOURITE, "favourite-1-1")
        follow = await told.add(two, About.FOLLOW)
        await store.remove(two.id, [first])
        await store.remove(owner, [first, 12])
        await store.remove_group(owner, "favourite-1-1")
        assert await told.page(Page(), Choice(EVERYTHING)) == [follow]
        await store.remove_between(owner, one.id)
        await store.remove_sender(two.id)
        assert await told.page(Page(), Choice(EVERYTHING)) == []
        await told.add(one, About.FOLLOW)
        await store.remove_from_host(owner, "other.example")
        assert len(await told.page(Page(), Choice(EVERYTHING))) == 1
        await store.remove_from_host(owner, "remote.example")
        await told.add(two, About.FOLLOW)
        await store.clear(owner)
        assert await told.page(Page(), Choice(EVERYTHING)) == []


async def test_they_go_with_the_publication_and_with_whoever_they_are_about(database: Database) -> None:
    async with database.begin() as tx:
        told, [one] = await beginning(tx, "one")
        publication: Publication = await remote_publication(tx, one)
        number = tx.new_id()
        await tx.notifications.add(
            Notification(
                number,
                told.owner.id,
                About.FAVOURITE,
                one.id,
                publication.id,
                publication.id,
                "favourite-1-1",
                START,
                filtered=False,
            )
        )
        await tx.publications.remove(publication)
        assert await tx.notifications.find(told.owner.id, number) is None
        assert await tx.notifications.by_ids([number]) == []


async def test_requests_gather_what_waits_of_one_sender(database: Database) -> None:
    async with database.begin() as tx:
        told, [one, two] = await beginning(tx, "one", "two")
        store, owner = tx.notification_policies, told.owner.id
        publication = await remote_publication(tx, one)
        later = START + timedelta(minutes=1)
        first = tx.new_id()
        await store.request(NotificationRequest(first, owner, one.id, publication.id, START, START))
        await store.request(NotificationRequest(tx.new_id(), owner, one.id, None, later, later))
        assert await store.requests(owner, Page()) == []
        for _ in range(2):
            await told.add(one, About.MENTION, filtered=True)
        [(request, count, actor)] = await store.requests(owner, Page())
        assert request == NotificationRequest(first, owner, one.id, publication.id, START, later)
        assert (count, actor) == (2, one)
        assert await store.count(owner) == (1, 2)
        assert await store.find(two.id, [first]) == []
        await tx.notifications.let_through(owner, [one.id])
        assert await store.requests(owner, Page()) == []
        assert await store.count(owner) == (0, 0)
        assert len(await told.page(Page(), Choice(EVERYTHING))) == 2


async def test_requests_of_the_suspended_rest(database: Database) -> None:
    async with database.begin() as tx:
        told, [one] = await beginning(tx, "one")
        await told.add(one, About.MENTION, filtered=True)
        request = NotificationRequest(tx.new_id(), told.owner.id, one.id, None, START, START)
        await tx.notification_policies.request(request)
        suspended = await suspend(tx, one, START)
        assert await tx.notification_policies.requests(told.owner.id, Page()) == []
        await suspend(tx, suspended, None)
        assert len(await tx.notification_policies.requests(told.owner.id, Page())) == 1


async def test_a_policy_is_the_usual_one_until_it_is_chosen(database: Database) -> None:
    async with database.begin() as tx:
        told, _ = await beginning(tx)
        store, owner = tx.notification_policies, told.owner.id
        assert await store.of(owner) == NotificationPolicy(
            owner, "accept", "accept", "accept", "filter", "filter"
        )
        chosen = NotificationPolicy(owner, for_new_accounts="drop")
        for _ in range(2):
            await store.keep(chosen)
        assert await store.of(owner) == chosen


async def test_markers_rise_in_version_and_may_go_back(database: Database) -> None:
    async with database.begin() as tx:
        told, _ = await beginning(tx)
        owner = told.owner.id
        first = await tx.markers.keep(owner, "home", 12)
        second = await tx.markers.keep(owner, "home", 7)
        await tx.markers.keep(owner, "notifications", 3)
        assert (first.last_read_id, first.version) == (12, 0)
        assert (second.last_read_id, second.version) == (7, 1)
        assert await tx.markers.of(owner, ["home"]) == {"home": second}
        assert set(await tx.markers.of(owner, ["home", "notifications", "home"])) == {"home", "notifications"}
        assert await tx.markers.of(owner, []) == {}


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL plans by what the tables hold")
@pytest.mark.parametrize("walk", [ONE_BY_ONE, IN_GROUPS], ids=["one by one", "in groups"])
async def test_lists_are_read_along_indexes_alone(database: Database, walk: Walk) -> None:
    async with database.read() as tx:
        for statement in (*walk._pages.values(), *walk._counts.values()):
            compiled = statement.compiled(tx._connection.dialect)
            known = [compiled.constants.get(each) for each in compiled.names]
            plan = await tx._connection.raw(f"EXPLAIN QUERY PLAN {compiled.sql}", *known)
            steps = [row[3] for row in plan]
            reads = [step for step in steps if " notifications " in step or "newer" in step]
            assert all(step.startswith("SEARCH") for step in reads), steps
            assert all("INDEX ix_notifications" in step for step in reads), steps
            # What is sorted is only the few of each part, whose ranges are read in their order.
            assert all("id>?" in step for step in reads), steps
