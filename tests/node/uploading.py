"""Files to upload, and a member who uploads them."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import httpx
from PIL import Image, ImageDraw, PngImagePlugin

from storage.actors import Actor
from tests.node.served import ServedNode
from tests.node.signing_in import sign_in

MAKER = "Example Camera 5000"
PLACE = (52.0, 30.0, 15.0)
SECRET = "a secret that nobody may see"


def drawing(width: int = 1200, height: int = 800, mode: str = "RGB") -> Image.Image:
    """Return a picture with a red upper left corner on blue."""
    image = Image.new("RGBA", (width, height), (20, 40, 200, 255))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height // 2), fill=(220, 20, 20, 255))
    return image.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes: who made it, where it was, and how it was held."""
    found = Image.Exif()
    found[0x010F] = MAKER
    found[0x0112] = orientation
    found.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    return found


def picture(kind: str = "JPEG", image: Image.Image | None = None, **options: Any) -> bytes:
    """Return a picture as a file."""
    written = io.BytesIO()
    (image or drawing()).save(written, kind, **options)
    return written.getvalue()


def telling_jpeg(orientation: int = 1) -> bytes:
    return picture("JPEG", exif=exif(orientation), xmp=f"<x>{SECRET}</x>".encode(), comment=SECRET.encode())


def telling_png() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET)
    said.add_itxt("XML:com.adobe.xmp", SECRET, zip=True)
    said.add_text("Big", SECRET, zip=True)
    return picture("PNG", pnginfo=said, exif=exif())


def moving(kind: str = "GIF", frames: int = 5, size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    """Return a moving picture."""
    images = [drawing(*size) for _ in range(frames)]
    for number, image in enumerate(images):
        ImageDraw.Draw(image).rectangle((number * 10, 0, number * 10 + 9, 9), fill=(0, 255, 0))
    return picture(kind, images[0], save_all=True, append_images=images[1:], duration=100, loop=0, **options)


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """Return a PNG of a few hundred bytes that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part) for part in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def mp4(*, place: str = SECRET, has_video: bool = True) -> bytes:
    """Return the boxes of a short film that was recorded somewhere, without a single frame."""
    mvhd = struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_000, 1000, 5500) + bytes(80)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    tkhd = struct.pack(">IIIIII", 7, 3_900_000_000, 3_900_000_000, 1, 0, 5500) + bytes(16) + turned
    tkhd += struct.pack(">II", 1280 << 16, 720 << 16)
    mdhd = struct.pack(">IIIIIHH", 0, 3_900_000_000, 3_900_000_000, 1000, 5500, 0, 0)
    hdlr = bytes(8) + (b"vide" if has_video else b"soun") + bytes(13)
    mdia = _box(b"mdia", _box(b"mdhd", mdhd) + _box(b"hdlr", hdlr))
    notes = _box(b"udta", _box(b"\xa9xyz", place.encode()))
    moov = _box(b"moov", _box(b"mvhd", mvhd) + _box(b"trak", _box(b"tkhd", tkhd) + mdia) + notes)
    return _box(b"ftyp", b"isom\0\0\2\0isommp41") + moov + _box(b"mdat", bytes(5000))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def wav(seconds: int = 2) -> bytes:
    """Return a sound with a note about who made it."""
    rate = 8000
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    said = b"LIST" + struct.pack("<I", len(SECRET)) + SECRET.encode()
    sound = bytes(rate * 2 * seconds)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + said + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3() -> bytes:
    """Return frames of silence behind and before tags."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    said = b"TIT2" + struct.pack(">I", len(SECRET) + 1) + b"\0\0\3" + SECRET.encode()
    size = len(said)
    tag = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + said
    return tag + frame * 20 + b"TAG" + SECRET.encode().ljust(125, b"\0")


def flac() -> bytes:
    """Return the blocks of a sound of two seconds, with comments."""
    info = (
        struct.pack(">HH", 4096, 4096)
        + bytes(6)
        + struct.pack(">Q", 44100 << 44 | 15 << 36 | 88200)
        + bytes(16)
    )
    said = SECRET.encode()
    blocks = (b"\0", info), (b"\x84", said)
    written = b"".join(kind + len(body).to_bytes(3, "big") + body for kind, body in blocks)
    return b"fLaC" + written + b"\xff\xf8" + bytes(200)


def office(folder: str = "word", *, types: str = "", **parts: str) -> bytes:
    """Return the archive of a Word, Excel or PowerPoint document."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("[Content_Types].xml", types or "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return written.getvalue()


def opendocument(kind: str = "text", **parts: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<office/>")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return written.getvalue()


@dataclass
class Uploader:
    """A member's program that sends files."""

    node: ServedNode
    actor: Actor
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def send(
        self,
        content: bytes,
        name: str = "file",
        media_type: str = "application/octet-stream",
        path: str = "/api/v2/media",
        thumbnail: bytes | None = None,
        **fields: str,
    ) -> httpx.Response:
        files = {"file": (name, content, media_type)}
        if thumbnail is not None:
            files["thumbnail"] = ("thumbnail", thumbnail, "application/octet-stream")
        return await self.node.client.post(path, files=files, data=fields, headers=self.headers)

    async def sent(
        self, content: bytes, name: str = "file", status: int = 200, **fields: str
    ) -> dict[str, Any]:
        """Send a file that must be taken."""
        response = await self.send(content, name, **fields)
        assert response.status_code == status, response.text
        found: dict[str, Any] = response.json()
        return found

    async def refused(self, content: bytes, name: str = "file", status: int = 422, **fields: str) -> str:
        """Send a file that must be refused, and return the sentence."""
        response = await self.send(content, name, **fields)
        assert response.status_code == status, response.text
        sentence: str = response.json()["error"]
        return sentence

    async def get(self, path: str) -> httpx.Response:
        return await self.node.client.get(path, headers=self.headers)

    async def download(self, url: str, **headers: str) -> httpx.Response:
        """Fetch a file as anybody does."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.node.client.get(url, headers=named)

    async def image(self, url: str) -> Image.Image:
        """Fetch a picture and decode it."""
        response = await self.download(url)
        assert response.status_code == 200, response.text
        image = Image.open(io.BytesIO(response.content))
        image.load()
        return image


async def uploader(node: ServedNode, name: str = "amina") -> Uploader:
    """Return a member with a token for media."""
    actor = await node.member(name)
    return Uploader(node, actor, await sign_in(node, actor))
