"""The verbs of contacts that members and programs use. Batches for imports and webhooks: people.py and consent.py."""

from datetime import datetime
from typing import Any

import psycopg
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from tradewind.contacts.errors import ContactError as ContactError
from tradewind.contacts.fields import register_field
from tradewind.contacts.keys import spellings
from tradewind.contacts.models import Consent, Contact, ContactTags, Identity, Tag
from tradewind.contacts.suppressed import suppressed_among
from tradewind.contacts.tags import tree
from tradewind.contacts.tags.assign import By, Change, change_many
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.phone import PhoneError, country_of, normalise
from tradewind.lib.text import safe_to_show
from tradewind.lib.zones import is_zone, recipient_zone
from tradewind.numbers.models import Number
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

# The columns that `change` may set; everything else goes into `fields`.
COLUMNS = ("name", "language", "country", "city", "timezone", "company")
LONGEST = {"name": 200, "language": 12, "country": 2, "city": 80, "timezone": 64, "company": 120}
LONGEST_FIELD = 1000
MOST_FIELDS = 100


def create(*, workspace: Workspace, phone: str, member: Member | None = None, **facts: Any) -> Contact:
    """A new contact with a phone number, which may be written as people in the workspace's country write it.

    facts: any of COLUMNS. Country and time zone come from the number where they are missing. Raises ContactError for a
    number that is none, or that a contact has already (`error.contact`).
    """
    value = phone_in(workspace, phone)
    there = by_phone(workspace, value)
    if there is not None:
        raise ContactError(_("%(name)s has this number already.") % {"name": there.name or value}, there)
    columns = checked({**facts, "country": facts.get("country") or country_of(value) or ""})
    columns["timezone"] = recipient_zone(
        timezone=columns.get("timezone"),
        city=columns.get("city"),
        country=columns["country"],
        phone=value,
        default=workspace.timezone,
    )
    try:
        with transaction.atomic():
            now = clock.now()
            reason = suppression_of(workspace, value)
            contact = Contact.objects.create(
                workspace=workspace,
                created_at=now,
                suppressed_at=now if reason else None,
                suppressed_reason=reason,
                **columns,
            )
            ContactTags.objects.create(contact=contact, workspace=workspace)
            Identity.objects.create(workspace=workspace, contact=contact, kind="phone", value=value, seen_at=now)
            tell(contact, "contact.created", member, {"source": "console" if member else "api"})
    except IntegrityError:  # somebody else was faster by a moment
        there = by_phone(workspace, value)
        raise ContactError(_("This number has just been added."), there) from None
    return contact


def phone_in(workspace: Workspace, text: str) -> str:
    """A phone number as people of the workspace's country write it, in E.164; ContactError says what is wrong."""
    try:
        return normalise(text, workspace.country or None)
    except PhoneError as error:
        raise ContactError(_(str(error))) from error


def by_phone(workspace: Workspace, phone: str) -> Contact | None:
    """The contact with this number (E.164), under any spelling that Meta uses for it."""
    found = Identity.objects.filter(workspace=workspace, kind="phone", scope=0, value__in=spellings(phone))
    identity = found.select_related("contact").first()
    return identity.contact if identity else None


def suppression_of(workspace: Workspace, phone: str) -> str:
    """Why somebody with this number must not be written to although their data was erased; "" when nothing is known."""
    with psycopg.Cursor(connection.connection) as cursor:
        return suppressed_among(cursor, workspace.pk, [[*spellings(phone)]])[0]


def change(contact: Contact, *, member: Member | None, **facts: Any) -> bool:
    """Set columns of a contact; says whether anything differed. Raises ContactError for what does not fit.

    A time zone that is emptied is derived anew from city, country and number.
    """
    facts = checked(facts)
    with transaction.atomic():
        contact = locked(contact)
        if facts.get("timezone") == "":
            facts["timezone"] = derived_zone(contact, facts)
        differing = {name: value for name, value in facts.items() if getattr(contact, name) != value}
        if not differing:
            return False
        changes = {name: [getattr(contact, name), value] for name, value in differing.items()}
        for name, value in differing.items():
            setattr(contact, name, value)
        contact.save(update_fields=[*differing])
        tell(contact, "contact.changed", member, {"changes": changes})
    return True


