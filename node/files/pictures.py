"""Pictures: decoded once, then written anew without anything but what is seen, large and small.

Runs only in the child process: decoders read what strangers made.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from node.files.animations import drawn_parts
from node.files.blurhash import LARGEST_SIDE, blurhash
from node.files.colours import UPRIGHT, has_alpha, orientation, plain_colours, upright
from node.files.refusals import Refusal
from node.files.sizes import AVATAR_SIZE, HEADER_SIZE, LARGEST_AREA, PREVIEW_AREA, fit, preview_size
from node.files.types import reads_heif

#: Importing a decoder registers it; these are all there are (MED-02).
DECODERS: Final = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)

_FORMATS: Final = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF", "heic": "HEIF"}
_MOST_FRAMES: Final = 1000
#: How many times the pixels of the largest picture all frames together may have.
_FRAMES_AREA: Final = 10
_MILLION: Final = 1_000_000
_DAMAGED: Final = "This picture is damaged, or it is not one at all."


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a picture: `file` and `preview` are names in the folder, of these media types."""

    file: str | None
    media_type: str
    width: int
    height: int
    blurhash: str
    preview: str | None = None
    is_animated: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def make_picture(source: Path, ending: str, folder: Path, *, megapixels: int) -> Made:
    """Write `original.*` into the folder, and `preview.webp` where the picture is larger than a preview.

    Raises Refusal for what is too large to be unpacked, before it is, and for what cannot be read.
    """
    picture = _opened(source, ending, megapixels)
    frames = _frames(picture, megapixels)
    if frames > 1 and ending in {"gif", "png", "webp"}:
        return _animated(source, picture, ending, folder)
    shown, is_same = _shown(picture, LARGEST_AREA)
    if is_same and ending in {"gif", "webp"}:
        name = f"original.{ending}"
        (folder / name).write_bytes(drawn_parts(source, ending))
    else:
        name = _write_original(shown, picture, ending, folder, is_same=is_same)
    return Made(
        name,
        _media_type(name),
        shown.width,
        shown.height,
        _hash(shown),
        preview=_write_preview(shown, folder) if shown.width * shown.height > PREVIEW_AREA else None,
    )


