"""Everything that can go wrong on purpose: what the caller sees, and whether the message was accepted all the same."""

import os
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulator.running import Callback, Running
from tests.waiting import LONGEST_SECONDS, wait_until

ADA = "+491701234567"
CUT = (httpx.RemoteProtocolError, httpx.ReadError)


def accepted(running: Running) -> int:
    return int(running.admin("state")["accepted"])


def strike(running: Running, kind: str, **settings: Any) -> None:
    running.admin("faults", {"next": [{"kind": kind, **settings}]})


@pytest.mark.parametrize(
    ("kind", "taken"), [("refuse", 0), ("cut_before_accept", 0), ("cut_after_accept", 1), ("cut_in_body", 1)]
)
def test_cut_connections(running: Running, kind: str, taken: int) -> None:
    strike(running, kind)
    with pytest.raises(CUT):
        running.template(ADA)
    assert accepted(running) == taken
    assert running.admin("state")["faults"] == {kind: 1}
    assert running.template(ADA).status_code == 200


@pytest.mark.parametrize(("kind", "taken"), [("hang", 0), ("hang_after_accept", 1)])
def test_answers_that_never_come(running: Running, kind: str, taken: int) -> None:
    strike(running, kind)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{running.about['address']}/v26.0/{running.number}/messages",
            timeout=httpx.Timeout(LONGEST_SECONDS, read=0.3),
            headers=dict(running.http.headers),
            json=_body(),
        )
    wait_until(lambda: running.admin("state")["faults"], "the call does not arrive")
    assert accepted(running) == taken


def test_slow_is_accepted_at_once_and_answered_late(running: Running, callback: Callback) -> None:
    strike(running, "slow", seconds=[0.8, 0.8])
    started = time.monotonic()
    wamid = running.template(ADA).json()["messages"][0]["id"]
    assert time.monotonic() - started > 0.7
    assert callback.items("statuses")[0]["id"] == wamid  # told before it was answered


def test_500_although_accepted(running: Running) -> None:
    strike(running, "error_after_accept")
    answer = running.template(ADA)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, 131000)
    assert accepted(running) == 1


@pytest.mark.parametrize(("settings", "status", "taken"), [({}, 502, 0), ({"status": 200, "accepted": True}, 200, 1)])
def test_html(running: Running, settings: dict[str, Any], status: int, taken: int) -> None:
    strike(running, "html", **settings)
    answer = running.template(ADA)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")
    assert accepted(running) == taken


def test_empty_200(running: Running) -> None:
    strike(running, "empty")
    answer = running.template(ADA)
    assert (answer.status_code, answer.content) == (200, b"")
    assert accepted(running) == 1


def test_error_in_200(running: Running) -> None:
    strike(running, "error_in_200")
    answer = running.template(ADA)
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == 131000
    assert accepted(running) == 0


def test_429(running: Running) -> None:
    strike(running, "429")
    answer = running.template(ADA)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, 4)
    assert accepted(running) == 0


def test_any_code_of_the_table(running: Running) -> None:
    for code, status in (
        (131000, 500),
        (131016, 500),
        (2, 503),
        (130429, 400),
        (131031, 403),
        (132001, 404),
        (190, 401),
    ):
        strike(running, "graph", code=code)
        answer = running.template(ADA)
        assert (answer.json()["error"]["code"], answer.status_code) == (code, status)
    assert answer.headers["www-authenticate"].startswith('OAuth "Facebook Platform" "invalid_token"')
    assert accepted(running) == 0


def test_a_repeated_wamid_and_another_wa_id(running: Running) -> None:
    first = running.template(ADA).json()["messages"][0]["id"]
    strike(running, "repeated_wamid")
    assert running.template("+491701234568").json()["messages"][0]["id"] == first
    strike(running, "other_wa_id")
    assert running.template(ADA).json()["contacts"] == [{"input": ADA, "wa_id": "191701234567"}]
    assert accepted(running) == 3


def test_a_token_revoked_midway(running: Running) -> None:
    running.admin("faults", {"revoke_token": {"after": 2}})
    codes = [running.template(f"+4917000000{rank:02}").json().get("error", {}).get("code", 0) for rank in range(4)]
    assert codes == [0, 0, 190, 190]


def test_a_template_paused_midway(running: Running, callback: Callback) -> None:
    running.admin("faults", {"pause_template": {"template": "bench_marketing", "after": 2}})
    codes = [running.template(f"+4917000000{rank:02}").json().get("error", {}).get("code", 0) for rank in range(4)]
    assert codes == [0, 0, 132015, 132015]
    callback.wait(lambda: any(change["value"].get("event") == "PAUSED" for change in callback.changes()))


def test_rates_strike_their_share_and_can_be_cleared(running: Running) -> None:
    running.admin("rules", {"lifted": True})
    running.admin("faults", {"graph": {"131000": 0.3}, "empty": 0.2})
    answers = [running.template(f"+49170{rank:08}") for rank in range(300)]
    errors = sum(answer.status_code == 500 for answer in answers)
    empty = sum(answer.content == b"" for answer in answers)
    assert 50 < errors < 110
    assert 35 < empty < 90
    assert accepted(running) == 300 - errors
    assert running.admin("faults")["graph"] == {"131000": 0.3}
    running.admin("faults", {"clear": True})
    assert {running.template(f"+49170{rank:08}").status_code for rank in range(50)} == {200}


