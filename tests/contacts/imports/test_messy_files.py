"""Files as people send them, each named after its mess, with exactly what must come of it."""

# ruff: noqa: E501  rows of files are as long as they are

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.contacts.imports.bench_of import counts, imported, people, why
from tests.contacts.imports.workbooks import xlsx
from tradewind.workspaces.models import Member

ANNA, MARCO, LEILA = "+4915128407716", "+393476610338", "+971504182296"
BOTH = {ANNA: "Anna Vogel", MARCO: "Marco Rossi"}
PLAIN = f"phone,name\n{ANNA},Anna Vogel\n{MARCO},Marco Rossi\n"


class Mess(NamedTuple):
    """A file, whom it brings, and the rows that are left out: (row, column, reason)."""

    body: bytes
    people: dict[str, str]
    left_out: tuple[tuple[int, str, str], ...] = ()
    doubles: int = 0
    options: dict[str, object] = {}


def text(body: str, encoding: str = "utf-8") -> bytes:
    return body.encode(encoding)


MESSES: dict[str, Callable[[], Mess]] = {
    "plain": lambda: Mess(text(PLAIN), BOTH),
    "utf_8_with_bom": lambda: Mess(text(PLAIN, "utf-8-sig"), BOTH),
    "utf_16_with_bom": lambda: Mess(text(PLAIN, "utf-16"), BOTH),
    "utf_16_le_without_bom": lambda: Mess(text(PLAIN, "utf-16-le"), BOTH),
    "utf_16_be_without_bom": lambda: Mess(text(PLAIN, "utf-16-be"), BOTH),
    "cp1252_umlauts_and_semicolons": lambda: Mess(
        text(f"Telefon;Vor- und Nachname\n{ANNA};Jürgen Maß\n{MARCO};Zoë Müller – Söhne\n", "cp1252"),
        {ANNA: "Jürgen Maß", MARCO: "Zoë Müller – Söhne"},
    ),
    "cp1256_arabic": lambda: Mess(
        text(f"رقم الجوال,الاسم\n{LEILA},ليلى الحسن\n+971557301184,فاطمة المنصوري\n", "cp1256"),
        {LEILA: "ليلى الحسن", "+971557301184": "فاطمة المنصوري"},
    ),
    "gb18030_chinese": lambda: Mess(
        text("手机号码,姓名\n+85261934402,陈美玲\n+8613812345678,王小明\n", "gb18030"),
        {"+85261934402": "陈美玲", "+8613812345678": "王小明"},
    ),
    "cp874_thai": lambda: Mess(
        text("เบอร์มือถือ,ชื่อ\n+66812345678,สุภาพร จันทร์ดี\n+66898765432,สมชาย ใจดี\n", "cp874"),
        {"+66812345678": "สุภาพร จันทร์ดี", "+66898765432": "สมชาย ใจดี"},
    ),
    "cp1251_russian": lambda: Mess(
        text("phone,name\n+79161234567,Анна Иванова\n+79261234567,Сергей Петров\n", "cp1251"),
        {"+79161234567": "Анна Иванова", "+79261234567": "Сергей Петров"},
    ),
    "iso_8859_1_without_cp1252_letters": lambda: Mess(
        text(f"telefono,nome e cognome\n{ANNA},Niccolò Però\n{MARCO},Àgata D'Alì\n", "iso-8859-1"),
        {ANNA: "Niccolò Però", MARCO: "Àgata D'Alì"},
    ),
    "tabs": lambda: Mess(text(PLAIN.replace(",", "\t")), BOTH),
    "pipes": lambda: Mess(text(PLAIN.replace(",", "|")), BOTH),
    "excels_sep_line": lambda: Mess(text("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")), BOTH),
    "old_mac_line_ends": lambda: Mess(text(PLAIN.replace("\n", "\r")), BOTH),
    "no_line_end_at_the_end": lambda: Mess(text(PLAIN.rstrip()), BOTH),
    "mixed_line_ends_and_empty_lines": lambda: Mess(
        text(f"phone,name\r\n\r\n{ANNA},Anna Vogel\n,\n\r{MARCO},Marco Rossi\r\n   ,\n"), BOTH
    ),
    "commas_and_line_breaks_in_quotes": lambda: Mess(
        text(f'phone,name,note\n{ANNA},"Vogel, ""Anna""","line one\nline two, three"\n{MARCO},Marco Rossi,x\n'),
        {ANNA: 'Vogel, "Anna"', MARCO: "Marco Rossi"},
    ),
    "open_quote_in_the_middle": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n}\n" for n in range(20)) + '+4915128408800,"Anna\n'
             + "".join(f"+49151284079{n:02},Q{n}\n" for n in range(80))),
        {**{f"+49151284077{n:02}": f"P{n}" for n in range(20)}, **{f"+49151284079{n:02}": f"Q{n}" for n in range(80)}},
        ((22, "phone", "open_quote"),),
    ),
    "open_quote_in_the_last_row": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n}\n" for n in range(12)) + '+4915128408800,"Anna\n,\n'),
        {f"+49151284077{n:02}": f"P{n}" for n in range(12)},
        ((14, "phone", "open_quote"),),
    ),
    "no_head_only_numbers": lambda: Mess(text("0151 28407716\n+39 347 661 0338\n"), {ANNA: "", MARCO: ""}),
    "no_head_number_and_name": lambda: Mess(text(f"Anna Vogel;{ANNA}\nMarco Rossi;{MARCO}\n"), BOTH),
    "head_says_nothing": lambda: Mess(text(f"A,B\nAnna Vogel,{ANNA}\nMarco Rossi,{MARCO}\n"), BOTH),
    "first_and_last_names": lambda: Mess(text(f"Vorname,Nachname,Handy\nAnna,Vogel,{ANNA}\nMarco,Rossi,{MARCO}\n"), BOTH),
    "two_columns_of_numbers": lambda: Mess(
        text(f"Telefon,Mobil,Name\n,{ANNA},Anna Vogel\n,{MARCO},Marco Rossi\n"), BOTH
    ),
    "names_with_controls_turns_and_towers": lambda: Mess(
        text(f"phone,name\n{ANNA},\u202eAnna\u200e\x07 Vogel\n{MARCO},Z{chr(0x301) * 30}o\n"),
        {ANNA: "Anna Vogel", MARCO: "Z" + chr(0x301) * 4 + "o"},
    ),
    "nul_in_a_cell": lambda: Mess(text(f"phone,name\n{ANNA},Anna\x00 Vogel\n{MARCO},Marco Rossi\n"),
                                  {ANNA: "Anna\ufffd Vogel", MARCO: "Marco Rossi"}),
    "formulas_are_text": lambda: Mess(
        text(f"phone,name\n'{ANNA},=1+1\n\"=\"\"{MARCO}\"\"\",@SUM(A1)\n"), {ANNA: "=1+1", MARCO: "@SUM(A1)"}
    ),
    "template_marks_and_scripts_stay_text": lambda: Mess(
        text(f"phone,name\n{ANNA},{{{{7*7}}}}\n{MARCO},<script>alert(1)</script>\n"),
        {ANNA: "{{7*7}}", MARCO: "<script>alert(1)</script>"},
    ),
    "digits_of_other_scripts": lambda: Mess(text("الهاتف,الاسم\n٠٠٤٩١٥١٢٨٤٠٧٧١٦,آنا\n+٣٩٣٤٧٦٦١٠٣٣٨,ماركو\n"),
                                            {ANNA: "آنا", MARCO: "ماركو"}),
    "excel_lost_the_digits": lambda: Mess(
        text("phone;name\n" + "".join(f"+49151284077{n:02};P{n}\n" for n in range(10)) + "4,91512E+12;Lost\n"),
        {f"+49151284077{n:02}": f"P{n}" for n in range(10)},
        ((12, "phone", "excel_digits"),),
    ),
    "excel_dropped_the_plus": lambda: Mess(
        text("phone,name\n4915128407716,Anna Vogel\n393476610338,Marco Rossi\n"), BOTH
    ),
    "the_same_person_in_three_spellings": lambda: Mess(
        text(f"phone,name,city\n0151 2840 7716,Anna,\n+49 (0)151 28407716,,Berlin\n004915128407716,Anna Vogel,\n"
             f"{MARCO},Marco Rossi,\n"),
        BOTH, (), 2,
    ),
    "brazil_with_and_without_the_nine": lambda: Mess(
        text("phone,name\n+5511987654321,João\n+551187654321,João Pereira\n"), {"+5511987654321": "João Pereira"}, (), 1
    ),
    "landline": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n}\n" for n in range(10)) + "+39 02 5501 8820,Studio\n"),
        {f"+49151284077{n:02}": f"P{n}" for n in range(10)},
        ((12, "phone", "landline"),),
    ),
    "landline_wanted": lambda: Mess(
        text(f"phone,name\n{ANNA},Anna Vogel\n+39 02 5501 8820,Studio\n"),
        {ANNA: "Anna Vogel", "+390255018820": "Studio"}, options={"landlines": True},
    ),
    "too_short_and_letters": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n}\n" for n in range(20)) + "0151,Jürgen\nAnna,0151\n"),
        {f"+49151284077{n:02}": f"P{n}" for n in range(20)},
        ((22, "phone", "too_short"), (23, "phone", "letters")),
    ),
    "more_cells_than_columns": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n},,\n" for n in range(10)) + f"{MARCO},Rossi,Marco\n"),
        {f"+49151284077{n:02}": f"P{n}" for n in range(10)},
        ((12, "phone", "too_many_cells"),),
    ),
    "fewer_cells_than_columns": lambda: Mess(text(f"phone,name,city\n{ANNA},Anna Vogel\n{MARCO},Marco Rossi\n"), BOTH),
    "country_column_as_hint": lambda: Mess(
        text("Telefon;Land;Name\n0151 28407716;Deutschland;Anna Vogel\n347 661 0338;Italien;Marco Rossi\n"
             "050 418 2296;الإمارات العربية المتحدة;Leila\n"), {**BOTH, LEILA: "Leila"},
    ),
    "workbook": lambda: Mess(xlsx([["Telefon", "Name"], [ANNA, "Anna Vogel"], [393476610338, "Marco Rossi"]]), BOTH),
    "workbook_that_begins_lower_after_an_empty_sheet": lambda: Mess(
        xlsx([], [["Phone", "Name"], [4915128407716, "Anna Vogel"], [None, None], ["12", "x"],
                  *[[f"+49151284077{n:02}", f"P{n}"] for n in range(20, 30)]], first_row=4),
        {ANNA: "Anna Vogel", **{f"+49151284077{n:02}": f"P{n}" for n in range(20, 30)}},
        ((7, "Phone", "too_short"),),
    ),
    "a_very_long_name": lambda: Mess(text(f"phone,name\n{ANNA},{'x' * 5000}\n"), {ANNA: "x" * 200}),
    "a_cell_larger_than_the_reader_takes": lambda: Mess(
        text("phone,name\n" + "".join(f"+49151284077{n:02},P{n}\n" for n in range(12)) + f'{MARCO},"{"y" * 200_000}"\n'),
        {f"+49151284077{n:02}": f"P{n}" for n in range(12)},
        ((14, "phone", "open_quote"),),
    ),
}  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert len(MESSES) >= 30


@pytest.mark.django_db
@pytest.mark.parametrize("name", MESSES)
def test_messy(alice: Member, name: str) -> None:
    mess = MESSES[name]()
    done = imported(alice, mess.body, f"{name}.csv", **mess.options)
    assert (done.state, done.problem) == ("done", "")
    assert people(alice) == mess.people
    assert why(done) == list(mess.left_out)
    assert counts(done) == (len(mess.people), 0, 0, mess.doubles, len(mess.left_out))
    again = imported(alice, mess.body, f"{name}.csv", **mess.options)
    assert counts(again) == (0, 0, len(mess.people), mess.doubles, len(mess.left_out)), "the same file changes nothing"
    assert people(alice) == mess.people
