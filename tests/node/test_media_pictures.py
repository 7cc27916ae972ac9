"""What becomes of pictures: nothing but what is seen is left, and nothing that is too large is unpacked."""

import io
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from node.files.blurhash import blurhash
from tests.node.served import ServedNode, served
from tests.node.uploading import (
    MAKER,
    SECRET,
    Uploader,
    drawing,
    exif,
    huge_png,
    moving,
    picture,
    telling_jpeg,
    telling_png,
    uploader,
)

RED, BLUE = (220, 20, 20), (20, 40, 200)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"image_megapixels": 20, "free_space_mib": 0}}) as found:
        yield found
        await found.node.files.settle()


@pytest.fixture
async def amina(node: ServedNode) -> Uploader:
    return await uploader(node)


@pytest.fixture(autouse=True)
def _no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def is_close(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 25 for one, other in zip(found[:3], wanted, strict=True))


def telling_webp() -> bytes:
    return picture("WEBP", exif=exif(), xmp=f"<x>{SECRET}</x>".encode(), icc_profile=p3())


def telling_gif() -> bytes:
    return picture("GIF", drawing(mode="P"), comment=SECRET.encode())


def telling_moving_gif() -> bytes:
    return moving(comment=SECRET.encode())


def telling_moving_png() -> bytes:
    plain = moving("PNG")
    body = b"Comment\0" + SECRET.encode()
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    return plain[:33] + chunk + plain[33:]


def telling_moving_webp() -> bytes:
    return moving("WEBP", exif=exif(), xmp=f"<x>{SECRET}</x>".encode())


def telling_avif() -> bytes:
    return picture("AVIF", exif=exif(), xmp=f"<x>{SECRET}</x>".encode())


def telling_heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    written = io.BytesIO()
    heif.from_pillow(drawing()).save(written, exif=exif().tobytes(), quality=80)
    return written.getvalue()


