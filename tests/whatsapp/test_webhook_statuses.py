import pytest

from tests.whatsapp.bodies import events, only
from tradewind.whatsapp.webhooks import STATUS_RANK, Conversation, Pricing, Status


def test_a_delivered_status_in_full():
    event = only("status_delivered")
    assert isinstance(event, Status)
    assert event.id == "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI1RjQ0RkQ5RjQzQzA1MkY4AA=="
    assert (event.status, event.at) == ("delivered", 1750030074.0)
    assert event.recipient.phone == "+16505551234"
    assert (event.recipient.bsuid, event.recipient.username) == ("US.13491208655302741918", "sheena.n")
    assert event.pricing == Pricing(True, "PMP", "regular", "marketing")
    assert (event.conversation, event.callback, event.errors) == (None, None, [])


def test_a_sent_status_within_a_free_entry_point():
    event = only("status_sent")
    assert event.callback == "1.YWFhYWFhYWFhYWFhYWFhYQ.AAAAAAAAAAA"
    assert event.conversation == Conversation("8cd93d70c90d21f0a7f43ef1e5ab4ac0", "referral_conversion", 1750116480.0)
    assert event.pricing.billable is False


@pytest.mark.parametrize(
    ("name", "rank"), [("sent", 2), ("delivered", 3), ("read", 4), ("played", 5), ("failed", None)]
)
def test_the_rank_of_each_status(name, rank):
    event = only(f"status_{name}")
    assert (event.status, STATUS_RANK.get(event.status)) == (name, rank)


def test_a_failed_status_says_why():
    event = only("status_failed")
    (error,) = event.errors
    assert error.code == 131049
    assert error.details.startswith("In order to maintain a healthy ecosystem")
    assert error.href.startswith("https://developers.facebook.com/")
    assert event.callback == "campaign:42:row:7"


def test_a_failed_status_may_name_nobody():
    event = only("status_failed_without_recipient")
    assert not event.recipient.is_known
    assert event.errors[0].code == 131026


def test_a_status_of_a_group():
    event = only("status_group")
    assert (event.recipient_type, event.participant) == ("group", "16505551234")
    assert event.recipient.phone is None
    assert event.recipient.wa_id == "Y2FwaV9ncm91cDox"


def test_a_batch_loses_nothing_and_mixes_nobody_up():
    found = events("batch")
    assert [event.kind for event in found] == [
        "message", "message", "status", "status", "platform_error", "message", "account_review"
    ]  # fmt: skip
    one, two, delivered, read, error, three, review = found
    assert (one.text, one.sender.name, one.sender.phone) == ("one", "Sheena Nelson", "+16505551234")
    assert (two.text, two.sender.name, two.sender.bsuid) == ("two", "Ines", "DE.7hK2")
    assert (delivered.status, read.status, read.id) == ("delivered", "read", "wamid.OTHER")
    assert error.error.code == 0
    assert three.text == "three"
    assert (review.waba_id, review.decision, review.entry_at) == ("215589313241560883", "APPROVED", 1751247548.0)
