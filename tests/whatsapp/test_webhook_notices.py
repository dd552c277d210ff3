"""Preferences, templates, numbers, accounts."""

from tests.whatsapp.bodies import only
from tradewind.whatsapp.limits import tier_of


def test_a_person_stops_marketing_in_whatsapp_itself():
    event = only("user_preferences_stop")
    assert (event.kind, event.category, event.value) == ("user_preference", "marketing_messages", "stop")
    assert (event.person.phone, event.person.bsuid) == ("+16505551234", "US.13491208655302741918")
    assert (event.at, event.detail) == (1731705721.0, "User requested to stop marketing messages")
    assert event.person.name == "Sheena Nelson"


def test_a_rejected_template():
    event = only("template_status_rejected")
    assert (event.kind, event.event, event.reason) == ("template_status", "REJECTED", "INCORRECT_CATEGORY")
    assert (event.template_id, event.name, event.language) == ("1689556908129832", "abandoned_cart", "en_US")
    assert (event.category, event.recommendation) == ("MARKETING", "Choose marketing.")
    assert event.entry_at == 1751250234.0


def test_a_paused_and_a_disabled_template():
    paused = only("template_status_paused")
    assert (paused.event, paused.title) == ("PAUSED", "FIRST_PAUSE")
    disabled = only("template_status_disabled")
    assert (disabled.event, disabled.disabled_at, disabled.reason) == ("DISABLED", 1751250000.0, None)


def test_the_quality_of_a_template():
    event = only("template_quality")
    assert (event.previous, event.current, event.name, event.language) == (
        "GREEN", "YELLOW", "welcome_template", "en_US"
    )  # fmt: skip


def test_new_words_of_a_template():
    event = only("template_components")
    assert (event.title, event.body) == ("Your order is confirmed!", "Thank you for your order, {{1}}!")
    assert (event.footer, len(event.buttons)) == ("Lucky Shrub", 2)


def test_a_category_that_will_change_and_one_that_did():
    coming = only("template_category_impending")
    assert (coming.current, coming.correct, coming.changes_at) == ("UTILITY", "MARKETING", 1746169200.0)
    done = only("template_category_done")
    assert (done.previous, done.current, done.correct) == ("UTILITY", "MARKETING", None)


def test_numbers():
    quality = only("number_quality")
    assert (quality.event, quality.limit, quality.previous_limit) == ("THROUGHPUT_UPGRADE", "TIER_10K", "TIER_1K")
    assert quality.display_phone_number == "15550783881"
    name = only("number_name")
    assert (name.decision, name.requested_name, name.reason) == ("REJECTED", "Lucky Shrub", "NAME_EMPLOYEE_ISSUE")
    pin = only("security_pin")
    assert (pin.event, pin.requester) == ("PIN_RESET_REQUEST", "61555822107539")


def test_what_a_portfolio_may_do_comes_as_number_and_as_word():
    assert tier_of(only("capability_number").limit).people == 2_000
    word = only("capability_word")
    assert tier_of(word.limit).people is None
    assert (word.numbers_per_portfolio, word.numbers_per_account) == (20, 25)


def test_accounts():
    restricted = only("account_restriction")
    assert restricted.event == "ACCOUNT_RESTRICTION"
    assert [(each.type, each.expires_at) for each in restricted.restrictions] == [
        ("RESTRICTED_BIZ_INITIATED_MESSAGING", 1751940000.0),
        ("RESTRICTED_ADD_PHONE_NUMBER_ACTION", None),
    ]
    assert only("account_violation").violation == "ADULT"
    disabled = only("account_disabled")
    assert (disabled.ban_state, disabled.ban_date) == ("SCHEDULE_FOR_DISABLE", "July 8, 2026")
    alert = only("account_alert")
    assert (alert.type, alert.severity, alert.entity_type, alert.entity_id) == (
        "PROFILE_PICTURE_LOST", "CRITICAL", "PHONE_NUMBER", "106540352242922"
    )  # fmt: skip
