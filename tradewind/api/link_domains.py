"""The domains that links of campaigns may lead to without a warning."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.campaigns.composer import links
from tradewind.campaigns.models import LinkDomain
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.models import TenantQuerySet
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("campaigns:read"))
WRITE = KeyAuth("campaigns:write")


class DomainOut(Schema):
    """A domain and all below it."""

    id: str
    domain: str
    added_by: str | None
    added_at: datetime


class DomainList(Schema):
    domains: list[DomainOut]
    next: str


class DomainIn(Schema):
    """A domain, or any address on it."""

    domain: Annotated[str, StringConstraints(min_length=1, max_length=300)]


def shown(row: LinkDomain) -> DomainOut:
    return DomainOut(
        id=public_id(row),
        domain=row.domain,
        added_by=str(row.added_by) if row.added_by else None,
        added_at=row.added_at,
    )


@router.get(
    "/", response={200: DomainList, **NOT_THERE}, summary="List the domains of links", operation_id="list_link_domains"
)
def list_domains(request: MemberRequest, page: Query[Page]) -> DomainList:
    found, following = cut(domains_of(request), page)
    return DomainList(domains=[shown(row) for row in found], next=following)


def domains_of(request: MemberRequest) -> Any:
    return TenantQuerySet(LinkDomain).visible_to(request.member).select_related("added_by__user")


@router.post(
    "/", auth=WRITE, response={201: DomainOut, **CHANGES}, summary="Name a domain for links",
    operation_id="add_link_domain",
)  # fmt: skip
def add_domain(request: MemberRequest, said: DomainIn) -> Status[DomainOut]:
    domain = links.allow(workspace=request.workspace, member=request.member, address=said.domain)
    return Status(201, shown(domains_of(request).get(domain=domain)))


@router.delete(
    "/{id}", auth=WRITE, response={204: None, **CHANGES}, summary="Take a domain away",
    operation_id="remove_link_domain",
)  # fmt: skip
def remove_domain(request: MemberRequest, id: str) -> Status[None]:
    row = find(domains_of(request), id)
    links.disallow(workspace=request.workspace, member=request.member, domain=row.domain)
    return Status(204, None)
