"""Other nodes' pictures, shown through this one: fetched when somebody looks, and only what is known."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image

from node.files.addresses import portrait_url, proxy_url
from node.mastodon.entities.media import attachment_entities
from storage.actors import Actor
from storage.kinds import Policy, Visibility
from storage.publications import Publication
from tests.fediverse import Fediverse, LiveNode
from tests.node.served import add_publication, add_stranger
from tests.node.uploading import MAKER, drawing, exif, huge_png, moving, mp4, picture
from tests.remotes import Remote

HOST = "remote.example"
ORIGINAL = f"https://{HOST}/files/a.jpg"


def file(content: bytes, media_type: str = "image/jpeg", status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": media_type, **headers}, content=content)


@pytest.fixture
async def node(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("node.example", limits={"free_space_mib": 0, "media_cache_mib": 1})


@pytest.fixture
def remote(fediverse: Fediverse) -> Remote:
    found = fediverse.remote(HOST)
    found.lay(ORIGINAL, file(picture(exif=exif(6))))
    return found


@pytest.fixture
async def client(node: LiveNode) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=node.app, client=("198.51.100.7", 4000))
    async with httpx.AsyncClient(transport=transport, base_url=node.base) as found:
        yield found


@pytest.fixture
async def author(node: LiveNode) -> Actor:
    async with node.database.begin() as tx:
        return await add_stranger(tx, "author", HOST)


async def post(
    node: LiveNode, author: Actor, *files: str, visibility: str = Visibility.PUBLIC, **more: Any
) -> Publication:
    attachments = [{"type": "Document", "mediaType": "image/jpeg", "url": url, **more} for url in files]
    async with node.database.begin() as tx:
        return await add_publication(tx, author, visibility, attachments=attachments)


def entity(node: LiveNode, publication: Publication, place: int = 0) -> dict[str, Any]:
    return attachment_entities(publication.id, publication.attachments, node.base)[place]


async def test_nothing_is_fetched_before_somebody_looks(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    shown = entity(node, await post(node, author, ORIGINAL))
    assert remote.fetched == []
    assert shown["remote_url"] == ORIGINAL
    response = await client.get(shown["url"])
    assert response.status_code == 200
    assert remote.fetched == ["/files/a.jpg"]
    image = Image.open(io.BytesIO(response.content))
    assert image.size == (800, 1200)
    assert MAKER.encode() not in response.content
    assert response.headers["cache-control"] == "public, max-age=604800"
    assert "sandbox" in response.headers["content-security-policy"]


async def test_a_copy_serves_everybody_after(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    shown = entity(node, await post(node, author, ORIGINAL))
    first = await client.get(shown["url"])
    small = await client.get(shown["preview_url"])
    again = await client.get(shown["url"], headers={"if-none-match": first.headers["etag"]})
    assert (small.status_code, again.status_code) == (200, 304)
    assert Image.open(io.BytesIO(small.content)).size == (391, 587)
    assert len(remote.fetched) == 1


async def test_all_who_look_at_once_share_one_request(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    wait = asyncio.Event()
    remote.lay(ORIGINAL, wait, file(picture()))
    shown = entity(node, await post(node, author, ORIGINAL))
    looks = [asyncio.create_task(client.get(shown["url"])) for _ in range(8)]
    await remote.is_asked()
    wait.set()
    assert {(await look).status_code for look in looks} == {200}
    assert len(remote.fetched) == 1


async def test_who_looks_is_told_to_nobody(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    shown = entity(node, await post(node, author, ORIGINAL))
    await client.get(
        shown["url"], headers={"referer": "https://elsewhere.example/", "cookie": "a=b", "user-agent": "Me"}
    )
    sent = remote.asked[0].headers
    assert sent["user-agent"].startswith("ilan-node/")
    assert not sent.keys() & {"referer", "cookie", "x-forwarded-for", "authorization", "signature"}


async def test_only_what_a_row_names_is_fetched(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    publication = await post(node, author, ORIGINAL)
    own = await post(node, author, f"{node.base}/media/files/x.jpg")
    paths = [
        f"/media/proxy/{publication.id}/1",
        f"/media/proxy/{publication.id}/-1",
        f"/media/proxy/{publication.id}/99999999999999999999",
        f"/media/proxy/{publication.id}/x",
        "/media/proxy/1/0",
        "/media/proxy/https%3A%2F%2Fremote.example%2Ffiles%2Fa.jpg/0",
        f"/media/proxy/{own.id}/0",
        f"/media/proxy/actors/{publication.id}/avatar",
        f"/media/proxy/actors/{author.id}/avatar",
        f"/media/proxy/actors/{author.id}/icon",
        "/media/proxy/actors/x/avatar",
    ]
    for path in paths:
        response = await client.get(path, params={"url": ORIGINAL})
        assert response.status_code == 404, path
        assert response.json() == {"error": "There is nothing here."}
    assert remote.fetched == []


async def test_what_few_may_read_is_shown_to_those_who_know_its_address(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    publication = await post(node, author, ORIGINAL, visibility=Visibility.PRIVATE)
    for path in (f"/media/proxy/{publication.id}/0", f"/media/proxy/{publication.id}/0/small"):
        for mark in ("", "?v=", "?v=0123456789abcdef", "?v=é"):
            assert (await client.get(path + mark)).status_code == 404
    assert remote.fetched == []
    response = await client.get(entity(node, publication)["url"])
    assert response.status_code == 200
    assert response.headers["cache-control"] == "private, max-age=604800"


async def test_what_changed_has_a_new_address_and_the_old_one_is_kept_for_an_hour_only(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    publication = await post(node, author, ORIGINAL)
    before = entity(node, publication)
    newer = f"https://{HOST}/files/b.png"
    remote.lay(newer, file(picture("PNG", drawing(30, 20))))
    changed = replace(publication, attachments=[{"type": "Document", "mediaType": "image/png", "url": newer}])
    async with node.database.begin() as tx:
        await tx.publications.change(changed)
    after = entity(node, changed)
    assert (after["url"], after["id"]) != (before["url"], before["id"])
    response = await client.get(before["url"])
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert Image.open(io.BytesIO(response.content)).size == (30, 20)
    assert (await client.get(after["preview_url"])).content == response.content


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (httpx.Response(404), 404),
        (httpx.Response(410), 404),
        (httpx.Response(500), 502),
        (httpx.Response(403), 502),
        (httpx.ConnectError("down"), 502),
        (httpx.Response(302, headers={"location": "http://remote.example/a"}), 502),
        (httpx.Response(302, headers={"location": "https://127.0.0.1/a"}), 502),
        (file(b"<html><script>alert(1)</script>"), 502),
        (file(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), 502),
        (file(b"%PDF-1.7"), 502),
        (file(b""), 502),
        (file(huge_png(), "image/png"), 502),
        (file(picture()[:900]), 502),
        (file(bytes(17 * 1024 * 1024)), 502),
    ],
)
async def test_what_cannot_be_had_is_not_asked_for_again_at_once(
    fediverse: Fediverse,
    node: LiveNode,
    remote: Remote,
    client: httpx.AsyncClient,
    author: Actor,
    answer: Any,
    status: int,
) -> None:
    remote.lay(ORIGINAL, answer)
    shown = entity(node, await post(node, author, ORIGINAL))
    for _ in range(3):
        response = await client.get(shown["url"], headers={"accept": "image/*"})
        assert response.status_code == status
        assert response.json()["error"]
        assert response.headers["cache-control"] == "no-store"
    assert len(remote.fetched) <= 1
    asked = len(remote.fetched)
    remote.lay(ORIGINAL, file(picture()))
    fediverse.wait(days=1, minutes=1)
    assert (await client.get(shown["url"])).status_code == 200
    assert len(remote.fetched) == asked + 1
    media = node.node.settings.node.data_dir / "copies"
    assert len(list(media.rglob("*.*"))) == 2


async def test_a_node_that_asks_to_wait_is_left_alone_for_as_long(
    fediverse: Fediverse, node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    remote.lay(ORIGINAL, httpx.Response(429, headers={"retry-after": "7200"}), file(picture()))
    shown = entity(node, await post(node, author, ORIGINAL))
    assert (await client.get(shown["url"])).status_code == 502
    fediverse.wait(hours=1)
    assert (await client.get(shown["url"])).status_code == 502
    fediverse.wait(hours=1, minutes=1)
    assert (await client.get(shown["url"])).status_code == 200


async def test_a_blocked_node_is_not_asked(
    fediverse: Fediverse, node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    async with node.database.begin() as tx:
        await tx.peers.set_policy(HOST, Policy.BLOCKED, tx.now)
    fediverse.wait(seconds=10)
    shown = entity(node, await post(node, author, ORIGINAL))
    assert (await client.get(shown["url"])).status_code == 502
    assert remote.fetched == []


async def test_a_video_is_passed_on_and_can_be_read_in_parts(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    remote.lay(ORIGINAL, file(mp4(), "application/octet-stream"))
    shown = entity(node, await post(node, author, ORIGINAL, mediaType="video/mp4", type="Video"))
    assert (shown["type"], shown["preview_url"]) == ("video", None)
    part = await client.get(shown["url"], headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-type"] == "video/mp4"


async def test_a_moving_picture_moves_in_its_copy(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    remote.lay(ORIGINAL, file(moving()))
    shown = entity(node, await post(node, author, ORIGINAL))
    assert Image.open(io.BytesIO((await client.get(shown["url"])).content)).n_frames == 5  # type: ignore[attr-defined]
    small = Image.open(io.BytesIO((await client.get(shown["preview_url"])).content))
    assert (small.format, getattr(small, "n_frames", 1)) == ("WEBP", 1)


@pytest.mark.parametrize(("which", "size"), [("avatar", (400, 400)), ("header", (1200, 400))])
async def test_pictures_of_actors_are_shown_small(
    node: LiveNode,
    remote: Remote,
    client: httpx.AsyncClient,
    author: Actor,
    which: str,
    size: tuple[int, int],
) -> None:
    remote.lay(f"https://{HOST}/{which}", file(picture("PNG"), "image/png"))
    url = f"https://{HOST}/{which}"
    async with node.database.begin() as tx:
        await tx.actors.change(replace(author, icon=f"https://{HOST}/avatar", image=f"https://{HOST}/header"))
    plain = await client.get(f"/media/proxy/actors/{author.id}/{which}")
    assert (plain.status_code, plain.headers["cache-control"]) == (200, "public, max-age=3600")
    assert Image.open(io.BytesIO(plain.content)).size == size
    marked = await client.get(portrait_url(node.base, author.id, which, url))
    assert marked.headers["cache-control"] == "public, max-age=604800"
    assert remote.fetched == [f"/{which}"]
    async with node.database.begin() as tx:
        await tx.actors.change(replace(author, icon=url, image=url, suspended_at=tx.now))
    assert (await client.get(f"/media/proxy/actors/{author.id}/{which}")).status_code == 404


async def test_the_copies_that_nobody_looked_at_for_longest_make_room(
    fediverse: Fediverse, node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    noise = [Image.effect_noise((500, 400), 100 + number) for number in range(6)]
    urls = [f"https://{HOST}/files/{number}.png" for number in range(6)]
    for url, image in zip(urls, noise, strict=True):
        remote.lay(url, file(picture("PNG", image)))
    shown = [entity(node, await post(node, author, url)) for url in urls]
    for each in shown[:3]:
        assert (await client.get(each["url"])).status_code == 200
        fediverse.wait(hours=2)
    await client.get(shown[0]["url"])
    fediverse.wait(hours=2)
    for each in shown[3:]:
        assert (await client.get(each["url"])).status_code == 200
        fediverse.wait(hours=2)
    async with node.database.read() as tx:
        usage = await tx.copies.usage()
        kept = {copy.url for copy in await tx.copies.after("", 100)}
    assert usage.size <= 1024 * 1024
    assert urls[0] in kept, "it was looked at again"
    assert urls[5] in kept
    assert urls[1] not in kept
    folder = node.node.settings.node.data_dir / "copies"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == usage.size
    asked = len(remote.fetched)
    assert (await client.get(shown[1]["url"])).status_code == 200
    assert len(remote.fetched) == asked + 1


async def test_a_node_that_keeps_no_copies_shows_them_all_the_same(
    fediverse: Fediverse, remote: Remote
) -> None:
    node = await fediverse.node("small.example", limits={"free_space_mib": 0, "media_cache_mib": 0})
    async with node.database.begin() as tx:
        author = await add_stranger(tx, "author", HOST)
    other = f"https://{HOST}/files/b.jpg"
    remote.lay(other, file(picture()))
    shown = [entity(node, await post(node, author, url)) for url in (ORIGINAL, other)]
    transport = httpx.ASGITransport(app=node.app, client=("198.51.100.7", 4000))
    async with httpx.AsyncClient(transport=transport, base_url=node.base) as client:
        assert (await client.get(shown[0]["url"])).status_code == 200
        fediverse.wait(minutes=5)
        assert (await client.get(shown[1]["url"])).status_code == 200
    async with node.database.read() as tx:
        assert [copy.url for copy in await tx.copies.after("", 100)] == [other]


async def test_a_short_disk_keeps_no_copies(fediverse: Fediverse, remote: Remote) -> None:
    node = await fediverse.node("full.example", limits={"free_space_mib": 1_048_576})
    async with node.database.begin() as tx:
        author = await add_stranger(tx, "author", HOST)
    other = f"https://{HOST}/files/b.jpg"
    remote.lay(other, file(picture()))
    shown = [entity(node, await post(node, author, url)) for url in (ORIGINAL, other)]
    transport = httpx.ASGITransport(app=node.app, client=("198.51.100.7", 4000))
    async with httpx.AsyncClient(transport=transport, base_url=node.base) as client:
        for each in shown:
            assert (await client.get(each["url"])).status_code == 200
            fediverse.wait(minutes=5)
    async with node.database.read() as tx:
        assert (await tx.copies.usage()).count == 1


async def test_a_copy_whose_file_was_lost_is_fetched_again(
    node: LiveNode, remote: Remote, client: httpx.AsyncClient, author: Actor
) -> None:
    shown = entity(node, await post(node, author, ORIGINAL))
    await client.get(shown["url"])
    for path in (node.node.settings.node.data_dir / "copies").rglob("*.jpg"):
        path.unlink()
    assert (await client.get(shown["url"])).status_code == 200
    assert len(remote.fetched) == 2


async def test_only_what_is_fetched_counts_against_whoever_asks(fediverse: Fediverse, remote: Remote) -> None:
    node = await fediverse.node(
        "strict.example", limits={"free_space_mib": 0, "requests_per_minute": 1, "connect_seconds": 1}
    )
    async with node.database.begin() as tx:
        author = await add_stranger(tx, "author", HOST)
    remote.lay(f"https://{HOST}/b.jpg", file(picture()))
    shown = [entity(node, await post(node, author, url)) for url in (ORIGINAL, f"https://{HOST}/b.jpg")]
    transport = httpx.ASGITransport(app=node.app, client=("198.51.100.7", 4000))
    async with httpx.AsyncClient(transport=transport, base_url=node.base) as client:
        for _ in range(5):
            assert (await client.get(shown[0]["url"])).status_code == 200
        assert (await client.get(shown[1]["url"])).status_code == 429


def test_the_address_of_a_copy_tells_what_it_is_a_copy_of_to_nobody() -> None:
    one = proxy_url("https://node.example", 5, 0, ORIGINAL)
    assert one.startswith("https://node.example/media/proxy/5/0?v=")
    assert HOST not in one
    assert proxy_url("https://node.example", 5, 0, ORIGINAL + "x") != one
