"""A file comes in, what was left out is mended and sent again; a shop's orders come in as events."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.axe import breaches
from tests.journeys.browser import Visitor

GOOD = "".join(f"0151 2299{n:04};Gast {n};Outdoor\n" for n in range(20))


def test_rejects_are_mended_and_sent_again(as_owner: Callable[..., Visitor], tmp_path: Path) -> None:
    page = as_owner().page
    file = tmp_path / "Messe-Kontakte.csv"
    file.write_text(f"Telefon;Vor- und Nachname;Interessen\n{GOOD}+39 02;Studio Rinaldi;Outdoor\n", "utf-8")
    send(page, file)
    expect(page.locator("select[name=to-0]")).to_have_value("phone")
    page.get_by_label("Make the tags that are new").check()
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 20 people").click()
    expect(page.get_by_text("Every row came in.").or_(page.get_by_text("Fetch the rows"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Rows with reasons").first.click()
    rejects = tmp_path / "rejects.csv"
    download.value.save_as(rejects)
    said = rejects.read_text("utf-8-sig")
    assert "Too short for a phone number of its country" in said
    rejects.write_text(said.replace("'+39 02", "+39 347 661 0399"), "utf-8")
    send(page, rejects)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_text("Every row came in.")).to_be_visible()
    page.goto("/contacts/?q=Studio+Rinaldi")
    expect(page.locator("#people tbody tr").first).to_contain_text("+39 347 661 0399")


def test_a_shops_orders_become_events(as_owner: Callable[..., Visitor], tmp_path: Path) -> None:
    page = as_owner().page
    file = tmp_path / "Bestellungen.csv"
    orders = "".join(f"{1000 + n};0151 2288{n:04};02.03.2026 14:30;1.249,50;EUR\n" for n in range(4))
    file.write_text(f"Bestellnummer;Telefon;Bestelldatum;Summe;Währung\n{orders}9;0151 22880001;bald;5;EUR\n", "utf-8")
    send(page, file, "event-files")
    expect(page.get_by_label("What each row is")).to_have_value("order.placed")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Make the people").click()
    record = page.get_by_role("button", name="Record 4 events")
    expect(record).to_be_visible()
    assert breaches(page) == []
    record.click()
    expect(page.get_by_text("4 people were made for it.")).to_be_visible()
    expect(page.get_by_text("Not a date").first).to_be_visible()
    page.goto("/contacts/?q=%2B4915122880001")
    page.locator("#people tbody tr a").first.click()
    expect(page.get_by_text("1,249.50").first).to_be_visible()


def send(page: Page, file: Path, to: str = "imports") -> None:
    page.goto(f"/contacts/{to}/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url(re.compile(rf"/contacts/{to}/\w{{8,}}/$"))
