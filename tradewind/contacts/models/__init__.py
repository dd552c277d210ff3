"""People, their identities and consent; tags; imports; where each person stands."""

from tradewind.contacts.models.imports import IMPORT_STATES, Import, ImportPiece, ImportReject
from tradewind.contacts.models.people import (
    FIELD_KINDS,
    IDENTITY_KINDS,
    MARKETING,
    Consent,
    Contact,
    ContactField,
    Identity,
    Suppression,
    TenantQuerySet,
)
from tradewind.contacts.models.standing import Standing
from tradewind.contacts.models.tags import (
    BATCH_STATES,
    BATCH_VERBS,
    LEVELS,
    Batch,
    BatchBefore,
    BatchStretch,
    ContactTags,
    Tag,
    TagChange,
    TagTerm,
)

__all__ = [
    "BATCH_STATES", "BATCH_VERBS", "FIELD_KINDS", "IDENTITY_KINDS", "IMPORT_STATES", "LEVELS", "MARKETING",
    "Batch", "BatchBefore", "BatchStretch", "Consent", "Contact", "ContactField", "ContactTags", "Identity", "Import",
    "ImportPiece", "ImportReject", "Standing", "Suppression", "Tag", "TagChange", "TagTerm", "TenantQuerySet",
]  # fmt: skip