def test_scripted_faults_come_in_order(running: Running) -> None:
    running.admin("faults", {"next": [{"kind": "none"}, {"kind": "429", "times": 2}, "empty"]})
    seen = []
    for rank in range(5):
        answer = running.template(f"+4917000000{rank:02}")
        seen.append((answer.status_code, bool(answer.content)))
    assert seen == [(200, True), (429, True), (429, True), (200, False), (200, True)]


@pytest.mark.parametrize(
    "wish",
    [
        {"hang": 2},
        {"hang": "often"},
        {"graph": {"many": 1}},
        {"graph": 3},
        {"next": [{"kind": "sing"}]},
        {"next": ["graph"]},
        {"slow": {"rate": 1, "seconds": [5, 1]}},
        {"pause_template": 7},
        {"sing": 1},
    ],
)
def test_a_bad_wish_changes_nothing(running: Running, wish: dict[str, Any]) -> None:
    before = running.admin("faults")
    answer = running.http.post("/_simulator/faults", json={"empty": 1, **wish})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert running.admin("faults") == before


def test_down_for_a_while_refuses_connections(running: Running) -> None:
    host, port = running.about["address"].removeprefix("http://").split(":")

    def is_down() -> bool:
        try:
            socket.create_connection((host, int(port)), timeout=LONGEST_SECONDS).close()
        except ConnectionRefusedError:
            return True
        return False

    running.admin("faults", {"down_seconds": 2})
    wait_until(is_down, "it is still up")
    wait_until(lambda: not is_down(), "it does not come back")
    assert running.template(ADA).status_code == 200


HOSTILE: list[tuple[str, bytes, dict[str, str], int, int]] = [
    ("no JSON", b"{", {}, 400, 100),
    ("a list", b"[1,2]", {}, 400, 100),
    ("a text", b'"hi"', {}, 400, 100),
    ("nothing", b"", {}, 400, 100),
    ("not UTF-8", b'{"messaging_product":"\xff\xfe"}', {}, 400, 100),
    (
        "a lone surrogate",
        b'{"messaging_product":"whatsapp","to":"+491701234567","text":{"body":"\\ud800"}}',
        {},
        400,
        100,
    ),
    ("NaN", b'{"messaging_product":NaN}', {}, 400, 100),
    ("depth 10,000", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, {}, 400, 100),
    ("a huge number", b'{"messaging_product":' + b"9" * 5_000 + b"}", {}, 400, 100),
    ("NUL", b'{"messaging_product":"whatsapp\\u0000"}', {}, 400, 100),
    ("5 MiB", b'{"a":"' + b"x" * (5 * 1024 * 1024) + b'"}', {}, 413, 1),
    ("multipart without a boundary", b"x", {"content-type": "multipart/form-data"}, 400, 100),
    ("no token", b"{}", {"authorization": ""}, 401, 190),
    ("a wrong token", b"{}", {"authorization": "Bearer nobody"}, 401, 190),
    ("a token of another kind", b"{}", {"authorization": "Basic abc"}, 401, 190),
    ("a token with odd letters", b"{}", {"authorization": "Bearer \xff|\xfe"}, 401, 190),
]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_hostile_requests(running: Running, body: bytes, headers: dict[str, str], status: int, code: int) -> None:
    sent = {"content-type": "application/json", "authorization": f"Bearer {running.about['token']}", **headers}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    answer = httpx.post(f"{running.about['address']}/v26.0/{running.number}/messages", content=body, headers=raw)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert accepted(running) == 0


@pytest.mark.parametrize(
    "path", ["/v26.0/123/messages", "/v26.0/../etc/passwd", "/v26.0/%00/messages", "//", "/v26.0/nobody", "/v9.9"]
)
def test_paths_that_lead_nowhere(running: Running, path: str) -> None:
    answer = running.http.post(path, json={"messaging_product": "whatsapp"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (100, 2500)


def test_a_slow_body_does_not_stop_others(running: Running) -> None:
    host, port = running.about["address"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(
            f"POST /v26.0/{running.number}/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode()
        )
        assert running.template(ADA).status_code == 200


def test_a_world_that_cannot_be_read_ends_with_a_sentence(tmp_path: Path) -> None:
    import subprocess
    import sys

    for content, word in (("{", "not JSON"), ('{"seed": 1, "numbers": [{"a": 1}]}', "numbers: unknown a")):
        (tmp_path / "world.json").write_text(content)
        command = [sys.executable, "-m", "tradewind.simulator", "--world", str(tmp_path / "world.json")]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 2
        assert word in ended.stderr
        assert "Traceback" not in ended.stderr


def test_the_shared_clock_moves_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    running = Running(env={**os.environ, "TRADEWIND_CLOCK": f"file:{path}"})
    told = running.admin("clock", {"set": "2027-03-01T10:00:00+00:00", "speed": 0})
    assert told["now"] == "2027-03-01T10:00:00+00:00"
    assert told["shared"] == str(path)
    assert b'"anchor_virtual": 1803895200.0' in path.read_bytes()
    running.admin("clock", {"advance": 60})
    assert running.admin("clock")["now"] == "2027-03-01T10:01:00+00:00"
    assert running.stop() == 0


@pytest.mark.parametrize(
    "wish", [{}, {"jump": 1}, {"speed": -1}, {"set": "tomorrow"}, {"set": "2027-01-01"}, {"advance": "x"}]
)
def test_a_bad_clock_is_refused(running: Running, wish: dict[str, Any]) -> None:
    assert running.http.post("/_simulator/clock", json=wish).status_code == 400


def _body() -> dict[str, Any]:
    components = [{"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]
    template = {"name": "bench_marketing", "language": {"code": "en_US"}, "components": components}
    return {"messaging_product": "whatsapp", "to": ADA, "type": "template", "template": template}
