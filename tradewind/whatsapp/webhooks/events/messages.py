"""Events of one number and one person: messages in, news of messages out, taps, preferences."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from tradewind.whatsapp.webhooks.events.base import Event, Json, MetaError
from tradewind.whatsapp.webhooks.identity import Person


@dataclass(slots=True)
class Media:
    """A file. `id` can be fetched for 7 days, `url` for 5 minutes, both with the access token."""

    id: str | None
    mime_type: str | None = None
    sha256: str | None = None
    caption: str | None = None
    filename: str | None = None
    url: str | None = None
    is_voice: bool = False
    is_animated: bool = False


@dataclass(slots=True)
class Location:
    """A place. Degrees; None when Meta wrote something that is no number."""

    latitude: float | None
    longitude: float | None
    name: str | None = None
    address: str | None = None
    url: str | None = None


@dataclass(slots=True)
class Reply:
    """What a button, a list or a form sent back. `kind`: button, button_reply, list_reply, nfm_reply, or newer."""

    kind: str
    id: str | None = None
    """The button's or row's id; for a template's quick reply its payload."""
    title: str | None = None
    description: str | None = None
    name: str | None = None
    response: Json = None
    """A form's answer (`response_json`) as JSON; as text when it is not valid JSON."""
    raw: Json = None


@dataclass(slots=True)
class Reaction:
    """An emoji put to a message; None = taken away."""

    message_id: str | None
    emoji: str | None


@dataclass(slots=True)
class Context:
    """What a message refers to."""

    message_id: str | None = None
    sender: str | None = None
    is_forwarded: bool = False
    is_frequently_forwarded: bool = False
    catalog_id: str | None = None
    product_retailer_id: str | None = None


@dataclass(slots=True)
class Referral:
    """The advertisement or post that the person came from. `ctwa_clid` is the key for its attribution."""

    source_url: str | None = None
    source_id: str | None = None
    source_type: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    ctwa_clid: str | None = None
    welcome_text: str | None = None


@dataclass(slots=True, kw_only=True)
class InboundMessage(Event):
    """A person wrote. The part that belongs to `type` is filled; `raw` has everything.

    `type` is Meta's word, also an unknown one. `text` is all that a person would read of it: the body, a caption, a
    button's title, a place's name. In the field "standby" another agent answers: do not answer automatically.
    """

    kind: ClassVar[str] = "message"

    id: str
    type: str
    at: float | None
    sender: Person
    text: str = ""
    media: Media | None = None
    location: Location | None = None
    contacts: list[Json] | None = None
    reply: Reply | None = None
    reaction: Reaction | None = None
    order: Json = None
    context: Context | None = None
    referral: Referral | None = None
    group_id: str | None = None
    original_message_id: str | None = None
    """For `edit` and `revoke`: the message meant."""
    unsupported_type: str | None = None
    """For `unsupported`: what it was at the person's phone ("poll")."""
    errors: list[MetaError] = dataclasses.field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Echo(InboundMessage):
    """The business wrote from the WhatsApp Business app (coexistence). `sender` is the person it went to."""

    kind: ClassVar[str] = "echo"

    recipient: str | None = None
    """Meta's `to`, word for word."""


@dataclass(slots=True, kw_only=True)
class SystemMessage(Event):
    """WhatsApp tells of a person: `type` user_changed_number, user_changed_user_id, customer_identity_changed, …

    `person` are the identities from now on, `previous` those until now. It opens no service window.
    """

    kind: ClassVar[str] = "system"

    id: str
    type: str
    at: float | None
    person: Person
    previous: Person
    text: str = ""
    errors: list[MetaError] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class Pricing:
    """What Meta charges. Count by `type` and `category`: `billable` is being retired."""

    billable: bool | None = None
    model: str | None = None
    type: str | None = None
    category: str | None = None


@dataclass(slots=True)
class Conversation:
    """The free entry point (since v24) or conversation that a message belongs to."""

    id: str | None = None
    origin: str | None = None
    expires_at: float | None = None


STATUS_RANK = {"accepted": 1, "sent": 2, "delivered": 3, "read": 4, "played": 5}
"""The lattice of delivery.md §2.4; a status that is missing here (failed, unknown words) has no rank."""


@dataclass(slots=True, kw_only=True)
class Status(Event):
    """News of a message of ours: `status` is Meta's word (sent, delivered, read, played, failed, or a newer one).

    `recipient` may be empty of identities, above all for failed ones. `callback` is what was sent along as
    `biz_opaque_callback_data`: believe it only after `callback.unpack`.
    """

    kind: ClassVar[str] = "status"

    id: str
    status: str
    at: float | None
    recipient: Person
    callback: str | None = None
    pricing: Pricing | None = None
    conversation: Conversation | None = None
    errors: list[MetaError] = dataclasses.field(default_factory=list)
    recipient_type: str | None = None
    participant: str | None = None
    """The member of a group that the status is about, word for word."""


@dataclass(slots=True, kw_only=True)
class PlatformError(Event):
    """An error of the number or the app as a whole (`value.errors`), not of one message."""

    kind: ClassVar[str] = "platform_error"

    error: MetaError


@dataclass(slots=True, kw_only=True)
class UserAction(Event):
    """A tap on a link of a marketing message. `type` is Meta's word (marketing_messages_link_click)."""

    kind: ClassVar[str] = "user_action"

    type: str
    at: float | None
    person: Person
    click_component: str | None = None
    click_id: str | None = None
    tracking_token: str | None = None
    product_id: str | None = None


@dataclass(slots=True, kw_only=True)
class UserPreference(Event):
    """A person stopped or resumed marketing in WhatsApp itself. `value`: stop, resume, signup, or a newer word."""

    kind: ClassVar[str] = "user_preference"

    person: Person
    category: str
    value: str
    at: float | None
    detail: str = ""
    signup_id: str | None = None
