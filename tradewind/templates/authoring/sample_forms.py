"""Which samples a form names: that of the file on top, and those on the cards."""

from django.contrib import messages

from tradewind.templates.authoring import reading, samples, writing
from tradewind.templates.authoring.writing import Writing
from tradewind.templates.models import Sample, Template
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest


def sample_of(request: MemberRequest, field: str = "sample", kind: str = "header") -> Sample | None:
    """The sample that the form names; a file that came with it, from a browser without scripts, is kept first."""
    file, wanted = request.FILES.get(f"{field}-upload"), request.POST.get(kind, "")
    if file is not None and wanted in writing.FILES:
        try:
            return samples.keep(
                workspace=request.workspace, name=file.name or "", content=file.read(samples.LARGEST + 1),
                wanted=wanted,
            )  # fmt: skip
        except samples.SampleError as problem:
            messages.error(request, str(problem))
            return None
    return named_sample(request, request.POST.get(field, ""))


def named_sample(request: MemberRequest, named: str) -> Sample | None:
    return find(Sample.objects.filter(workspace=request.workspace), named) if named else None


def cards_of(request: MemberRequest, made: Writing) -> list[Sample | None]:
    """The samples on the cards, each that is named or came along."""
    if request.method != "POST":
        return [named_sample(request, card.sample) for card in made.cards]
    found = [sample_of(request, f"card-{place}-sample", "card_header") for place in reading.cards_of(request.POST)]
    return found[: len(made.cards)]


def kept(request: MemberRequest) -> Sample | None:
    return named_sample(request, request.POST.get("sample", ""))


def kept_cards(request: MemberRequest, made: Writing) -> list[Sample | None]:
    return [named_sample(request, card.sample) for card in made.cards]


def name_samples(made: Writing, template: Template) -> None:
    """The cards of a template that is there name the samples that it was made with."""
    rows = Sample.objects.in_bulk(template.card_samples)
    for card, row in zip(made.cards, template.card_samples, strict=False):
        card.sample = public_id(rows[row]) if row in rows else ""
