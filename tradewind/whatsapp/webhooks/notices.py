"""Reading the other fields: preferences, templates, numbers, accounts (cloud-api.md §6.5)."""

from collections.abc import Callable
from typing import Any

from tradewind.whatsapp.webhooks.events import (
    AccountAlert,
    AccountReview,
    AccountUpdate,
    Capability,
    Event,
    NumberName,
    NumberQuality,
    Restriction,
    SecurityNotice,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
    UserPreference,
)
from tradewind.whatsapp.webhooks.identity import Contacts, person_of
from tradewind.whatsapp.webhooks.place import Place
from tradewind.whatsapp.webhooks.readers import as_dict, as_list, moment, prose, whole, word
from tradewind.whatsapp.words import gettext_noop

Value = dict[str, Any]


def read_notice(value: Value, place: Place) -> list[Event]:
    """The events of a change that is not about messages; an unknown field becomes one `Unsupported`."""
    reader = _READERS.get(place.field)
    return reader(value, place) if reader else [place.unsupported(value, place.field)]


def _preferences(value: Value, place: Place) -> list[Event]:
    preferences = as_list(value.get("user_preferences"))
    contacts = Contacts(as_list(value.get("contacts")), is_single=len(preferences) == 1)
    events = [_preference(each, place, contacts) for each in preferences]
    events += [place.unsupported(each, "contacts") for each in contacts.unused()]
    return events or [place.unreadable(value, gettext_noop("A change of user_preferences has no preference."))]


def _preference(preference: Any, place: Place, contacts: Contacts) -> Event:
    if not isinstance(preference, dict):
        return place.unreadable(preference, gettext_noop("A user preference is not a JSON object."))
    user_id = word(preference.get("user_id"))
    person = person_of(word(preference.get("wa_id")), user_id, word(preference.get("parent_user_id")))
    contact = contacts.complete(person, user_id)
    wish = word(preference.get("value"))
    if wish is None or not person.is_known:
        return place.unreadable(preference, gettext_noop("A user preference names no person or no wish."))
    return UserPreference(
        **place.named(preference),
        contact_raw=contact,
        person=person,
        category=word(preference.get("category")) or "",
        value=wish,
        at=moment(preference.get("timestamp")),
        detail=prose(preference.get("detail")),
        signup_id=word(preference.get("signup_id")),
    )


def _template(value: Value) -> dict[str, Any]:
    language = word(value.get("message_template_language"))
    return {
        "template_id": word(value.get("message_template_id")),
        "name": word(value.get("message_template_name")),
        "language": language.replace("-", "_") if language else None,
    }


def _template_status(value: Value, place: Place) -> list[Event]:
    event = word(value.get("event"))
    if event is None:
        return [place.unreadable(value, gettext_noop("A change of a template's status does not say which."))]
    other = as_dict(value.get("other_info"))
    rejection = as_dict(value.get("rejection_info"))
    return [
        TemplateStatus(
            **place.named(value),
            **_template(value),
            event=event,
            reason=word(value.get("reason")) or word(rejection.get("reason")),
            category=word(value.get("message_template_category")),
            title=word(other.get("title")),
            description=word(other.get("description")) or word(rejection.get("reason")),
            disabled_at=moment(as_dict(value.get("disable_info")).get("disable_date")),
            recommendation=word(rejection.get("recommendation")),
        )
    ]


def _template_quality(value: Value, place: Place) -> list[Event]:
    return [
        TemplateQuality(
            **place.named(value),
            **_template(value),
            previous=word(value.get("previous_quality_score")),
            current=word(value.get("new_quality_score")),
        )
    ]


def _template_components(value: Value, place: Place) -> list[Event]:
    return [
        TemplateComponents(
            **place.named(value),
            **_template(value),
            body=word(value.get("message_template_element")),
            title=word(value.get("message_template_title")),
            footer=word(value.get("message_template_footer")),
            buttons=as_list(value.get("message_template_buttons")) or None,
        )
    ]


def _template_category(value: Value, place: Place) -> list[Event]:
    return [
        TemplateCategory(
            **place.named(value),
            **_template(value),
            previous=word(value.get("previous_category")),
            current=word(value.get("new_category")),
            correct=word(value.get("correct_category")),
            changes_at=moment(value.get("category_update_timestamp")),
        )
    ]


def _limit(value: Value) -> str | int | None:
    limit = value.get("max_daily_conversations_per_business")
    if limit is None:
        limit = value.get("max_daily_conversation_per_phone")  # the name until October 2025
    return limit if isinstance(limit, str | int) else None


def _number_quality(value: Value, place: Place) -> list[Event]:
    current, previous = value.get("current_limit"), value.get("old_limit")
    limit = _limit(value)
    return [
        NumberQuality(
            **place.named(value),
            event=word(value.get("event")) or "unknown",
            limit=word(current) if limit is None else limit,
            previous_limit=word(previous),
        )
    ]


def _number_name(value: Value, place: Place) -> list[Event]:
    return [
        NumberName(
            **place.named(value),
            decision=word(value.get("decision")) or "unknown",
            requested_name=word(value.get("requested_verified_name")),
            reason=word(value.get("rejection_reason")),
        )
    ]


def _capability(value: Value, place: Place) -> list[Event]:
    return [
        Capability(
            **place.named(value),
            limit=_limit(value),
            numbers_per_portfolio=whole(value.get("max_phone_numbers_per_business")),
            numbers_per_account=whole(value.get("max_phone_numbers_per_waba")),
        )
    ]


def _account_update(value: Value, place: Place) -> list[Event]:
    ban = as_dict(value.get("ban_info"))
    restrictions = [as_dict(each) for each in as_list(value.get("restriction_info"))]
    return [
        AccountUpdate(
            **place.named(value),
            event=word(value.get("event")) or "unknown",
            restrictions=[
                Restriction(
                    type=word(each.get("restriction_type")) or "unknown", expires_at=moment(each.get("expiration"))
                )
                for each in restrictions
            ],
            violation=word(as_dict(value.get("violation_info")).get("violation_type")),
            ban_state=word(ban.get("waba_ban_state")),
            ban_date=word(ban.get("waba_ban_date")),
        )
    ]


def _account_alert(value: Value, place: Place) -> list[Event]:
    alert = as_dict(value.get("alert_info")) or value
    return [
        AccountAlert(
            **place.named(value),
            type=word(alert.get("alert_type")) or "unknown",
            severity=word(alert.get("alert_severity")),
            status=word(alert.get("alert_status")),
            description=word(alert.get("alert_description")),
            entity_type=word(value.get("entity_type")),
            entity_id=word(value.get("entity_id")),
        )
    ]


def _account_review(value: Value, place: Place) -> list[Event]:
    return [AccountReview(**place.named(value), decision=word(value.get("decision")) or "unknown")]


def _security(value: Value, place: Place) -> list[Event]:
    return [
        SecurityNotice(
            **place.named(value),
            event=word(value.get("event")) or "unknown",
            requester=word(value.get("requester")),
        )
    ]


_READERS: dict[str, Callable[[Value, Place], list[Event]]] = {
    "user_preferences": _preferences,
    "message_template_status_update": _template_status,
    "message_template_quality_update": _template_quality,
    "message_template_components_update": _template_components,
    "template_category_update": _template_category,
    "phone_number_quality_update": _number_quality,
    "phone_number_name_update": _number_name,
    "business_capability_update": _capability,
    "account_update": _account_update,
    "account_alerts": _account_alert,
    "account_review_update": _account_review,
    "security": _security,
}
