"""Who wrote: phone number, business-scoped user id (BSUID), user name (cloud-api.md §6.6).

Since 2026 a person may have no phone number that we see, `from` and `wa_id` may be missing, empty, or hold a BSUID.
An id counts as a phone number only when it is all digits; nothing is ever cut out of an id to make it one.
"""

import re
from dataclasses import dataclass
from typing import Any

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_KEYS = ("wa_id", "user_id", "parent_user_id", "identity_key_hash")
_PHONE = re.compile(r"\+?([1-9][0-9]{4,14})")


@dataclass(slots=True)
class Person:
    """The identities of one person as a webhook tells them; each may be missing.

    `phone` is E.164 with "+", `bsuid` and `parent_bsuid` look like "US.1349…" and "US.ENT.118…", `username` is without
    "@". `wa_id` is what Meta wrote in its place, word for word; `name` is the profile's name, which anybody may choose.
    """

    phone: str | None = None
    bsuid: str | None = None
    parent_bsuid: str | None = None
    username: str | None = None
    name: str | None = None
    wa_id: str | None = None
    identity_key_hash: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is an identity to file the person under."""
        return self.phone is not None or self.bsuid is not None


def phone_of(wa_id: str | None) -> str | None:
    """E.164 with "+" for a wa_id ("16505551234"), or None when it is not a phone number."""
    match = _PHONE.fullmatch(wa_id) if wa_id and wa_id.isascii() else None
    return "+" + match.group(1) if match else None


def bsuid_of(text: str | None) -> str | None:
    """The text if it is a business-scoped user id, else None."""
    return text if text and BSUID.fullmatch(text) else None


def person_of(wa_id: str | None, user_id: str | None, parent_user_id: str | None = None) -> Person:
    """Sort what stands in the places for phone number and user id, which may be mixed up."""
    phone = phone_of(wa_id)
    bsuid = bsuid_of(user_id)
    if bsuid is None and phone is None:
        bsuid = bsuid_of(wa_id)
    return Person(phone, bsuid, bsuid_of(parent_user_id), None, None, wa_id)


class Contacts:
    """The `contacts` of one change, to find the one that belongs to a message or status."""

    __slots__ = ("_by_id", "_contacts", "_is_single", "_used")

    def __init__(self, contacts: list[Any], *, is_single: bool) -> None:
        self._contacts = contacts
        self._is_single = is_single and len(contacts) == 1
        self._by_id = _by_id(contacts) if contacts else {}
        self._used: list[Any] = []

    def complete(self, person: Person, user_id: str | None) -> dict[str, Any] | None:
        """Add to the person what their contact knows; returns the contact, or None when none is theirs."""
        if not self._contacts:
            return None
        contact = self._by_id.get(user_id) or self._by_id.get(person.wa_id)
        if contact is None:
            contact = self._contacts[0]
            if not self._is_single or not isinstance(contact, dict) or not _may_be_same(person, contact):
                return None
        self._used.append(contact)
        _add(person, contact)
        return contact

    def unused(self) -> list[Any]:
        """The contacts that belonged to nothing. One who is named once for each of their statuses is no news."""
        if len(self._used) == 1 == len(self._contacts):
            return []
        used = {id(each) for each in self._used}
        left = [each for each in self._contacts if id(each) not in used]
        known = {_told(each) for each in self._used} if left else set()
        return [each for each in left if not isinstance(each, dict) or _told(each) not in known]


def _by_id(contacts: list[Any]) -> dict[str | None, dict[str, Any]]:
    found: dict[str | None, dict[str, Any]] = {}
    for contact in contacts:
        if isinstance(contact, dict):
            for key in ("wa_id", "user_id"):
                name = _text(contact.get(key))
                if name:
                    found[name] = contact
    return found


def _told(contact: dict[str, Any]) -> tuple[str | None, ...]:
    """All that is ever taken from a contact."""
    profile = contact.get("profile")
    names = [_text(profile.get(key)) for key in ("name", "username")] if isinstance(profile, dict) else []
    return (*(_text(contact.get(key)) for key in _KEYS), *names)


def _may_be_same(person: Person, contact: dict[str, Any]) -> bool:
    other = person_of(_text(contact.get("wa_id")), _text(contact.get("user_id")))
    return not (
        (person.phone and other.phone and person.phone != other.phone)
        or (person.bsuid and other.bsuid and person.bsuid != other.bsuid)
    )


def _add(person: Person, contact: dict[str, Any]) -> None:
    profile = contact.get("profile")
    if isinstance(profile, dict):
        person.name = _text(profile.get("name"))
        person.username = _text(profile.get("username"))
    if "identity_key_hash" in contact:
        person.identity_key_hash = _text(contact["identity_key_hash"])
    if person.phone is None or person.bsuid is None or person.parent_bsuid is None:
        _add_identities(person, contact)


def _add_identities(person: Person, contact: dict[str, Any]) -> None:
    wa_id = _text(contact.get("wa_id"))
    if person.phone is None:
        person.phone = phone_of(wa_id)
    if person.bsuid is None:
        person.bsuid = bsuid_of(_text(contact.get("user_id"))) or bsuid_of(wa_id)
    if person.parent_bsuid is None and "parent_user_id" in contact:
        person.parent_bsuid = bsuid_of(_text(contact["parent_user_id"]))
    person.wa_id = person.wa_id or wa_id


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
