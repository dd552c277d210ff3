"""Logs: one event a line, for people on a terminal and as JSON elsewhere, and no secrets or personal data in them.

`get(__name__).info("campaign launched", campaign=17, audience=2000)`: a short event, then named facts. Facts with
telling names (token, secret, phone, text, …) are replaced, and so is what looks like a token or a phone number inside
other texts, tracebacks included. Line breaks are escaped, so that nobody can write lines of their own into the log.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from tradewind.lib import clock

HIDDEN = "[hidden]"
# Facts whose names contain one of these words are not logged.
TELLING = re.compile(
    r"token|secret|password|passwd|authorization|cookie|session|api_?key|signature|phone|wa_id|recipient|msisdn|"
    r"\bto\b|\bfrom\b|\btext\b|\bbody\b|email|caption|payload|proof|pin\b",
    re.IGNORECASE,
)
# Ids of Meta that look like phone numbers in their names only.
HARMLESS = re.compile(r"^(phone_number_id|number_id|token_id|recipients|session_count|payload_bytes|body_bytes)$")
_TOKENS = re.compile(
    r"EAA[A-Za-z0-9]{10,}"  # Meta's access tokens
    r"|(?<=Bearer )[^\s'\"]+"
    r"|(?<=access_token=)[^\s&'\"]+"
    r"|tw_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}"  # our API keys
    r"|(?<=/join/)[^\s/'\"]+|(?<=/reset/key/)[^\s/'\"]+"  # links that let somebody in
    r"|(?<=sha256=)[0-9a-f]{64}"
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"  # name and password in an address
)
_PHONES = re.compile(r"(?<![\w.])\+[1-9](?:[ ()-]?\d){6,14}\b")
_LINE_BREAKS = {10: "\\n", 13: "\\r", 0x85: "\\x85", 0x2028: "\\u2028", 0x2029: "\\u2029", 27: "\\x1b", 0: "\\x00"}

Event = MutableMapping[str, Any]


def configure(*, level: str = "INFO", as_json: bool | None = None, process: str = "", to: TextIO | None = None) -> None:
    """Sets logging up for this process; by default JSON unless the output is a terminal. Safe to call again."""
    output = to or sys.stderr
    as_json = not output.isatty() if as_json is None else as_json
    structlog.contextvars.clear_contextvars()
    if process:
        structlog.contextvars.bind_contextvars(process=process)
    shared = _shared()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_ending(as_json, output.isatty()))
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("asyncio", "procrastinate", "urllib3", "aiohttp.access", "httpx", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def hide(_logger: object, _method: str, event: Event) -> Event:
    """Replaces secrets and personal data, by the names of facts and by what texts look like."""
    for name, fact in event.items():
        event[name] = _hidden(name, fact)
    return event


def hide_in_text(text: str) -> str:
    """The text with tokens and phone numbers replaced."""
    return _PHONES.sub(HIDDEN, _TOKENS.sub(HIDDEN, text))


def one_line(_logger: object, _method: str, event: Event) -> Event:
    """Escapes line breaks and control letters in every text."""
    for name, fact in event.items():
        if isinstance(fact, str):
            event[name] = fact.translate(_LINE_BREAKS)
    return event


def _hidden(name: str, fact: Any) -> Any:
    if fact is not None and TELLING.search(name) and not HARMLESS.match(name):
        return HIDDEN
    if isinstance(fact, str):
        return hide_in_text(fact)
    if isinstance(fact, dict):
        return {key: _hidden(str(key), value) for key, value in fact.items()}
    if isinstance(fact, (list, tuple, set)):
        return [_hidden("", value) for value in fact]
    if fact is None or isinstance(fact, (bool, int, float)):
        return fact
    return hide_in_text(str(fact))


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _add_time,
        structlog.processors.StackInfoRenderer(),
    ]


def _ending(as_json: bool, in_colour: bool) -> list[Any]:
    clean = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, hide]
    if as_json:
        return [*clean, one_line, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    return [*clean, _keep_traceback, structlog.dev.ConsoleRenderer(colors=in_colour)]


def _keep_traceback(logger: object, method: str, event: Event) -> Event:
    """On a console the traceback keeps its lines, indented, so that none of them can pass for an event."""
    traceback = event.pop("exception", None)
    one_line(logger, method, event)
    if traceback:
        lines = str(traceback).replace("\r", "\\r").translate({27: "\\x1b", 0: "\\x00"}).splitlines()
        event["exception"] = "\n".join(f"    {line}" for line in lines)
    return event


def _add_time(_logger: object, _method: str, event: Event) -> Event:
    event["at"] = clock.now().isoformat(timespec="milliseconds")
    return event
