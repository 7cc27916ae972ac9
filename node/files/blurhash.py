"""BlurHash: a few letters that look like a picture seen without glasses (https://blurha.sh)."""

from collections.abc import Sequence
from math import cos, pi
from typing import Final

LARGEST_SIDE: Final = 32
"""Pixels of the longer side of what a hash is made from; more costs time and changes nothing."""

Colour = tuple[float, float, float]

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_DARKEST_CURVE: Final = 0.04045
_DARKEST_LINE: Final = 0.0031308


def blurhash(pixels: Sequence[tuple[int, int, int]], width: int, height: int) -> str:
    """Return the hash of a small picture, given row by row in sRGB; more detail along its longer side."""
    columns, rows = (4, 3) if width >= height else (3, 4)
    light = [(_linear(red), _linear(green), _linear(blue)) for red, green, blue in pixels]
    across = [[cos(pi * i * x / width) for x in range(width)] for i in range(columns)]
    down = [[cos(pi * j * y / height) for y in range(height)] for j in range(rows)]
    waves = [
        _wave(light, across[i], down[j], first=not (i or j)) for j in range(rows) for i in range(columns)
    ]
    mean, rest = waves[0], waves[1:]
    strongest = max(abs(part) for wave in rest for part in wave)
    steps = max(0, min(82, int(strongest * 166 - 0.5)))
    scale = (steps + 1) / 166
    return "".join(
        [
            _written(columns - 1 + (rows - 1) * 9, 1),
            _written(steps, 1),
            _written(sum(_level(part) << shift for part, shift in zip(mean, (16, 8, 0), strict=True)), 4),
            *(_written(_packed(wave, scale), 2) for wave in rest),
        ]
    )


def _wave(light: Sequence[Colour], across: Sequence[float], down: Sequence[float], *, first: bool) -> Colour:
    """Return how much of one pattern of waves there is in each colour."""
    red = green = blue = 0.0
    place = 0
    for vertical in down:
        for horizontal in across:
            basis = vertical * horizontal
            colour = light[place]
            place += 1
            red += basis * colour[0]
            green += basis * colour[1]
            blue += basis * colour[2]
    factor = (1 if first else 2) / len(light)
    return red * factor, green * factor, blue * factor


def _packed(wave: Colour, scale: float) -> int:
    packed = 0
    for part in wave:
        share = part / scale
        rooted = abs(share) ** 0.5 * (1 if share >= 0 else -1)
        packed = packed * 19 + max(0, min(18, int(rooted * 9 + 9.5)))
    return packed


def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= _DARKEST_CURVE else float(((share + 0.055) / 1.055) ** 2.4)


def _level(value: float) -> int:
    value = max(0.0, min(1.0, value))
    curved = value * 12.92 if value <= _DARKEST_LINE else 1.055 * value ** (1 / 2.4) - 0.055
    return int(curved * 255 + 0.5)


def _written(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in range(length - 1, -1, -1))
