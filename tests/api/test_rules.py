"""Rules over the API: made, changed, switched on and off, tried on the past, by those who may."""

from collections.abc import Callable

from tests.api.conftest import Program
from tests.belongings import Belongings
from tests.people import member
from tradewind.segments.models import TagRule
from tradewind.workspaces import keys
from tradewind.workspaces.actions import change_settings
from tradewind.workspaces.models import AuditEntry, Member

TREE = {"field": "country", "is": "DE"}


def test_a_rule_is_made_changed_switched_and_deleted(call: Program) -> None:
    status, made = call("post", "/rules/", {"tag": "Place/Germany", "tree": TREE})
    assert (status, made["state"], made["tag"], made["problem"]) == (201, "draft", "Place/Germany", "")
    assert "Germany" in made["sentence"]
    status, said = call("post", "/rules/", {"tag": "place/GERMANY", "tree": TREE})
    assert (status, "has a rule already" in said["detail"]) == (409, True)
    status, on = call("post", f"/rules/{made['id']}/on")
    assert (status, on["state"]) == (200, "on")
    assert call("delete", f"/rules/{made['id']}")[0] == 409
    changed = call("patch", f"/rules/{made['id']}", {"tree": {"all": [TREE, {"opted_in": True}]}})[1]
    assert "all" in changed["tree"]
    assert call("post", f"/rules/{made['id']}/off", {"keep": True})[1]["state"] == "off"
    program = call.client.delete(f"/api/v1/rules/{made['id']}", headers={"Authorization": f"Bearer {call.token}"})
    assert program.status_code == 204 and not TagRule.objects.filter(tag__name="Place/Germany").exists()
    verbs = set(AuditEntry.objects.filter(verb__startswith="rule.").values_list("verb", flat=True))
    assert verbs == {"rule.created", "rule.switched_on", "rule.changed", "rule.switched_off", "rule.deleted"}


def test_a_rule_that_looks_at_its_own_tag_and_a_bad_tree_are_refused(call: Program) -> None:
    made = call("post", "/rules/", {"tag": "Mine", "tree": {"not": {"tag": "tea"}}})[1]
    call("patch", f"/rules/{made['id']}", {"tree": {"tag": "Mine"}})
    assert call("post", f"/rules/{made['id']}/on")[0] == 409
    status, said = call("post", "/rules/", {"tag": "Other", "tree": {"fild": "x"}})
    assert (status, said["errors"][0]["field"].startswith("tree")) == (422, True)


def test_the_past_says_what_it_takes_from_today(call: Program) -> None:
    tree = {"all": [{"event": "order.placed", "times": 0}, TREE]}
    status, told = call("post", "/rules/past", {"tree": tree, "days": 90})
    assert status == 200 and len(told["points"]) >= 4
    assert len(told["as_today"]) == 1 and "Germany" in told["as_today"][0]
    assert told["points"][-1]["people"] == 1


def test_scopes_and_the_list(with_scopes: Callable[..., Program], hers: Belongings) -> None:
    reader = with_scopes("contacts:read")
    assert [each["tag"] for each in reader("get", "/rules/")[1]["rules"]] == ["tea"]
    assert reader("get", f"/rules/{hers.id('rule')}")[0] == 200
    assert reader("post", "/rules/", {"tag": "x", "tree": TREE})[0] == 403


def test_an_agents_key_cannot_read_masked_numbers_by_counting(alice: Member, hers: Belongings) -> None:
    agent = member(alice.workspace, "Agent", "agent")
    program = Program(keys.create(by=agent, name="k", scopes=["contacts:read"])[1])
    tree = {"tree": {"not": {"field": "phone", "starts_with": "+4915"}}}
    for path in ("/segments/count", "/rules/past"):
        assert program("post", path, tree)[0] == 200
    change_settings(by=alice, values={"phones_shown": "masked"})
    for path in ("/segments/count", "/rules/past"):
        assert program("post", path, tree)[0] == 403
