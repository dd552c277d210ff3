"""Time zones as people call them."""

import pytest

from tradewind.workspaces.places import zone_name


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Europe/Rome", "en", "Rome"),
        ("Europe/Rome", "it", "Roma"),
        ("Europe/Vienna", "ar", "فيينا"),
        ("America/New_York", "de", "New York"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("UTC", "de", "UTC"),
        ("Mars/Olympus_Mons", "de", "Mars/Olympus_Mons"),
    ],
)
def test_a_zone_is_called_by_its_place_in_the_readers_language(zone: str, language: str, name: str) -> None:
    assert zone_name(zone, language) == name
