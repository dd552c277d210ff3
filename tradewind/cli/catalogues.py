"""Translations: `python -m tradewind.cli.catalogues --update` writes new messages into the catalogues,
`--check` fails when a message of the code is missing or untranslated in one of them. Needs no gettext tools.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from tradewind.cli.messages_of import messages_of

PACKAGE = Path(__file__).parents[1]
LOCALE = PACKAGE / "locale"
LANGUAGES = ("de", "it", "ar")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main(arguments: list[str]) -> int:
    """Updates or checks the catalogues; returns the exit code."""
    if arguments not in (["--update"], ["--check"]):
        print("Say --update or --check.", file=sys.stderr)
        return 2
    messages = collect()
    if arguments == ["--update"]:
        for language in LANGUAGES:
            update(language, messages)
        return 0
    problems = [problem for language in LANGUAGES for problem in missing(language, messages)]
    for problem in problems[:200]:
        print(problem)
    print(
        f"{len(problems)} messages are not translated." if problems else f"All {len(messages)} messages are translated."
    )
    return 1 if problems else 0


def collect() -> Catalog:
    """Every message of Python files and templates, with its places."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            for marked in messages_of(path):
                catalogue.add(marked.id, None, [(_home(path), marked.line)], context=marked.context)
    for path in sorted((*PACKAGE.rglob("*.html"), *PACKAGE.rglob("templates/**/*.txt"))):
        _add(catalogue, path, _as_python(path))
    return catalogue


def missing(language: str, messages: Catalog) -> Iterator[str]:
    """Sentences about messages that the catalogue of `language` lacks or does not translate."""
    catalogue = _read(language)
    for message in messages:
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        name = message.id if isinstance(message.id, str) else message.id[0]
        if known is None:
            yield f"{language}: not in the catalogue: {name!r} ({_place(message.locations)})"
        elif known.fuzzy or not _is_whole(known.string):
            yield f"{language}: not translated: {name!r} ({_place(message.locations)})"
        elif _holes(message.id) != _holes(known.string):
            yield f"{language}: other placeholders than the original: {name!r}"


def update(language: str, messages: Catalog) -> None:
    """Adds new messages to a catalogue and drops old ones; guesses nothing."""
    catalogue = _read(language)
    catalogue.update(messages, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, omit_header=False, include_lineno=False)


def _add(catalogue: Catalog, path: Path, source: str) -> None:
    stream = io.BytesIO(source.encode())
    for line, ids, comments, context in extract("python", stream, keywords=KEYWORDS, comment_tags=["Translators:"]):
        catalogue.add(ids, None, [(_home(path), line)], auto_comments=comments, context=context)


def _home(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def _as_python(path: Path) -> str:
    """A template as Django's own extraction sees it: calls of gettext in blanked-out text."""
    from django.utils.translation.template import templatize

    text = str(templatize(path.read_text(), origin=str(path)))
    return "\n".join(
        line.strip() for line in text.splitlines()
    )  # Python's tokeniser minds indentation, templates do not


def _read(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", project="Tradewind", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _holes(text: object) -> set[str]:
    """The placeholders of a message: a translation that lacks one loses a fact, one too many is an error."""
    parts = text if isinstance(text, (tuple, list)) else [text]
    return {hole for part in parts for hole in re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", str(part))}


def _place(locations: list[tuple[str, int]]) -> str:
    return f"{locations[0][0]}:{locations[0][1]}" if locations else "?"


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    sys.exit(main(sys.argv[1:]))
