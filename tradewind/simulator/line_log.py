"""Numbered JSON lines in a file: the accept log (the oracle of every delivery test) and the log of webhook tries.

The file is written without a buffer, so the lines outlive a killed simulator; memory holds one offset in a thousand
lines.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

STRIDE = 1_000
CHUNK_BYTES = 65_536


class LineLog:
    """Append-only lines with running numbers from 1."""

    def __init__(self, path: Path | None = None) -> None:
        self._own = path is None
        self.path = path or Path(tempfile.mkstemp(prefix="simulator-", suffix=".jsonl")[1])
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._offsets = [0]
        self.count = 0
        self._size = 0
        self._adopt()

    def add(self, entry: dict[str, Any]) -> int:
        """Write one entry and return its number (`n` in the line)."""
        entry["n"] = self.count + 1
        line = orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)
        os.write(self._handle, line)
        self._count(len(line))
        return self.count

    def lines(self, after: int = 0) -> Iterator[bytes]:
        """The lines with a number above `after`, in chunks of whole or part lines."""
        after = max(0, after)
        if after >= self.count:
            return
        end, position = self._size, self._offsets[after // STRIDE]
        skip = after % STRIDE
        while position < end:
            chunk = os.pread(self._handle, min(CHUNK_BYTES, end - position), position)
            if not chunk:
                return
            position += len(chunk)
            while skip:
                newline = chunk.find(b"\n")
                if newline < 0:
                    chunk = b""
                    break
                chunk, skip = chunk[newline + 1 :], skip - 1
            if chunk:
                yield chunk

    def close(self) -> None:
        """Close the file, and remove it when nobody asked for it."""
        os.close(self._handle)
        if self._own:
            self.path.unlink(missing_ok=True)

    def _count(self, size: int) -> None:
        self.count += 1
        self._size += size
        if self.count % STRIDE == 0:
            self._offsets.append(self._size)

    def _adopt(self) -> None:
        """Go on counting after the lines of an earlier life; a torn last line is closed."""
        torn = False
        with self.path.open("rb") as known:
            for line in known:
                torn = not line.endswith(b"\n")
                self._count(len(line) + torn)
        if torn:
            os.write(self._handle, b"\n")
