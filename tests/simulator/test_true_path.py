"""The thin true path: introduction, sending, statuses, replies, admin."""

from tests.simulator.running import Callback, Running

ADA = "+491701234567"


def test_the_first_line_tells_all_that_a_client_needs(own_running: Running) -> None:
    about = own_running.about
    assert about["address"].startswith("http://127.0.0.1:")
    assert {"token", "app_secret", "app_id", "verify_token"} <= about.keys()
    assert len(about["numbers"]) == 6
    assert {number["portfolio_id"] for number in about["numbers"]} == {"610000000000001", "610000000000002"}
    assert len(about["customers"]) == 2000
    assert len({customer["phone"] for customer in about["customers"]}) == 2000
    assert len({customer["language"] for customer in about["customers"]}) == 6
    assert len({customer["timezone"] for customer in about["customers"]}) == 12
    assert len(about["templates"]) == 8


def test_a_template_is_sent_delivered_and_read(running: Running, callback: Callback) -> None:
    running.admin("customers", {"phone": ADA, "behaviour": "reads"})
    answer = running.template(ADA, biz_opaque_callback_data="row:7")
    assert answer.status_code == 200
    body = answer.json()
    wamid = body["messages"][0]["id"]
    assert body["contacts"] == [{"input": ADA, "wa_id": "491701234567"}]
    assert body["messages"] == [{"id": wamid, "message_status": "accepted"}]
    callback.wait(lambda: len(callback.items("statuses")) >= 3)
    statuses = callback.items("statuses")
    assert [item["status"] for item in statuses] == ["sent", "delivered", "read"]
    assert {item["id"] for item in statuses} == {wamid}
    assert {item["recipient_id"] for item in statuses} == {"491701234567"}
    assert {item["biz_opaque_callback_data"] for item in statuses} == {"row:7"}
    assert [item["pricing"] for item in statuses if "pricing" in item] == [
        {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}
    ]
    assert all(callback.signed(rank) for rank in range(len(callback.bodies)))


def test_the_accept_log_has_one_line_for_each_accepted_message(running: Running) -> None:
    before = running.admin("state")["accept_log_lines"]
    wamids = [
        running.template(f"+49170555{rank:04}", biz_opaque_callback_data=f"c{rank}").json()["messages"][0]["id"]
        for rank in range(3)
    ]
    lines = running.lines("accepted", after=before)
    assert [line["n"] for line in lines] == [before + 1, before + 2, before + 3]
    assert [line["wamid"] for line in lines] == wamids
    assert [line["callback_data"] for line in lines] == ["c0", "c1", "c2"]
    assert {line["number"] for line in lines} == {running.number}
    assert lines[0]["recipient"] == "491705550000"


def test_a_customer_writes_and_the_window_opens(running: Running, callback: Callback) -> None:
    assert running.send(ADA).json()["error"]["code"] == 131047
    wish = {"phone_number_id": running.number, "from": ADA, "type": "text", "text": {"body": "Grüße 👋 a/b"}}
    told = running.admin("inbound", wish)
    item = callback.wait(lambda: callback.items("messages"))[0]
    assert item["id"] == told["id"]
    assert item["text"] == {"body": "Grüße 👋 a/b"}
    assert item["from"] == "491701234567"
    assert b"Gr\\u00fc\\u00dfe \\ud83d\\udc4b a\\/b" in callback.bodies[0]
    assert running.send(ADA).status_code == 200


def test_time_can_be_moved(running: Running) -> None:
    before = running.admin("clock")["time"]
    after = running.admin("clock", {"advance": 3600})["time"]
    assert 3600 <= after - before < 3605


def test_the_accept_log_outlives_the_process(own_running: Running) -> None:
    template = {
        "name": "order_shipped",
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "A1"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A1"}]},
        ],
    }
    assert own_running.send(ADA, type="template", template=template).status_code == 200
    assert own_running.lines()[0]["recipient"] == "491701234567"


def test_a_reset_keeps_the_subscription(running: Running, callback: Callback) -> None:
    running.admin("faults", {"hang": 1, "webhooks": {"drop_first": 1}})
    state = running.admin("reset", {})
    assert (state["accepted"], state["violations"], state["webhooks_pending"]) == (0, 0, 0)
    assert running.admin("faults")["webhooks"]["shuffle"] is False
    running.admin("inbound", {"phone_number_id": running.number, "from": ADA, "type": "text", "text": {"body": "hi"}})
    callback.wait(lambda: callback.items("messages"))
