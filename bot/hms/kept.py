"""An in-memory cache of files downloaded from 100ms."""

import time
from collections import OrderedDict


class KeptFiles:
    """Keeps up to `most_bytes` in all, each file for `for_s` seconds; drops the oldest first.

    A finished file of 100ms never changes. Nothing is written to disk.
    """

    def __init__(self, most_bytes: int, for_s: float) -> None:
        self._most_bytes = most_bytes
        self._for_s = for_s
        self._files: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    def get(self, asset_id: str) -> bytes | None:
        self._drop_old()
        kept = self._files.get(asset_id)
        return kept[1] if kept else None

    def put(self, asset_id: str, content: bytes) -> None:
        self._drop(asset_id)
        self._files[asset_id] = (time.monotonic(), content)
        self._bytes += len(content)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._files)))

    def _drop_old(self) -> None:
        old = time.monotonic() - self._for_s
        while self._files and next(iter(self._files.values()))[0] < old:
            self._drop(next(iter(self._files)))

    def _drop(self, asset_id: str) -> None:
        _, content = self._files.pop(asset_id, (0.0, b""))
        self._bytes -= len(content)
