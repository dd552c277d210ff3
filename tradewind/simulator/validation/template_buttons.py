"""The buttons of a template that is to be made."""

import re
from collections import Counter
from itertools import groupby
from typing import Any

from tradewind.simulator.graph.errors import GraphError

TEXT_MOST, URL_MOST, PHONE_MOST, CODE_MOST, BUTTONS_MOST = 25, 2000, 20, 20, 10
MOST_OF_KIND = {
    "QUICK_REPLY": 10,
    "URL": 2,
    "PHONE_NUMBER": 1,
    "COPY_CODE": 1,
    "FLOW": 1,
    "CATALOG": 1,
    "MPM": 1,
    "SPM": 1,
    "VOICE_CALL": 1,
    "OTP": 1,
    "REQUEST_CONTACT_INFO": 1,
}
_VARIABLE = re.compile(r"\{\{\s*\w+\s*\}\}")
OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}"


def check_buttons(value: Any, category: str) -> list[dict[str, Any]]:
    """The buttons in Meta's capitals; GraphError for the first that does not fit."""
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= BUTTONS_MOST
        or not all(isinstance(item, dict) for item in value)
    ):
        raise _refuse(f"There may be 1 to {BUTTONS_MOST} buttons.")
    buttons = [{**item, "type": str(item.get("type", "")).upper()} for item in value]
    for kind, count in Counter(button["type"] for button in buttons).items():
        if kind not in MOST_OF_KIND:
            raise _refuse(f"Unknown button {kind}.")
        if count > MOST_OF_KIND[kind]:
            raise _refuse(f"There may be {MOST_OF_KIND[kind]} buttons of type {kind}.")
    groups = [is_quick for is_quick, _ in groupby(buttons, key=lambda button: button["type"] == "QUICK_REPLY")]
    if groups.count(True) > 1:
        raise _refuse("Quick replies must stand together.")
    return [_checked(button, category) for button in buttons]


def _checked(button: dict[str, Any], category: str) -> dict[str, Any]:
    kind = button["type"]
    if (category == "AUTHENTICATION") != (kind == "OTP"):
        raise _refuse("OTP buttons belong to authentication templates, and no others do.")
    if kind == "OTP":
        return _one_time(button)
    if kind not in ("COPY_CODE", "REQUEST_CONTACT_INFO"):
        _text(button)
    if kind == "URL":
        _url(button)
    if kind == "PHONE_NUMBER" and not 1 <= len(str(button.get("phone_number", ""))) <= PHONE_MOST:
        raise _refuse(f"A phone number of at most {PHONE_MOST} characters is needed.")
    if kind == "COPY_CODE":
        _code(button)
    return button


def _text(button: dict[str, Any]) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _refuse("A button needs a text.")
    if len(text) > TEXT_MOST:
        raise GraphError(2388040, f"A button's text may have {TEXT_MOST} characters.", subcode=2388040)
    if _VARIABLE.search(text):
        raise _refuse("A button's text may not have variables.")


def _url(button: dict[str, Any]) -> None:
    url = button.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > URL_MOST:
        raise _refuse(f"A web address of at most {URL_MOST} characters is needed.")
    found = _VARIABLE.findall(url)
    if len(found) > 1 or (found and not url.endswith(found[0])):
        raise _refuse("The address may have one variable, at its end.")
    if found and not button.get("example"):
        raise _refuse("The variable of the address needs an example.")


def _code(button: dict[str, Any]) -> None:
    example = button.get("example")
    code = example[0] if isinstance(example, list) and example else example
    if not isinstance(code, str) or not 1 <= len(code) <= CODE_MOST:
        raise _refuse(f"A sample code of at most {CODE_MOST} characters is needed.")
    button.setdefault("text", "Copy offer code")


def _one_time(button: dict[str, Any]) -> dict[str, Any]:
    """Meta lists an OTP button as the URL button that it becomes."""
    kind = str(button.get("otp_type", "")).upper()
    if kind not in ("COPY_CODE", "ONE_TAP", "ZERO_TAP"):
        raise _refuse("otp_type must be COPY_CODE, ONE_TAP or ZERO_TAP.")
    url = OTP_URL.format(kind=kind)
    return {
        "type": "URL",
        "text": button.get("text", "Copy code"),
        "url": url,
        "example": [url.replace("{{1}}", "123456")],
    }


def _refuse(text: str) -> GraphError:
    return GraphError(100, text, user_title="Buttons", user_message=text)
