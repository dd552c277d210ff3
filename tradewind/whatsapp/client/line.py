"""One kept connection of the sender: a request goes out, one answer comes back, and then the next (HTTP/1.1).

The bytes are read by llhttp (httptools), the parser of Node. Whatever is not one whole answer to one request ends the
connection: bytes that nobody asked for, bytes after the answer, silence, an answer too long. So an answer can never
be taken for that of another call.
"""

import asyncio
from typing import cast

import httptools

from tradewind.whatsapp.client.outcome import Failed, Outcome, Replied, sentence

MOST_HEAD_BYTES = 64 * 1024
BROKE = "The connection broke before an answer came"
USAGE = b"x-business-use-case-usage"
FRAMES = (b"content-length", b"transfer-encoding")


class Line(asyncio.Protocol):
    """A connection. `post` when it `is_free`; afterwards it is free again, or closed."""

    def __init__(self, *, most_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._most_bytes = most_bytes
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Outcome] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._http: int | None = None
        self._usage: str | None = None
        self._body = bytearray()
        self._is_whole = self._is_spoiled = self._is_framed = self._is_kept = False
        self.free_since = 0.0

    @property
    def is_free(self) -> bool:
        """Whether a request may go out here."""
        return self._answer is None and self._transport is not None and not self._transport.is_closing()

    def post(self, request: bytes, *, read_seconds: float, deadline: float) -> "asyncio.Future[Outcome]":
        """Write a request; the future brings its outcome and never raises. `deadline` is the loop's time."""
        assert self._transport is not None and self.is_free
        self._answer = answer = self._loop.create_future()
        self._read_seconds, self._deadline = read_seconds, deadline
        self._parser = httptools.HttpResponseParser(self)
        self._head_bytes = 0
        self._begin_answer()
        self._heard_at = self._loop.time()
        self._timer = self._loop.call_at(min(self._heard_at + read_seconds, deadline), self._look_at_time)
        self._transport.write(request)
        return answer

    def abort(self) -> None:
        """Cut the connection; what is under way ends in doubt."""
        if self._transport is not None:
            self._transport.abort()
        self._end(Failed(sentence(BROKE), was_sent=True, http=self._http if self._answer else None))

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.abort()  # nobody asked: it must not become the answer of the next call
            return
        self._heard_at = self._loop.time()
        problem: Exception | None = None
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as broken:
            problem = broken
        self._after(len(data), problem)

    def connection_lost(self, problem: Exception | None) -> None:
        if self._answer is None:
            return
        if problem is None and self._http is not None and not self._is_framed:
            # Neither length nor chunks: the answer ends with the connection. A cut one is no JSON, and so in doubt.
            self._end(Replied(self._http, bytes(self._body), self._usage))
        else:
            self._end(Failed(sentence(BROKE, problem), was_sent=True, http=self._http))

    # What the parser tells

    def on_message_begin(self) -> None:
        self._is_spoiled = self._is_spoiled or self._is_whole

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == USAGE:
            self._usage = value.decode("latin-1")
        elif name in FRAMES:
            self._is_framed = True

    def on_headers_complete(self) -> None:
        if not self._is_whole:
            self._http = self._parser.get_status_code()

    def on_body(self, piece: bytes) -> None:
        if not self._is_whole and len(self._body) <= self._most_bytes:
            self._body += piece

    def on_message_complete(self) -> None:
        if self._is_whole:
            return
        if 100 <= (self._http or 0) < 200:
            self._begin_answer()  # only a foreword
            return
        self._is_whole = True
        self._is_kept = self._parser.should_keep_alive()

    # How an answer ends

    def _begin_answer(self) -> None:
        self._http = self._usage = None
        self._body = bytearray()
        self._is_whole = self._is_spoiled = self._is_framed = self._is_kept = False

    def _after(self, size: int, problem: Exception | None) -> None:
        """Look at what the bytes have brought."""
        if len(self._body) > self._most_bytes:
            self._cut(f"Meta's answer is longer than {self._most_bytes} bytes.")
        elif self._is_whole:
            if problem or self._is_spoiled or not self._is_kept:
                self._close()
            self._end(Replied(self._http or 0, bytes(self._body), self._usage))
        elif problem:
            self._cut(sentence(BROKE, problem))
        elif self._http is None:
            self._head_bytes += size
            if self._head_bytes > MOST_HEAD_BYTES:
                self._cut(f"{BROKE} (its head is longer than {MOST_HEAD_BYTES} bytes).")

    def _look_at_time(self) -> None:
        due = min(self._heard_at + self._read_seconds, self._deadline)
        if self._loop.time() >= due:
            self._cut("Meta did not answer in time.")
        else:
            self._timer = self._loop.call_at(due, self._look_at_time)

    def _cut(self, reason: str) -> None:
        http = self._http
        self._close()
        self._end(Failed(reason, was_sent=True, http=http))

    def _close(self) -> None:
        assert self._transport is not None
        self._transport.abort()

    def _end(self, outcome: Outcome) -> None:
        answer, self._answer = self._answer, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.free_since = self._loop.time()
        if answer is not None and not answer.done():
            answer.set_result(outcome)
