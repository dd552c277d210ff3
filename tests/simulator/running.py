"""A simulator in its own process, and a callback that keeps what it is told."""

import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests.waiting import LONGEST_SECONDS


class Callback:
    """An HTTP server on a free port that stores every webhook body; `answers` are the next statuses, then 200."""

    def __init__(self, app_secret: str = "", verify_token: str = "") -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.secret, self.verify_token = app_secret, verify_token
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def signed(self, rank: int) -> bool:
        right = "sha256=" + hmac.new(self.secret.encode(), self.bodies[rank], hashlib.sha256).hexdigest()
        return self.headers[rank].get("x-hub-signature-256") == right

    def changes(self) -> list[dict[str, Any]]:
        return [
            change for body in list(self.bodies) for entry in json.loads(body)["entry"] for change in entry["changes"]
        ]

    def items(self, part: str) -> list[dict[str, Any]]:
        return [
            item for change in self.changes() if change["field"] == "messages" for item in change["value"].get(part, [])
        ]

    def wait(self, enough: Callable[[], Any], seconds: float = LONGEST_SECONDS) -> Any:
        """The first true value of `enough`; fails loudly when it never comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = enough()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(
            f"nothing came in {seconds} s; got {[(c['field'], list(c['value'])) for c in self.changes()][-5:]}"
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                outer.bodies.append(body)
                self._say(outer.answers.pop(0) if outer.answers else 200, b"")

            def do_GET(self) -> None:
                from urllib.parse import parse_qs, urlsplit

                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                right = query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == outer.verify_token
                self._say(200 if right else 403, query.get("hub.challenge", "").encode() if right else b"")

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


class Running:
    """A simulator process with its introduction, and a client for both of its doors."""

    def __init__(
        self, *options: str, world: Any = None, directory: Path | None = None, env: dict[str, str] | None = None
    ) -> None:
        command = [sys.executable, "-m", "tradewind.simulator", "--port", "0", *options]
        if world is not None:
            assert directory is not None
            path = directory / f"world-{id(world)}.json"
            path.write_text(json.dumps(world.as_json()))
            command += ["--world", str(path)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the simulator ended with {self.process.wait()}"
        self.about: dict[str, Any] = json.loads(line)
        self.http = httpx.Client(
            base_url=self.about["address"],
            headers={"Authorization": f"Bearer {self.about['token']}"},
            timeout=LONGEST_SECONDS,
        )

    def stop(self) -> int:
        self.http.close()
        self.process.terminate()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(LONGEST_SECONDS)

    def admin(self, name: str, wish: Any = None, **query: Any) -> Any:
        """POST `wish` to an admin command, or GET a report when there is none; the JSON."""
        if wish is None:
            answer = self.http.get(f"/_simulator/{name}", params=query)
        else:
            answer = self.http.post(f"/_simulator/{name}", json=wish, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lines(self, name: str = "accepted", after: int = 0) -> list[dict[str, Any]]:
        answer = self.http.get(f"/_simulator/{name}", params={"after": after})
        return [json.loads(line) for line in answer.text.splitlines()]

    def send(self, to: str, number: str | None = None, **body: Any) -> httpx.Response:
        """POST one message (default: a text)."""
        if "type" not in body:
            body = {"type": "text", "text": {"body": "Hello"}, **body}
        message = {"messaging_product": "whatsapp", "to": to, **body}
        return self.http.post(f"/v26.0/{number or self.number}/messages", json=message)

    def template(
        self, to: str, name: str = "bench_marketing", values: tuple[str, ...] = ("Ada", "A1"), **body: Any
    ) -> httpx.Response:
        """POST one template message with positional body variables."""
        components = [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]
        template = {"name": name, "language": {"code": "en_US"}, "components": components}
        return self.send(to, type="template", template=template, **body)

    @property
    def number(self) -> str:
        return str(self.about["numbers"][0]["phone_number_id"])
