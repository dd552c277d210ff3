"""Translations: compiled with Babel, so that no gettext tools are needed on the machine."""

from pathlib import Path

import packages
from telling import run, say

COMPILE = """
import sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
for name in sys.argv[1:]:
    path = Path(name)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name)
    draft = path.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(path.with_suffix(".mo"))
"""


def is_fresh(root: Path, *, dev: bool) -> bool:
    del dev
    return not _stale(root)


def make(root: Path, *, dev: bool) -> None:
    del dev
    say("compiling translations …")
    run(packages.python(root), "-c", COMPILE, *_stale(root))


def _stale(root: Path) -> list[Path]:
    sources = sorted((root / "tradewind" / "locale").glob("*/LC_MESSAGES/*.po"))
    return [path for path in sources if _is_stale(path.with_suffix(".mo"), path)]


def _is_stale(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime
