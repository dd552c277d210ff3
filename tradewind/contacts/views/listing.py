"""All contacts, narrowed and page by page; adding one."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.contacts import actions, forms, queries, search, words
from tradewind.contacts.cleaning import silence
from tradewind.contacts.errors import ContactError, TagError
from tradewind.contacts.models import Contact
from tradewind.contacts.privacy import masking
from tradewind.contacts.tags import tree
from tradewind.lib import publicid
from tradewind.workspaces.door import public_id, right_required
from tradewind.workspaces.request import MemberRequest

# What narrows the list in its address.
FILTERS = ("q", "tag", "country", "language", "marketing", "grade")


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """The list: 50 a page by key, the newest first or in the order of `sort`."""
    wanted = wanted_of(request)
    behind = place_in(request, wanted.order)
    page = search.page(wanted, behind=behind)
    tags = list(queries.tags_of(request.member))
    by_id = {tag.pk: tag for tag in tags}
    return render(
        request,
        "contacts/list.html",
        {
            "rows": queries.rows_of(page.contacts, by_id, request.member),
            "count": page.count,
            "is_more_than_counted": page.count is not None and page.count > search.COUNTED,
            "counted": search.COUNTED,
            "is_first": behind is None,
            "is_empty": not page.contacts and behind is None and not wanted.is_set,
            "older": address(request, **place_said(page.contacts[-1], wanted.order)) if page.has_more else "",
            "newest": address(request, below="", at="") if behind else "",
            "wanted": wanted,
            "orders": [("", _("Newest first")), *((order, words.ORDERS[order]) for order in search.ORDERS)],
            "order_said": words.ORDERS_SAID.get(wanted.order, _("newest first")),
            "sorting": sorting(request, wanted.order),
            "cleanup": silence.latest(request.workspace.pk) if "contacts.batch" in request.rights else None,
            "may_batch": "contacts.batch" in request.rights,
            "filters": [(name, request.GET[name]) for name in FILTERS if request.GET.get(name)],
            "tags": [(public_id(tag), tag) for tag in tags],
            "countries": [(code, words.country_name(code)) for code in search.values_of("country")],
            "languages": [(code, words.language_name(code)) for code in search.values_of("language")],
            "grades": [(each, _("Grade %(grade)s") % {"grade": each}) for each in search.GRADES],
            "consents": [(word, name) for word, (_tone, name) in words.MARKETING.items()],
        },
    )


def wanted_of(request: MemberRequest) -> search.Wanted:
    """The filters in the address; an unknown tag finds nobody rather than everybody."""
    asked = request.GET
    tag = asked.get("tag", "")
    return search.Wanted(
        text=asked.get("q", "").strip()[:100],
        tag=(decoded("tag", tag) or 0) if tag else None,
        country=asked.get("country", "")[:2].upper(),
        language=asked.get("language", "")[:12],
        marketing=asked.get("marketing", "")[:12],
        grade=asked.get("grade", "")[:1].upper(),
        order=asked["sort"] if asked.get("sort") in search.ORDERS else "",
        home=request.workspace.country,
        is_whole_only=not masking.sees_whole(request.member),
    )


def place_in(request: MemberRequest, order: str) -> search.Place | None:
    """Where the page before ended; None on the first page, and for what nobody could have been given."""
    below = decoded("contact", request.GET.get("below", ""))
    if below is None or not order:
        return None if below is None else search.Place(below)
    stretch, _dot, value = request.GET.get("at", "").partition(".")
    if not _STRETCH.fullmatch(stretch) or (value and not READS[order](value)):
        return None
    return search.Place(below, int(stretch), value or None)


def place_said(last: Contact, order: str) -> dict[str, str]:
    """The same, as it stands in the address of the next page."""
    place = search.place_of(last, order)
    return {"below": public_id(last), "at": f"{place.stretch}.{place.value or ''}" if order else ""}


def is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


_STRETCH = re.compile("[1-4]")
# Whether a value is one by which the order sorts.
READS: dict[str, Callable[[str], object]] = {
    "heard": is_moment, "grade": lambda text: False, "engagement": re.compile(r"[0-9]{1,3}").fullmatch,
}  # fmt: skip


def sorting(request: MemberRequest, order: str) -> dict[str, dict[str, Any]]:
    """For the heads of the table: where a click on it leads, and whether it decides now. A second click goes back."""
    return {
        each: {"url": address(request, sort="" if each == order else each, below="", at=""), "is_on": each == order}
        for each in search.ORDERS
    }


def decoded(kind: str, text: str) -> int | None:
    try:
        return publicid.decode(kind, text) if text else None
    except ValueError:
        return None


def address(request: MemberRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{reverse('contacts:list')}?{query.urlencode()}"


@right_required("contacts.edit")
def add(request: MemberRequest) -> HttpResponse:
    """A new contact by hand."""
    form = forms.NewForm(request.POST or None)
    there = None
    if request.method == "POST" and form.is_valid():
        try:
            contact = make(request, form.cleaned_data)
        except ContactError as error:
            form.add_error("tags" if isinstance(error, TagError) else "phone", str(error))
            there = error.contact
        else:
            messages.success(request, _("Added."))
            return redirect("contacts:show", public_id(contact))
    page = {"form": form, "there": there, "crumbs": crumbs()}
    return render(request, "contacts/new.html", page)


def make(request: MemberRequest, found: dict[str, Any]) -> Any:
    """The contact with its tags and its proof of consent."""
    member = request.member
    columns = {name: found[name] for name in actions.COLUMNS}
    may_make = "tags.manage" in request.rights
    tags = tree.named_all(member.workspace, found["tags"].split(","), member, may_make=may_make)
    contact = actions.create(workspace=member.workspace, phone=found["phone"], member=member, **columns)
    for tag in tags:
        actions.tag(contact, tag=tag, member=member)
    if found["opt_in"]:
        actions.opt_in(contact, source="console", wording=found["proof"], member=member)
    return contact


def crumbs() -> list[dict[str, str]]:
    return [{"name": _("Contacts"), "url": reverse("contacts:list")}]
