"""The request as views of members see it: the middleware has put the member, the workspace and the rights on it."""

from django.http import HttpRequest

from tradewind.workspaces.models import ApiKey, Member, User, Workspace


class MemberRequest(HttpRequest):
    """A type for views behind `door.member_required` or `door.right_required`; nothing is ever made of this class."""

    member: Member
    workspace: Workspace
    workspaces: list[Workspace]
    api_key: ApiKey | None
    user: User
    rights: frozenset[str]
