"""Who is asking, in which workspace and language; and the walls round the request."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from tests.people import PASSWORD, browser, member, workspace
from tradewind.workspaces import door
from tradewind.workspaces.models import Member, Workspace


def standing() -> tuple[str, str]:
    """The connection's role and the workspace it is bound to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('tradewind.workspace', true), '')")
        return cursor.fetchone()


def where(request: HttpRequest) -> HttpResponse:
    role, bound = standing()
    return HttpResponse(f"{role}/{bound}/{Workspace.objects.count()}/{request.LANGUAGE_CODE}")  # type: ignore[attr-defined]


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse("/".join(standing()) for _ in range(1))


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("meant")


@door.right_required("members.manage")
def for_admins(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@door.open_to_all
def everybody(request: HttpRequest) -> HttpResponse:
    return where(request)


@door.before_first_run
def setup(request: HttpRequest) -> HttpResponse:
    return HttpResponse("set-up")


urlpatterns = [
    path("where", where),
    path("streamed", streamed),
    path("broken", broken),
    path("admins", for_admins),
    path("everybody", everybody),
    path("login", everybody, name="account_login"),
    path("email", everybody, name="account_email"),
    path("", include(([path("setup", setup, name="setup")], "workspaces"))),
]
pytestmark = pytest.mark.urls(__name__)


def test_a_member_stands_within_the_walls_and_the_connection_is_free_again(as_alice: Client, alice: Member) -> None:
    workspace("Somebody else")
    assert as_alice.get("/where").content.decode() == f"tradewind_web/{alice.workspace_id}/1/en"
    assert standing() == ("tradewind", "")


def test_a_streamed_answer_is_made_within_the_walls(as_alice: Client, alice: Member) -> None:
    answer = as_alice.get("/streamed")
    assert standing() == ("tradewind", "")
    assert b"".join(answer).decode() == f"tradewind_web/{alice.workspace_id}"
    assert standing() == ("tradewind", "")


def test_a_page_that_breaks_leaves_the_walls(as_alice: Client) -> None:
    as_alice.raise_request_exception = False
    assert as_alice.get("/broken").status_code == 500
    assert standing() == ("tradewind", "")


def test_nobody_sees_no_tenant(nobody: Client, alice: Member) -> None:
    assert nobody.get("/everybody").content == b"tradewind_web//0/en"


def test_every_page_is_closed_to_nobody_unless_it_says_otherwise(nobody: Client, alice: Member) -> None:
    answer = nobody.get("/where?a=b")
    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=%2Fwhere%3Fa%3Db"


def test_a_partial_request_takes_the_whole_page_to_sign_in(nobody: Client, alice: Member) -> None:
    answer = nobody.get("/where", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/login")


def test_before_the_first_run_every_page_leads_to_set_up(nobody: Client) -> None:
    assert nobody.get("/where")["Location"] == "/setup"
    assert nobody.get("/everybody")["Location"] == "/setup"
    assert nobody.get("/setup").content == b"set-up"


def test_a_role_taken_away_bites_at_once(alice: Member) -> None:
    admin = member(alice.workspace, "Ada", "admin")
    ada = browser(admin)
    assert ada.get("/admins").status_code == 200
    Member.objects.filter(pk=admin.pk).update(role="agent")
    assert ada.get("/admins").status_code == 403


def test_a_session_outlives_no_membership(as_bob: Client, bob: Member) -> None:
    assert as_bob.get("/where").status_code == 200
    Member.objects.filter(pk=bob.pk).update(removed_at="2026-01-06T00:00Z")
    assert as_bob.get("/where")["Location"] == "/login?next=%2Fwhere"


def test_a_deactivated_sign_in_is_out(as_bob: Client, bob: Member) -> None:
    bob.user.is_active = False
    bob.user.save()
    assert as_bob.get("/where").status_code == 302


def test_somebody_in_two_workspaces_acts_in_the_chosen_one(as_bob: Client, bob: Member, charlie: Member) -> None:
    Member.objects.create(workspace=charlie.workspace, user=bob.user, role="agent", joined_at=bob.joined_at)
    assert f"/{bob.workspace_id}/" in as_bob.get("/where").content.decode()
    session = as_bob.session
    session["workspace"] = charlie.workspace_id
    session.save()
    assert f"/{charlie.workspace_id}/" in as_bob.get("/where").content.decode()


def test_a_workspace_that_is_not_theirs_cannot_be_chosen(as_bob: Client, bob: Member, charlie: Member) -> None:
    session = as_bob.session
    session["workspace"] = charlie.workspace_id
    session.save()
    assert f"/{bob.workspace_id}/" in as_bob.get("/where").content.decode()


def test_language_is_the_members_then_the_browsers(as_bob: Client, bob: Member, nobody: Client) -> None:
    bob.user.locale = "ar"
    bob.user.save()
    answer = as_bob.get("/where", HTTP_ACCEPT_LANGUAGE="de")
    assert answer.content.decode().endswith("/ar")
    assert answer["Content-Language"] == "ar"
    assert nobody.get("/everybody", HTTP_ACCEPT_LANGUAGE="de").content.decode().endswith("/de")
    assert nobody.get("/everybody", HTTP_ACCEPT_LANGUAGE="xx").content.decode().endswith("/en")


def test_a_password_is_good_for_nothing_else(bob: Member) -> None:
    assert bob.user.check_password(PASSWORD)
    assert not bob.user.check_password(PASSWORD + " ")


def test_find_hides_what_is_not_theirs(alice: Member, charlie: Member, rf: RequestFactory) -> None:
    from django.http import Http404

    theirs = door.public_id(charlie)
    assert door.find(Member.objects.visible_to(charlie), theirs) == charlie
    for wrong in (theirs, door.public_id(charlie.workspace), "nonsense", "1" * 11, "", "../../etc"):
        with pytest.raises(Http404):
            door.find(Member.objects.visible_to(alice), wrong)
