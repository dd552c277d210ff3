"""Who may do what: five roles, each a set of rights. Views and the API ask for rights, never for roles."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLES = ("owner", "admin", "manager", "agent", "analyst")

# Figures only: no names, no phones, no texts.
ANALYST = frozenset({"campaigns.view", "numbers.view", "templates.view", "health.view"})
# Works with people.
AGENT = ANALYST | {"contacts.view", "contacts.edit", "messages.view", "messages.send"}
# Runs the day: sends to many, watches what goes wrong, and can stop it.
MANAGER = AGENT | {
    # Sees phone numbers whole; the others do, too, unless the workspace masks them (Member.rights).
    "contacts.phones",
    "contacts.export",
    "contacts.import",
    "contacts.batch",
    "tags.manage",
    "segments.edit",
    "campaigns.edit",
    "campaigns.launch",
    "templates.manage",
    "deadletters.view",
    "deadletters.replay",
    "messages.resolve",
    "sending.stop",
    "members.view",
    "settings.view",
    "audit.view",
}
# Sets up the house.
ADMIN = MANAGER | {"numbers.manage", "members.manage", "keys.manage", "settings.manage", "health.act", "contacts.erase"}
# Alone decides who else is an owner.
OWNER = ADMIN | {"owners.manage"}

_RIGHTS: dict[str, frozenset[str]] = {
    "owner": OWNER,
    "admin": ADMIN,
    "manager": MANAGER,
    "agent": AGENT,
    "analyst": ANALYST,
}
EVERY_RIGHT = OWNER

ROLE_NAMES: dict[str, str | Promise] = {
    "owner": _("Owner"),
    "admin": _("Admin"),
    "manager": _("Manager"),
    "agent": _("Agent"),
    "analyst": _("Analyst"),
}
ROLE_MEANINGS: dict[str, str | Promise] = {
    "owner": _("Everything, and who else is an owner."),
    "admin": _("Everything but owners: numbers, members, API keys, settings."),
    "manager": _("Campaigns, templates, contacts; can stop all sending; sees the audit trail."),
    "agent": _("Contacts and messages; sees campaigns, does not launch them."),
    "analyst": _("Figures only: no names, no phones, no texts."),
}


def of(role: str) -> frozenset[str]:
    """The rights of a role; an unknown role has none."""
    return _RIGHTS.get(role, frozenset())


def roles_given_by(role: str) -> tuple[str, ...]:
    """The roles that somebody of this role may give to others: nobody gives more than they have."""
    if "members.manage" not in of(role):
        return ()
    return ROLES if "owners.manage" in of(role) else ROLES[1:]
