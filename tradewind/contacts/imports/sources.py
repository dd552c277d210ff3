"""Where the bytes of a file come from: a file on this machine, or the pieces that were sent to the console."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from django.db import connection

PIECE_BYTES = 1024 * 1024


class Source(Protocol):
    """A file that can be read from its beginning as often as wanted."""

    def open(self) -> IO[bytes]: ...

    def size(self) -> int: ...


class FileSource:
    """A file of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> IO[bytes]:
        return self.path.open("rb", buffering=PIECE_BYTES)

    def size(self) -> int:
        return self.path.stat().st_size


class BytesSource:
    """A file in memory, for tests."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.body)

    def size(self) -> int:
        return len(self.body)


class PiecesSource:
    """The pieces of an uploaded file, one at a time in memory."""

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id

    def open(self) -> IO[bytes]:
        return io.BufferedReader(_Joined(self.pieces()), PIECE_BYTES)

    def pieces(self) -> Iterator[bytes]:
        place = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT body FROM contact_import_piece WHERE of_import_id = %s AND place = %s",
                    [self.import_id, place],
                )
                row = cursor.fetchone()
            if row is None:
                return
            yield bytes(row[0])
            place += 1

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(length(body)), 0) FROM contact_import_piece WHERE of_import_id = %s",
                [self.import_id],
            )
            return int(cursor.fetchone()[0])


class _Joined(io.RawIOBase):
    """Pieces as one stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(target), len(self._left))
        target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
