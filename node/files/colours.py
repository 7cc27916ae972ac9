"""How a picture is seen: which side is up, and which colours its numbers stand for.

Runs only in the child process, as `pictures` does.
"""

from io import BytesIO
from typing import Final

from PIL import Image, ImageCms

UPRIGHT: Final = frozenset({None, 0, 1})
"""What EXIF says of a picture that was taken as it is held now, or what it says when it says nothing."""

_ORIENTATION: Final = 0x0112
_LARGEST_PROFILE: Final = 4 * 1024 * 1024
_COARSER: Final = 1 / 256
_OPAQUE: Final = 255


def orientation(picture: Image.Image) -> int | None:
    """Return how a picture was held when it was taken, as EXIF numbers it; None where nothing is said."""
    if picture.format == "HEIF":
        return None  # Its decoder has turned it already.
    try:
        return picture.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - whatever is wrong with metadata, the picture can be shown
        return None


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(picture: Image.Image, turned: int | None) -> Image.Image:
    """Return a picture turned as it is to be seen."""
    turn = _TURNS.get(turned or 0)
    return picture if turn is None else picture.transpose(turn)


def plain_colours(picture: Image.Image) -> Image.Image:
    """Return a picture in a mode that everything can draw, its colours converted to sRGB.

    The same object where nothing had to change.
    """
    profile = picture.info.get("icc_profile")
    shown = picture
    if picture.mode in {"P", "PA", "RGBX", "LA", "La", "RGBa"} and (
        profile or picture.format not in {"PNG", "GIF"}
    ):
        shown = picture.convert("RGBA" if has_alpha(picture) else "RGB")
    if profile and len(profile) <= _LARGEST_PROFILE and shown.mode in {"RGB", "RGBA", "CMYK"}:
        shown = _in_srgb(shown, profile)
    if shown.mode == "RGBA" and picture.format != "PNG" and shown.getchannel("A").getextrema()[0] == _OPAQUE:
        # Some cameras' programs write a mask that hides nothing.
        shown = shown.convert("RGB")
    if shown.mode.startswith("I"):
        # Grey in 65,536 steps, of which no screen shows more than 256.
        shown = shown.convert("I").point(lambda value: value * _COARSER).convert("L")
    if shown.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        shown = shown.convert("RGBA" if has_alpha(shown) else "RGB")
    return shown


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in (ImageCms.getProfileDescription(source) or "").lower():
            return picture
        colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
        converted = ImageCms.profileToProfile(
            colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except Exception:  # noqa: BLE001 - a profile that cannot be read is no reason to refuse the picture
        return picture
    assert converted is not None
    if picture.mode == "RGBA":
        converted.putalpha(picture.getchannel("A"))
    return converted


def has_alpha(picture: Image.Image) -> bool:
    """Whether something can be seen through a picture."""
    return picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info