def derived_zone(contact: Contact, facts: dict[str, str]) -> str:
    """The time zone that follows from what is known of the person."""
    phone = contact.identities.filter(kind="phone", is_current=True).order_by("-seen_at").first()
    return recipient_zone(
        city=facts.get("city", contact.city),
        country=facts.get("country", contact.country),
        phone=phone.value if phone else None,
        default=contact.workspace.timezone,
    )


def checked(facts: dict[str, Any]) -> dict[str, str]:
    """The facts as text that fits its column; an unknown time zone or column is refused with a sentence."""
    result = {}
    for name, value in facts.items():
        if name not in COLUMNS:
            raise ContactError(_("A contact has no %(field)s.") % {"field": name})
        text = str(value or "").replace("\x00", "").strip()
        most = LONGEST[name]
        if len(text) > most:
            raise ContactError(_("%(field)s is too long: %(most)s letters at most.") % {"field": name, "most": most})
        result[name] = text
    if "country" in result:
        result["country"] = result["country"].upper()
    if result.get("timezone") and not is_zone(result["timezone"]):
        raise ContactError(_("%(zone)s is no time zone. Choose one like Europe/Berlin.") % {"zone": result["timezone"]})
    return result


def set_fields(contact: Contact, *, fields: dict[str, Any], member: Member | None) -> bool:
    """Set fields of the business's own (“order_number”); None or "" takes one away. Says whether anything differed."""
    with transaction.atomic():
        contact = locked(contact)
        after = {**contact.fields, **{key: plain(key, value) for key, value in fields.items()}}
        after = {key: value for key, value in after.items() if value not in (None, "")}
        if after == contact.fields:
            return False
        if len(after) > MOST_FIELDS:
            raise ContactError(_("A contact has at most %(most)s fields.") % {"most": MOST_FIELDS})
        contact.fields = after
        contact.save(update_fields=["fields"])
        for key in fields:
            register_field(contact.workspace_id, key, after.get(key))
        tell(contact, "contact.changed", member, {"fields": sorted(fields)})
    return True


def plain(key: str, value: Any) -> Any:
    """A field's value as JSON keeps it: text, number, yes or no."""
    if not key or len(key) > 60:
        raise ContactError(_("The name of a field has 1 to 60 letters."))
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value).replace("\x00", "").strip()[:LONGEST_FIELD]


def set_owner(contact: Contact, *, owner: Member | None, member: Member | None) -> bool:
    """Put a member in charge of a contact, or nobody; says whether anything differed."""
    if owner is not None and owner.workspace_id != contact.workspace_id:
        raise ContactError(_("This member is not here any more."))
    with transaction.atomic():
        contact = locked(contact)
        if contact.owner_id == (owner.pk if owner else None):
            return False
        contact.owner = owner
        contact.save(update_fields=["owner"])
        tell(contact, "contact.changed", member, {"owner": owner.pk if owner else None})
    return True


def tag(contact: Contact, *, tag: Tag, member: Member | None, until: datetime | None = None, reason: str = "") -> bool:
    """Put a tag on a contact; False when it is there already (and ends when it is to end). Raises TagError."""
    return set_tag(contact, tag, member, is_on=True, until=until, reason=reason)


def untag(contact: Contact, *, tag: Tag, member: Member | None, reason: str = "") -> bool:
    """Take a tag off a contact; False when it is not there. Raises TagError."""
    return set_tag(contact, tag, member, is_on=False, reason=reason)


