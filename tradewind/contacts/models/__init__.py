"""People, their identities and consent; tags; imports; where each person stands."""

from tradewind.contacts.models.cleaning import CLEAN_ACTS, CLEAN_STATES, CleanAct, CleanUp, CleanUpPeople
from tradewind.contacts.models.doubles import DOUBLE_STATES, Double, Merge
from tradewind.contacts.models.facts import FactKey
from tradewind.contacts.models.imports import IMPORT_STATES, Import, ImportPiece, ImportReject, ImportStretch
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
from tradewind.contacts.models.privacy import ERASURE_STEPS, Erasure, Retention
from tradewind.contacts.models.standing import Standing, StandingSetting
from tradewind.contacts.models.suggestions import SUGGESTION_STATES, TagSuggestion
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
    "BATCH_STATES", "BATCH_VERBS", "CLEAN_ACTS", "CLEAN_STATES", "DOUBLE_STATES", "ERASURE_STEPS", "FIELD_KINDS",
    "IDENTITY_KINDS", "IMPORT_STATES", "LEVELS", "MARKETING", "SUGGESTION_STATES", "Batch", "BatchBefore",
    "BatchStretch", "CleanAct", "CleanUp", "CleanUpPeople", "Consent", "Contact", "ContactField", "ContactTags",
    "Double", "Erasure", "FactKey", "Identity", "Import", "ImportPiece", "ImportReject", "ImportStretch", "Merge",
    "Retention", "Standing", "StandingSetting", "Suppression", "Tag", "TagChange", "TagSuggestion", "TagTerm",
    "TenantQuerySet",
]  # fmt: skip
