"""One call as the Graph API sees it: where it goes, what it brings, who makes it."""

import re
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Token

VERSION = re.compile(r"v\d{1,2}\.\d")
NEWEST_VERSION = "v26.0"


class Upload:
    """One file of a multipart body."""

    __slots__ = ("content", "file_name", "mime_type")

    def __init__(self, content: bytes, file_name: str, mime_type: str) -> None:
        self.content, self.file_name, self.mime_type = content, file_name, mime_type


class Call:
    """A request after its bytes are read. `params` merges query, form and JSON, as Graph does."""

    __slots__ = (
        "_params",
        "body",
        "edge",
        "files",
        "headers",
        "method",
        "node",
        "query",
        "rest",
        "simulation",
        "token",
        "version",
    )

    def __init__(
        self, simulation: Simulation, method: str, path: str, query: bytes, headers: dict[str, str], body: bytes
    ) -> None:
        self.simulation, self.method, self.headers, self.body = simulation, method, headers, body
        parts = [part for part in path.split("/") if part]
        self.version = parts.pop(0) if parts and VERSION.fullmatch(parts[0]) else NEWEST_VERSION
        self.node = parts[0] if parts else ""
        self.edge = parts[1] if len(parts) > 1 else ""
        self.rest = parts[2:]
        self.query = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
        self.files: dict[str, Upload] = {}
        self.token: Token | None = None
        self._params: dict[str, Any] | None = None

    @property
    def bearer(self) -> str:
        """The access token of the call, "" when it brings none."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        if kind.lower() in ("bearer", "oauth"):
            return value.strip()
        return str(self.query.get("access_token") or (self._form().get("access_token", "") if self._is_form() else ""))

    @property
    def proof(self) -> str | None:
        """The appsecret_proof, if one is given."""
        return self.query.get("appsecret_proof") or (self._form().get("appsecret_proof") if self._is_form() else None)

    @property
    def params(self) -> dict[str, Any]:
        """All parameters; GraphError 100 for a body that cannot be read."""
        if self._params is None:
            self._params = {**self.query, **self.json()}
        return self._params

    def json(self) -> dict[str, Any]:
        """The body's object (JSON, form or multipart)."""
        if not self.body:
            return {}
        if self._is_form():
            return self._form()
        try:
            value = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise GraphError(100, f"The body is not valid JSON: {error}.", message="(#100) Invalid parameter") from None
        if not isinstance(value, dict):
            raise GraphError(100, "The body must be a JSON object.")
        return value

    def whole(self, name: str, default: int, most: int) -> int:
        """A number parameter between 1 and `most`."""
        text = str(self.params.get(name, default))
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise GraphError(100, message=f"(#100) Param {name} must be a number from 1 to {most}.")
        return int(text)

    def items(self, name: str) -> list[Any]:
        """A list parameter, which Graph also takes as a text of JSON; empty when it is missing."""
        value = self.params.get(name) or []
        value = _loose(value) if isinstance(value, str) else value
        if not isinstance(value, list):
            raise GraphError(100, message=f"(#100) Param {name} must be an array.")
        return value

    def _is_form(self) -> bool:
        kind = self.headers.get("content-type", "")
        return kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded"))

    def _form(self) -> dict[str, Any]:
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return self._multipart(kind)
        return {
            name: _loose(value)
            for name, value in parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        }

    def _multipart(self, kind: str) -> dict[str, Any]:
        match = re.search(r'boundary="?([^";]+)"?', kind)
        if match is None:
            raise GraphError(100, "The multipart body has no boundary.")
        fields: dict[str, Any] = {}
        for piece in self.body.split(b"--" + match.group(1).encode())[1:-1]:
            head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            self._part(head.decode("utf-8", "replace"), content.removesuffix(b"\r\n"), fields)
        return fields

    def _part(self, head: str, content: bytes, fields: dict[str, Any]) -> None:
        name = re.search(r'\bname="([^"]*)"', head)
        file_name = re.search(r'\bfilename="([^"]*)"', head)
        if name is None:
            raise GraphError(100, "A part of the multipart body has no name.")
        if file_name is None:
            fields[name.group(1)] = content.decode("utf-8", "replace")
            return
        mime = re.search(r"(?im)^content-type:\s*([^\r\n]+)", head)
        self.files[name.group(1)] = Upload(content, file_name.group(1), mime.group(1).strip() if mime else "")


def _loose(value: str) -> Any:
    """Graph reads objects and lists in forms as JSON."""
    if value[:1] in "{[" and value:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value
