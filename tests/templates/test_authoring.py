"""Templates that are made here: the matrix of their shapes, Meta's rules, submitting, editing, deleting, versions."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.messages.media.files import HTML, PDF, photo
from tests.people import browser, member
from tests.simulator.running import Running
from tests.templates import matrix
from tradewind.campaigns.composer.advice import Written, advise
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.numbers.models import Account
from tradewind.simulator.validation.template_create import check_components, check_frame
from tradewind.templates import actions, library
from tradewind.templates.authoring import reading, rules, verbs, versions
from tradewind.templates.authoring.languages import name_of, names
from tradewind.templates.authoring.pieces import change_buttons
from tradewind.templates.authoring.verbs import TemplateError
from tradewind.templates.authoring.writing import STAND_IN_HANDLE, Button, Writing
from tradewind.templates.models import Sample, Template
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

GOLDEN: dict[str, Any] = json.loads(matrix.GOLDEN.read_text())
BODY = "Hello {{first_name}}, your order {{order_number}} is on its way to you."


def form(account: Account | None = None, **more: Any) -> dict[str, Any]:
    given = {
        "name": "spring_news", "language": "en", "category": "UTILITY", "header": "none", "body": BODY, "footer": "",
        "example-body.first_name": "Ada", "example-body.order_number": "A-17", **more,
    }  # fmt: skip
    return given | ({"accounts": [public_id(account)]} if account else {})


# The matrix


def test_golden_every_shape_is_made_sent_and_read_as_it_was() -> None:
    made = {name: matrix.cell(each) for name, each in matrix.writings()}
    assert list(made) == list(GOLDEN) and len(made) == 6 * 4 * 7
    for name, each in made.items():
        assert each == GOLDEN[name], name


@pytest.mark.parametrize("language", matrix.LANGUAGES)
def test_every_shape_keeps_to_metas_rules_and_the_simulator_takes_it(language: str) -> None:
    for name, each in matrix.writings(language):
        assert rules.problems(each, has_sample=True) == [], name
        definition = each.definition()
        check_frame(definition)
        assert check_components(definition["components"], "UTILITY", named=each.is_named), name


def test_what_was_made_can_be_taken_up_again() -> None:
    for name, each in matrix.writings():
        again = reading.from_components(each.components(), name=name, language=each.language, category="UTILITY")
        assert again.components() == each.components(), name


# The rules in words


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": "Spring!"}, "name", "small letters"),
        ({"body": ""}, "body", "needs a body"),
        ({"body": "x" * 1025}, "body", "at most 1024"),
        ({"body": "{{1}} hello to you all"}, "body", "must not begin or end"),
        ({"body": "Hello {{1}}{{2}} to all of you out there"}, "body", "side by side"),
        ({"body": "Hello {{1}} and {{3}} to all of you out there"}, "body", "1, 2, 3"),
        ({"body": "Hi {{1}} you"}, "body", "at least 3 words"),
        ({"body": "Hello {{first_name} dear friend of ours"}, "body", "not closed"),
        ({"body": "Hello\n\n\n\nthere"}, "body", "empty line"),
        ({"example-body.first_name": ""}, "body", "needs an example"),
        ({"header": "text", "header_text": ""}, "header_text", "Write the header"),
        ({"header": "text", "header_text": "x" * 61}, "header_text", "at most 60"),
        ({"header": "text", "header_text": "Big *news*"}, "header_text", "no emoji"),
        ({"header": "image"}, "sample", "need a sample"),
        ({"footer": "By {{1}}"}, "footer", "must not have variables"),
        ({"footer": "x" * 61}, "footer", "at most 60"),
        ({"button-0-kind": "quick_reply", "button-0-text": "x" * 26}, "button-0", "at most 25"),
        ({"button-0-kind": "quick_reply", "button-0-text": ""}, "button-0", "must not be empty"),
        ({"button-0-kind": "quick_reply", "button-0-text": "Yes 🎉"}, "button-0", "no emoji"),
        ({"button-0-kind": "url", "button-0-text": "See", "button-0-url": "shop"}, "button-0", "https://"),
        ({"button-0-kind": "url", "button-0-text": "See", "button-0-url": "https://a.example/{{1}}/x"}, "button-0",
         "at its end"),
        ({"button-0-kind": "phone_number", "button-0-text": "Call", "button-0-phone": "040"}, "button-0", "country"),
        ({"button-0-kind": "copy_code", "button-0-example": "SPRING SALE"}, "button-0", "letters and digits"),
        ({f"button-{n}-{part}": value for n in range(3) for part, value in
          (("kind", "url"), ("text", f"See {n}"), ("url", "https://a.example"))}, "buttons", "at most 2"),
        ({"button-0-kind": "quick_reply", "button-0-text": "A", "button-1-kind": "url", "button-1-text": "B",
          "button-1-url": "https://a.example", "button-2-kind": "quick_reply", "button-2-text": "C"}, "buttons",
         "together"),
        ({"button-0-kind": "quick_reply", "button-0-text": "Yes", "button-1-kind": "quick_reply",
          "button-1-text": "yes"}, "button-0", "say the same"),
    ],
)  # fmt: skip
def test_what_meta_would_refuse_is_said_where_it_stands(change: dict[str, str], field: str, sentence: str) -> None:
    found = rules.problems(reading.read(form(**change)), has_sample=False)
    assert any(each.field == field and sentence in each.sentence for each in found), found


def test_nothing_is_said_of_a_good_one() -> None:
    assert rules.problems(reading.read(form()), has_sample=False) == []


def test_the_form_shows_it_as_one_writes(as_alice: Client) -> None:
    page = as_alice.post(reverse("templates:check"), form(body="Hi {{1}}")).content.decode()
    assert "Meta would refuse it" in page
    page = as_alice.post(reverse("templates:check"), form(header="text", header_text="Herbst")).content.decode()
    assert "Nothing in it breaks a rule" in page and '<span class="var">Ada</span>' in page
    page = as_alice.post(f"{reverse('templates:part')}?part=examples", form()).content.decode()
    assert 'name="example-body.order_number" value="A-17"' in page
    page = as_alice.post(f"{reverse('templates:part')}?part=buttons&add=url", form()).content.decode()
    assert 'name="button-0-url"' in page
    with_one = form(**{"button-0-kind": "quick_reply", "button-0-text": "Yes"})
    assert "button-0-text" not in as_alice.post(
        f"{reverse('templates:part')}?part=buttons&remove=0", with_one
    ).content.decode().replace("button-0-text-", "")


def test_dangerous_words_are_text(as_alice: Client) -> None:
    page = as_alice.post(reverse("templates:check"), form(body="<script>alert(1)</script> {{7*7}} hi")).content.decode()
    assert "<script>alert" not in page and "{{7*7}}" in page


# The library


def test_the_library_is_good_in_every_language() -> None:
    assert len(library.IDEAS) >= 12
    for idea in library.IDEAS:
        assert library.languages_of(idea.key) == ["en", "de", "it", "ar"]
        for language in library.LANGUAGES:
            made = library.writing_of(idea, language)
            assert rules.problems(made, has_sample=True, card_samples=made.cards) == [], (idea.key, language)
            said = Written(
                made.body, footer=made.footer, is_marketing=made.category == "MARKETING",
                replies=[button.text for button in made.buttons if button.kind == "quick_reply"],
            )  # fmt: skip
            assert advise(said, []) == [], (idea.key, language)


def test_the_library_and_the_form_that_begins_with_it(as_alice: Client) -> None:
    page = as_alice.get(reverse("templates:library"), {"language": "ar"}).content.decode()
    assert "أهلا" in page
    page = as_alice.get(reverse("templates:new"), {"idea": "order_confirmed", "language": "de"}).content.decode()
    assert "wird heute gepackt" in page and 'value="order_confirmed"' in page


def test_languages_have_names() -> None:
    assert name_of("pt_BR", "en") == "Portuguese (Brazil)" and name_of("xx_XX", "en") == "xx_XX"
    assert len(names("de")) > 70


# Submitting


def test_a_template_is_submitted_and_meta_approves_it(
    as_alice: Client, account: Account, meta: Running, alice: Member
) -> None:
    answer = as_alice.post(reverse("templates:new"), form(account))
    row = Template.objects.get(name="spring_news")
    assert answer["Location"] == reverse("templates:show", args=[public_id(row)])
    assert (row.status, row.parameter_format, row.category) == ("PENDING", "NAMED", "UTILITY")
    version = row.versions.get()
    assert (version.number, version.is_ours, version.by) == (1, True, alice)
    meta.admin("templates", {"template": "spring_news", "status": "APPROVED"})
    actions.sync(account)
    row.refresh_from_db()
    assert row.status == "APPROVED" and row.versions.get().status == "APPROVED"
    assert AuditEntry.objects.filter(verb="template.submitted").count() == 1


def test_with_a_picture_on_top_the_sample_is_brought_to_meta(as_alice: Client, account: Account, meta: Running) -> None:
    told = as_alice.post(
        reverse("templates:upload"), {"file": SimpleUploadedFile("a.jpg", photo(400, 300)), "wanted": "image"}
    ).json()
    as_alice.post(reverse("templates:new"), form(account, header="image", sample=told["ref"]))
    row = Template.objects.get(name="spring_news")
    assert row.components[0]["example"]["header_handle"][0].startswith("4::") and row.sample is not None
    assert row.components[0]["example"]["header_handle"] != [STAND_IN_HANDLE]
    answer = as_alice.get(told["url"])
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "wanted", "sentence"),
    [(HTML, "image", "must be a picture"), (PDF, "video", "must be an MP4"),
     (photo(40, 30), "document", "must be a PDF"), (b"", "image", "at most 16 MB"),
     (photo(40, 30)[:99], "image", "cannot be read")],
)  # fmt: skip
def test_hostile_and_wrong_samples(as_alice: Client, content: bytes, wanted: str, sentence: str) -> None:
    file = SimpleUploadedFile("../../x.jpg", content or b"x" * (16 * 1024 * 1024 + 1))
    answer = as_alice.post(reverse("templates:upload"), {"file": file, "wanted": wanted})
    assert answer.status_code == 422 and sentence in answer.json()["problem"]
    assert not Sample.objects.exists()


def test_meta_puts_a_promotion_into_marketing(as_alice: Client, account: Account, meta: Running) -> None:
    as_alice.post(reverse("templates:new"), form(account, body="Hello {{first_name}}, a discount of 20 % for "
                  "{{order_number}} and friends.", name="sale_now"))  # fmt: skip
    assert Template.objects.get(name="sale_now").category == "MARKETING"


def test_what_cannot_be_submitted_keeps_what_was_written(as_alice: Client, account: Account, meta: Running) -> None:
    answer = as_alice.post(reverse("templates:new"), form(account, body="Hi {{first_name}}"))
    assert answer.status_code == 422 and "Hi {{first_name}}" in answer.content.decode()
    as_alice.post(reverse("templates:new"), form(account))
    answer = as_alice.post(reverse("templates:new"), form(account))
    assert answer.status_code == 422 and "There is one of this name" in answer.content.decode()
    answer = as_alice.post(reverse("templates:new"), form())
    assert "Choose at least one account" in answer.content.decode()


def test_metas_own_refusal_is_said(alice: Member, account: Account, meta: Running) -> None:
    made = reading.read(form())
    made.examples = {"body.first_name": "Ada", "body.order_number": "A"}
    verbs.submit(made, accounts=[account], member=alice)
    Template.objects.all().delete()
    (done,) = verbs.submit(made, accounts=[account], member=alice)
    assert "already" in done.problem


# Editing and deleting


@pytest.fixture
def news(alice: Member, account: Account, meta: Running) -> Template:
    """A template that was made here and that Meta has approved."""
    verbs.submit(reading.read(form()), accounts=[account], member=alice)
    meta.admin("templates", {"template": "spring_news", "status": "APPROVED"})
    actions.sync(account)
    return Template.objects.get(name="spring_news")


def test_an_edit_is_reviewed_again_and_both_versions_stay(as_alice: Client, news: Template, alice: Member) -> None:
    page = as_alice.get(reverse("templates:edit", args=[public_id(news)])).content.decode()
    assert BODY in page
    changed = BODY.replace("on its way", "nearly there")
    as_alice.post(reverse("templates:edit", args=[public_id(news)]), form(body=changed))
    news.refresh_from_db()
    assert news.status == "PENDING" and news.components[0]["text"] == changed
    first, second = news.versions.order_by("number")
    assert (second.number, second.by, second.is_ours) == (2, alice, True)
    (change,) = versions.changes(first, second)
    assert change.part == "Text" and "<del>on</del>" in change.text and "<ins>nearly</ins>" in change.text
    page = as_alice.get(reverse("templates:show", args=[public_id(news)])).content.decode()
    assert "Version 2" in page and "<ins>" in page


def test_metas_limits_for_edits(news: Template, alice: Member) -> None:
    made = reading.from_components(news.components)
    made.category = "MARKETING"
    with pytest.raises(TemplateError, match="category of an approved template"):
        verbs.edit(news, made, member=alice)
    made.category = "UTILITY"
    made.body = made.body.replace("on its way", "nearly there")
    edited = verbs.edit(news, made, member=alice)
    assert "only of templates that are approved" in verbs.why_not_edit(edited)
    Template.objects.filter(pk=news.pk).update(status="APPROVED")
    news.refresh_from_db()
    assert "one change of an approved template in 24 hours" in verbs.why_not_edit(news)
    news.versions.filter(number=2).update(at=clock.now() - verbs.DAY)
    assert verbs.why_not_edit(news) == ""


def test_a_template_is_deleted_unless_a_campaign_needs_it(as_alice: Client, news: Template, alice: Member) -> None:
    campaign = Campaign.objects.create(
        workspace=alice.workspace, name="Spring", state="planned", template=news, created_at=clock.now()
    )
    as_alice.post(reverse("templates:delete", args=[public_id(news)]))
    news.refresh_from_db()
    assert news.removed_at is None
    campaign.delete()
    as_alice.post(reverse("templates:delete", args=[public_id(news)]))
    news.refresh_from_db()
    assert news.removed_at is not None


def test_what_it_suits_is_kept_for_all_languages(as_alice: Client, news: Template, account: Account) -> None:
    other = Template.objects.create(
        workspace=account.workspace, account=account, name="spring_news", language="de", category="UTILITY",
        status="APPROVED", components=news.components, synced_at=clock.now(), meta_id="1",
    )  # fmt: skip
    as_alice.post(reverse("templates:suit", args=[public_id(news)]), {"kind": "tag", "value": "Tents <b>"})
    other.refresh_from_db()
    assert other.suits == {"kind": "tag", "value": "Tents <b>"}
    assert "people with the tag “Tents &lt;b&gt;”" in as_alice.get("/templates/").content.decode()
    as_alice.post(reverse("templates:suit", args=[public_id(news)]), {"kind": "", "value": ""})
    other.refresh_from_db()
    assert other.suits == {}


def test_missing_languages_are_named(as_alice: Client, news: Template, account: Account, meta: Running) -> None:
    second = Account.objects.create(
        workspace=account.workspace, app=account.app, portfolio=account.portfolio, waba_id="2", name="Second",
        created_at=clock.now(),
    )  # fmt: skip
    for home, language in ((second, "de"), (second, "en")):
        Template.objects.create(
            workspace=account.workspace, account=home, name="spring_news", language=language, category="UTILITY",
            status="APPROVED", components=news.components, synced_at=clock.now(), meta_id="1",
        )  # fmt: skip
    page = as_alice.get("/templates/").content.decode()
    assert f"missing in {account.name}" in page and "missing in Second" not in page
    page = as_alice.get(reverse("templates:show", args=[public_id(news)])).content.decode()
    assert "German" in page and "language=de" in page


def test_who_may_not_manage_makes_nothing(alice: Member, as_charlie: Client, news: Template) -> None:
    agent = browser(member(alice.workspace, "Bo", "agent"))
    assert agent.get(reverse("templates:new")).status_code == 403
    for page in ("edit", "delete", "suit"):
        address = reverse(f"templates:{page}", args=[public_id(news)])
        assert agent.post(address).status_code == 403 and as_charlie.post(address).status_code == 404


def test_quick_replies_stay_together_when_one_is_added() -> None:
    made = Writing(buttons=[Button("quick_reply", "A"), Button("url", "B")])
    change_buttons(made, {"add": "quick_reply"})
    assert [button.kind for button in made.buttons] == ["quick_reply", "quick_reply", "url"]
    change_buttons(made, {"remove": "99"})
    assert len(made.buttons) == 3
