from tradewind.whatsapp.limits import service_window as window

WROTE = 1_780_000_000.0
DAY = 86_400.0


def test_the_window_is_open_up_to_the_24th_hour():
    assert window.closes_at(WROTE) == WROTE + DAY
    assert window.is_open(WROTE, WROTE)
    assert window.is_open(WROTE, WROTE + DAY - 0.001)
    assert not window.is_open(WROTE, WROTE + DAY)


def test_it_can_be_asked_with_time_to_spare():
    assert window.is_open(WROTE, WROTE + DAY - 61, margin_seconds=60)
    assert not window.is_open(WROTE, WROTE + DAY - 60, margin_seconds=60)


def test_who_never_wrote_has_no_window():
    assert window.closes_at(None) is None
    assert not window.is_open(None, WROTE)


def test_an_advertisement_is_free_for_72_hours_from_our_reply():
    reply = WROTE + 3_600
    assert window.free_entry_closes_at(WROTE, reply) == reply + 3 * DAY
    assert window.is_free_entry(WROTE, reply, reply)
    assert window.is_free_entry(WROTE, reply, reply + 3 * DAY - 1)
    assert not window.is_free_entry(WROTE, reply, reply + 3 * DAY)
    assert not window.is_free_entry(WROTE, reply, reply - 1)


def test_it_never_opens_when_we_answer_too_late_or_not_at_all():
    assert window.free_entry_closes_at(WROTE, WROTE + DAY) is not None
    assert window.free_entry_closes_at(WROTE, WROTE + DAY + 1) is None
    assert window.free_entry_closes_at(WROTE, WROTE - 1) is None
    assert window.free_entry_closes_at(WROTE, None) is None
    assert not window.is_free_entry(None, WROTE, WROTE)
