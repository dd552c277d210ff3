"""The pages of templates: the list, one template, asking Meta."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.lib import publicid
from tradewind.numbers.models import Account
from tradewind.templates import jobs, queries, rendering, words
from tradewind.templates.authoring import verbs, versions
from tradewind.templates.authoring.languages import name_of
from tradewind.templates.authoring.pieces import shown_sample
from tradewind.templates.authoring.views import hints
from tradewind.templates.models import CATEGORIES, Sample, Template
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

MOST_USES, MOST_VERSIONS = 10, 20


@right_required("templates.view")
def index(request: MemberRequest) -> HttpResponse:
    """All templates, narrowed by account, language, status, category and words."""
    wanted = filter_of(request)
    rows, has_more = queries.page_after(queries.templates_of(request.member, wanted), after_of(request))
    accounts = queries.accounts_of(request.member)
    page = {
        "rows": [(row, words.status_of(row), words.category_of(row.category), words.quality_of(row)) for row in rows],
        "groups": [
            (group, words.category_of(group.first.category), [(row, words.status_of(row)) for row in group.rows])
            for group in queries.groups_of(request.member, rows)
        ],
        "wanted": wanted,
        "is_empty": not rows and not wanted.is_set,
        "accounts": [(public_id(each), each.name, each.pk) for each in accounts],
        "has_accounts": len(accounts) > 1,
        "sync_errors": [each for each in accounts if each.sync_error],
        "languages": queries.languages_of(request.member),
        "statuses": [(word, words.STATUS[word][1] if word in words.STATUS else word) for word in statuses(request)],
        "categories": [(word, words.CATEGORY[word]) for word in CATEGORIES],
        "older": next_url(request, rows[-1]) if has_more else "",
        "live_topic": "templates",
        "part_url": f"{reverse('templates:list')}?{with_part(request)}",
    }
    return render(request, "templates/_list.html" if request.GET.get("part") else "templates/list.html", page)


def statuses(request: MemberRequest) -> list[str]:
    return [*queries.statuses_of(request.member), "DELETED"]


def filter_of(request: MemberRequest) -> queries.Filter:
    """The filter in the address; what is no known value is as if it was not there."""
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "language", "status", "category")}
    account = request.GET.get("account", "")
    return queries.Filter(
        asked["q"], decoded("account", account), asked["language"], asked["status"], asked["category"]
    )


def decoded(kind: str, text: str) -> int | None:
    try:
        return publicid.decode(kind, text) if text else None
    except ValueError:
        return None


def after_of(request: MemberRequest) -> tuple[str, str, int] | None:
    row = decoded("template", request.GET.get("after", ""))
    last = Template.objects.visible_to(request.member).filter(pk=row).first() if row else None
    return (last.name, last.language, last.pk) if last else None


def next_url(request: MemberRequest, last: Template) -> str:
    query = request.GET.copy()
    query["after"] = public_id(last)
    query.pop("part", None)
    return f"{reverse('templates:list')}?{query.urlencode()}"


def with_part(request: MemberRequest) -> str:
    query = request.GET.copy()
    query["part"] = "1"
    return query.urlencode()


@right_required("templates.view")
def show(request: MemberRequest, template: str) -> HttpResponse:
    """One template as people get it, how Meta judges it, and where it is used."""
    found = find(Template.objects.visible_to(request.member).select_related("account"), template)
    craft = rendering.craft_of(found)
    page = {
        "crumbs": [{"name": _("Templates"), "url": reverse("templates:list")}],
        "template": found,
        "status": words.status_of(found),
        "why": words.why(found),
        "opening": words.opening(found),
        "category": words.category_of(found.category),
        "next_category": words.category_of(found.next_category) if found.next_category else "",
        "quality": words.quality_of(found),
        "shown": rendering.shown(found).with_pictures(card_pictures(found)),
        "variables": [(variable, words.where(variable)) for variable in craft.variables],
        "sender": queries.sender_of(found),
        "siblings": [(row, words.status_of(row)) for row in queries.siblings_of(found)],
        "uses": uses_of(found),
        "versions": versions_of(found),
        "why_not_edit": verbs.why_not_edit(found),
        "hints": hints(request) if "templates.manage" in request.rights else [],
        "sample": shown_sample(found.sample) if found.sample else None,
        "language_name": name_of(found.language, get_language() or "en"),
        "in_languages": in_languages(found),
        "live_topic": "templates",
    }
    return render(request, "templates/_template.html" if request.GET.get("part") else "templates/template.html", page)


def card_pictures(template: Template) -> list[str]:
    """The addresses of the pictures on a carousel's cards, as the reviewers saw them; "" for films."""
    rows = Sample.objects.in_bulk(template.card_samples)
    shown = [shown_sample(rows[row]) if row in rows else None for row in template.card_samples]
    return [each["url"] if each and each["kind"] == "image" else "" for each in shown]


def versions_of(template: Template) -> list[dict[str, Any]]:
    """What it said before, youngest first, each with what changed since the one before."""
    rows = list(template.versions.select_related("by__user").order_by("-number")[:MOST_VERSIONS])
    older = {row.number: row for row in rows}
    return [
        {
            "version": row,
            "status": words.STATUS.get(row.status, ("", row.status.lower(), ""))[:2],
            "changes": versions.changes(older[row.number - 1], row) if row.number - 1 in older else [],
        }
        for row in rows
    ]


def in_languages(template: Template) -> list[dict[str, Any]]:
    """The same name in its account's other languages, side by side; and languages that only other accounts have."""
    rows = Template.objects.filter(workspace_id=template.workspace_id, name=template.name, removed_at=None)
    own = [row for row in rows.order_by("language") if row.account_id == template.account_id]
    reader = get_language() or "en"
    found = [
        {
            "row": row,
            "name": name_of(row.language, reader),
            "shown": rendering.shown(row),
            "state": words.status_of(row),
        }
        for row in own
    ]
    missing = sorted({row.language for row in rows} - {row.language for row in own})
    return found + [{"row": None, "name": name_of(code, reader), "code": code} for code in missing]


def uses_of(template: Template) -> list[dict[str, Any]]:
    """The campaigns that say this, youngest first, each with its address."""
    rows = template.campaign_set.order_by("-pk")[:MOST_USES]
    return [{"name": row.name, "at": row.launched_at or row.created_at, "url": campaign_url(row.pk)} for row in rows]


def campaign_url(row: int) -> str:
    try:
        return reverse("campaigns:show", args=[publicid.encode("campaign", row)])
    except NoReverseMatch:
        return ""


@require_POST
@right_required("templates.manage")
def sync(request: MemberRequest) -> HttpResponse:
    """Ask Meta for the templates of all accounts; the page shows what comes of it by itself."""
    for account in Account.objects.visible_to(request.member).exclude(status="deleted"):
        jobs.ask_soon(account.pk)
    messages.success(request, _("Meta is being asked. What is new shows up here by itself."))
    return redirect("templates:list")
