"""Sealed values and keyed hashes (P19)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.lib import crypto

OLD, NEW = "old-secret-key-of-this-installation-000", "new-secret-key-of-this-installation-111"


@pytest.fixture(autouse=True)
def keys():
    crypto.use_keys((NEW, OLD))
    yield
    crypto.use_keys(())


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_in_its_row(plain, row):
    assert crypto.open_sealed(crypto.seal(plain, bound_to=row), bound_to=row) == plain


def test_p19_nothing_of_the_text_is_readable_and_no_two_seals_are_equal():
    first, second = (crypto.seal("EAAGcanary", bound_to="account:17:token") for _ in range(2))
    assert first != second
    assert b"canary" not in first


def test_a_value_of_another_row_does_not_open():
    sealed = crypto.seal("EAAG", bound_to="account:17:token")
    with pytest.raises(crypto.SealError, match="account:18:token"):
        crypto.open_sealed(sealed, bound_to="account:18:token")


@given(st.integers(min_value=0), st.integers(1, 255))
def test_no_byte_can_be_changed(position, difference):
    sealed = bytearray(crypto.seal("EAAG", bound_to="x"))
    sealed[position % len(sealed)] ^= difference
    with pytest.raises(crypto.SealError):
        crypto.open_sealed(bytes(sealed), bound_to="x")


@given(st.binary(max_size=80))
def test_garbage_does_not_open(garbage):
    with pytest.raises(crypto.SealError):
        crypto.open_sealed(garbage, bound_to="x")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key():
    crypto.use_keys((OLD,))
    sealed = crypto.seal("EAAG", bound_to="x")
    crypto.use_keys((NEW, OLD))
    assert crypto.open_sealed(sealed, bound_to="x") == "EAAG"
    assert not crypto.is_sealed_with_newest(sealed)
    assert crypto.is_sealed_with_newest(crypto.seal("EAAG", bound_to="x"))
    crypto.use_keys((NEW,))
    with pytest.raises(crypto.SealError, match="rotation"):
        crypto.open_sealed(sealed, bound_to="x")


def test_the_database_may_hand_over_a_view():
    assert crypto.open_sealed(memoryview(crypto.seal("EAAG", bound_to="x")), bound_to="x") == "EAAG"


def test_a_hash_depends_on_text_purpose_and_key():
    given_hash = crypto.keyed_hash("+4915112345678", purpose="suppression")
    assert len(given_hash) == 32
    others = [
        crypto.keyed_hash("+4915112345679", purpose="suppression"),
        crypto.keyed_hash("+4915112345678", purpose="x"),
    ]
    crypto.use_keys((OLD,))
    others.append(crypto.keyed_hash("+4915112345678", purpose="suppression"))
    assert len({given_hash, *others}) == 4


def test_a_hash_matches_under_every_key_of_the_rotation():
    crypto.use_keys((OLD,))
    old = crypto.keyed_hash("secret", purpose="api key")
    crypto.use_keys((NEW, OLD))
    assert crypto.matches_hash("secret", old, purpose="api key")
    assert crypto.matches_hash("secret", old[:16], purpose="api key")
    assert not crypto.matches_hash("Secret", old, purpose="api key")
    assert not crypto.matches_hash("secret", old, purpose="other")
    assert old in crypto.keyed_hashes("secret", purpose="api key")


@pytest.mark.parametrize("size", [0, 1, 7])
def test_a_hash_too_short_to_prove_anything_never_matches(size):
    assert not crypto.matches_hash("x", crypto.keyed_hash("x", purpose="p")[:size], purpose="p")
