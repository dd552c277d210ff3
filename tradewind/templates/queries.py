"""Reads for the templates' pages."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tradewind.numbers.models import Account, Number
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

PAGE = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; "" = no such filter. `account` is a row number."""

    text: str = ""
    account: int | None = None
    language: str = ""
    status: str = ""
    category: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.account or self.language or self.status or self.category)


def templates_of(member: Member, wanted: Filter) -> QuerySet[Template]:
    """The templates that the member sees and wants, by name and language."""
    rows = Template.objects.visible_to(member).select_related("account")
    rows = rows.filter(removed_at__isnull=wanted.status != "DELETED")
    if wanted.account:
        rows = rows.filter(account_id=wanted.account)
    if wanted.language:
        rows = rows.filter(language=wanted.language)
    if wanted.status and wanted.status != "DELETED":
        rows = rows.filter(status=wanted.status)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    for word in wanted.text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(components__icontains=word))
    return rows.order_by("name", "language", "pk")


def page_after(rows: QuerySet[Template], after: tuple[str, str, int] | None) -> tuple[list[Template], bool]:
    """One page from a key on, and whether there is more."""
    if after is not None:
        name, language, pk = after
        rows = rows.filter(
            Q(name__gt=name) | Q(name=name, language__gt=language) | Q(name=name, language=language, pk__gt=pk)
        )
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def accounts_of(member: Member) -> list[Account]:
    return list(Account.objects.visible_to(member).exclude(status="deleted").order_by("name", "pk"))


def languages_of(member: Member) -> list[str]:
    rows = Template.objects.visible_to(member).present()
    return list(rows.order_by("language").values_list("language", flat=True).distinct())


def statuses_of(member: Member) -> list[str]:
    rows = Template.objects.visible_to(member).present()
    return list(rows.order_by("status").values_list("status", flat=True).distinct())


def sender_of(template: Template) -> str:
    """The name over the message as people see it: the account's first number, else the account."""
    number = Number.objects.filter(account_id=template.account_id).present().order_by("pk").first()
    return number.name if number else template.account.name


def siblings_of(template: Template) -> list[Template]:
    """The same template in other languages and accounts."""
    rows = Template.objects.filter(workspace_id=template.workspace_id, name=template.name, removed_at=None)
    return list(rows.exclude(pk=template.pk).select_related("account").order_by("language", "account__name")[:40])


@dataclass(frozen=True, slots=True)
class Group:
    """All templates of one name: its rows, and in which (language, account) it is missing although others have it."""

    name: str
    rows: list[Template]
    missing: list[tuple[str, Account]]

    @property
    def first(self) -> Template:
        return self.rows[0]


def groups_of(member: Member, rows: list[Template]) -> list[Group]:
    """The rows of a page by name, in its order; what is missing is looked up among all present ones of these names."""
    by_name: dict[str, list[Template]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    there = Template.objects.visible_to(member).present().filter(name__in=by_name).select_related("account")
    present: dict[str, set[tuple[str, int]]] = {}
    accounts: dict[int, Account] = {}
    for row in there:
        present.setdefault(row.name, set()).add((row.language, row.account_id))
        accounts[row.account_id] = row.account
    return [Group(name, found, missing_of(present.get(name, set()), accounts)) for name, found in by_name.items()]


def missing_of(there: set[tuple[str, int]], accounts: dict[int, Account]) -> list[tuple[str, Account]]:
    """Languages that one account has a template in and another of those that have it does not."""
    languages, homes = {language for language, _ in there}, {account for _, account in there}
    gone = {(language, home) for language in languages for home in homes} - there
    return [(language, accounts[home]) for language, home in sorted(gone)]
