"""Gaps between our figures and Meta's over the API: listed, looked at, closed; and the domains of links."""

from collections.abc import Callable
from datetime import timedelta

from tests.api.conftest import Program
from tests.belongings import Belongings, everything
from tests.people import JOINED
from tradewind.campaigns.models import LinkDomain
from tradewind.messages.models import GapCase, Message, Reckoning
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member


def more_cases(hers: Belongings, count: int) -> None:
    for back in range(1, count + 1):
        reckoning = Reckoning.objects.create(
            workspace=hers.member.workspace, number=hers.rows["number"], day=JOINED.date() - timedelta(days=back),
            ours={"delivered": 100}, meta={"delivered": 90}, cost="12.5000", counted_at=JOINED,
        )  # fmt: skip
        GapCase.objects.create(
            workspace=hers.member.workspace, reckoning=reckoning, figure="delivered", opened_at=JOINED
        )


def test_x9_gaps_are_listed_page_by_page_and_looked_at(call: Program, hers: Belongings) -> None:
    more_cases(hers, 2)
    status, first = call("get", "/reconciliation/cases?limit=2")
    assert status == 200 and [each["figure"] for each in first["cases"]] == ["delivered", "delivered"]
    second = call("get", f"/reconciliation/cases?limit=2&after={first['next']}")[1]
    assert [each["id"] for each in second["cases"]] == [hers.id("gap")] and second["next"] == ""
    found = call("get", f"/reconciliation/cases/{first['cases'][0]['id']}")[1]
    assert (found["ours"], found["metas"], found["gap"], found["cost"]) == (100, 90, -10, "12.5000")
    assert found["number"] == hers.id("number") and found["closed_at"] is None and found["causes"]


def test_x9_silent_messages_only_for_keys_that_read_messages(
    hers: Belongings, call: Program, with_scopes: Callable[..., Program]
) -> None:
    message = Message.objects.create(
        workspace=hers.member.workspace, number=hers.rows["number"], contact=hers.rows["contact"], direction="out",
        kind="template", category="marketing", state="accepted", created_at=JOINED, accepted_at=JOINED,
    )  # fmt: skip
    path = f"/reconciliation/cases/{hers.id('gap')}"
    assert public_id(message) in call("get", path)[1]["silent"]
    assert with_scopes("health:read")("get", path)[1]["silent"] == []
    assert with_scopes("messages:read")("get", path)[0] == 403


def test_x9_a_gap_is_closed_with_a_word_once(
    call: Program, hers: Belongings, with_scopes: Callable[..., Program]
) -> None:
    path = f"/reconciliation/cases/{hers.id('gap')}/closure"
    assert with_scopes("health:read")("post", path, {"word": "x"})[0] == 403
    assert call("post", path, {"word": ""})[0] == 422
    assert call("post", path, {"word": "\u202e \n"})[0] == 409
    status, closed = call("post", path, {"word": "The old phone app"})
    assert (status, closed["word"], closed["closed_by"]) == (200, "The old phone app", "Alice")
    assert call("post", path, {"word": "Something else"})[1]["word"] == "The old phone app"
    assert AuditEntry.objects.filter(verb="gap.closed").count() == 1
    assert call("get", "/reconciliation/cases?state=open")[1]["cases"] == []
    assert len(call("get", "/reconciliation/cases?state=closed")[1]["cases"]) == 1


def test_domains_of_links_are_named_and_taken_away(call: Program, charlie: Member) -> None:
    theirs = Program(everything(charlie).key_token)
    status, made = call("post", "/link-domains/", {"domain": "https://Shop.Example.com/spring?x=1"})
    assert (status, made["domain"], made["added_by"]) == (201, "shop.example.com", "Alice")
    assert call("post", "/link-domains/", {"domain": "shop.example.com"})[0] == 201
    assert call("post", "/link-domains/", {"domain": "no domain"})[0] == 409
    assert [each["domain"] for each in call("get", "/link-domains/")[1]["domains"]] == [
        "shop.example.com", "mine.example.com",
    ]  # fmt: skip
    assert call("get", "/link-domains/?limit=1")[1]["next"] == made["id"]
    assert [each["domain"] for each in theirs("get", "/link-domains/")[1]["domains"]] == ["mine.example.com"]
    path = f"/api/v1/link-domains/{made['id']}"
    for who, status in ((theirs, 404), (call, 204), (call, 404)):
        assert who.client.delete(path, headers={"Authorization": f"Bearer {who.token}"}).status_code == status
    assert not LinkDomain.objects.filter(domain="shop.example.com").exists()
    assert AuditEntry.objects.filter(verb__startswith="links.").count() == 2
