"""Pages of campaigns, as Alice, her agent Bob, an analyst and the stranger Charlie see them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.conftest import Time
from tests.people import browser, member
from tradewind.campaigns import actions
from tradewind.campaigns.models import Campaign, Departure
from tradewind.campaigns.pages import planned
from tradewind.lib import clock
from tradewind.messages.models import Message, Outbox, SecondTry, Tally
from tradewind.whatsapp.errors import rule_for
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry

pytestmark = [pytest.mark.usefixtures("still_time"), pytest.mark.usefixtures("page_contexts")]

EVIL = "<script>alert(1)</script>\u202e=cmd"


def at(page: str, campaign: Campaign, *more: str) -> str:
    return reverse(f"campaigns:{page}", args=[public_id(campaign), *more])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def launched(shop: Shop) -> Campaign:
    """Three people, one of whom has a dangerous name; sent from two numbers."""
    shop.person("Zora", "+491510000001")
    shop.person("Ben", "+491510000002")
    shop.person(EVIL, "+491510000003")
    return actions.launch(shop.planned(), member=shop.owner)


def test_the_list_leads_on_and_teaches_the_first_step(as_alice: Client, shop: Shop) -> None:
    assert "No campaign yet." in text_of(as_alice.get("/campaigns/"))
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    page = text_of(as_alice.get("/campaigns/"))
    assert at("show", campaign) in page and "Ready" in page


def test_a_new_campaign_is_named_and_composed(as_alice: Client, shop: Shop) -> None:
    answer = as_alice.post("/campaigns/", {"name": f" {EVIL} "})
    campaign = Campaign.objects.get()
    assert answer["Location"] == at("compose", campaign)
    assert campaign.name == "<script>alert(1)</script>=cmd"
    assert "<script>alert" not in text_of(as_alice.get(at("compose", campaign)))
    assert as_alice.post("/campaigns/", {"name": "   "}).status_code == 422
    assert as_alice.post("/campaigns/", {"name": "\u202e\u200e"}).status_code == 422


def form(shop: Shop, **more: Any) -> dict[str, Any]:
    return {
        "name": "Spring", "template": shop.utility.pk, "audience": "everybody", "preset": "fast",
        "numbers": [number.pk for number in shop.numbers], "quiet_hours": "on",
        "field-body.1": "first_name", "fallback-body.1": "there",
        "field-body.2": "own", "own-body.2": "order", "fallback-body.2": "", **more,
    }  # fmt: skip


def test_composing_asks_for_the_plan(as_alice: Client, shop: Shop) -> None:
    campaign = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Spring")
    answer = as_alice.post(at("compose", campaign), form(shop))
    assert answer["Location"] == at("plan", campaign), text_of(answer)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.bindings) == ("planning", BINDINGS)
    assert "Looking at every single person" in text_of(as_alice.get(at("plan", campaign)))
    piece = as_alice.get(at("plan", campaign), headers={"HX-Request": "true"})
    assert 'id="planning"' in text_of(piece) and "<html" not in text_of(piece)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"audience": "tag"}, "Choose the tag."),
        ({"audience": "pasted", "pasted": " "}, "Paste at least one number."),
        ({"preset": "custom"}, "Say how many a minute."),
        ({"numbers": []}, "This field is required."),
        ({"field-body.2": "own", "own-body.2": ""}, "Say which own field"),
        ({"field-body.1": "", "fallback-body.1": ""}, "has neither a field nor a text"),
        ({"template": "999999"}, "Select a valid choice"),
        ({"template": "٣"}, "Select a valid choice"),
        ({"template": "9" * 400}, "Select a valid choice"),
        ({"audience": "pasted", "pasted": "+49\x00151"}, "Null characters are not allowed."),
    ],
)
def test_a_form_in_error_keeps_what_was_typed(as_alice: Client, shop: Shop, change: Any, sentence: str) -> None:
    campaign = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Spring")
    answer = as_alice.post(at("compose", campaign), form(shop, name="Typed before", **change))
    assert answer.status_code == 422
    assert sentence in text_of(answer) and "Typed before" in text_of(answer)
    campaign.refresh_from_db()
    assert campaign.state == "draft" and campaign.template is None


def test_the_plan_shows_everybody_once(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    shop.person("No order", "+491510000002", fields={})
    campaign = shop.planned()
    page = text_of(as_alice.get(at("plan", campaign)))
    assert "Launch for 1 person" in page
    assert "A place in the text would stay empty" in page
    assert at("left_out", campaign, "missing_variable") in page
    people = text_of(as_alice.get(at("left_out", campaign, "missing_variable")))
    assert "No order" in people and "Say what stands there instead" in people


def test_a_plan_of_a_while_ago_tells_its_end_from_now_on(as_alice: Client, shop: Shop, still_time: Time) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    still_time.set(clock.now() + timedelta(hours=2))
    assert campaign.plan is not None and datetime.fromisoformat(campaign.plan["ends_at"]) < clock.now()
    page = as_alice.get(at("plan", campaign))
    assert page.context["starts_now"] and page.context["ends_at"] >= clock.now()


def test_launching_leads_to_the_live_page_and_a_second_click_does_no_harm(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    for _ in range(2):
        assert as_alice.post(at("launch", campaign))["Location"] == at("show", campaign)
    assert as_alice.get(at("show", campaign))["Location"] == at("live", campaign)
    page = as_alice.get(at("live", campaign), {"show": "waiting"})
    assert "cannot be launched" not in text_of(page)
    assert 'hx-trigger="load, sse:run' in page.content.decode(), "the rows of the log come by themselves"
    assert "Ada" in text_of(as_alice.get(at("log", campaign), {"show": "waiting"}))
    assert "Nobody here yet." in text_of(as_alice.get(at("log", campaign)))
    assert "Whom the plan left out" in text_of(as_alice.get(at("log", campaign), {"show": "left_out"}))
    assert Message.objects.count() == Outbox.objects.count() == 1
    assert AuditEntry.objects.filter(verb="campaign.launched").count() == 1


def test_pause_resume_and_cancel_from_the_page(as_alice: Client, launched: Campaign) -> None:
    assert as_alice.post(at("pause", launched)).status_code == 302
    assert "Paused by" in text_of(as_alice.get(at("live", launched)))
    as_alice.post(at("pause", launched))
    assert as_alice.post(at("resume", launched)).status_code == 302
    assert "Paused by" not in text_of(as_alice.get(at("live", launched)))
    as_alice.post(at("cancel", launched))
    launched.refresh_from_db()
    assert launched.state == "cancelled"
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    as_alice.post(at("resume", launched))
    assert "cancelled and cannot be resumed" in text_of(as_alice.get(at("live", launched)))


def test_what_cannot_be_done_is_said(as_alice: Client, shop: Shop) -> None:
    campaign = shop.planned()  # nobody is there
    as_alice.post(at("launch", campaign))
    assert "Nobody would get it" in text_of(as_alice.get(at("plan", campaign)))


def test_the_live_piece_brings_the_acts_along(as_alice: Client, launched: Campaign) -> None:
    piece = text_of(as_alice.get(at("progress", launched), headers={"HX-Request": "true"}))
    assert 'id="acts" hx-swap-oob="true"' in piece and "<html" not in piece
    assert at("pause", launched) in piece


def test_a_strangers_campaign_is_nowhere(as_charlie: Client, launched: Campaign) -> None:
    for page in ("show", "compose", "variables", "plan", "live", "progress", "log", "export", "export_left_out"):
        assert as_charlie.get(at(page, launched)).status_code == 404, page
    for page in ("launch", "pause", "resume", "cancel", "plan", "compose"):
        assert as_charlie.post(at(page, launched)).status_code == 404, page
    launched.refresh_from_db()
    assert launched.state == "running"


def test_an_agent_sees_people_and_launches_nothing(as_bob: Client, shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    page = text_of(as_bob.get(at("plan", campaign)))
    assert "Ada" in page and "Launch for" not in page and "Check again" not in page
    for page_name in ("launch", "pause", "resume", "cancel", "plan", "compose"):
        assert as_bob.post(at(page_name, campaign)).status_code == 403
    assert as_bob.post("/campaigns/", {"name": "Mine"}).status_code == 403
    assert as_bob.get(at("export", campaign)).status_code == 403
    assert Campaign.objects.get().state == "planned"


def test_an_analyst_sees_figures_and_no_names(shop: Shop, launched: Campaign) -> None:
    analyst = browser(member(shop.owner.workspace, "Ann", "analyst"))
    for page in ("plan", "live", "progress"):
        answer = analyst.get(at(page, launched))
        assert answer.status_code == 200
        assert "Zora" not in text_of(answer) and "+4915" not in text_of(answer), page
    assert analyst.get(at("log", launched)).status_code == 403
    assert analyst.get(at("left_out", launched, "cap")).status_code == 403
    assert analyst.get(at("export", launched)).status_code == 403


def test_dangerous_names_are_shown_as_text(as_alice: Client, launched: Campaign) -> None:
    for page in ("plan", "live", "log"):
        shown = text_of(as_alice.get(at(page, launched)))
        assert "<script>alert" not in shown, page
    assert "&lt;script&gt;" in text_of(as_alice.get(at("log", launched), {"show": "all"}))


def test_the_log_filters_and_goes_on_by_key(as_alice: Client, shop: Shop) -> None:
    for rank in range(60):
        shop.person(f"P{rank:02}", f"+4915100000{rank:02}")
    campaign = actions.launch(shop.planned(), member=shop.owner)
    ids = list(Message.objects.order_by("-pk").values_list("pk", flat=True))
    Message.objects.filter(pk=ids[55]).update(state="failed", error_code=131026, failed_at=NOON)
    first = as_alice.get(at("log", campaign), {"show": "all"})
    assert len(first.context["log"]) == 30 and first.context["older"]
    second = as_alice.get(first.context["older"])
    assert [line["message"].pk for line in first.context["log"] + second.context["log"]] == ids
    failed = as_alice.get(at("log", campaign), {"show": "failed"})
    assert [line["message"].pk for line in failed.context["log"]] == [ids[55]]
    Outbox.objects.filter(pk=ids[55]).delete()
    gone = as_alice.get(at("log", campaign), {"show": "nonsense", "before": "nonsense"})
    assert (gone.context["show"], [line["message"].pk for line in gone.context["log"]]) == ("gone", [ids[55]])
    waiting = as_alice.get(at("log", campaign), {"show": "waiting"})
    assert [line["message"].pk for line in waiting.context["log"]] == ids[:30]


def test_a_filter_looks_only_so_far_and_goes_on_from_there(
    as_alice: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradewind.campaigns.log.REACH", 20)
    for rank in range(50):
        shop.person(f"P{rank:02}", f"+4915100000{rank:02}")
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    ids = list(Message.objects.order_by("-pk").values_list("pk", flat=True))
    Message.objects.filter(pk__in=[ids[5], ids[45]]).update(state="delivered")
    seen, address = [], at("log", campaign) + "?show=delivered"
    pages = 0
    while address:
        answer = as_alice.get(address)
        seen += [line["message"].pk for line in answer.context["log"]]
        address, pages = answer.context["older"], pages + 1
    assert (seen, pages) == ([ids[5], ids[45]], 3)


def test_the_export_disarms_formulas(as_alice: Client, launched: Campaign) -> None:
    answer = as_alice.get(at("export", launched))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("Name,Phone,From,Text,State")
    assert any("<script>" in line for line in lines)
    assert all(not line.startswith(("=", "+", "-", "@")) for line in lines)
    assert sum("'+4915100" in line for line in lines) == 3
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_people_left_out_can_be_downloaded_with_their_reason(as_alice: Client, shop: Shop) -> None:
    shop.person("=HYPERLINK(1)", "+491510000002", fields={})
    campaign = shop.planned({"kind": "pasted", "text": "+491510000002, @nonsense"})
    answer = as_alice.get(at("export_left_out", campaign))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'@nonsense", "'=HYPERLINK(1)"]
    assert "Not a phone number" in lines[1] and "stay empty" in lines[2]


def test_an_export_speaks_the_members_language(shop: Shop, launched: Campaign, alice: Any) -> None:
    from django.utils import translation

    from tradewind.campaigns import export_csv

    with translation.override("en"):
        rows = export_csv.of_log(launched, "all", "de")
        with translation.override("de"):
            heads = export_csv.log_heads()
        assert next(rows).removeprefix("\ufeff").strip().split(",") == heads
        assert translation.get_language() == "en"
        assert list(rows) and translation.get_language() == "en"


def test_a_start_in_the_future_is_named(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(starts_at=NOON + timedelta(hours=3)), member=shop.owner)
    assert Outbox.objects.count() == 0
    assert "It has not begun." in text_of(as_alice.get(at("live", campaign)))


def test_a_brake_is_explained_and_can_be_let_go(as_alice: Client, launched: Campaign) -> None:
    from tradewind.campaigns import upkeep
    from tradewind.messages import runs

    assert launched.run is not None
    runs.pause(launched.run, reason="failed: 30 of 100", by_brake=True)
    upkeep.look_after()
    page = text_of(as_alice.get(at("live", launched)))
    assert "It paused itself." in page and "30 of 100 messages failed" in page and "Resume" in page
    as_alice.post(at("resume", launched))
    launched.refresh_from_db()
    assert launched.run is not None
    launched.run.refresh_from_db()
    assert (launched.state, launched.run.state) == ("running", "open")
    assert launched.run.stop_failed_share == pytest.approx(0.40)


def test_all_pages_work_as_the_web_role_and_leave_nothing_behind(as_alice: Client, launched: Campaign) -> None:
    for page in ("list", "plan", "live", "progress", "log"):
        address = "/campaigns/" if page == "list" else at(page, launched)
        assert as_alice.get(address).status_code == 200
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("tradewind",)


def test_failures_are_explained_and_their_second_try_is_told(as_alice: Client, launched: Campaign) -> None:
    first = Message.objects.order_by("pk").first()
    assert first is not None and launched.run_id is not None
    Outbox.objects.filter(pk=first.pk).delete()
    Message.objects.filter(pk=first.pk).update(state="failed", error_code=131026, failed_at=NOON, accepted_at=NOON)
    SecondTry.objects.create(
        message=first, workspace_id=launched.workspace_id, code=131026, due_at=NOON + timedelta(days=1)
    )
    for name in ("accepted", "failed", "failed:131026"):
        Tally.objects.create(
            workspace_id=launched.workspace_id, run_id=launched.run_id, number_id=first.number_id, name=name, n=1
        )
    page = text_of(as_alice.get(at("live", launched)))
    assert "Why 1 failed" in page and rule_for(131026).happened in page
    assert "1 of them is tried once more" in page
    assert rule_for(131026).happened in text_of(as_alice.get(at("log", launched), {"show": "failed"}))


def test_the_line_is_drawn_when_there_is_something_to_draw(
    as_alice: Client, launched: Campaign, still_time: Time
) -> None:
    assert as_alice.get(at("progress", launched)).context["line"] is None
    for ten_seconds, n in ((0, 5), (1, 9), (3, 2)):
        Departure.objects.create(
            workspace_id=launched.workspace_id, run_id=launched.run_id, n=n,
            at=NOON + timedelta(seconds=10 * ten_seconds),
        )  # fmt: skip
    still_time.move(65)
    answer = as_alice.get(at("progress", launched))
    assert answer.context["line"]["values"] == [5, 9, 0, 2, 0, 0]
    assert answer.context["line"]["hold_at"] == pytest.approx(60)
    assert 'class="area' in text_of(answer)


def test_a_draft_can_be_given_up(as_alice: Client, shop: Shop) -> None:
    campaign = shop.draft()
    assert at("cancel", campaign) in text_of(as_alice.get(at("compose", campaign)))
    answer = as_alice.post(at("cancel", campaign), follow=True)
    assert "cancelled before it had one" in text_of(answer)


def test_the_list_follows_what_is_being_sent(as_alice: Client, launched: Campaign) -> None:
    answer = as_alice.get("/campaigns/")
    assert answer.context["live_topic"].startswith("campaigns run:")
    piece = text_of(as_alice.get("/campaigns/", headers={"HX-Request": "true"}))
    assert at("show", launched) in piece and "<html" not in piece


@pytest.mark.parametrize(
    ("count", "columns", "width"), [(1, 1, 1), (12, 12, 1), (13, 7, 2), (100, 9, 12), (900, 10, 96)]
)
def test_long_campaigns_are_shown_whole(count: int, columns: int, width: int) -> None:
    table = [(NOON + timedelta(hours=hour), {"7": 2, "8": hour % 2}) for hour in range(count)]
    heads, found, each = planned.columns_of(table)
    assert (len(heads), len(found), each) == (columns, columns, width)
    assert sum(column["7"] for column in found) == 2 * count
    assert heads[0] == NOON


def test_figures_stand_on_the_live_page(as_alice: Client, launched: Campaign) -> None:
    first = Message.objects.order_by("pk").first()
    assert first is not None and launched.run_id is not None
    Outbox.objects.filter(pk=first.pk).delete()
    Message.objects.filter(pk=first.pk).update(state="delivered", delivered_at=clock.now())
    for name in ("accepted", "sent", "delivered"):
        Tally.objects.create(
            workspace_id=launched.workspace_id, run_id=launched.run_id, number_id=first.number_id, name=name, n=1
        )
    seen = as_alice.get(at("live", launched)).context["seen"]
    assert (seen.recipients, seen.waiting, seen.gone, seen.delivered, seen.on_the_way) == (3, 2, 1, 1, 0)
