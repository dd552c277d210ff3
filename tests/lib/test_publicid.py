"""Public ids: reversible, kind by kind, and strict about everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.lib import crypto, publicid

SECRET, OTHER = "secret-key-of-this-installation-0123456", "other-secret-key-of-this-installation-01"


@pytest.fixture(autouse=True)
def keys():
    crypto.use_keys((SECRET,))
    yield
    crypto.use_keys(())


@given(st.integers(0, publicid.MAXIMUM))
def test_there_and_back(number):
    text = publicid.encode("contact", number)
    assert len(text) == publicid.LENGTH
    assert set(text) <= set(publicid.ALPHABET)
    assert publicid.decode("contact", text) == number


def test_neighbours_do_not_look_like_neighbours():
    first, second = publicid.encode("contact", 1), publicid.encode("contact", 2)
    assert sum(one == two for one, two in zip(first, second, strict=True)) < 6


@given(st.integers(0, publicid.MAXIMUM))
def test_an_id_of_one_kind_is_none_of_another(number):
    with pytest.raises(ValueError, match="no message id"):
        publicid.decode("message", publicid.encode("contact", number))


@given(st.text(max_size=30))
def test_garbage_is_no_id(text):
    with pytest.raises(ValueError):
        publicid.decode("contact", text)


@pytest.mark.parametrize(
    "text", ["", "0" * 11, "z" * 11, "1" * 10, "1" * 12, "17", "../../etc/pw", "1111111111\n", "١" * 11]
)
def test_what_only_looks_like_an_id_is_none(text):
    with pytest.raises(ValueError):
        publicid.decode("contact", text)


@pytest.mark.parametrize("number", [-1, publicid.MAXIMUM + 1])
def test_numbers_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match="from 0 to"):
        publicid.encode("contact", number)


def test_ids_outlive_a_rotation_of_the_key():
    before = publicid.encode("contact", 17)
    crypto.use_keys((OTHER, SECRET))
    assert publicid.encode("contact", 17) != before
    assert publicid.decode("contact", before) == 17
    assert publicid.decode("contact", publicid.encode("contact", 17)) == 17
