"""A bounded memory for what is made again and again of rows that seldom change."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final

MOST: Final = 4000
"""How many things are kept: what two hundred timelines show, in some 20 MiB."""


class Shelf:
    """Keeps what was made of a row together with the row's revision; what was used longest ago goes first.

    Nothing needs to be taken out when a row changes: it is then asked for with another revision.
    """

    def __init__(self, most: int = MOST) -> None:
        self._kept: OrderedDict[Hashable, tuple[Any, Any]] = OrderedDict()
        self._most = most

    def get(self, key: Hashable, revision: Any) -> Any:
        """Return what was made of this revision; None where that is not kept."""
        found = self._kept.get(key)
        if found is None or found[0] != revision:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, revision: Any, made: Any) -> None:
        """Keep what was made of a revision, in place of an older one."""
        self._kept[key] = (revision, made)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)
