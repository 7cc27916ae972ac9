"""What many people speak of, through the client API."""

from pathlib import Path
from typing import Any

from actors import reacting
from actors.tags import folded_tag, tag_names
from storage.actors import Actor
from storage.kinds import Policy
from storage.publications import Publication
from tests.clients.entities.statuses import Status, Tag
from tests.clients.validation import validate
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked, sign_in


async def tagged(node: ServedNode, author: Actor, *names: str, **facts: Any) -> Publication:
    tags = [
        {"type": "Hashtag", "name": f"#{name}", "href": f"https://node.example/tags/{name}"} for name in names
    ]
    publication = await node.publish(author, tags=tags, **facts)
    async with node.node.database.begin() as tx:
        await tx.publications.set_tags(publication, tag_names(tags))
    return publication


async def people(node: ServedNode, count: int = 4, host: str = "other.example") -> list[Actor]:
    return [await node.stranger(f"person{number}", host) for number in range(count)]


async def like(node: ServedNode, publication: Publication, *actors: Actor) -> None:
    async with node.node.database.begin() as tx:
        for actor in actors:
            await reacting.like(tx, actor, publication, uri=f"{actor.uri}/likes/{publication.id}")


async def test_tags_are_ranked_by_people_and_not_by_posts(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        one, two, three, _ = await people(node)
        for author in (one, two, three):
            await tagged(node, author, "LegalAid")
        for _ in range(5):
            await tagged(node, one, "spam")
        await tagged(node, one, "Bail")
        await tagged(node, two, "Bail", visibility="unlisted")
        found = await asked(node, "/api/v1/trends/tags")
        second = await asked(node, "/api/v1/trends/tags?limit=1&offset=1")
        alias = await asked(node, "/api/v1/trends")
        token = await sign_in(node, await node.member())
        mine = await asked(node, "/api/v1/trends/tags", token)
    validate(found, list[Tag], member=False)
    validate(mine, list[Tag], member=True)
    assert [each["name"] for each in found] == [folded_tag(name) for name in ("LegalAid", "spam", "Bail")]
    assert found[0]["history"][0]["accounts"] == "3"
    assert [each["name"] for each in second] == ["spam"]
    assert alias == found
    assert mine[0]["following"] is False


async def test_statuses_are_ranked_by_people_who_liked_or_shared_them(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        some = await people(node)
        first, second, hidden = [await node.publish(some[0]) for _ in "abc"]
        quiet = await node.publish(some[0])
        private = await node.publish(some[0], "unlisted")
        bad = await node.stranger("bad", "bad.example")
        theirs = await node.publish(bad)
        await like(node, second, *some[:3])
        await like(node, first, some[1])
        await like(node, private, *some)
        await like(node, theirs, *some)
        await like(node, hidden, *some)
        async with node.node.database.begin() as tx:
            await tx.peers.set_policy("bad.example", Policy.BLOCKED, tx.now)
            await reacting.share(tx, some[2], first, uri="https://other.example/shares/1")
            await tx.publications.remove(hidden)
        found = await asked(node, "/api/v1/trends/statuses")
        next_page = await asked(node, "/api/v1/trends/statuses?limit=1&offset=1")
    validate(found, list[Status], member=False)
    assert [each["id"] for each in found] == [str(second.id), str(first.id)]
    assert str(quiet.id) not in {each["id"] for each in found}
    assert [each["id"] for each in next_page] == [str(first.id)]


async def test_what_is_old_is_no_trend(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        some = await people(node)
        post = await tagged(node, some[0], "LegalAid")
        await like(node, post, *some)
        node.clock.forward(days=4)
        assert await asked(node, "/api/v1/trends/tags") == []
        assert await asked(node, "/api/v1/trends/statuses") == []
        assert await asked(node, "/api/v1/trends/links") == []


async def test_a_negative_offset_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        refused = await node.client.get("/api/v1/trends/tags?offset=-1")
    assert refused.status_code == 400
