"""Whom a campaign is for, from the names that programs use."""

from typing import Any

from tradewind.api.campaign_shapes import AudienceIn
from tradewind.campaigns.errors import CampaignError
from tradewind.segments.names import Names
from tradewind.workspaces.request import MemberRequest


def audience_of(request: MemberRequest, said: AudienceIn) -> dict[str, Any]:
    """The audience as campaigns keep it."""
    names = Names(request.workspace.pk)
    without = {
        "segments": [segment_named(names, name) for name in said.without_segments],
        "tags": [tag_named(names, name) for name in said.without_tags],
    }
    return {**kind_of(names, said), "without": without, "live": said.live}


def tag_named(names: Names, name: str) -> int:
    found = names.tag(name)
    if found is None:
        raise CampaignError(f"There is no tag called “{name}”.")
    return found.tag_id


def segment_named(names: Names, name: str) -> int:
    found = names.segment(name)
    if found is None:
        raise CampaignError(f"There is no segment “{name}”.")
    return int(found.pk)


def kind_of(names: Names, said: AudienceIn) -> dict[str, Any]:
    if said.kind == "tag":
        return {"kind": "tag", "tag": tag_named(names, said.tag)}
    if said.kind == "segment":
        return {"kind": "segment", "segment": segment_named(names, said.segment)}
    return {"kind": "pasted", "text": "\n".join(said.phones)} if said.kind == "pasted" else {"kind": said.kind}
