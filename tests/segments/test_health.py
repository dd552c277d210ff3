"""Tag health: each finding of C10 with the act that mends it, the weekly look, the log."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Time
from tests.segments.test_rules import having, ordered, rule, work
from tradewind.contacts import queries as contact_queries
from tradewind.contacts.models import Contact, ContactTags, Standing, Tag
from tradewind.contacts.tags import tree as tag_tree
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.segments import jobs
from tradewind.segments.health import findings, weekly
from tradewind.segments.health.findings import Finding
from tradewind.segments.models import TagHealth, TagRule
from tradewind.segments.rules.keeper import Keeper
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/segments/tag-health/"


def tag(of: Member, name: str, *people: Contact, days: int = 0) -> Tag:
    """A tag made so many days ago, on these people without a line in the log."""
    made, _ = tag_tree.make(workspace=of.workspace, name=name, member=of)
    made.created_at = clock.now() - timedelta(days=days)
    made.save()
    for each in people:
        row, _ = ContactTags.objects.get_or_create(contact=each, workspace=of.workspace)
        row.tags = [*row.tags, made.pk]
        row.save()
    return made


def found(of: Member) -> dict[tuple[str, str], Finding]:
    return {(each.code, each.tag.name if each.tag else ""): each for each in findings.look(of.workspace_id)[1]}


def mend(client: Client, code: str, of: Tag | None) -> None:
    answer = client.post(f"{ADDRESS}mend/", {"code": code, "tag": public_id(of) if of else ""})
    assert answer.status_code == 302


@pytest.fixture
def people(still_time: Time, alice: Member) -> list[Contact]:
    """A hundred: 60 in Germany, 40 in Italy."""
    Contact.objects.bulk_create(
        Contact(
            workspace=alice.workspace, name=f"P{n}", country="DE" if n < 60 else "IT", created_at=clock.now()
        )
        for n in range(100)
    )  # fmt: skip
    return list(Contact.objects.order_by("pk"))


def test_each_tag_gets_its_own_finding_and_new_ones_have_time(alice: Member, people: list[Contact]) -> None:
    tag(alice, "Fresh", people[0])
    tag(alice, "Rare", people[0], days=40)
    tag(alice, "Stale", *people[:10], days=200)
    silent = tag(alice, "Silent", *people[:10], days=40)
    used = tag(alice, "Used", *people[:10], days=40)
    Tag.objects.filter(pk=used.pk).update(used_at=clock.now() - timedelta(days=29))
    tag(alice, "Large", *people[:41], days=0)
    tag(alice, "Not so large", *people[:40], days=0)
    assert set(found(alice)) == {
        ("rare", "Rare"), ("stale", "Stale"), ("silent", "Silent"), ("too_large", "Large"), ("too_few", ""),
    }  # fmt: skip
    Tag.objects.filter(pk=silent.pk).update(archived_at=clock.now())
    assert ("silent", "Silent") not in found(alice)


def test_too_many_and_alike(alice: Member, people: list[Contact]) -> None:
    Tag.objects.bulk_create(
        Tag(workspace=alice.workspace, name=f"T{n}x", created_at=clock.now()) for n in range(99)
    )  # fmt: skip
    tag(alice, "Green Tea", *people[:9])
    assert ("too_many", "") not in found(alice)
    small = tag(alice, "Interest/green-teas", people[1])
    now = found(alice)
    assert ("too_many", "") in now
    alike = now["alike", "Interest/green-teas"]
    assert "Green Tea" in alike.says and alike.url == f"/contacts/tags/{public_id(small)}/"


def test_a_rarely_used_tag_is_archived_from_the_page_and_the_log_says_why(
    as_alice: Client, alice: Member, people: list[Contact]
) -> None:
    rare = tag(alice, "Rare", people[0], days=40)
    page = as_alice.get(ADDRESS).content.decode()
    assert "Rarely used" in page and "1.0 %" in page
    mend(as_alice, "rare", rare)
    rare.refresh_from_db()
    assert rare.archived_at is not None
    log = as_alice.get(f"{ADDRESS}changes.csv").content.decode()
    assert log.startswith("\ufeffDate,Tag,Who,What,Reason\r\n")
    assert "Rare,Alice,mended a finding of tag health,1.0 % of all people have it" in log
    mend(as_alice, "rare", rare)
    assert "in order by now" in as_alice.get(ADDRESS).content.decode()


def test_the_log_is_disarmed_for_spreadsheets(as_alice: Client, alice: Member) -> None:
    tag_tree.make(workspace=alice.workspace, name='=HYPERLINK("evil")', member=alice)
    assert ",\"'=HYPERLINK" in as_alice.get(f"{ADDRESS}changes.csv").content.decode()


def test_a_large_tag_is_split_by_what_tells_most(as_alice: Client, alice: Member, people: list[Contact]) -> None:
    large = tag(alice, "Large", *people[30:80])
    assert "country: Germany, Italy" in found(alice)["too_large", "Large"].says
    mend(as_alice, "too_large", large)
    work(Keeper())
    german, italian = Tag.objects.get(name="Large – Germany"), Tag.objects.get(name="Large – Italy")
    assert having(german) == [each.pk for each in people[30:60]]
    assert having(italian) == [each.pk for each in people[60:80]]
    mend(as_alice, "too_large", large)
    assert TagRule.objects.count() == 2, "splitting again makes nothing twice"


def test_high_spend_and_a_complaint_ask_for_repair(as_alice: Client, alice: Member, people: list[Contact]) -> None:
    for each in people[:3]:
        Standing.objects.create(contact=each, workspace=alice.workspace, monetary=5, reckoned_at=clock.now())
    tag(alice, "Mood/Complaint", people[0], people[50])
    ordered(people[1], kind="complaint.opened")
    ordered(people[2], clock.now() - timedelta(days=31), kind="complaint.opened")
    assert found(alice)["contradiction", ""].people == 2
    mend(as_alice, "contradiction", None)
    work(Keeper())
    assert having(Tag.objects.get(name="VIP repair")) == [people[0].pk, people[1].pk]
    assert ("contradiction", "") not in found(alice)


def test_people_against_the_rule_are_found_and_checked(as_alice: Client, alice: Member, people: list[Contact]) -> None:
    kept = rule(alice, "German", {"field": "country", "is": "DE"})
    work(Keeper())
    Contact.objects.filter(pk__in=[each.pk for each in people[:3]]).update(country="AT")
    assert ("mismatch", "German") not in found(alice), "3 of 60 are 5 %"
    Contact.objects.filter(pk=people[3].pk).update(country="AT")
    assert found(alice)["mismatch", "German"].people == 4
    work(Keeper())
    mend(as_alice, "mismatch", kept.tag)
    work(Keeper())
    assert len(having(kept)) == 56


def test_the_weekly_look_is_kept_and_told(as_alice: Client, alice: Member, people: list[Contact]) -> None:
    tag(alice, "Rare", people[0], days=40)
    weekly.look_at_all()
    kept = TagHealth.objects.get(workspace=alice.workspace)
    assert kept.found == {"rare": 1, "too_few": 1}
    assert Entry.objects.filter(kind="health.tags", workspace_id=alice.workspace_id).count() == 1
    assert "found 2" in as_alice.get(ADDRESS).content.decode()


def test_with_many_people_the_last_look_is_shown_with_its_time_and_a_new_one_can_be_asked_for(
    as_alice: Client, alice: Member, people: list[Contact], still_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_queries, "FEW", 9)
    rare, stale = tag(alice, "Rare", people[0], days=40), tag(alice, "Stale", *people[:10], days=200)
    monkeypatch.setattr(jobs.tag_health_of, "configure", lambda **_named: Deferred(jobs.tag_health_of))
    assert "Nobody has looked" in as_alice.get(ADDRESS).content.decode()
    as_alice.post(f"{ADDRESS}look/")
    monkeypatch.setattr(findings, "look", None)  # no page looks itself
    still_time.move(3 * 86_400)
    page = as_alice.get(ADDRESS).content.decode()
    assert "3 things" in page and "Rarely used" in page and "As of" in page
    mend(as_alice, "rare", rare)
    mend(as_alice, "stale", stale)
    rare.refresh_from_db()
    assert rare.archived_at is not None
    assert "1 thing" in as_alice.get(ADDRESS).content.decode()


class Deferred:
    """Does a job at once, as a worker would soon."""

    def __init__(self, task: Any) -> None:
        self.defer = task.func
