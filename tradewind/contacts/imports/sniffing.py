"""What a file is: a workbook or text, in which encoding, with which delimiter, with or without names of columns."""

import csv
import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.imports.vocabulary import is_known_head

SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 200
MOST_COLUMNS = 300
DELIMITERS = (",", ";", "\t", "|")
ZIP_START = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NOT_TABLES = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"SQLite": "SQLite",
    b"{\\rtf": "RTF",
}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# The bytes that letters of each script have most often, to tell old encodings apart.
FREQUENT = {
    "cp1256": bytes.fromhex("c7 e1 ed e3 e6 e4 d1 ca c8 cf c9 cd e5 d3"),
    "cp1251": bytes.fromhex("ee e5 e0 e8 ed f2 f1 f0 e2 eb ea ec e4 ef"),
    "cp874": bytes.fromhex("d2 b9 c3 cd a1 e0 a7 c1 c2 d1 d5 e8 e9 d4 c5 ca"),
    "cp1253": bytes.fromhex("e1 ef e9 e5 f4 f3 ed e7 f1 f0 f2 f5 ea eb ec"),
}
BY_COUNTRY = {"PL": "cp1250", "CZ": "cp1250", "SK": "cp1250", "HU": "cp1250", "RO": "cp1250", "HR": "cp1250",
              "SI": "cp1250", "TR": "cp1254", "EE": "cp1257", "LV": "cp1257", "LT": "cp1257"}  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254",
             "cp1256", "cp1257", "cp874", "gb18030", "big5", "shift_jis", "euc_kr", "iso-8859-1")  # fmt: skip
_HIGH = re.compile(rb"[\x80-\xff]+")
_JSON_LIST = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*[{\]]")
_HAS_DIGITS = re.compile(r"\d{5,}|^\s*[+(]?\d|@")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written. `kind`: text, workbook or json (an object a line); `delimiter` "" = one column.

    `sheet` is that of a workbook.
    """

    kind: str = "text"
    encoding: str = "utf-8"
    delimiter: str = ","
    has_head: bool = True
    skips: int = 0  # rows before the head, such as Excel's "sep=;"
    sheet: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def kind_of(start: bytes) -> str:
    """text or workbook, by how the file begins. Raises ImportRefused for what is neither."""
    if start.startswith(ZIP_START):
        return "workbook"
    if start.startswith(OLD_EXCEL):
        raise ImportRefused(_("This is an Excel file of the old kind (.xls). Save it as .xlsx or CSV, and send that."))
    for mark, name in NOT_TABLES.items():
        if start.startswith(mark):
            raise ImportRefused(_("This is a file of the kind %(kind)s, not a table.") % {"kind": name})
    if not start.strip():
        raise ImportRefused(_("The file is empty."))
    return "text"


def is_json(start: bytes) -> bool:
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def is_json_list(start: bytes) -> bool:
    """A list of objects in one, as shops like to export; of an empty one nothing could be read either."""
    return _JSON_LIST.match(start) is not None


def sniff_text(sample: bytes, *, is_whole: bool, country: str = "") -> Shape:
    """The shape of a text by its beginning. `country` (two letters) decides between look-alike encodings."""
    encoding = encoding_of(sample, is_whole=is_whole, country=country)
    text = decoded(sample, encoding, is_whole=is_whole)
    if text.count("\x00") > len(text) // 20:
        raise ImportRefused(_("This is no text: it is full of NUL characters."))
    lines = text.replace("\x00", "").splitlines()
    skips, delimiter = 0, None
    while skips < len(lines) and not lines[skips].strip():
        skips += 1
    if skips < len(lines) and (said := re.fullmatch(r"\s*sep=(.)\s*", lines[skips])):
        skips, delimiter = skips + 1, said[1]
    body = lines[skips:]
    if delimiter is None:
        delimiter = delimiter_of(body)
    rows = sample_rows(body, delimiter)
    refuse_too_wide(max(map(len, rows), default=0))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ImportRefused(_("The file is empty."))
    return Shape("text", encoding, delimiter, has_head(rows), skips)


def sample_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    """The first rows, up to one that cannot be read."""
    found = []
    try:
        for row in csv.reader(lines[:SAMPLE_ROWS], delimiter=delimiter or "\x1f"):
            found.append(row)
    except csv.Error:
        pass  # reading will come upon it, and refuse that row with a reason
    return found


def refuse_too_wide(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise ImportRefused(
            _("The file has %(found)s columns; %(most)s are the most. Is it the right file?")
            % {"found": columns, "most": MOST_COLUMNS}
        )


def encoding_of(sample: bytes, *, is_whole: bool, country: str = "") -> str:
    for mark, name in BOMS:
        if sample.startswith(mark):
            return name
    if (wide := wide_encoding(sample)) is not None:
        return wide
    try:
        decoded(sample, "utf-8", is_whole=is_whole)
    except UnicodeDecodeError:
        return old_encoding(sample, country)
    return "utf-8"


def wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of digits and delimiters is NUL."""
    even, odd = sample[0:4000:2].count(0), sample[1:4000:2].count(0)
    half = max(min(len(sample), 4000) // 2, 1)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else None


def decoded(sample: bytes, encoding: str, *, is_whole: bool) -> str:
    """The sample as text; a letter that is cut in two at its end is no error unless it is the whole file."""
    import codecs

    return codecs.getincrementaldecoder(encoding)().decode(sample, final=is_whole)


def old_encoding(sample: bytes, country: str) -> str:
    """An encoding from before Unicode: Latin letters stand alone among others, letters of other scripts in runs."""
    runs = _HIGH.findall(sample)
    high = b"".join(runs)
    in_runs = sum(len(run) for run in runs if len(run) > 1)
    if in_runs < len(high) * 0.6:
        return latin_encoding(sample, country)
    if is_chinese(sample, runs):
        return "gb18030"
    shares = {name: sum(high.count(byte) for byte in letters) / len(high) for name, letters in FREQUENT.items()}
    return max(shares, key=lambda name: shares[name])


def is_chinese(sample: bytes, runs: list[bytes]) -> bool:
    """Nearly all characters of a Chinese text are of the first level of GB 2312: lead bytes B0 to D7."""
    even = [run for run in runs if len(run) % 2 == 0]
    if len(even) < len(runs) * 0.9:
        return False
    leads = b"".join(run[::2] for run in even)
    return sum(0xB0 <= byte <= 0xD7 for byte in leads) > len(leads) * 0.85


def latin_encoding(sample: bytes, country: str) -> str:
    name = BY_COUNTRY.get(country.upper(), "cp1252")
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return "iso-8859-1"
    return name


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that cuts most rows into the same number of cells, at least two; "" for a single column."""
    best, best_score = "", 0.0
    some = [line for line in lines[:SAMPLE_ROWS] if line.strip()]
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in sample_rows(some, delimiter) if row)
        width, rows = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
        score = rows / max(sum(widths.values()), 1) * (2 if width > 1 else 0) + min(width, 30) / 1000
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best if best_score > 1.0 else ""


def has_head(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: words that we know, or no number where the rows below have numbers."""
    first = [cell.strip() for cell in rows[0]]
    if any(is_known_head(cell) for cell in first):
        return True
    if any(_HAS_DIGITS.search(cell) for cell in first):
        return False
    below = [cell for row in rows[1:6] for cell in row]
    return any(_HAS_DIGITS.search(cell) for cell in below)
