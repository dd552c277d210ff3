"""Pages as PDF that read right in every script for which the console has a font: Latin, Greek, Cyrillic, Arabic, Thai.

Letters are joined and ordered by HarfBuzz, right-to-left included. The fonts are those of the console (SIL Open Font
License), made plain once and kept in a folder: a PDF cannot hold them as the web has them.
"""

from logging import WARNING, getLogger
from pathlib import Path
from threading import Lock

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

# By the order in which a letter is looked for; the first is that of the running text.
FONTS = (
    "inter-latin", "inter-latin-ext", "inter-cyrillic", "inter-cyrillic-ext", "inter-greek", "inter-greek-ext",
    "inter-vietnamese", "noto-sans-arabic-arabic", "noto-sans-thai-thai", "noto-sans-arabic-symbols",
)  # fmt: skip
REGULAR = 400
TEXT, SMALL, TITLE = 9.5, 8.0, 16.0
INK, MUTED, LINE = (22, 32, 36), (96, 110, 116), (214, 221, 224)
LEFT_TO_RIGHT = "\u200e"
DIRECTION = frozenset("\u061c\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_making = Lock()
# They tell of each table of each font that they cut down.
for _name in ("fontTools", "fpdf"):
    getLogger(_name).setLevel(WARNING)


class NoFonts(Exception):
    """The console's built fonts are not there."""


class Paper(FPDF):
    """An A4 page after the other, with a line at the foot. `is_rtl`: the reader's language goes from right to left."""

    def __init__(self, fonts: dict[str, Path], *, title: str, language: str, is_rtl: bool, foot: str) -> None:
        super().__init__(format="A4")
        self.foot, self.align = foot, "R" if is_rtl else "L"
        self.known = known_letters(fonts)
        for name, file in fonts.items():
            self.add_font(name, fname=str(file))
        self.set_fallback_fonts(list(fonts)[1:])
        self.set_text_shaping(use_shaping_engine=True)
        self.set_title(title)
        self.set_lang(language)
        self.set_margins(18, 18, 18)
        self.set_auto_page_break(auto=True, margin=20)
        self.add_page()

    def footer(self) -> None:
        """Called by fpdf at the end of each page."""
        self.set_y(-14)
        self.write_line(f"{self.foot} · {self.page_no()}", size=SMALL, colour=MUTED)

    def printed(self) -> bytes:
        """The whole as a file; nothing can be written after it."""
        content = bytes(self.output())
        self.let_go()
        return content

    def let_go(self) -> None:
        """Close the fonts' files, which fpdf leaves open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def write_line(
        self, text: str, *, size: float = TEXT, colour: tuple[int, int, int] = INK, above: float = 0
    ) -> None:
        """A paragraph in the reader's direction; words of another script in it keep theirs."""
        if above:
            self.ln(above)
        self.set_font(FONTS[0], size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.53, self.writable(text), align=self.align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rule(self) -> None:
        """A thin line across."""
        self.ln(2.5)
        self.set_draw_color(*LINE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(2.5)

    def writable(self, text: str) -> str:
        """The text with the code of each letter for which there is no font, as [U+4E2D]: never an empty box.

        Marks of direction go: the layout sets them itself, and words that came from outside must not turn the page.
        """
        plain = (letter for letter in text if letter not in DIRECTION)
        return "".join(
            letter if letter in self.known or letter.isspace() else f"[U+{ord(letter):04X}]" for letter in plain
        )


def left_to_right(text: str) -> str:
    """A number or a time that keeps its order in a line that goes from right to left."""
    return f"{LEFT_TO_RIGHT}{text}{LEFT_TO_RIGHT}"


def known_letters(fonts: dict[str, Path]) -> set[str]:
    """Every letter that one of the fonts has."""
    found: set[str] = set()
    for file in fonts.values():
        with TTFont(file, lazy=True) as font:
            found |= {chr(code) for code in font.getBestCmap()}
    return found


def fonts_from(built: Path, kept: Path) -> dict[str, Path]:
    """The fonts as files that a PDF can hold, made from the console's (`built`) in `kept` when they are missing."""
    made = {}
    with _making:
        kept.mkdir(parents=True, exist_ok=True)
        for name in FONTS:
            source, target = built / f"{name}-wght-normal.woff2", kept / f"{name}-{REGULAR}.ttf"
            if not source.is_file():
                raise NoFonts(f"{source} is not there: build the console's assets first.")
            if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
                make_plain(source, target)
            made[name] = target
    return made


def make_plain(source: Path, target: Path) -> None:
    """One weight of a variable web font, as TrueType."""
    part = target.with_suffix(".part")
    with TTFont(source) as variable:
        font = instancer.instantiateVariableFont(variable, {"wght": REGULAR})
        font.flavor = None
        font.save(part)
    part.replace(target)
