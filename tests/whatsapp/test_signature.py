import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.whatsapp.bodies import body
from tradewind.whatsapp.signature import is_valid, sign

SECRET = "4f6c2a1e9b8d7c6f5e4d3c2b1a098765"
OTHER = "another tenant's secret"


def test_the_header_is_the_hmac_of_the_raw_bytes():
    raw = body("message_text")
    assert sign(raw, SECRET) == "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert is_valid(raw, sign(raw, SECRET), [SECRET])


def test_both_secrets_count_while_one_replaces_the_other():
    raw = body("message_text")
    assert is_valid(raw, sign(raw, OTHER), [SECRET, OTHER])
    assert is_valid(raw, sign(raw, SECRET), [SECRET, OTHER])
    assert not is_valid(raw, sign(raw, "third"), [SECRET, OTHER])


def test_a_body_written_anew_has_another_signature():
    raw = body("message_text")
    header = sign(raw, SECRET)
    assert b"\\/" in body("status_failed")
    assert not is_valid(raw.replace(b"\\u0645", "م".encode()), header, [SECRET])
    assert not is_valid(raw + b" ", header, [SECRET])


GOOD = sign(b"{}", SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD + GOOD,
        f"{GOOD},{GOOD}",
        GOOD.removeprefix("sha256="),
        GOOD.upper(),
        GOOD.replace("sha256", "sha1  "),
        "sha1=" + "0" * 66,
        " " + GOOD[:-1],
        GOOD[:-1] + "\n",
        GOOD[:-1] + "é",
        GOOD[:-1] + "\ud800",
        GOOD[:-1] + "٣",
        "\x00" * 71,
    ],
)
def test_a_hostile_header_is_no_signature(header):
    assert is_valid(b"{}", GOOD, [SECRET])
    assert not is_valid(b"{}", header, [SECRET])


def test_nobody_signs_with_an_empty_or_missing_secret():
    assert not is_valid(b"{}", sign(b"{}", ""), [""])
    assert not is_valid(b"{}", sign(b"{}", ""), ["", SECRET])
    assert not is_valid(b"{}", GOOD, [])


@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_header_made_without_the_secret_is_valid(raw, header):
    assert not is_valid(raw, header, [SECRET])
