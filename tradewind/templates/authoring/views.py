"""The pages on which templates are made and changed, their pieces that check as one writes, and the library."""

from collections.abc import Mapping
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
from tradewind.templates.authoring import rules, samples, verbs, writing
from tradewind.templates.authoring.languages import name_of, names
from tradewind.templates.authoring.verbs import Submitted, TemplateError
from tradewind.templates.authoring.writing import Button, Writing
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
    page = author_page(request, made, sample) | {"chosen": first_accounts(request)}
    return render(request, "templates/author.html", page)


def beginning(request: MemberRequest) -> tuple[Writing, Sample | None]:
    idea = library.find(request.GET.get("idea", ""))
    language = request.GET.get("language", "")[:16]
    if idea is not None:
        return library.writing_of(idea, language or (get_language() or "en")[:2]), None
    if start := request.GET.get("from", ""):
        row = find(Template.objects.visible_to(request.member), start)
        made = writing.from_components(row.components, name=row.name, language=language, category=row.category)
        return made, row.sample
    return Writing(language=language or (get_language() or "en")[:2]), None


def first_accounts(request: MemberRequest) -> list[int]:
    return [account.pk for account in queries.accounts_of(request.member)[:1]]


def submit(request: MemberRequest) -> HttpResponse:
    made, sample = writing.read(request.POST), sample_of(request)
    accounts = chosen_accounts(request)
    page = author_page(request, made, sample) | {"chosen": [account.pk for account in accounts], "is_tried": True}
    try:
        done = verbs.submit(made, accounts=accounts, member=request.member, sample=sample)
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


def sample_of(request: MemberRequest) -> Sample | None:
    """The sample that the form names; a file that came with it, from a browser without scripts, is kept first."""
    file = request.FILES.get("sample-upload")
    if file is not None and request.POST.get("header", "") in writing.FILES:
        try:
            return samples.keep(
                workspace=request.workspace, name=file.name or "", content=file.read(samples.LARGEST + 1),
                wanted=request.POST["header"],
            )  # fmt: skip
        except samples.SampleError as problem:
            messages.error(request, str(problem))
            return None
    named = request.POST.get("sample", "")
    return find(Sample.objects.filter(workspace=request.workspace), named) if named else None


def author_page(request: MemberRequest, made: Writing, sample: Sample | None) -> dict[str, Any]:
    return {
        "crumbs": crumbs(),
        "writing": made,
        "accounts": [(public_id(each), each) for each in queries.accounts_of(request.member)],
        "languages": names(get_language() or "en"),
        "hints": rules.HINTS,
        "may_change_names": True,
        **pieces_of(request, made, sample),
    }


def pieces_of(request: MemberRequest, made: Writing, sample: Sample | None) -> dict[str, Any]:
    """What depends on what is written: phone, problems, counts, the fields of examples and buttons."""
    found = rules.problems(made, has_sample=sample is not None)
    return {
        "writing": made,
        "shown": rendering.drawn_of(made.components(), made.name, made.language, made.parameter_format),
        "sample": shown_sample(sample) if sample else None,
        "problems": found,
        "problem_of": {each.field: each.sentence for each in reversed(found)},
        "counts": [(name, len(getattr(made, name)), most) for name, most in COUNTED],
        "examples": [(where, key, made.examples.get(f"{where}.{key}", "")) for where, key in made.variables],
        "buttons": list(enumerate(made.buttons)),
        "may_add": len(made.buttons) < writing.MOST_BUTTONS,
        "sender": request.workspace.name,
        "lang": made.language.replace("_", "-"),
        "is_empty": not made.body,
    }


COUNTED = (("header_text", 60), ("body", 1_024), ("footer", 60))


@right_required("templates.manage")
@require_POST
def check(request: MemberRequest) -> HttpResponse:
    """The phone and what Meta would refuse, for what the form says now."""
    return render(
        request, "templates/_author_aside.html", pieces_of(request, writing.read(request.POST), kept(request))
    )


def kept(request: MemberRequest) -> Sample | None:
    named = request.POST.get("sample", "")
    return find(Sample.objects.filter(workspace=request.workspace), named) if named else None


@right_required("templates.manage")
@require_POST
def part(request: MemberRequest) -> HttpResponse:
    """The fields of examples, or of buttons with one more (?add) or one less (?remove)."""
    made = writing.read(request.POST)
    change_buttons(made, request.GET)
    page = pieces_of(request, made, kept(request))
    name = "_author_buttons.html" if request.GET.get("part") == "buttons" else "_author_examples.html"
    return render(request, f"templates/{name}", page)


def change_buttons(made: Writing, asked: Mapping[str, str]) -> None:
    gone = asked.get("remove", "")
    if gone.isdecimal() and len(gone) < 3 and int(gone) < len(made.buttons):
        del made.buttons[int(gone)]
    if asked.get("add", "") in writing.BUTTONS and len(made.buttons) < writing.MOST_BUTTONS:
        place = 0 if asked["add"] == "quick_reply" else len(made.buttons)
        quick = [place for place, button in enumerate(made.buttons) if button.kind == "quick_reply"]
        made.buttons.insert(quick[-1] + 1 if asked["add"] == "quick_reply" and quick else place, Button(asked["add"]))


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
    return JsonResponse(shown_sample(sample))


def shown_sample(sample: Sample) -> dict[str, str]:
    return {
        "ref": public_id(sample),
        "name": sample.name,
        "kind": sample.kind,
        "facts": _("the sample for Meta's reviewers"),
        "advice": "",
        "url": reverse("templates:sample", args=[public_id(sample)]),
    }


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
    made, sample = writing.from_components(row.components), row.sample
    problem = ""
    if request.method == "POST":
        made, sample = writing.read(request.POST), sample_of(request) or row.sample
        try:
            made.category = made.category if row.status != "APPROVED" else row.category
            verbs.edit(row, made, member=request.member, sample=sample)
            messages.success(request, _("Submitted. Until Meta has decided, it cannot be sent."))
            return redirect("templates:show", template)
        except TemplateError as error:
            problem = str(error)
    made.name, made.language, made.category = row.name, row.language, made.category if problem else row.category
    page = author_page(request, made, sample) | {"template": row, "problem": problem, "is_tried": bool(problem)}
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