def set_tag(
    contact: Contact, tag: Tag, member: Member | None, *, is_on: bool, until: datetime | None = None, reason: str = ""
) -> bool:
    by = By(member_id=member.pk if member else None, reason=reason)
    with transaction.atomic(), hot_cursor() as cursor:
        changed = change_many(cursor, contact.workspace_id, [Change(contact.pk, tag.pk, is_on, until)], by=by)
        if changed and member is not None:
            audit.note(member, "contact.tagged" if is_on else "contact.untagged", contact)
    return changed > 0


def make_tag(*, workspace: Workspace, name: str, member: Member | None, description: str = "") -> Tag:
    """The workspace's tag of that path, made when it is new with all that is above it. Raises TagError."""
    return tree.make(workspace=workspace, name=name, member=member, description=description)[0]


def opt_in(contact: Contact, **proof: Any) -> bool:
    """The person wants marketing; see `consent`."""
    return consent(contact, "opted_in", **proof)


def opt_out(contact: Contact, **proof: Any) -> bool:
    """The person wants no more marketing; see `consent`. What waits in queues is stopped by the sender's last check."""
    return consent(contact, "opted_out", **proof)


def consent(
    contact: Contact,
    state: str,
    *,
    source: str,
    at: datetime | None = None,
    wording: str = "",
    proof: dict[str, Any] | None = None,
    number: Number | None = None,
    member: Member | None = None,
) -> bool:
    """Add a proof to the consent passport; says whether how marketing stands has changed.

    The proof with the youngest `at` decides, so an old paper that is entered late does not undo a younger STOP.
    """
    now = clock.now()
    at = min(at or now, now)
    with transaction.atomic():
        contact = locked(contact)
        Consent.objects.create(
            workspace_id=contact.workspace_id,
            contact=contact,
            state=state,
            source=source[:40],
            wording=wording.strip(),
            proof=proof or {},
            number=number,
            member=member,
            at=at,
            recorded_at=now,
        )
        is_younger = contact.marketing_at is None or at >= contact.marketing_at
        has_changed = is_younger and contact.marketing != state
        if is_younger:
            contact.marketing, contact.marketing_at = state, at
            contact.save(update_fields=["marketing", "marketing_at"])
        tell(contact, f"contact.{state}", member, {"source": source, "turned": has_changed}, number=number)
    return has_changed


def suppress(contact: Contact, *, reason: str, member: Member | None) -> bool:
    """Send this person nothing at all any more; False when it is so already."""
    with transaction.atomic():
        contact = locked(contact)
        if contact.suppressed_at is not None:
            return False
        contact.suppressed_at, contact.suppressed_reason = clock.now(), safe_to_show(reason, one_line=True)[:60]
        contact.save(update_fields=["suppressed_at", "suppressed_reason"])
        tell(contact, "contact.suppressed", member, {"reason": contact.suppressed_reason})
    return True


def lift_suppression(contact: Contact, *, member: Member | None) -> bool:
    """Undo `suppress`; consent to marketing stays as it is."""
    with transaction.atomic():
        contact = locked(contact)
        if contact.suppressed_at is None:
            return False
        contact.suppressed_at, contact.suppressed_reason = None, ""
        contact.save(update_fields=["suppressed_at", "suppressed_reason"])
        tell(contact, "contact.changed", member, {"verb": "contact.suppression_lifted"})
    return True


def locked(contact: Contact) -> Contact:
    """The contact as it is now, locked until the transaction ends.

    Not against rows that refer to it: the worker, who writes the first figures of many, holds their narrow rows already
    when these references are looked at, and an edit comes to its narrow row last: each would wait for the other.
    """
    return Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)


def tell(
    contact: Contact, kind: str, member: Member | None, data: dict[str, Any], *, number: Number | None = None
) -> None:
    """The journal entry of a verb, and the audit line of the member who did it (without names or texts)."""
    record(
        kind,
        workspace_id=contact.workspace_id,
        contact_id=contact.pk,
        number_id=number.pk if number else None,
        member_id=member.pk if member else None,
        data=data,
    )
    if member is not None:
        audit.note(member, kind, contact)
