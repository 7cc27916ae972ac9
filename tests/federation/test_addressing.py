from dataclasses import replace
from pathlib import Path

from federation.addressing import Addressing
from federation.translate.activities import load_deeds
from storage.activities import Activity
from storage.actors import Actor
from storage.kinds import Kind, Policy, Visibility
from storage.publications import Publication
from storage.transaction import Transaction
from tests.federation.outgoing import (
    Node,
    act,
    add_follower,
    add_local,
    add_publication,
    add_remote,
    counted,
    node,
    withdraw,
)

REPLICA = "https://replica.example/inbox"


async def inboxes(home: Node, tx: Transaction, activity: Activity) -> set[str]:
    (deed,) = await load_deeds(tx, [activity])
    recipients = await Addressing(tx, home.federation).recipients(deed)
    return set(recipients.inboxes)


async def follow_the_node(home: Node, tx: Transaction) -> Actor:
    return await add_follower(tx, home.server, "replica.example", username="node")


async def test_followers_are_reached_once_for_each_server_and_the_mentioned_wherever_they_are(
    tmp_path: Path,
) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        for _ in range(3):
            await add_follower(tx, home.office, "big.example")
        alone = await add_follower(tx, home.office, "small.example", shared=False)
        mentioned = await add_remote(tx, "third.example")
        note = await add_publication(tx, home.office, mentioned=[mentioned])
        assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == {
            "https://big.example/inbox",
            alone.inbox,
            "https://third.example/inbox",
        }


