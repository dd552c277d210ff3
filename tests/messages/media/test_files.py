"""B11: what a file is by its bytes, pictures made fit, and the hostile files of delivery.md §4."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.messages.media.files import HTML, MP4, PDF, SVG, flood, photo
from tests.people import browser, member
from tradewind.lib.files import films, pictures, sniffing
from tradewind.messages.media import actions, checking, words
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile, MediaPiece
from tradewind.workspaces.models import Member


def office(folder: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(f"{folder}document.xml", "<x/>")
    return into.getvalue()


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (photo(40, 30), "image/jpeg"),
        (photo(40, 30, "PNG"), "image/png"),
        (photo(40, 30, "WEBP"), "image/webp"),
        (photo(40, 30, "GIF"), "image/gif"),
        (MP4, "video/mp4"),
        (MP4.replace(b"isom", b"3gp5", 1), "video/3gpp"),
        (MP4.replace(b"isom", b"qt  ", 1), "video/quicktime"),
        (MP4.replace(b"isom", b"heic", 1), "image/heic"),
        (PDF, "application/pdf"),
        (office("word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office("other/"), "application/zip"),
        (b"PK\x03\x04 broken", "application/octet-stream"),
        ("Grüße 🌊, السلام".encode(), "text/plain"),
        (("ü" * 40_000).encode() + b"x", "text/plain"),
        (SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf" + SVG, "image/svg+xml"),
        (HTML, "text/html"),
        (b"hello <iframe src=x>", "text/html"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"MZ\x90\x00", "application/x-msdownload"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, mime: str) -> None:
    assert sniffing.sniff(content) == mime


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (photo(4000, 3000), (960, 720)),
        (photo(3000, 4000), (720, 960)),
        (photo(4000, 1000), (1280, 320)),
        (photo(300, 200), (300, 200)),
        (photo(2000, 1000, "PNG"), (1280, 640)),
        (photo(2000, 1000, "WEBP"), (1280, 640)),
    ],
)
def test_b11_pictures_fit_1280_by_720_and_500_kb(content: bytes, size: tuple[int, int]) -> None:
    made = pictures.fit(content)
    assert (made.width, made.height) == size
    assert len(made.content) <= 500_000
    assert Image.open(io.BytesIO(made.content)).size == size


def test_noise_too_comes_under_500_kb() -> None:
    noise = Image.effect_noise((1280, 720), 200).convert("RGB")
    into = io.BytesIO()
    noise.save(into, "PNG")
    assert len(into.getvalue()) > 500_000
    assert len(pictures.fit(into.getvalue()).content) <= 500_000


def test_what_a_camera_writes_into_a_picture_goes_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Canary Camera"
    made = pictures.fit(photo(1000, 500, exif=exif))
    assert (made.width, made.height) == (500, 1000)
    assert b"Canary" not in made.content


def test_transparent_places_become_white() -> None:
    into = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(into, "PNG")
    made = pictures.fit(into.getvalue())
    assert Image.open(io.BytesIO(made.content)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_hostile_a_flood_of_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(MediaError, match="million pixels"):
        checking.check(flood())
    with pytest.raises(MediaError, match="million pixels"):
        checking.check(flood(), as_it_is=True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (SVG, "SVG drawing"),
        (HTML, "web page"),
        (b"", "empty"),
        (b"MZ\x90\x00", "does not take this kind"),
        (photo(40, 30)[:200], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "damaged"),
        (PDF + b"x" * (100 * 1024 * 1024), "at most 100 MB"),
        (MP4 + b"x" * (16 * 1024 * 1024), "at most 16 MB"),
    ],
)
def test_hostile_files_are_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(MediaError, match=sentence):
        checking.check(content)


def test_a_picture_as_it_came_keeps_to_metas_limits() -> None:
    small = photo(2000, 1500)
    assert checking.check(small, as_it_is=True).content == small
    with pytest.raises(MediaError, match="at most 5 MB"):
        checking.check(photo(40, 30) + b"x" * (5 * 1024 * 1024), as_it_is=True)
    with pytest.raises(MediaError, match="only JPEG and PNG"):
        checking.check(photo(40, 30, "WEBP"), as_it_is=True)


def test_the_kind_that_a_header_asks_for() -> None:
    with pytest.raises(MediaError, match="A video is needed here, and this is a picture"):
        checking.check(photo(40, 30), wanted="video")


def test_films_are_looked_into_where_ffprobe_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "can_look", lambda: False)
    assert not checking.check(MP4).is_checked
    said = {
        "format": {"duration": "41.5"},
        "streams": [
            {"codec_type": "video", "codec_name": "h264", "width": 640, "height": 360},
            {"codec_type": "audio", "codec_name": "aac"},
        ],
    }
    monkeypatch.setattr(films, "can_look", lambda: True)
    monkeypatch.setattr(films, "asked", lambda path: said)
    film = checking.check(MP4)
    assert (film.is_checked, film.seconds, film.width) == (True, 41.5, 640)
    said["streams"][0]["codec_name"] = "hevc"  # type: ignore[index]
    with pytest.raises(MediaError, match=r"hevc \+ aac"):
        checking.check(MP4)
    said["streams"] = []
    with pytest.raises(MediaError, match="damaged"):
        checking.check(MP4)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\spring.HEIC", "spring.HEIC"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("..", "file"),
        ("", "file"),
        ("x" * 500 + ".pdf", "x" * 192 + ".pdf"),
    ],
)
def test_hostile_names_are_only_names(name: str, shown: str) -> None:
    assert actions.shown_name(name, "application/pdf") == shown


@pytest.mark.django_db
def test_a_file_is_kept_once_and_read_again(alice: Member) -> None:
    content = PDF + b"x" * (2 * actions.PIECE_BYTES)
    given = {"workspace": alice.workspace, "member": alice, "content": content}
    first = actions.keep(name="Price list.pdf", **given)
    again = actions.keep(name="Prices.pdf", **given)
    assert first.pk == again.pk and again.name == "Prices.pdf"
    assert actions.read(first) == content
    assert MediaPiece.objects.count() == 3


@pytest.mark.django_db
def test_b11_ten_megabytes_become_a_few_hundred_kilobytes(alice: Member) -> None:
    big = Image.effect_noise((3000, 2400), 60).convert("RGB")
    into = io.BytesIO()
    big.save(into, "JPEG", quality=95)
    file = actions.keep(workspace=alice.workspace, member=alice, name="x.webp", content=into.getvalue())
    assert file.size <= 500_000 < file.came_as
    assert (file.name, file.kind, file.width, file.height) == ("x.jpg", "image", 900, 720)
    assert "was" in words.facts(file)


def sent(client: Client, content: bytes, name: str = "spring.jpg", **more: str) -> tuple[int, dict[str, str]]:
    answer = client.post("/media/", {"file": SimpleUploadedFile(name, content), **more})
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_a_file_is_handed_in_and_served_only_as_an_attachment(as_alice: Client, as_charlie: Client) -> None:
    status, told = sent(as_alice, photo(2000, 1000), "../../spring<script>.jpg", wanted="image")
    assert status == 200 and told["ref"].startswith("media:") and told["name"] == "spring<script>.jpg"
    answer = as_alice.get(told["url"])
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment;") and "<" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert as_charlie.get(told["url"]).status_code == 404


@pytest.mark.django_db
def test_what_cannot_be_sent_is_said(as_alice: Client) -> None:
    assert sent(as_alice, HTML, "holiday.jpg") == (
        422, {"problem": "This is a web page, whatever its name says. It cannot be sent."},
    )  # fmt: skip
    assert sent(as_alice, PDF, wanted="image")[0] == 422
    assert as_alice.post("/media/", {}).status_code == 422
    assert not MediaFile.objects.exists()


@pytest.mark.django_db
def test_who_may_not_write_hands_nothing_in(alice: Member) -> None:
    analyst = browser(member(alice.workspace, "Ann", "analyst"))
    assert analyst.post("/media/", {"file": SimpleUploadedFile("a.jpg", photo(40, 30))}).status_code == 403
