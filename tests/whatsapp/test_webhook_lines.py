import io
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.whatsapp.bodies import FOLDER, NAMES
from tradewind.whatsapp.webhooks import parse_files, print_files


def test_one_json_line_for_each_event():
    path = FOLDER / "batch.json"
    lines = [json.loads(line) for line in parse_files([path])]
    assert [line["kind"] for line in lines] == [
        "message", "message", "status", "status", "platform_error", "message", "account_review"
    ]  # fmt: skip
    assert {line["file"] for line in lines} == {str(path)}


def test_all_documented_bodies_at_once():
    output = io.StringIO()
    print_files([FOLDER / f"{name}.json" for name in NAMES if name != "message_without_sender"], output)
    lines = output.getvalue().splitlines()
    assert len(lines) >= len(NAMES)
    assert all(line.isascii() and json.loads(line)["kind"] for line in lines)


def test_a_file_that_cannot_be_read_is_one_line_and_the_others_go_on(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"entry": [\xff')
    output = io.StringIO()
    status = print_files([broken, tmp_path / "missing.json", tmp_path, FOLDER / "message_text.json"], output)
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert status == 1
    assert [line["kind"] for line in lines] == ["error", "error", "error", "message"]
    assert lines[0] == {"kind": "error", "file": str(broken), "error": "The body is not valid UTF-8 at byte 11."}
    assert lines[1]["error"] == "The file cannot be read: No such file or directory."


def test_the_exit_status_tells_whether_all_was_readable():
    assert print_files([FOLDER / "message_text.json"], io.StringIO()) == 0
    assert print_files([FOLDER / "message_without_sender.json"], io.StringIO()) == 1


@given(st.binary(max_size=100))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_give_lines_and_no_traceback(tmp_path, content):
    path = tmp_path / "any.json"
    path.write_bytes(content)
    for line in parse_files([path]):
        assert json.loads(line)["file"] == str(path)