async def test_only_whom_something_addresses_gets_it(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        await follow_the_node(home, tx)
        friend = await add_remote(tx, "friend.example")
        reached = {}
        for visibility in Visibility:
            post = await add_publication(
                tx, home.office, kind=Kind.PRACTICE, visibility=visibility, mentioned=[friend]
            )
            reached[visibility] = {
                verb: await inboxes(home, tx, await act(tx, home.office, verb, post))
                for verb in ("Create", "Update")
            }
        follower, mentioned = "https://follower.example/inbox", "https://friend.example/inbox"
        for visibility, expected in {
            Visibility.PUBLIC: {follower, mentioned, REPLICA},
            Visibility.UNLISTED: {follower, mentioned, REPLICA},
            Visibility.PRIVATE: {follower, mentioned},
            Visibility.DIRECT: {mentioned},
        }.items():
            assert reached[visibility] == {"Create": expected, "Update": expected}, visibility


async def test_nodes_that_keep_a_replica_are_told_of_the_catalogue_and_not_of_notes(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await follow_the_node(home, tx)
        for kind, expected in ((Kind.EVENT, {REPLICA}), (Kind.PRACTICE, {REPLICA}), (Kind.NOTE, set())):
            post = await add_publication(tx, home.office, kind=kind)
            for verb in ("Create", "Update"):
                assert await inboxes(home, tx, await act(tx, home.office, verb, post)) == expected
            announced = await act(tx, home.server, "Announce", post, target=home.office)
            assert await inboxes(home, tx, announced) == {REPLICA}
            assert await inboxes(home, tx, await withdraw(tx, home.office, post)) == expected


async def test_a_deletion_reaches_whom_the_publication_addressed_although_it_is_gone(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        friend = await add_remote(tx, "friend.example")
        await follow_the_node(home, tx)
        private = await add_publication(
            tx, home.office, kind=Kind.PRACTICE, visibility=Visibility.PRIVATE, mentioned=[friend]
        )
        gone = await withdraw(tx, home.office, private)
        assert await inboxes(home, tx, gone) == {
            "https://follower.example/inbox",
            "https://friend.example/inbox",
        }
        # What is deleted by an older version of the program says nothing of its kind.
        silent = await act(
            tx, home.office, "Delete", "https://node.example/o/1", details={"to": ["as:no"], "cc": []}
        )
        assert await inboxes(home, tx, silent) == set()
        open_to_all = {"to": ["https://www.w3.org/ns/activitystreams#Public"]}
        silent = await act(tx, home.office, "Delete", "https://node.example/o/1", details=open_to_all)
        assert await inboxes(home, tx, silent) == {REPLICA}


async def test_whoever_is_answered_in_public_is_told(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        friend = await add_remote(tx, "friend.example")
        question = await add_publication(tx, friend)
        for visibility, expected in (
            (Visibility.PUBLIC, {"https://friend.example/inbox"}),
            (Visibility.PRIVATE, set()),
        ):
            answer = await add_publication(tx, home.office, visibility=visibility, in_reply_to=question.uri)
            assert await inboxes(home, tx, await act(tx, home.office, "Create", answer)) == expected


async def test_what_concerns_one_actor_goes_to_its_own_inbox_alone(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        await follow_the_node(home, tx)
        friend = await add_remote(tx, "friend.example")
        post = await add_publication(tx, friend)
        follow = {
            "id": "https://node.example/1",
            "type": "Follow",
            "actor": home.office.uri,
            "object": friend.uri,
        }
        for verb, about, details in (
            ("Follow", friend, {}),
            ("Accept", follow["id"], {"activity": follow}),
            ("Reject", follow["id"], {"activity": follow}),
            ("Undo", follow["id"], {"activity": follow}),
            ("Block", friend, {}),
            ("Like", post, {}),
            ("Undo", "https://node.example/2", {"activity": {**follow, "type": "Like"}}),
        ):
            activity = await act(tx, home.office, verb, about, target=friend, details=details)
            assert await inboxes(home, tx, activity) == {friend.inbox}, verb


async def test_shares_reach_followers_and_the_author_and_so_does_taking_them_back(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        friend = await add_remote(tx, "friend.example")
        post = await add_publication(tx, friend)
        expected = {"https://follower.example/inbox", "https://friend.example/inbox"}
        share = await act(tx, home.office, "Announce", post, target=friend)
        assert await inboxes(home, tx, share) == expected
        embedded = {"id": share.uri, "type": "Announce", "actor": home.office.uri, "object": post.uri}
        undone = await act(
            tx,
            home.office,
            "Undo",
            share.uri,
            publication=post,
            target=friend,
            details={"activity": embedded},
        )
        assert await inboxes(home, tx, undone) == expected


async def test_what_is_private_is_shared_with_those_who_may_read_it_anyway(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        await follow_the_node(home, tx)
        for visibility, expected in (
            (Visibility.PRIVATE, {"https://follower.example/inbox"}),
            (Visibility.DIRECT, set()),
        ):
            post = await add_publication(tx, home.office, kind=Kind.EVENT, visibility=visibility)
            share = await act(tx, home.office, "Announce", post, target=home.office)
            assert await inboxes(home, tx, share) == expected


async def test_changes_of_an_actor_reach_its_followers_and_the_replicas(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        await follow_the_node(home, tx)
        everybody = {"https://follower.example/inbox", REPLICA}
        assert await inboxes(home, tx, await act(tx, home.office, "Update", home.office)) == everybody
        assert await inboxes(home, tx, await act(tx, home.office, "Delete", home.office)) == everybody
        moved = await act(
            tx, home.office, "Move", home.office, details={"target": "https://new.example/office"}
        )
        assert await inboxes(home, tx, moved) == {"https://follower.example/inbox"}


async def test_who_is_local_gone_or_moved_is_not_written_to(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        member = await add_local(tx, "amina")
        gone = await add_follower(tx, home.office, "gone.example", gone_at=tx.now)
        moved = await add_remote(tx, "moved.example", moved_to="https://new.example/users/u")
        note = await add_publication(tx, home.office, mentioned=[member, gone, moved])
        assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == set()
        assert await inboxes(home, tx, await act(tx, home.office, "Follow", moved, target=moved)) == set()


async def test_an_inbox_that_is_ours_or_no_address_is_not_written_to(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        for inbox in (
            "https://node.example/inbox",
            "https://NODE.example:443/x",
            "ftp://a.example/",
            "not one",
        ):
            await add_follower(tx, home.office, "liar.example", shared_inbox=inbox)
        note = await add_publication(tx, home.office)
        assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == set()


async def policies(home: Node, **hosts: Policy) -> None:
    async with home.database.begin() as tx:
        for name, policy in hosts.items():
            await tx.peers.set_policy(f"{name}.example", policy, tx.now)
    await home.federation.policy.refresh()


async def following_from(home: Node, tx: Transaction, *hosts: str) -> Publication:
    for host in hosts:
        await add_follower(tx, home.office, host)
    return await add_publication(tx, home.office)


async def test_nothing_goes_to_blocked_hosts_and_their_subdomains(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await policies(home, bad=Policy.BLOCKED, quiet=Policy.LIMITED)
        async with home.database.begin() as tx:
            note = await following_from(
                home,
                tx,
                "bad.example",
                "a.bad.example",
                "bad.example:8443",
                "notbad.example",
                "quiet.example",
            )
            assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == {
                "https://notbad.example/inbox",
                "https://quiet.example/inbox",
            }
            liar = await add_remote(tx, "fine.example", inbox="https://bad.example/inbox")
            assert await inboxes(home, tx, await act(tx, home.office, "Follow", liar, target=liar)) == set()


async def test_with_an_allow_list_only_trusted_hosts_get_anything(tmp_path: Path) -> None:
    async with node(tmp_path, allow_list=True) as home:
        await policies(home, friend=Policy.TRUSTED, known=Policy.KNOWN)
        async with home.database.begin() as tx:
            note = await following_from(home, tx, "friend.example", "known.example", "unknown.example")
            assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == {
                "https://friend.example/inbox"
            }


async def test_nobody_gets_what_stands_between_two_who_block(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        enemy = await add_remote(tx, "enemy.example")
        await tx.follows.block(enemy, home.office, "https://enemy.example/block", tx.now)
        note = await add_publication(tx, home.office, mentioned=[enemy])
        assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == set()
        question = await add_publication(tx, enemy)
        answer = await add_publication(tx, home.office, in_reply_to=question.uri)
        assert await inboxes(home, tx, await act(tx, home.office, "Create", answer)) == set()
        # What was sent before may still have to be deleted.
        assert await inboxes(home, tx, await withdraw(tx, home.office, note)) == {
            "https://enemy.example/inbox"
        }


async def test_a_dead_host_gets_no_more_news_until_it_lives_but_deletions_are_kept(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        async with home.database.begin() as tx:
            note = await following_from(home, tx, "dead.example", "alive.example")
            await tx.peers.meet("alive.example", tx.now)
            await tx.peers.meet("dead.example", tx.now)
        for _ in range(7):
            home.clock.forward(days=1)
            async with home.database.begin() as tx:
                await tx.peers.failed("dead.example", tx.now, "why", resting_until=None)
        both = {"https://dead.example/inbox", "https://alive.example/inbox"}
        async with home.database.begin() as tx:
            # With nothing waiting there would be nothing to probe it with.
            assert await inboxes(home, tx, await act(tx, home.office, "Create", note)) == both
            await tx.peers.open_lanes(["dead.example"], tx.now)
            assert await inboxes(home, tx, await act(tx, home.office, "Update", note)) == {
                "https://alive.example/inbox"
            }
            assert await inboxes(home, tx, await withdraw(tx, home.office, note)) == both


async def test_very_many_hosts_are_looked_up_at_once(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        note = await following_from(home, tx, *(f"h{number}.example" for number in range(100)))
        made = await act(tx, home.office, "Create", note)
        with counted(tx) as statements:
            found = await inboxes(home, tx, made)
        assert len(found) == 100
        assert len(statements) < 10


async def test_two_activities_share_what_was_looked_up_and_keep_their_own_audiences(tmp_path: Path) -> None:
    async with node(tmp_path) as home, home.database.begin() as tx:
        await add_follower(tx, home.office, "follower.example")
        friend = await add_remote(tx, "friend.example")
        public = await add_publication(tx, home.office)
        direct = await add_publication(tx, home.office, visibility=Visibility.DIRECT, mentioned=[friend])
        addressing = Addressing(tx, home.federation)
        deeds = await load_deeds(
            tx, [await act(tx, home.office, "Create", post) for post in (public, direct, replace(public))]
        )
        reached = [set((await addressing.recipients(deed)).inboxes) for deed in deeds]
        followers, mentioned = {"https://follower.example/inbox"}, {"https://friend.example/inbox"}
        assert reached == [followers, mentioned, followers]