def make_portrait(source: Path, ending: str, folder: Path, *, megapixels: int, which: str) -> Made:
    """Write a picture of an actor, cut to the proportions that clients show: `avatar` or `header`."""
    width, height = AVATAR_SIZE if which == "avatar" else HEADER_SIZE
    picture = _opened(source, ending, megapixels)
    _frames(picture, megapixels)
    shown, _ = _shown(picture, LARGEST_AREA)
    # Never made larger than it is: the proportions count.
    factor = min(1.0, shown.width / width, shown.height / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    cut = ImageOps.fit(shown, size, Image.Resampling.LANCZOS)
    name = _write_small(cut, folder)
    return Made(name, _media_type(name), cut.width, cut.height, _hash(cut))


def make_preview(source: Path, ending: str, folder: Path, *, megapixels: int) -> Made:
    """Write only `preview.webp`: of a still from a video, or of a picture that stands for a recording."""
    picture = _opened(source, ending, megapixels)
    shown, _ = _shown(picture, LARGEST_AREA)
    name = _write_preview(shown, folder)
    return Made(None, "image/webp", shown.width, shown.height, _hash(shown), preview=name)


def _opened(source: Path, ending: str, megapixels: int) -> Image.Image:
    """Open a picture without unpacking it; Refusal where that would take too much."""
    if ending == "heic":
        _register_heif()
    # What Pillow warns of, we refuse below, by the operator's measure.
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(source, formats=[_FORMATS[ending]])
    except Exception as error:
        raise Refusal(_DAMAGED) from error
    if picture.width * picture.height > megapixels * _MILLION:
        raise Refusal(
            f"This picture is {picture.width} pixels wide and {picture.height} high, which makes "
            f"{picture.width * picture.height / _MILLION:.0f} million; at most {megapixels} million are "
            "taken. Make it smaller and send it again."
        )
    return picture


def _register_heif() -> None:
    if not reads_heif():
        raise Refusal("This node cannot read HEIC pictures; send it as JPEG.")
    import pillow_heif  # noqa: PLC0415 - an optional dependency

    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()


def _frames(picture: Image.Image, megapixels: int) -> int:
    """Return how many frames there are; Refusal for too many, or too many pixels in all of them."""
    try:
        count = int(getattr(picture, "n_frames", 1))
    except Exception as error:
        raise Refusal(_DAMAGED) from error
    if count > _MOST_FRAMES:
        raise Refusal(f"This picture has {count} frames; at most {_MOST_FRAMES} are taken. Send a video.")
    if count * picture.width * picture.height > _FRAMES_AREA * megapixels * _MILLION:
        raise Refusal(
            "This moving picture is too large and too long. Make it smaller, or send it as a video."
        )
    return count


def _animated(source: Path, picture: Image.Image, ending: str, folder: Path) -> Made:
    """Keep a moving picture as it is drawn, with its first frame as a preview."""
    name = f"original.{ending}"
    (folder / name).write_bytes(drawn_parts(source, ending))
    still, _ = _shown(picture, LARGEST_AREA)
    return Made(
        name,
        _media_type(name),
        picture.width,
        picture.height,
        _hash(still),
        preview=_write_preview(still, folder),
        is_animated=True,
    )


def _shown(picture: Image.Image, area: int) -> tuple[Image.Image, bool]:
    """Return a picture as it is seen, upright, in sRGB, at most `area` large; whether it was so before."""
    turned = orientation(picture)
    wanted = fit(picture.width, picture.height, area)
    is_small = wanted == picture.size
    if picture.format == "JPEG" and not is_small:
        # Unpacks a half or a quarter of each side at once where that is still enough.
        picture.draft(None, wanted)
    try:
        picture.load()
    except Exception as error:
        raise Refusal(_DAMAGED) from error
    shown = plain_colours(picture)
    is_same = shown is picture and is_small and turned in UPRIGHT
    if shown.size != wanted:
        shown = shown.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned not in UPRIGHT:
        shown = upright(shown, turned)
    return shown, is_same


def _write_original(
    shown: Image.Image, picture: Image.Image, ending: str, folder: Path, *, is_same: bool
) -> str:
    """Write a picture as the same kind, or as JPEG where not everybody can read that kind."""
    options: dict[str, Any] = {"format": "PNG"}
    if ending == "png":
        name = "original.png"
        shown = _without_metadata(shown)
    elif ending in {"webp", "gif"} or has_alpha(shown):
        name, options = "original.webp", {"format": "WEBP", "quality": 90, "method": 4}
        shown = _without_metadata(shown.convert("RGBA" if has_alpha(shown) else "RGB"))
    else:
        name, options = "original.jpg", _jpeg_options(picture, is_same=is_same)
        shown = _without_metadata(shown if shown.mode in {"L", "RGB"} else shown.convert("RGB"))
    _save(shown, folder / name, options)
    return name


def _jpeg_options(picture: Image.Image, *, is_same: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"format": "JPEG", "optimize": True, "progressive": True}
    tables = getattr(picture, "quantization", None)
    sampling = JpegImagePlugin.get_sampling(picture) if picture.format == "JPEG" else -1
    if is_same and tables and sampling >= 0:
        # As fine as it was, neither finer nor coarser.
        return {**options, "qtables": tables, "subsampling": sampling}
    return {**options, "quality": 90}


def _write_small(picture: Image.Image, folder: Path) -> str:
    """Write a picture of an actor in a kind that all software in the network knows."""
    options: dict[str, Any] = {"format": "PNG", "optimize": True}
    if has_alpha(picture):
        name = "original.png"
        picture = picture.convert("RGBA")
    else:
        name, options = (
            "original.jpg",
            {"format": "JPEG", "quality": 88, "optimize": True, "progressive": True},
        )
        picture = picture.convert("RGB")
    _save(_without_metadata(picture), folder / name, options)
    return name


def _write_preview(shown: Image.Image, folder: Path) -> str:
    small = shown.convert("RGBA" if has_alpha(shown) else "RGB")
    size = preview_size(small.width, small.height)
    if size != small.size:
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    _save(_without_metadata(small), folder / "preview.webp", {"format": "WEBP", "quality": 78, "method": 4})
    return "preview.webp"


def _without_metadata(picture: Image.Image) -> Image.Image:
    """Return a picture that carries only what is seen: all else would be written along."""
    clean = picture.copy()
    kept = picture.info.get("transparency")
    clean.info = {} if kept is None or picture.mode == "RGBA" else {"transparency": kept}
    return clean


def _save(picture: Image.Image, path: Path, options: dict[str, Any]) -> None:
    try:
        picture.save(path, **options)
    except OSError as error:
        raise Refusal("This picture is too large to be kept. Make it smaller and send it again.") from error


def _hash(picture: Image.Image) -> str:
    factor = LARGEST_SIDE / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    # Made small first: converting the whole of a large picture takes longer.
    small = picture.convert("RGBA") if picture.mode in {"P", "LA", "1"} else picture
    small = small.resize(size, Image.Resampling.BOX, reducing_gap=2.0).convert("RGBA")
    flat = Image.new("RGBA", size, (255, 255, 255, 255))
    flat.alpha_composite(small)
    data = flat.convert("RGB").tobytes()
    pixels = [(data[place], data[place + 1], data[place + 2]) for place in range(0, len(data), 3)]
    return blurhash(pixels, *size)


def _media_type(name: str) -> str:
    ending = name.rpartition(".")[2]
    return "image/jpeg" if ending == "jpg" else f"image/{ending}"
