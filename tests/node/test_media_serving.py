"""How files are sent: in parts, kept for good, never taken for a page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.served import ServedNode, served
from tests.node.uploading import Uploader, mp4, picture, uploader


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"free_space_mib": 0}}) as found:
        yield found


@pytest.fixture
async def amina(node: ServedNode, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    monkeypatch.setenv("PATH", "/nowhere")
    return await uploader(node)


async def test_a_file_may_be_kept_for_good_and_does_nothing_in_a_browser(amina: Uploader) -> None:
    found = await amina.sent(picture())
    assert "/media/files/" in found["url"]
    response = await amina.download(found["url"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["content-length"] == str(len(response.content))
    assert "set-cookie" not in response.headers


async def test_whoever_has_it_is_told_so(amina: Uploader) -> None:
    found = await amina.sent(picture())
    tag = (await amina.download(found["url"])).headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = await amina.download(found["url"], if_none_match=asked)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
    assert (await amina.download(found["url"], if_none_match='"other"')).status_code == 200


async def test_a_head_has_all_but_the_file(node: ServedNode, amina: Uploader) -> None:
    found = await amina.sent(mp4())
    response = await node.client.head(found["url"])
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(mp4()))
    assert response.headers["accept-ranges"] == "bytes"
    part = await node.client.head(found["url"], headers={"range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


PARTS = {
    "bytes=0-0": (0, 1),
    "bytes=0-": (0, None),
    "bytes=100-199": (100, 200),
    "bytes=5000-": (5000, None),
    "bytes=-100": (-100, None),
    "bytes=10-99999999": (10, None),
    "Bytes = 3 - 4": (3, 5),
}


@pytest.mark.parametrize("asked", PARTS)
async def test_a_part_is_sent_to_whoever_asks_for_one(amina: Uploader, asked: str) -> None:
    found = await amina.sent(mp4())
    whole = (await amina.download(found["url"])).content
    start, end = PARTS[asked]
    response = await amina.download(found["url"], range=asked)
    assert response.content == whole[start:end]
    place = whole.index(response.content) if start >= 0 else len(whole) + start
    if len(response.content) == len(whole):
        assert response.status_code == 200
    else:
        assert response.status_code == 206
        first = place if start < 0 else start
        last = first + len(response.content) - 1
        assert response.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=a-b", "items=0-1", "bytes=-", "bytes=0-1,5-6", "bytes=0-1-2", "x"]
)
async def test_of_what_cannot_be_understood_or_is_several_all_is_sent(amina: Uploader, asked: str) -> None:
    found = await amina.sent(mp4())
    response = await amina.download(found["url"], range=asked)
    assert (response.status_code, len(response.content)) == (200, len(mp4()))


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=999999-1000000", "bytes=-0"])
async def test_what_lies_behind_the_end_is_refused(amina: Uploader, asked: str) -> None:
    found = await amina.sent(mp4())
    response = await amina.download(found["url"], range=asked)
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{len(mp4())}"


async def test_a_part_of_another_file_is_no_part_of_this_one(amina: Uploader) -> None:
    found = await amina.sent(mp4())
    tag = (await amina.download(found["url"])).headers["etag"]
    same = await amina.download(found["url"], range="bytes=0-9", if_range=tag)
    assert (same.status_code, len(same.content)) == (206, 10)
    other = await amina.download(found["url"], range="bytes=0-9", if_range='"other"')
    assert (other.status_code, len(other.content)) == (200, len(mp4()))


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "..%2f..%2filan.db",
        "%2e%2e",
        "..",
        ".htaccess",
        "a" * 32 + ".jpg",
        "A" * 32 + ".jpg",
        "a" * 32 + ".html",
        "a" * 32 + ".jpg%00.png",
        "a" * 5000,
        "a%0d%0aX-Evil: 1.jpg",
    ],
)
async def test_there_is_nothing_under_other_names(node: ServedNode, name: str) -> None:
    response = await node.client.get(f"/media/files/{name}")
    assert response.status_code == 404
    titled = await node.client.get(f"/media/files/{name}/report.pdf")
    assert titled.status_code == 404


async def test_the_title_in_an_address_names_the_download_and_no_more(amina: Uploader) -> None:
    found = await amina.sent(b"%PDF-1.7", name="إجراءات.pdf")
    response = await amina.download(found["url"])
    said = response.headers["content-disposition"]
    assert said.startswith("attachment; ")
    assert said.endswith(".pdf")
    assert "filename*=UTF-8''%D8%A5" in said
    start = found["url"].rpartition("/")[0]
    for title in ('evil".exe', "x;y=z", "%0d%0aSet-Cookie:a", "%E2%80%AEfdp.exe", ".."):
        other = await amina.download(f"{start}/{title}")
        assert other.status_code in {200, 404}
        if other.status_code == 200:
            assert other.headers["content-disposition"].rpartition(".")[2] == "pdf"
            assert other.headers["content-type"] == "application/pdf"
            assert "set-cookie" not in other.headers
    # A picture is shown whatever its address ends in.
    shown = await amina.sent(picture())
    assert "content-disposition" not in (await amina.download(shown["url"] + "/x.exe")).headers


@pytest.mark.parametrize("path", ["/static/avatars/missing.png", "/static/headers/missing.png"])
async def test_who_has_no_picture_has_a_default_one(node: ServedNode, path: str) -> None:
    response = await node.client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "public, max-age=604800"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.content.startswith(b"\x89PNG")
    assert len(response.content) < 8192
    again = await node.client.get(path, headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304
