"""The pages on which templates are made and changed, their pieces that check as one writes, and the library."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.contacts.models import Tag
from tradewind.numbers.models import Account
from tradewind.templates import library, queries, rendering, words
from tradewind.templates.authoring import pieces, reading, rules, sample_forms, samples, verbs, writing
from tradewind.templates.authoring.languages import name_of, names
from tradewind.templates.authoring.verbs import Submitted, TemplateError
from tradewind.templates.authoring.writing import Writing
from tradewind.templates.models import Sample, Template
from tradewind.workspaces.door import find, public_id, right_required, row_of
from tradewind.workspaces.request import MemberRequest

MOST_HINTS = 100


def crumbs() -> list[dict[str, str]]:
    return [{"name": _("Templates"), "url": reverse("templates:list")}]


@right_required("templates.manage")
def new(request: MemberRequest) -> HttpResponse:
    """A form, empty or begun from the library (?idea, ?language) or from another template (?from); POST submits."""
    if request.method == "POST":
        return submit(request)
    made, sample = beginning(request)
    page = author_page(request, made, sample, sample_forms.cards_of(request, made)) | {
        "chosen": first_accounts(request)
    }
    return render(request, "templates/author.html", page)


def beginning(request: MemberRequest) -> tuple[Writing, Sample | None]:
    idea = library.find(request.GET.get("idea", ""))
    language = request.GET.get("language", "")[:16]
    if idea is not None:
        return library.writing_of(idea, language or (get_language() or "en")[:2]), None
    if start := request.GET.get("from", ""):
        row = find(Template.objects.visible_to(request.member), start)
        made = reading.from_components(row.components, name=row.name, language=language, category=row.category)
        sample_forms.name_samples(made, row)
        return made, row.sample
    return Writing(language=language or (get_language() or "en")[:2]), None


def first_accounts(request: MemberRequest) -> list[int]:
    return [account.pk for account in queries.accounts_of(request.member)[:1]]


def submit(request: MemberRequest) -> HttpResponse:
    made, sample = reading.read(request.POST), sample_forms.sample_of(request)
    accounts, on_cards = chosen_accounts(request), sample_forms.cards_of(request, made)
    page = author_page(request, made, sample, on_cards) | {
        "chosen": [account.pk for account in accounts],
        "is_tried": True,
    }
    try:
        done = verbs.submit(made, accounts=accounts, member=request.member, sample=sample, card_samples=on_cards)
    except TemplateError as problem:
        return render(request, "templates/author.html", page | {"problem": str(problem)}, status=422)
    first = next((each.template for each in done if each.template is not None), None)
    if first is None:
        return render(request, "templates/author.html", page | {"problem": done[0].problem}, status=422)
    tell(request, done)
    return redirect("templates:show", public_id(first))


def tell(request: MemberRequest, done: list[Submitted]) -> None:
    for each in done:
        if each.problem:
            messages.error(request, f"{each.account.name}: {each.problem}")
    count = sum(not each.problem for each in done)
    if count:
        messages.success(request, _("Submitted. Meta decides within minutes, mostly; it shows here by itself."))


def chosen_accounts(request: MemberRequest) -> list[Account]:
    wanted = {row_of("account", each) for each in request.POST.getlist("accounts")}
    return [account for account in queries.accounts_of(request.member) if account.pk in wanted]


def author_page(
    request: MemberRequest, made: Writing, sample: Sample | None, on_cards: list[Sample | None]
) -> dict[str, Any]:
    return {
        "crumbs": crumbs(),
        "writing": made,
        "accounts": [(public_id(each), each) for each in queries.accounts_of(request.member)],
        "languages": names(get_language() or "en"),
        "hints": rules.HINTS,
        "may_change_names": True,
        **pieces.pieces_of(request, made, sample, on_cards),
    }


@right_required("templates.manage")
@require_POST
def check(request: MemberRequest) -> HttpResponse:
    """The phone and what Meta would refuse, for what the form says now."""
    made = reading.read(request.POST)
    return render(
        request,
        "templates/_author_aside.html",
        pieces.pieces_of(request, made, sample_forms.kept(request), sample_forms.kept_cards(request, made)),
    )


@right_required("templates.manage")
@require_POST
def part(request: MemberRequest) -> HttpResponse:
    """The fields of examples, or of buttons or cards with one more (?add) or one less (?remove)."""
    made, wanted = reading.read(request.POST), request.GET.get("part", "")
    if wanted == "buttons":
        pieces.change_buttons(made, request.GET)
    if wanted == "cards":
        pieces.change_cards(made, request.GET)
    page = pieces.pieces_of(request, made, sample_forms.kept(request), sample_forms.kept_cards(request, made))
    return render(request, f"templates/_author_{wanted if wanted in PIECES else 'examples'}.html", page)


PIECES = ("examples", "buttons", "cards")


@right_required("templates.manage")
@require_POST
def upload(request: MemberRequest) -> JsonResponse:
    """Take the sample of a file on top."""
    file, wanted = request.FILES.get("file"), request.POST.get("wanted", "")
    if file is None or wanted not in writing.FILES:
        return JsonResponse({"problem": _("Choose a file first.")}, status=422)
    try:
        sample = samples.keep(
            workspace=request.workspace, name=file.name or "", content=file.read(samples.LARGEST + 1), wanted=wanted
        )
    except samples.SampleError as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    return JsonResponse(pieces.shown_sample(sample))


@right_required("templates.view")
@require_GET
def show_sample(request: MemberRequest, sample: str) -> HttpResponse:
    """The bytes of a sample, only ever as an attachment."""
    found = find(Sample.objects.filter(workspace=request.workspace), sample)
    response = HttpResponse(bytes(found.body), content_type=found.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@right_required("templates.manage")
def edit(request: MemberRequest, template: str) -> HttpResponse:
    """Another content for a template; POST submits it."""
    row = find(Template.objects.visible_to(request.member).select_related("account__app", "sample"), template)
    if refusal := verbs.why_not_edit(row):
        messages.error(request, refusal)
        return redirect("templates:show", template)
    made, sample = reading.from_components(row.components), row.sample
    sample_forms.name_samples(made, row)
    problem, on_cards = "", sample_forms.kept_cards(request, made)
    if request.method == "POST":
        made, sample = reading.read(request.POST), sample_forms.sample_of(request) or row.sample
        on_cards = sample_forms.cards_of(request, made)
        try:
            made.category = made.category if row.status != "APPROVED" else row.category
            verbs.edit(row, made, member=request.member, sample=sample, card_samples=on_cards)
            messages.success(request, _("Submitted. Until Meta has decided, it cannot be sent."))
            return redirect("templates:show", template)
        except TemplateError as error:
            problem = str(error)
    made.name, made.language, made.category = row.name, row.language, made.category if problem else row.category
    page = author_page(request, made, sample, on_cards) | {
        "template": row,
        "problem": problem,
        "is_tried": bool(problem),
    }
    return render(request, "templates/author.html", page | {"may_change_names": False}, status=422 if problem else 200)


@right_required("templates.manage")
@require_POST
def delete(request: MemberRequest, template: str) -> HttpResponse:
    row = find(Template.objects.visible_to(request.member).select_related("account__app"), template)
    try:
        verbs.delete(row, member=request.member)
        messages.success(request, _("Deleted. What was sent with it stays readable."))
        return redirect("templates:list")
    except TemplateError as problem:
        messages.error(request, str(problem))
        return redirect("templates:show", template)


@right_required("templates.manage")
@require_POST
def suit(request: MemberRequest, template: str) -> HttpResponse:
    """Say which behaviour it suits."""
    row = find(Template.objects.visible_to(request.member), template)
    verbs.suit(row, kind=request.POST.get("kind", ""), value=request.POST.get("value", ""), member=request.member)
    return redirect("templates:show", template)


@right_required("templates.view")
@require_GET
def shelf(request: MemberRequest) -> HttpResponse:
    """The library: good templates to start from."""
    reader = (get_language() or "en")[:2]
    wanted = request.GET.get("language", "")
    language = wanted if wanted in library.LANGUAGES else reader if reader in library.LANGUAGES else "en"
    ideas = [
        (
            each,
            rendering.drawn_of(library.writing_of(each.idea, language).components(), each.idea.key, language, "NAMED"),
            words.category_of(each.idea.category),
        )
        for each in library.shelf(language)
    ]
    page = {
        "crumbs": crumbs(),
        "ideas": ideas,
        "languages": [
            {"name": name_of(code, get_language() or "en"), "url": f"?language={code}", "current": code == language}
            for code in library.LANGUAGES
        ],
        "language": language,
        "sender": request.workspace.name,
    }
    return render(request, "templates/library.html", page)


def hints(request: MemberRequest) -> list[str]:
    """Tags that a template may suit, to choose from while typing."""
    tags = Tag.objects.filter(workspace=request.workspace).order_by("name").values_list("name", flat=True)
    return list(tags[:MOST_HINTS])
