"""A slow provider takes no more than its share of this process: the others find places free."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

SLOW = 1.0  # seconds; what is under way longer shows that a provider is slow


class Bulkhead:
    """At most `most` messages of a channel are being handed over at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: dict[str, dict[object, float]] = defaultdict(dict)
        self._left: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def free(self, channel: str) -> bool:
        """Whether there is a place now."""
        return len(self._under_way[channel]) < self._most

    async def find(self, channel: str) -> bool:
        """Whether there is a place; waits for one only while the channel is busy and not slow."""
        left = self._left[channel]
        while not self.free(channel):
            patience = min(self._under_way[channel].values()) + SLOW - self._now()
            if patience <= 0:
                return False
            left.clear()
            try:
                await asyncio.wait_for(left.wait(), patience)
            except TimeoutError:
                return False
        return True

    @contextmanager
    def under_way(self, channel: str) -> Iterator[None]:
        """Take a place, which `free` or `find` just said is there."""
        mine = object()
        self._under_way[channel][mine] = self._now()
        try:
            yield
        finally:
            del self._under_way[channel][mine]
            self._left[channel].set()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
