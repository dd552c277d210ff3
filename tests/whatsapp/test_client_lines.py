"""The sender's own wire: what it takes for one answer, when it keeps a connection, and whom it trusts."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.whatsapp.graph import FakeGraph, hang, http, raw
from tradewind.whatsapp.client import Accepted, Ambiguous, GraphSender, Lines, NotSent, Timeouts
from tradewind.whatsapp.client import lines as lines_module

NUMBER, TOKEN = "106540352242922", "EAAJB-token"
QUICK = Timeouts(connect=1, read=0.3, total=0.6)


def taken(wamid: str) -> bytes:
    return b'{"messages":[{"id":"%b"}]}' % wamid.encode()


def whole(wamid: str, head: bytes = b"") -> bytes:
    body = taken(wamid)
    return b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


def accepted(wamid: str) -> Accepted:
    return Accepted(wamid, None, None, "accepted", 200)


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request):
    """Run a test's work on the loop that the sender has, and on Python's own."""

    def on_loop(work):
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(work())

    return on_loop


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph() as server:
        yield server


@pytest.fixture
async def sender(graph) -> AsyncIterator[GraphSender]:
    async with Lines(graph.address, timeouts=QUICK) as lines:
        yield GraphSender(lines)


async def send(sender: GraphSender, body: bytes = b"{}"):
    return await sender.send(NUMBER, TOKEN, body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(taken("c")), taken("c"))


@pytest.mark.parametrize(
    ("answer", "wamid"),
    [
        (raw(CHUNKED), "c"),
        (raw(b"HTTP/1.1 100 Continue\r\n\r\n" + whole("a")), "a"),
        (raw(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + whole("b", b"Connection: keep-alive\r\n")), "b"),
    ],
)
async def test_forms_of_a_whole_answer_that_keep_the_connection(graph, sender, answer, wamid):
    graph.answer(answer, http(taken("next")))
    assert await send(sender) == accepted(wamid)
    assert await send(sender) == accepted("next")
    assert graph.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + taken("a"), then_close=True),
        raw(whole("a", b"Connection: close\r\n")),
        raw(whole("a").replace(b"HTTP/1.1", b"HTTP/1.0")),
        raw(whole("a") + b"x"),
        raw(whole("a") + whole("of nobody")),
    ],
)
async def test_forms_of_a_whole_answer_that_end_the_connection(graph, sender, answer):
    graph.answer(answer, http(taken("next")))
    assert await send(sender) == accepted("a")
    assert await send(sender) == accepted("next")
    assert graph.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + taken("a")[:-3], then_close=True),
        raw(CHUNKED[:-5], then_close=True),
        raw(CHUNKED.replace(b"\r\n0\r\n", b"\r\nzz\r\n")),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + taken("a")),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + taken("a")),
        raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + taken("a")),
        raw(b"HTTP/1.1 100 Continue\r\n\r\n", then_close=True),
        raw(b"SSH-2.0-none\r\n"),
    ],
)
async def test_what_is_no_whole_answer_is_in_doubt_and_ends_the_connection(graph, sender, answer):
    graph.answer(answer, http(taken("next")))
    assert isinstance(await send(sender), Ambiguous)
    assert await send(sender) == accepted("next")
    assert (graph.connections, len(graph.requests)) == (2, 2)


async def test_an_answer_that_nobody_asked_for_is_never_that_of_the_next_call(graph, sender):
    is_read, is_told = asyncio.Event(), asyncio.Event()

    async def twice(_, writer):
        writer.write(whole("first"))
        await is_read.wait()
        writer.write(whole("of nobody"))
        is_told.set()

    graph.answer(twice, http(taken("next")))
    assert await send(sender) == accepted("first")
    is_read.set()
    await is_told.wait()
    await asyncio.sleep(0.05)  # it is on the line already: the loop has but to look
    assert await send(sender) == accepted("next")


async def test_a_late_answer_is_never_that_of_the_next_call(graph, sender):
    async def late(_, writer):
        await asyncio.sleep(0.5)
        writer.write(whole("late"))

    graph.answer(late, http(taken("next")))
    assert await send(sender) == Ambiguous("Meta did not answer in time.", None)
    assert await send(sender) == accepted("next")
    assert graph.connections == 2


async def test_a_call_that_is_given_up_leaves_no_answer_behind(graph, sender):
    graph.answer(hang, http(taken("next")))
    call = asyncio.create_task(send(sender))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await send(sender) == accepted("next")
    assert graph.connections == 2


async def test_a_connection_is_not_used_after_it_was_idle_for_long(graph, sender, monkeypatch):
    monkeypatch.setattr(lines_module, "KEPT_SECONDS", 0.05)
    graph.answer(http(taken("a")))
    await send(sender)
    await asyncio.sleep(0.1)
    await send(sender)
    assert graph.connections == 2


async def test_many_at_once_each_get_their_own_answer(graph):
    async def echo(request, writer):
        await asyncio.sleep(0.001)
        writer.write(whole(request.body.decode()))

    graph.answer(echo)
    async with Lines(graph.address, connections=7) as lines:
        sender = GraphSender(lines)
        answers = await asyncio.gather(*(send(sender, str(n).encode()) for n in range(200)))
    assert [answer.wamid for answer in answers] == [str(n) for n in range(200)]
    assert graph.connections <= 7


async def test_an_address_that_is_none():
    for address in ("", "graph.facebook.com", "ftp://graph.facebook.com"):
        with pytest.raises(ValueError, match="no address"):
            Lines(address)
    async with Lines("http://" + "x" * 80 + ".example") as lines:  # a label that is too long
        assert isinstance(await send(GraphSender(lines)), NotSent)


# TLS


def certificate(folder: Path, *names: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own authority for these names, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "cert.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return pem, server


async def tls_calls(pem: Path, server: ssl.SSLContext, *, is_trusted: bool) -> list[object]:
    """Two calls to a server with this certificate, and how many connections it saw get through TLS."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(b"")
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n{}")
                writer.write(whole("tls"))
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
    address = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    trust = lines_module.trusting()
    if is_trusted:
        trust.load_verify_locations(pem)
    async with Lines(address, timeouts=QUICK, tls=trust) as lines:
        answers = [await send(GraphSender(lines)) for _ in range(2)]
    listener.close()
    await asyncio.sleep(0.05)  # the loop sees both ends of the connections closed before it is closed itself
    return [*answers, len(seen)]


def test_tls_to_a_server_whose_certificate_is_trusted(run, tmp_path):
    pem, server = certificate(tmp_path, "127.0.0.1")
    assert run(lambda: tls_calls(pem, server, is_trusted=True)) == [accepted("tls"), accepted("tls"), 1]


@pytest.mark.parametrize(("name", "is_trusted"), [("127.0.0.1", False), ("graph.facebook.com", True)])
def test_tls_to_a_server_that_is_not_trusted_or_another_writes_nothing(run, tmp_path, name, is_trusted):
    pem, server = certificate(tmp_path, name)
    first, second, connections = run(lambda: tls_calls(pem, server, is_trusted=is_trusted))
    assert isinstance(first, NotSent) and "certificate verify failed" in first.reason
    assert isinstance(second, NotSent)
    assert connections == 0
