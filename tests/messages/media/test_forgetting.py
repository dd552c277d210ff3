"""Files that nobody needs go after ninety days; whatever anything names stays."""

from datetime import timedelta
from typing import Any

import pytest

from tests.messages.media.files import photo
from tradewind.campaigns import bindings
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.messages.media import actions, forgetting
from tradewind.messages.media.models import MediaFile, MediaPiece
from tradewind.messages.models import Content
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def picture(of: Member, width: int, days: int) -> MediaFile:
    file = actions.keep(workspace=of.workspace, member=of, name=f"{width}.jpg", content=photo(width, 300))
    MediaFile.objects.filter(pk=file.pk).update(created_at=clock.now() - timedelta(days=days))
    return file


def draft(of: Member, key: str, file: MediaFile) -> None:
    link = {"key": key, "field": "", "fallback": f"{bindings.OWN_FILE}{public_id(file)}"}
    Campaign.objects.create(workspace=of.workspace, name="Spring", bindings=[link], created_at=clock.now())


def content(of: Member, **files: Any) -> None:
    Content.objects.create(workspace=of.workspace, payload={"name": "x", **files}, created_at=clock.now())


def test_what_is_handed_in_again_is_wanted_again(alice: Member) -> None:
    file = picture(alice, 300, 91)
    assert actions.keep(workspace=alice.workspace, member=alice, name="again.jpg", content=photo(300, 300)) == file
    forgetting.step()
    assert MediaFile.objects.get().name == "again.jpg"


def test_only_old_files_that_nothing_names_go(alice: Member) -> None:
    young, lonely, planned, sent = (picture(alice, 300 + n, days) for n, days in enumerate((89, 91, 91, 91)))
    draft(alice, bindings.MEDIA, planned)
    content(alice, header_media={"file": sent.pk})
    assert forgetting.step() is False
    assert set(MediaFile.objects.all()) == {young, planned, sent}
    assert not MediaPiece.objects.filter(file_id=lonely.pk).exists() and MediaPiece.objects.count() == 3


def test_pictures_on_the_cards_of_a_carousel_stay(alice: Member) -> None:
    lonely, planned, sent = (picture(alice, 300 + n, 91) for n in range(3))
    draft(alice, bindings.card_key(1), planned)
    content(alice, card_media=[{"link": "https://example.org/a.jpg"}, {"file": sent.pk}])
    forgetting.step()
    assert set(MediaFile.objects.all()) == {planned, sent}
    assert not MediaPiece.objects.filter(file_id=lonely.pk).exists()
