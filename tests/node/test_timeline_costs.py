"""What timelines, threads and searches cost: as many statements for forty statuses as for two."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actors import reacting
from actors.following import follow
from actors.indexing import index
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication
from tests.node.client_calls import Calls, calls_of
from tests.node.counting import statements
from tests.node.served import ServedNode, served

#: Statements of a request, with nothing in memory and with everything. With everything it is the page itself:
#: an account's is two lists and the account, a thread two lists and the status; a search asks the index too,
#: looks for people and hashtags, and never remembers an answer. What is not in memory costs up to eight more:
#: the publications, their authors, whom they mention, the pages they link to, the accounts, their counts,
#: the reader's filters.
COSTS = {
    "home": (9, 1),
    "public": (9, 1),
    "account": (11, 3),
    "tag": (9, 1),
    "list": (10, 2),
    "favourites": (9, 1),
    "context": (10, 3),
    "search": (18, 10),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A member, an author whom they follow, and where to look at what the author published."""

    node: ServedNode
    amina: Calls
    reader: Actor
    author: Actor
    paths: dict[str, str]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with served(tmp_path) as node:
        reader, author = await node.member("amina"), await node.member("author")
        amina = await calls_of(node, reader)
        async with node.node.database.begin() as tx:
            await follow(tx, reader, author)
        root = await node.publish(author, content="<p>root</p>")
        known = await amina.post("/api/v1/lists", json={"title": "One"})
        await amina.post(f"/api/v1/lists/{known['id']}/accounts", json={"account_ids": [str(author.id)]})
        paths = {
            "home": "/api/v1/timelines/home",
            "public": "/api/v1/timelines/public",
            "account": f"/api/v1/accounts/{author.id}/statuses",
            "tag": "/api/v1/timelines/tag/bail",
            "list": f"/api/v1/timelines/list/{known['id']}",
            "favourites": "/api/v1/favourites",
            "context": f"/api/v1/statuses/{root.id}/context",
            "search": "/api/v2/search",
        }
        await publish(node, author, reader, root, 2)
        yield Scene(node, amina, reader, author, paths)


async def publish(node: ServedNode, author: Actor, reader: Actor, root: Publication, count: int) -> None:
    """Publish posts and answers, each of everything that a status may have."""
    href = f"{node.node.base_url}/tags/bail"
    tags: list[dict[str, Any]] = [
        {"type": "Hashtag", "name": "#bail", "href": href},
        {"type": "Mention", "name": "@amina", "href": reader.uri},
    ]
    for number in range(count):
        page = await node.publish(
            author, kind=Kind.PRACTICE, type="Article", title="Bail", slug=f"bail-{root.id}-{count}-{number}"
        )
        posts = [
            await node.publish(
                author, tags=tags, content=f'<p>bail <a href="{page.url}">x</a></p>', mentioned=[reader]
            ),
            await node.publish(author, tags=tags, in_reply_to=root.uri),
        ]
        async with node.node.database.begin() as tx:
            for post in posts:
                await tx.publications.set_tags(post, ["bail"])
                await tx.home.place(post)
                await reacting.like(tx, reader, post)
                await index(tx, post)


async def cost(scene: Scene, name: str, number: int) -> tuple[int, int]:
    """Return how many statements a path costs with an empty memory, and then with a full one."""
    asked = {"limit": 40, "attempt": str(number)} | ({"q": "bail"} if name == "search" else {})
    scene.node.node.shelf._kept.clear()
    found = []
    for again in range(2):
        with statements() as seen:
            # Another address each time: the answers themselves are kept for a moment.
            answer = await scene.amina.get(scene.paths[name], {**asked, "again": str(again)})
        assert answer
        found.append(len(seen))
    return found[0], found[1]


@pytest.mark.parametrize("name", sorted(COSTS))
async def test_a_page_costs_the_same_however_long_it_is(scene: Scene, name: str) -> None:
    few = await cost(scene, name, 1)
    async with scene.node.node.database.read() as tx:
        found = await tx.publications.page(scene.author, author=scene.author, size=100)
    root = next(publication for publication, _ in found if publication.content == "<p>root</p>")
    await publish(scene.node, scene.author, scene.reader, root, 20)
    assert await cost(scene, name, 2) == few == COSTS[name]
