"""Media attachments: each type with the `meta` that clients lay it out by."""

from collections.abc import Iterable
from typing import Any, Literal

from tests.clients.entities.values import Blurhash, Id, Positive, Url
from tests.clients.validation import Entity, Sometimes, faults_of


class Focus(Entity):
    x: float
    y: float

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        for name in ("x", "y"):
            value = document.get(name)
            if isinstance(value, int | float) and not -1 <= value <= 1:
                yield name, f"is {value}, should be between -1 and 1"


class ImageSize(Entity):
    width: Positive
    height: Positive
    size: str
    aspect: float

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        width, height = document.get("width"), document.get("height")
        if isinstance(width, int) and isinstance(height, int) and document.get("size") != f"{width}x{height}":
            yield "size", f"is {document.get('size')!r}, should be '{width}x{height}'"


class VideoSize(Entity):
    width: Positive
    height: Positive
    frame_rate: Sometimes[str]
    duration: Sometimes[float]
    bitrate: Sometimes[int]


class Sound(Entity):
    duration: float
    bitrate: Sometimes[int]


class ImageMeta(Entity):
    original: ImageSize
    small: Sometimes[ImageSize]
    focus: Sometimes[Focus]


class VideoMeta(Entity):
    """What is known of a moving picture; all of it is optional where no ffmpeg looked."""

    length: Sometimes[str]
    duration: Sometimes[float]
    fps: Sometimes[float]
    size: Sometimes[str]
    width: Sometimes[Positive]
    height: Sometimes[Positive]
    aspect: Sometimes[float]
    audio_encode: Sometimes[str]
    audio_bitrate: Sometimes[str]
    audio_channels: Sometimes[str]
    original: Sometimes[VideoSize]
    small: Sometimes[ImageSize]
    focus: Sometimes[Focus]


class AudioMeta(Entity):
    length: Sometimes[str]
    duration: Sometimes[float]
    audio_encode: Sometimes[str]
    audio_bitrate: Sometimes[str]
    audio_channels: Sometimes[str]
    original: Sometimes[Sound]
    small: Sometimes[ImageSize]
    focus: Sometimes[Focus]


class NoMeta(Entity):
    """Nothing is known of what is shown as a link only."""


_META: dict[str, type[Entity]] = {
    "image": ImageMeta,
    "gifv": VideoMeta,
    "video": VideoMeta,
    "audio": AudioMeta,
    "unknown": NoMeta,
}


class MediaAttachment(Entity):
    """Media that is ready; `url` is never null, or Android drops it."""

    id: Id
    type: Literal["image", "gifv", "video", "audio", "unknown"]
    url: Url
    preview_url: Url | None
    remote_url: Url | None
    preview_remote_url: Url | None
    text_url: None
    meta: Any
    description: str | None
    blurhash: Blurhash | None

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:
        kind, meta = document.get("type"), document.get("meta")
        expected = _META.get(str(kind))
        if expected is not None and not (meta is None and kind != "image"):
            for fault in faults_of(meta, expected, member=member, path="meta"):
                yield fault.path, f"{fault.what} (of type {kind})"
        if kind == "image" and document.get("preview_url") is None:
            yield "preview_url", "is null, though it is an image"


class PendingAttachment(MediaAttachment):
    """Media that is still being looked at."""

    url: None  # type: ignore[assignment]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - nothing is known yet
        return ()
