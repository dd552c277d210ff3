"""The quarterly clean-up (C13): who is proposed, and what a person does about them; nothing by itself."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.conftest import Time
from tests.contacts.made import contact
from tests.people import browser, member
from tradewind.contacts import actions, jobs, queries
from tradewind.contacts.cleaning import acts, silence
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import CleanUp, Consent, Contact, ContactTags, Erasure, TagChange
from tradewind.journal.actions import record
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=200)


def silent(alice: Member, name: str = "Still") -> Contact:
    """Somebody known for long who gave no sign since."""
    person = contact(alice.workspace, name)
    Contact.objects.filter(pk=person.pk).update(created_at=clock.now() - LONG_AGO)
    return person


def sign(person: Contact, kind: str, days: int) -> None:
    at = clock.now() - timedelta(days=days)
    record(kind, workspace_id=person.workspace_id, contact_id=person.pk, at=at, data={})


def work() -> None:
    while acts.step():
        pass


def test_only_who_gave_no_sign_for_six_months_is_proposed(alice: Member, charlie: Member, still_time: Time) -> None:
    quiet, wrote, read, ordered, old_order = (silent(alice, name) for name in "abcde")
    Contact.objects.filter(pk=wrote.pk).update(last_inbound_at=clock.now() - timedelta(days=100))
    sign(read, "message.read", 100)
    sign(ordered, "order.placed", 100)
    sign(old_order, "order.placed", 190)
    sign(quiet, "contact.changed", 3)
    sign(quiet, "message.delivered", 3)
    contact(alice.workspace, "new")
    silent(charlie)
    silence.propose_all()
    hers = silence.latest(alice.workspace_id)
    assert hers is not None
    assert hers.figures == {
        "people": 2, "never_wrote": 2, "opted_in": 0, "customers": 0, "orders": 0, "messages": 0
    }  # fmt: skip
    assert silence.people_of(hers, after=0, most=9) == [quiet.pk, old_order.pk]
    assert CleanUp.objects.count() == 2
    silence.propose_all()
    assert CleanUp.objects.filter(closed_at=None).count() == 2, "a new proposal takes the place of the old one"
    assert not Consent.objects.exists() and not Erasure.objects.exists() and not TagChange.objects.exists()


def test_opting_out_leaves_a_proof_and_those_alone_who_came_back(alice: Member, still_time: Time) -> None:
    people = [silent(alice) for _n in range(3)]
    actions.opt_in(people[0], source="form")
    proposal = silence.propose(alice.workspace)
    assert proposal is not None
    sign(people[1], "message.received", 0)
    acts.begin(proposal, act="opt_out", member=alice)
    with pytest.raises(ContactError, match="already"):
        acts.begin(proposal, act="opt_out", member=alice)
    work()
    now = dict(Contact.objects.values_list("pk", "marketing"))
    assert [now[each.pk] for each in people] == ["opted_out", "unknown", "opted_out"]
    proofs = Consent.objects.filter(source="cleanup")
    assert {each.contact_id for each in proofs} == {people[0].pk, people[2].pk}
    assert proofs[0].proof == {"cleanup": proposal.pk}
    act = proposal.acts.get()
    assert (act.state, act.done) == ("done", 2)
    assert Entry.objects.filter(kind="contact.opted_out").count() == 2
    assert AuditEntry.objects.filter(verb="cleanup.opt_out").count() == 1


def test_a_tag_is_put_on_and_an_act_is_stopped(
    alice: Member, still_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    people = [silent(alice) for _n in range(5)]
    proposal = silence.propose(alice.workspace)
    assert proposal is not None
    tag = actions.make_tag(workspace=alice.workspace, name="Silent", member=alice)
    act = acts.begin(proposal, act="tag", member=alice, tag=tag)
    assert acts.step()
    assert acts.stop(act, member=alice) and not acts.stop(act, member=alice)
    assert not acts.step()
    tagged = set(ContactTags.objects.filter(tags__contains=[tag.pk]).values_list("contact_id", flat=True))
    assert tagged == {each.pk for each in people[:2]}
    assert set(TagChange.objects.values_list("reason", flat=True)) == {"silent for six months"}


def test_erasing_shows_what_goes_and_asks_for_the_number(as_alice: Client, alice: Member) -> None:
    people = [silent(alice) for _n in range(2)]
    as_alice.post("/contacts/clean-up/look/")
    proposal = CleanUp.objects.get()
    address = f"/contacts/clean-up/{public_id(proposal)}/act/"
    page = as_alice.post(address, {"act": "erase"})
    assert page.status_code == 200 and "<b>2</b> people" in page.content.decode()
    assert as_alice.post(address, {"act": "erase", "number": "3"}).status_code == 422
    assert not proposal.acts.exists()
    manager = browser(member(alice.workspace, "Manager", "manager"))
    assert manager.post(address, {"act": "erase", "number": "2"}).status_code == 403
    assert as_alice.post(address, {"act": "erase", "number": "2"}).status_code == 302
    work()
    assert set(Erasure.objects.values_list("contact_id", flat=True)) == {each.pk for each in people}


def test_many_people_are_counted_by_the_worker_and_no_page_counts_them_again(
    as_alice: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent(alice)
    monkeypatch.setattr(queries, "FEW", 0)
    waiting: list[int] = []
    monkeypatch.setattr(jobs, "ask_once", lambda task, workspace_id: waiting.append(workspace_id))
    as_alice.post("/contacts/clean-up/look/")
    assert (waiting, CleanUp.objects.count()) == ([alice.workspace_id], 0)
    jobs.propose_cleanup_of(alice.workspace_id)
    monkeypatch.setattr(silence, "counted", None)
    address = f"/contacts/clean-up/{public_id(CleanUp.objects.get())}/act/"
    assert "<b>1</b> person" in as_alice.post(address, {"act": "erase"}).content.decode()
    assert as_alice.post(address, {"act": "erase", "number": "1"}).status_code == 302


def test_the_pages_lead_from_the_list_to_the_people_and_the_acts(as_alice: Client, alice: Member, bob: Member) -> None:
    person = silent(alice, "Silent Sam")
    assert "Nothing to clean up" in as_alice.get("/contacts/clean-up/").content.decode()
    as_alice.post("/contacts/clean-up/look/")
    assert "/contacts/clean-up/" in as_alice.get("/contacts/").content.decode()
    proposal = CleanUp.objects.get()
    shown = as_alice.get(f"/contacts/clean-up/{public_id(proposal)}/people/").content.decode()
    assert "Silent Sam" in shown
    address = f"/contacts/clean-up/{public_id(proposal)}/act/"
    as_alice.post(address, {"act": "tag", "tag": "Care/Silent"})
    work()
    page = as_alice.get("/contacts/clean-up/").content.decode()
    assert "Tag Care/Silent put on" in page
    assert ContactTags.objects.get(contact=person).tags
    as_alice.post(address, {"act": "close"})
    assert silence.latest(alice.workspace_id) is None
    assert browser(bob).get("/contacts/clean-up/").status_code == 403
