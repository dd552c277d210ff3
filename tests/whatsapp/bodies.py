"""The raw webhook bodies of tests/payloads, in Meta's own spelling."""

from pathlib import Path

from tradewind.whatsapp.webhooks import Event, parse

FOLDER = Path(__file__).parents[1] / "payloads"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def body(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def events(name: str) -> list[Event]:
    return parse(body(name))


def only(name: str) -> Event:
    (event,) = events(name)
    return event
