"""Any bytes at all: events, or one clear error; never another exception, and nothing lost."""

import json
import time

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.effort import costs_less_than
from tests.whatsapp.bodies import NAMES, body, events
from tradewind.whatsapp.webhooks import InboundMessage, Status, Unreadable, WebhookError, parse

TEXT = {"id": "m", "from": "16505551234", "type": "text", "text": {"body": "hi"}}


def wrapped(value, field="messages"):
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }
    return json.dumps(body).encode()


def leaves(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


ENVELOPE = {"whatsapp_business_account", "whatsapp"}


@pytest.mark.parametrize("name", NAMES)
def test_no_id_text_code_or_status_of_a_documented_body_is_lost(name):
    given = set(leaves(json.loads(body(name))))
    kept = set(leaves([event.as_json() for event in events(name)]))
    assert given - kept - ENVELOPE == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_documented_body_is_read_without_the_last_net(name):
    for event in events(name):
        assert not (isinstance(event, Unreadable) and "could not read" in event.reason)
        orjson.dumps(event.as_json())


def readable(raw):
    """Parse; whatever comes must be storable and printable. Returns events or the error's sentence."""
    try:
        found = parse(raw)
    except WebhookError as problem:
        assert str(problem).endswith(".") and str(problem)[0].isupper()
        return str(problem)
    for event in found:
        line = orjson.dumps(event.as_json()).decode()
        assert "\\u0000" not in line
        assert not (isinstance(event, Unreadable) and "could not read" in event.reason), event
    return found


@given(st.binary(max_size=300))
@settings(max_examples=300)
@example(b"")
@example(b"\xff\xfe{\x00}\x00")
@example(b"null")
@example(b"[]")
@example(b"0")
def test_any_bytes_give_events_or_one_clear_error(raw):
    readable(raw)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(["16505551234", "US.1", "text", "image", "system", "interactive", "1750030073", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "from", "type", "text", "body", "status", "errors", "code", "error_data", "details", "contacts",
                 "wa_id", "user_id", "profile", "name", "timestamp", "context", "referral", "image", "interactive",
                 "button_reply", "system", "pricing", "conversation", "origin", "recipient_id", "reaction", "location",
                 "latitude", "order", "edit", "message", "user_preferences", "value", "ban_info", "restriction_info",
                 "message_template_language", "event", "alert_info", "nfm_reply", "response_json", "metadata"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip
FIELDS = [
    "messages", "standby", "smb_message_echoes", "user_preferences", "message_template_status_update",
    "message_template_quality_update", "message_template_components_update", "template_category_update",
    "phone_number_quality_update", "phone_number_name_update", "business_capability_update", "account_update",
    "account_alerts", "account_review_update", "security", "history", "", "nonsense",
]  # fmt: skip


@given(st.sampled_from(FIELDS), anything, anything, anything, anything)
@settings(max_examples=400, deadline=None)
def test_any_json_in_any_place_is_read_without_the_last_net(field, value, messages, statuses, contacts):
    readable(wrapped(value, field))
    whole = {"messages": messages, "statuses": statuses, "contacts": contacts, "errors": value}
    assert readable(wrapped(whole, field))


@given(st.lists(st.sampled_from(["message", "status", "error", 5, None, "x", [], {"id": "1"}]), max_size=12))
@settings(max_examples=150)
def test_broken_parts_do_not_take_good_ones_with_them(parts):
    messages = [
        {**TEXT, "id": f"m{number}"} if each == "message" else each
        for number, each in enumerate(parts)
        if each not in ("status", "error")
    ]
    statuses = [{"id": f"s{i}", "status": "sent"} for i, each in enumerate(parts) if each == "status"]
    errors = [{"code": i} for i, each in enumerate(parts) if each == "error"]
    found = parse(wrapped({"messages": messages, "statuses": statuses, "errors": errors}))
    good = [each["id"] for each in messages if isinstance(each, dict) and "from" in each]
    assert [event.id for event in found if isinstance(event, InboundMessage)] == good
    assert [event.id for event in found if isinstance(event, Status)] == [each["id"] for each in statuses]
    assert len(found) == max(1, len(messages) + len(statuses) + len(errors))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The body is empty."),
        (b"   ", "The body is empty."),
        (b"\x00", "The body is not valid JSON: Expecting value at line 1, column 1."),
        (b'{"a":', "The body is not valid JSON: Expecting value at line 1, column 6."),
        (b'{"a":"\xff"}', "The body is not valid UTF-8 at byte 6."),
        (b"[]", "The body is not a JSON object."),
        (b"{}", "The body has no “entry”, so it is not a webhook of WhatsApp."),
        (b'{"entry":null}', "The body's “entry” is not a list."),
        (b'{"entry":"x"}', "The body's “entry” is not a list."),
        (b"[" * 10_000 + b"]" * 10_000, "The body is nested too deeply."),
        (b'{"entry":' + b"[" * 500 + b"]" * 500 + b"}", "The body is nested too deeply."),
        (b'{"a":' * 10_000, "The body is nested too deeply."),
    ],
)
def test_a_body_that_is_no_webhook_is_refused_in_plain_words(raw, sentence):
    assert readable(raw) == sentence


def message_with(**changes):
    (event,) = parse(wrapped({"messages": [{**TEXT, **changes}]}))
    return event


def test_entry_as_dict_empty_and_very_long():
    entry = {"id": "1", "changes": [{"field": "messages", "value": {"messages": [TEXT]}}]}
    assert len(parse(json.dumps({"entry": entry}).encode())) == 1
    assert parse(b'{"entry":[]}') == []
    assert len(parse(json.dumps({"entry": [entry] * 10_000}).encode())) == 10_000
    (unreadable,) = parse(b'{"entry":[5]}')
    assert (unreadable.reason, unreadable.raw) == ("An entry is not a JSON object.", 5)
    (empty,) = parse(b'{"entry":[{"id":"7","changes":[]}]}')
    assert (empty.reason, empty.waba_id) == ("An entry has no changes.", "7")


def test_another_product_of_meta_is_kept_and_not_read():
    (event,) = parse(b'{"object":"page","entry":[{"id":"1"}]}')
    assert (event.kind, event.field, event.type, event.raw["entry"]) == ("unsupported", "object", "page", [{"id": "1"}])


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("1750030073", 1750030073.0),
        (1750030073, 1750030073.0),
        ("1750030073000", 1750030073.0),
        ("abc", None),
        ("0", None),
        (0, None),
        ("32503680000", None),  # the year 3000
        (-5, None),
        (None, None),
        (True, None),
        ({}, None),
        ("١٧٥٠٠٣٠٠٧٣", 1750030073.0),
        ("1" * 5_000, None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_time_stamps_of_all_kinds(timestamp, at):
    assert message_with(timestamp=timestamp).at == at


def test_doubled_keys_let_the_last_one_count():
    raw = wrapped({"messages": [TEXT]}).replace(b'"id": "m"', b'"id": "first", "id": "second"')
    (event,) = parse(raw)
    assert event.id == "second"


def test_nul_and_lone_surrogates_become_storable_text():
    raw = wrapped({"messages": [TEXT]}).replace(b'"hi"', b'"a\\u0000b\\ud800c\\ud83d\\ude00"')
    (event,) = parse(raw)
    assert event.text == "a\ufffdb\ufffdc😀"
    assert event.raw["text"]["body"] == event.text


def test_nan_and_huge_numbers_are_kept_as_text():
    raw = wrapped({"messages": [{**TEXT, "x": 1, "y": 2, "z": 3}]})
    raw = raw.replace(b'"x": 1', b'"x": NaN').replace(b'"y": 2', b'"y": 123456789012345678901234567890')
    raw = raw.replace(b'"z": 3', b'"z": 1e999')
    (event,) = parse(raw)
    assert (event.raw["x"], event.raw["y"], event.raw["z"]) == ("NaN", "123456789012345678901234567890", "1e999")
    huge = wrapped({"statuses": [{"id": 0, "status": "sent"}]}).replace(b'"id": 0', b'"id": ' + b"9" * 5_000)
    assert parse(huge)[0].id == "9" * 5_000


def test_a_byte_order_mark_does_no_harm():
    assert parse(b"\xef\xbb\xbf" + wrapped({"messages": [TEXT]}))[0].id == "m"


@pytest.mark.parametrize(
    ("given", "phone", "bsuid"),
    [
        ("16505551234", "+16505551234", None),
        ("+16505551234", "+16505551234", None),
        ("US.13491208655302741918", None, "US.13491208655302741918"),
        ("US.ENT.118", None, "US.ENT.118"),
    ],
)
def test_phone_numbers_and_user_ids_are_told_apart(given, phone, bsuid):
    sender = message_with(**{"from": given}).sender
    assert (sender.phone, sender.bsuid) == (phone, bsuid)


@pytest.mark.parametrize(
    "given",
    ["", None, "us.123", "US.", "US.1-2", "1 (650) 555", "٣٤٥٦٧٨", "0123456", "12a34567", "US." + "1" * 129, "1" * 16],
)
def test_what_is_no_identity_is_never_made_into_one(given):
    event = message_with(**{"from": given})
    assert isinstance(event, Unreadable)
    assert event.raw["from"] == given


def test_a_lone_contact_is_not_given_to_somebody_else():
    contact = {"wa_id": "4915112345678", "profile": {"name": "Ines"}}
    message, left = parse(wrapped({"contacts": [contact], "messages": [TEXT]}))
    assert (message.sender.phone, message.sender.name) == ("+16505551234", None)
    assert (left.type, left.raw) == ("contacts", contact)


def test_a_lone_contact_completes_a_lone_message():
    contact = {"user_id": "US.77", "profile": {"name": "Sheena"}}
    (event,) = parse(wrapped({"contacts": [contact], "messages": [TEXT]}))
    assert (event.sender.phone, event.sender.bsuid, event.sender.name) == ("+16505551234", "US.77", "Sheena")


def test_a_contact_named_once_for_each_of_their_statuses_is_no_news_of_its_own():
    person = {"wa_id": "16505551234", "user_id": "US.1"}
    statuses = [
        {"id": "wamid.A", "status": word, "timestamp": "1750030074", "recipient_id": "16505551234"}
        for word in ("sent", "delivered")
    ]
    found = parse(wrapped({"contacts": [person, dict(person)], "statuses": statuses}))
    assert [event.status for event in found] == ["sent", "delivered"]
    other = {**person, "profile": {"name": "Sheena"}}
    *_, left = parse(wrapped({"contacts": [other, person], "statuses": statuses}))
    assert (left.type, left.raw) == ("contacts", other), "what differs is never lost"


def test_many_contacts_that_belong_to_nothing_cost_little():
    crowd = [{"wa_id": str(10_000_000_000 + n)} for n in range(20_000)]
    statuses = [{"id": "wamid.A", "status": "sent", "timestamp": "1", "recipient_id": each["wa_id"]} for each in crowd]
    with costs_less_than(5.0):
        found = parse(wrapped({"contacts": [*crowd, *map(dict, crowd)], "statuses": statuses}))
    assert len(found) == len(crowd)


@pytest.mark.parametrize("response", ["not json", "[1,2]", '"text"', "5", "[" * 5_000, '{"a": NaN}', '{"a":"\\ud800"}'])
def test_a_forms_answer_may_be_anything(response):
    found = readable(wrapped({"messages": [{**TEXT, "type": "interactive", "interactive": {
        "type": "nfm_reply", "nfm_reply": {"response_json": response}}}]}))  # fmt: skip
    assert found[0].reply.kind == "nfm_reply"
    assert found[0].raw["interactive"]["nfm_reply"]["response_json"] == response


@pytest.mark.parametrize("errors", [None, [], {}, "x", 5, [None], [{"code": "131026"}], [{"code": {}}], [[]]])
def test_errors_of_any_form(errors):
    found = readable(wrapped({"statuses": [{"id": "s", "status": "failed", "errors": errors}]}))
    assert found[0].status == "failed"
    if errors == [{"code": "131026"}]:
        assert found[0].errors[0].code == 131026


def test_unknown_statuses_are_kept():
    (event,) = parse(wrapped({"statuses": [{"id": "s", "status": "teleported"}]}))
    assert (event.kind, event.status) == ("status", "teleported")


def test_three_megabytes_are_read_in_good_time():
    statuses = [{"id": f"wamid.{number}", "status": "sent", "timestamp": "1750030073", "recipient_id": "16505551234",
                 "errors": [{"code": 1, "title": "x" * 100}]} for number in range(12_000)]  # fmt: skip
    raw = wrapped({"statuses": statuses})
    began = time.process_time()
    assert len(parse(raw)) == 12_000
    assert time.process_time() - began < 3.0


def test_p11_parsing_a_status_costs_microseconds():
    raw = body("status_delivered")
    began = time.process_time()
    for _ in range(2_000):
        parse(raw)
    assert (time.process_time() - began) / 2_000 < 100e-6  # measured 13 µs; generous for a busy machine
