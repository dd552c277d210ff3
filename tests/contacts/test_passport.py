"""X7: the consent passport as JSON and PDF: what was said, when, to which number, and what it did over all numbers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests.contacts.made import contact
from tests.intake import world
from tests.intake.world import BEGAN, Desk, business
from tests.people import browser
from tradewind import config
from tradewind.contacts import actions
from tradewind.contacts.models import Contact, Identity
from tradewind.contacts.privacy import passport
from tradewind.lib import paper
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db

DIGITS = "4915128407716"


def said(alice: Member) -> tuple[Contact, Desk]:
    """Somebody who agreed on paper, got three messages, wrote STOP, and START a day later."""
    desk = business(alice.workspace)
    person = contact(alice.workspace, "محمد عبد الله", phone=f"+{DIGITS}")
    actions.opt_in(person, source="form", wording="Yes, news please", at=BEGAN - timedelta(days=2), member=alice)
    for hours in (-30, -20):
        desk.outbound(person, accepted_at=BEGAN + timedelta(hours=hours), created_at=BEGAN - timedelta(days=2))
    desk.outbound(person, state="skipped", reason="opted_out", created_at=BEGAN - timedelta(hours=1))
    stop, start = (
        world.text_message("STOP", sender=DIGITS),
        world.text_message("START", sender=DIGITS, at=BEGAN + timedelta(days=1)),
    )
    world.deliver(desk, desk.envelope(desk.messages([stop])))
    world.deliver(desk, desk.envelope(desk.messages([start])))
    desk.outbound(person, accepted_at=BEGAN + timedelta(days=2), created_at=BEGAN + timedelta(days=2))
    return person, desk


@pytest.mark.django_db(transaction=True)
def test_x7_each_word_with_its_number_and_what_it_did(alice: Member) -> None:
    person, desk = said(alice)
    told = passport.document(person)
    assert [(each["state"], each["source"], each["wording"]) for each in told["entries"]] == [
        ("opted_in", "form", "Yes, news please"),
        ("opted_out", "message", "STOP"),
        ("opted_in", "message", "START"),
    ]
    assert told["entries"][1]["number"] == {"name": desk.number.name, "phone": desk.number.phone}
    assert told["entries"][1]["proof"]["wamid"].startswith("wamid.")
    assert told["entries"][1]["effect"] == {
        "marketing_sent_after": 0,
        "held_back": 1,
        "last_marketing_before": (BEGAN - timedelta(hours=20)).isoformat(timespec="seconds"),
    }
    assert told["entries"][2]["effect"]["marketing_sent_after"] == 1
    assert told["sealed"] == passport.seal(told["entries"]) and len(told["numbers"]) == 1


def test_a_word_that_changed_nothing_has_no_effect(alice: Member) -> None:
    person = contact(alice.workspace)
    for days in (1, 2):
        actions.opt_out(person, source="phone", at=BEGAN + timedelta(days=days))
    assert [each.effect is None for each in passport.entries_of(person)] == [False, True]


def test_the_pdf_reads_right_in_arabic_and_thai(alice: Member) -> None:
    person = contact(alice.workspace, "محمد สมชาย Ünal Łukasz Ελένη Ольга 中", phone=f"+{DIGITS}")
    actions.opt_out(person, source="message", wording="أوقف الرسائل من فضلك")
    for language in ("en", "ar"):
        with translation.override(language):
            content = passport.printed(person)
        assert content.startswith(b"%PDF-") and len(content) > 10_000
    assert b"/Lang (ar)" in content
    letters = paper.known_letters(paper.fonts_from(*places()))
    assert set("محمدสมชายŁΕО") <= letters and "中" not in letters


def test_letters_without_a_font_are_written_as_codes_and_direction_tricks_go() -> None:
    sheet = paper.Paper(paper.fonts_from(*places()), title="t", language="en", is_rtl=False, foot="f")
    assert sheet.writable("a中\u202eb\n") == "a[U+4E2D]b\n"
    sheet.set_font("noto-sans-arabic-arabic", size=20)
    alone = sheet.get_string_width("ب")
    assert abs(sheet.get_string_width("ببب") - 3 * alone) > alone / 4, "Arabic letters are joined"
    sheet.let_go()


def places() -> tuple[Path, Path]:
    return settings.ROOT / "ui" / "dist" / "fonts", config.load().data / "fonts"


def test_the_proof_is_for_those_who_may_take_people_out(alice: Member, as_alice: Client, bob: Member) -> None:
    person = contact(alice.workspace, phone=f"+{DIGITS}")
    actions.opt_in(person, source="form", wording="yes")
    address = f"/contacts/{public_id(person)}/privacy/consent."
    for form, kind in (("pdf", "application/pdf"), ("json", "application/json")):
        answer = as_alice.get(address + form)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Content-Disposition"].startswith("attachment") and answer["Cache-Control"] == "no-store"
        assert browser(bob).get(address + form).status_code == 403
    assert as_alice.get(address + "exe").status_code == 404
    assert AuditEntry.objects.filter(verb="contact.consent_printed", object_id=person.pk).count() == 2
    page = as_alice.get(f"/contacts/{public_id(person)}/privacy/").content.decode()
    assert "yes" in page and "consent.pdf" in page
    assert Identity.objects.filter(contact=person).exists()


def test_programs_get_the_passport(alice: Member, nobody: Client) -> None:
    person = contact(alice.workspace)
    actions.opt_in(person, source="form", wording="yes")
    _row, token = keys.create(by=alice, name="k", scopes=["contacts:export"])
    answer = nobody.get(f"/api/v1/contacts/{public_id(person)}/consent", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["format"] == passport.FORMAT and answer.json()["entries"][0]["wording"] == "yes"
