"""{% open_suggestions request as proposals %}: tags that this week's messages suggest, for the tags page."""

from django import template

from tradewind.contacts.models import TagSuggestion
from tradewind.contacts.suggestions import weekly
from tradewind.workspaces.request import MemberRequest

register = template.Library()


@register.simple_tag
def open_suggestions(request: MemberRequest) -> list[TagSuggestion]:
    """Only for those who may make tags: others could decide nothing."""
    return weekly.open_ones(request.member) if "tags.manage" in request.rights else []


@register.filter
def proposed_name(suggestion: TagSuggestion) -> str:
    return weekly.proposed_name(suggestion)
