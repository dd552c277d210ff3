"""Logs: one event a line, and nothing secret or personal in it (P20)."""

import io
import json
import logging

import pytest

from tradewind.lib import logs

TOKEN = "EAAGm0PX4ZCpsBAKZCabcdefghijklmnop1234567890"


@pytest.fixture
def output():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    written = io.StringIO()
    logs.configure(as_json=True, to=written, process="test")
    yield written
    root.handlers, root.level = handlers, level


def lines(output):
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_an_event_is_a_line_with_its_facts(output):
    logs.get("tradewind.here").info("campaign launched", campaign=17, audience=2000)
    [line] = lines(output)
    assert line["event"] == "campaign launched"
    assert (line["campaign"], line["audience"], line["level"], line["process"]) == (17, 2000, "info", "test")
    assert line["logger"] == "tradewind.here"


def test_other_libraries_log_the_same_way(output):
    logging.getLogger("django.request").warning("Not Found: %s", "/x")
    [line] = lines(output)
    assert line["event"] == "Not Found: /x"


@pytest.mark.parametrize(
    "facts",
    [
        {"token": "canary"},
        {"access_token": "canary"},
        {"app_secret": "canary"},
        {"Authorization": "canary"},
        {"phone": "canary"},
        {"to": "canary"},
        {"text": "canary"},
        {"message": {"text": {"body": "canary"}}},
        {"calls": [{"password": "canary"}]},
        {"header": "Bearer canary"},
        {"address": "https://x/?access_token=canary&y=1"},
        {"address": "postgresql://me:canary@host/x"},
        {"note": f"using {TOKEN} now"},
        {"note": "to +49 151 12345678 now"},
        {"note": "to +4915112345678"},
        {"error": ValueError("no answer from +4915112345678")},
    ],
)
def test_p20_secrets_and_persons_stay_out(output, facts):
    logs.get("x").warning("call failed", **facts)
    written = output.getvalue()
    assert logs.HIDDEN in written
    for canary in ("canary", "12345678", "EAAGm0"):
        assert canary not in written


def test_p20_tracebacks_are_searched_too(output):
    try:
        raise RuntimeError(f"{TOKEN} is wrong for +4915112345678")
    except RuntimeError:
        logs.get("x").exception("call failed")
    assert "RuntimeError" in output.getvalue()
    assert "EAAG" not in output.getvalue()
    assert "4915112345678" not in output.getvalue()


def test_metas_ids_and_counts_stay(output):
    logs.get("x").info("number paused", phone_number_id="106540352242922", recipients=3, seconds=1.5, code=131056)
    [line] = lines(output)
    assert (line["phone_number_id"], line["recipients"], line["seconds"]) == ("106540352242922", 3, 1.5)


@pytest.mark.parametrize("as_json", [True, False])
def test_nobody_writes_lines_of_their_own(output, as_json):
    logs.configure(as_json=as_json, to=output)
    logs.get("x").info("name\n2026-01-01 [info] forged", name="a\r\nb\u2028c\x1b[31m")
    assert len(output.getvalue().splitlines()) == 1
    assert "\x1b[31m" not in output.getvalue()


def test_a_console_shows_tracebacks_indented(output):
    logs.configure(as_json=False, to=output)
    try:
        raise RuntimeError("one\ntwo")
    except RuntimeError:
        logs.get("x").exception("failed")
    first, *rest = output.getvalue().splitlines()
    assert "failed" in first
    assert rest
    assert all(line.startswith("    ") for line in rest)
