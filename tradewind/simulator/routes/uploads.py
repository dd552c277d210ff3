"""Resumable uploads: for samples of template headers and for profile pictures."""

import base64
from typing import Any

from tradewind.simulator.graph.errors import GraphError, missing, no_such_object
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import APP, UPLOAD
from tradewind.simulator.world.shapes import App

TYPES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")
MOST_BYTES = 100 * 1024 * 1024


@APP.on("POST", "uploads")
def begin(call: Call, _app: App) -> dict[str, str]:
    """Open a session."""
    length = call.whole("file_length", 0, MOST_BYTES) if "file_length" in call.params else 0
    kind = str(call.params.get("file_type", ""))
    if not length:
        raise missing("file_length")
    if kind not in TYPES:
        raise GraphError(100, message=f"(#100) Param file_type must be one of {{{', '.join(TYPES)}}}.")
    session = "upload:" + base64.urlsafe_b64encode(call.simulation.serials.new().encode()).decode().rstrip("=")
    _sessions(call)[session] = {"length": length, "type": kind, "content": bytearray()}
    return {"id": session}


@UPLOAD.on("POST")
def append(call: Call, session: str) -> dict[str, str]:
    """Add bytes from `file_offset`; the handle when all are there."""
    kept = _session(call, session)
    offset = call.headers.get("file_offset", "")
    if not offset.isdigit() or int(offset) != len(kept["content"]):
        raise GraphError(100, message=f"(#100) Header file_offset must be {len(kept['content'])}.")
    if len(kept["content"]) + len(call.body) > kept["length"]:
        raise GraphError(100, message="(#100) More bytes than file_length.")
    kept["content"] += call.body
    if len(kept["content"]) < kept["length"]:
        return {"id": session}
    handle = "4::" + base64.b64encode(f"{kept['type']}:{session}".encode()).decode()
    call.simulation.kept("uploads", "handles", {})[handle] = kept["type"]
    return {"h": handle}


@UPLOAD.on("GET")
def offset(call: Call, session: str) -> dict[str, Any]:
    """How far a session is."""
    return {"id": session, "file_offset": len(_session(call, session)["content"])}


def _sessions(call: Call) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = call.simulation.kept("uploads", "sessions", {})
    return kept


def _session(call: Call, session: str) -> dict[str, Any]:
    name = session.partition("?")[0]
    if name not in _sessions(call):
        raise no_such_object(session, call.method)
    return _sessions(call)[name]