def p3() -> bytes:
    """Return the profile of a wide range of colours, whatever it is called."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()


TELLING = [
    telling_jpeg,
    telling_png,
    telling_webp,
    telling_gif,
    telling_moving_gif,
    telling_moving_png,
    telling_moving_webp,
    telling_avif,
    telling_heic,
]


@pytest.mark.parametrize("make", TELLING)
async def test_nothing_is_left_of_who_made_it_and_where(amina: Uploader, make: Callable[[], bytes]) -> None:
    given = make()
    assert SECRET.encode() in given or MAKER.encode() in given
    found = await amina.sent(given)
    for url in (found["url"], found["preview_url"]):
        content = (await amina.download(url)).content
        assert SECRET.encode() not in content
        assert MAKER.encode() not in content
        image = await amina.image(url)
        assert dict(image.getexif()) == {}
        assert not image.getexif().get_ifd(0x8825)
        assert (
            image.info.keys() & {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp", "photoshop"}
            == set()
        )
        assert not {
            key for key in image.info if "adobe" in str(key).lower() or str(key) in {"Comment", "Big"}
        }


async def test_what_every_client_can_read_is_what_others_get(amina: Uploader) -> None:
    kinds = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "jpg"}
    for kind, ending in kinds.items():
        found = await amina.sent(picture(kind))
        assert found["url"].rpartition(".")[2] == ending
        image = await amina.image(found["url"])
        assert is_close(image.convert("RGB").getpixel((10, 10)), RED)
        assert is_close(image.convert("RGB").getpixel((1190, 790)), BLUE)
    assert (await amina.sent(telling_heic()))["url"].endswith(".jpg")


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
async def test_a_picture_is_upright_without_a_note_that_says_so(
    amina: Uploader, kind: str, turned: int
) -> None:
    # Where the red corner of the file belongs, by the note of EXIF.
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)]
    found = await amina.sent(picture(kind, exif=exif(turned)))
    assert found["meta"]["original"]["size"] == ("1200x800" if turned < 5 else "800x1200")
    for url in (found["url"], found["preview_url"]):
        image = (await amina.image(url)).convert("RGB")
        across, down = corners[turned - 1]
        place = (10 + across * (image.width - 20), 10 + down * (image.height - 20))
        assert is_close(image.getpixel(place), RED)
        other = (10 + (1 - across) * (image.width - 20), 10 + (1 - down) * (image.height - 20))
        assert is_close(image.getpixel(other), BLUE)


async def test_colours_of_another_space_look_the_same_in_the_usual_one(amina: Uploader) -> None:
    green = Image.new("RGB", (900, 600), (120, 200, 60))
    wide = ImageCms.profileToProfile(green, ImageCms.createProfile("sRGB"), _linear_profile())
    assert wide is not None
    found = await amina.sent(picture("PNG", wide, icc_profile=_linear_profile().tobytes()))
    shown = await amina.image(found["url"])
    assert "icc_profile" not in shown.info
    assert not is_close(wide.getpixel((5, 5)), (120, 200, 60))
    assert is_close(shown.getpixel((5, 5)), (120, 200, 60))
    broken = await amina.sent(picture("PNG", green, icc_profile=b"no profile"))
    assert is_close((await amina.image(broken["url"])).getpixel((5, 5)), (120, 200, 60))


def _linear_profile() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(_swapped_rgb()))


def _swapped_rgb() -> bytes:
    """Return sRGB with the primaries of red and blue exchanged, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    places = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, blue = places[b"rXYZ"], places[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    for name in ("sRGB built-in", "sRGB"):
        profile = bytearray(
            bytes(profile)
            .replace(name.encode(), b"x" * len(name))
            .replace(name.encode("utf-16-be"), ("x" * len(name)).encode("utf-16-be"))
        )
    return bytes(profile)


async def test_a_very_large_picture_becomes_smaller(amina: Uploader) -> None:
    found = await amina.sent(picture("JPEG", drawing(5000, 4000), exif=exif(6)))
    size = found["meta"]["original"]
    assert size["width"] * size["height"] <= 3840 * 2160
    assert size["width"] < size["height"]
    assert (await amina.image(found["url"])).size == (size["width"], size["height"])


async def test_transparency_stays(amina: Uploader) -> None:
    clear = Image.new("RGBA", (900, 600), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((100, 100, 300, 300), fill=(*RED, 255))
    for kind in ("PNG", "WEBP", "AVIF"):
        found = await amina.sent(picture(kind, clear))
        for url in (found["url"], found["preview_url"]):
            image = (await amina.image(url)).convert("RGBA")
            pixel = image.getpixel((1, 1))
            assert isinstance(pixel, tuple)
            assert pixel[3] == 0
    indexed = clear.quantize(8)
    found = await amina.sent(picture("GIF", indexed, transparency=indexed.getpixel((1, 1))))
    assert (await amina.image(found["url"])).convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
async def test_every_kind_of_colours_is_read(amina: Uploader, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = drawing(900, 600).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 256).convert(mode)
    found = await amina.sent(picture(kind, image))
    shown = (await amina.image(found["url"])).convert("L")
    assert shown.size == (900, 600)
    darkest, lightest = shown.getextrema()
    assert lightest != darkest
    assert (await amina.image(found["preview_url"])).convert("RGB").getbbox() is not None


@pytest.mark.parametrize(
    "bomb",
    [
        huge_png(),
        huge_png(4001, 5000),
        b"GIF89a"
        + struct.pack("<HH", 65000, 65000)
        + b"\x80\0\0"
        + bytes(6)
        + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
        b"\xff\xd8\xff\xc0\x00\x11\x08\xfd\xe8\xfd\xe8\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xff\xd9",
    ],
)
async def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(
    amina: Uploader, bomb: bytes
) -> None:
    said = await amina.refused(bomb)
    assert "at most 20 million are taken" in said


async def test_too_many_frames_are_refused(amina: Uploader) -> None:
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    many = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + frame * 1001 + b";"
    assert "1001 frames" in await amina.refused(many)
    large = b"GIF89a" + struct.pack("<HH", 4000, 4000) + b"\x80\0\0" + bytes(6) + frame * 14 + b";"
    assert "too large and too long" in await amina.refused(large)


async def test_text_that_unpacks_to_far_too_much_does_not_matter(amina: Uploader) -> None:
    body = b"Comment\0\0" + zlib.compress(bytes(300 * 1024 * 1024), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    plain = picture("PNG")
    response = await amina.send(plain[:33] + chunk + plain[33:])
    assert response.status_code in {200, 422}
    if response.status_code == 200:
        assert len((await amina.download(response.json()["url"])).content) < 100_000


@pytest.mark.parametrize(
    "broken",
    [
        picture()[:500],
        picture()[: len(picture()) // 2],
        picture("PNG")[:-40],
        picture("WEBP")[:300],
        moving()[:2000],
        moving("PNG")[:1500],
        b"\xff\xd8\xff" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"GIF89a" + bytes(500),
        b"RIFF\0\0\0\0WEBP" + bytes(500),
        b"\0\0\0\x1cftypavif" + bytes(500),
        b"\0\0\0\x1cftypheic" + bytes(500),
    ],
)
async def test_a_damaged_picture_is_refused_with_a_sentence(amina: Uploader, broken: bytes) -> None:
    said = await amina.refused(broken)
    assert "damaged" in said


async def test_what_is_hidden_behind_a_picture_goes(amina: Uploader) -> None:
    hidden = b"<html><script>alert(1)</script></html>PK\3\4"
    for given in (
        picture(),
        picture("PNG"),
        picture("GIF"),
        picture("WEBP"),
        moving(),
        moving("PNG"),
        moving("WEBP"),
    ):
        found = await amina.sent(given + hidden)
        assert b"script" not in (await amina.download(found["url"])).content


async def test_a_script_in_the_comment_of_a_gif_goes(amina: Uploader) -> None:
    plain = moving()
    place = 13 + 3 * 2 ** ((plain[10] & 7) + 1)
    script = b"*/=1;alert(document.cookie);/*"
    comment = b"!\xfe" + bytes([len(script)]) + script + b"\0"
    found = await amina.sent(plain[:place] + comment + plain[place:])
    assert b"alert" not in (await amina.download(found["url"])).content
    assert (await amina.image(found["url"])).n_frames == 5  # type: ignore[attr-defined]


async def test_a_moving_picture_moves_on_as_before(amina: Uploader) -> None:
    for kind in ("GIF", "PNG", "WEBP"):
        given = Image.open(io.BytesIO(moving(kind)))
        found = await amina.image((await amina.sent(moving(kind)))["url"])
        assert found.n_frames == given.n_frames == 5  # type: ignore[attr-defined]
        assert found.info.get("loop") == 0
        for number in range(5):
            found.seek(number)
            given.seek(number)
            assert found.convert("RGB").tobytes() == given.convert("RGB").tobytes()


async def test_a_jpeg_is_not_made_coarser_or_larger(amina: Uploader) -> None:
    image = drawing(1600, 1200)
    for quality in (30, 60, 95):
        given = picture("JPEG", image, quality=quality)
        found = await amina.download((await amina.sent(given))["url"])
        assert len(found.content) <= len(given) * 1.05
        assert (
            Image.open(io.BytesIO(found.content)).quantization == Image.open(io.BytesIO(given)).quantization
        )  # type: ignore[attr-defined]


def test_a_blurhash_is_the_same_as_other_software_makes() -> None:
    # Made with the implementation in Python that Mastodon.py's author published.
    pixels = [
        ((x * 37 + y * 11) % 256, (x * 5 + y * 71) % 256, (x * y) % 256) for y in range(21) for x in range(32)
    ]
    assert blurhash(pixels, 32, 21) == KNOWN[0]
    assert blurhash([(x % 256, 255 - x % 256, 0) for x in range(12 * 30)], 12, 30) == KNOWN[1]
    assert blurhash([(255, 255, 255)], 1, 1) == KNOWN[2]


KNOWN = ("LHHV9TsenKtIs_WAT1R=NUnWNOoF", "TqFQk;tNn*O.X6bG8mXPbG%asBnk", "L~TSUA~q~q~q~q~q~q~q~q~q~q~q")
