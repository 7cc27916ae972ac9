"""How large pictures are, as they are kept and as they are shown small."""

from math import sqrt
from typing import Final

LARGEST_AREA: Final = 3840 * 2160
"""Pixels of a picture that is kept; a larger one is made smaller."""

PREVIEW_AREA: Final = 640 * 360
"""Pixels of what is shown in a timeline."""

AVATAR_SIZE: Final = (400, 400)
HEADER_SIZE: Final = (1500, 500)
"""Pixels of actors' pictures."""


def fit(width: int, height: int, area: int) -> tuple[int, int]:
    """Return the largest sides of the same proportion with at most `area` pixels; never larger than given."""
    if width * height <= area:
        return width, height
    factor = sqrt(area / (width * height))
    return max(1, int(width * factor)), max(1, int(height * factor))


def preview_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the preview of a picture."""
    return fit(width, height, PREVIEW_AREA)
