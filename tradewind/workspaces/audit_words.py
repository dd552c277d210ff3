"""What each verb of the audit trail says to people, in the reader's language, and where that thing's page is."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.lib import publicid

WORDS: dict[str, str | Promise] = {
    "workspace.created": _("set this workspace up"),
    "workspace.trail_exported": _("exported the audit trail"),
    "workspace.changed": _("changed the workspace"),
    "workspace.retention_changed": _("changed for how long things are kept"),
    "member.added": _("added a member"),
    "member.invited": _("invited somebody"),
    "member.invitation_withdrawn": _("withdrew an invitation"),
    "member.role_changed": _("changed a member's role"),
    "member.removed": _("removed a member"),
    "member.left": _("left the workspace"),
    "member.invitation_renewed": _("sent an invitation again"),
    "sign_in.app_added": _("added an app for sign-in codes"),
    "sign_in.app_removed": _("removed the app for sign-in codes"),
    "sign_in.passkey_added": _("added a passkey"),
    "sign_in.passkey_removed": _("removed a passkey"),
    "sign_in.codes_renewed": _("made new recovery codes"),
    "sign_in.password_changed": _("changed their password"),
    "sign_in.password_reset": _("set a new password by mail"),
    "sign_in.ended": _("signed a browser out"),
    "key.created": _("made an API key"),
    "key.revoked": _("revoked an API key"),
    "sending.stopped": _("stopped all sending"),
    "sending.resumed": _("let sending go on"),
    "sending.safe_mode_ended": _("ended safe mode"),
    "app.connected": _("connected an app"),
    "app.secret_rotated": _("set a new app secret beside the old one"),
    "app.rotation_ended": _("gave the old app secret up"),
    "account.connected": _("connected an account"),
    "account.subscribed": _("subscribed to an account's webhooks"),
    "account.token_replaced": _("replaced an access token"),
    "account.paused": _("paused an account"),
    "account.resumed": _("let an account send again"),
    "number.paused": _("paused a number"),
    "number.resumed": _("let a number send again"),
    "number.removed": _("removed a number from the console"),
    "number.taken_back": _("brought a number back"),
    "number.warmup_started": _("began a number's warm-up"),
    "number.warmup_ended": _("ended a number's warm-up"),
    "portfolio.reserve_set": _("changed a portfolio's reserve for service"),
    "templates.synced": _("asked Meta for the templates"),
    "template.submitted": _("submitted a template to Meta"),
    "template.edited": _("changed a template"),
    "template.deleted": _("deleted a template"),
    "template.suited": _("said what a template suits"),
    "contact.created": _("added a contact"),
    "contact.changed": _("changed a contact"),
    "contact.opted_in": _("recorded that a contact agreed to marketing"),
    "contact.opted_out": _("recorded that a contact wants no marketing"),
    "contact.suppressed": _("stopped everything to a contact"),
    "contact.tagged": _("put a tag on a contact"),
    "contact.untagged": _("took a tag off a contact"),
    "batch.started": _("began to change many contacts"),
    "batch.paused": _("paused a change to many contacts"),
    "batch.resumed": _("let a change to many contacts go on"),
    "batch.cancelled": _("stopped a change to many contacts"),
    "batch.undoing": _("undid a change to many contacts"),
    "contact.exported": _("took out everything about a contact"),
    "contact.consent_printed": _("took out a contact's consent passport"),
    "contact.erased": _("had a contact erased"),
    "contact.merged": _("made one contact of two"),
    "contact.separated": _("undid a merge of two contacts"),
    "contact.told_apart": _("said that two contacts are two people"),
    "tag.created": _("made a tag"),
    "tag.deleted": _("deleted a tag"),
    "tag.renamed": _("renamed or moved a tag"),
    "tag.changed": _("changed a tag"),
    "tag.archived": _("archived a tag"),
    "tag.restored": _("brought a tag back"),
    "tag.merged": _("merged a tag into another"),
    "tag.mended": _("mended a finding of tag health"),
    "rule.created": _("made a rule for a tag"),
    "rule.changed": _("changed a tag's rule"),
    "rule.switched_on": _("switched a tag's rule on"),
    "rule.switched_off": _("switched a tag's rule off"),
    "rule.deleted": _("deleted a tag's rule"),
    "recipe.switched_on": _("switched a recipe on"),
    "segment.created": _("made a segment"),
    "segment.changed": _("changed a segment"),
    "segment.frozen": _("kept the people of a segment"),
    "segment.thawed": _("let a segment live again"),
    "segment.deleted": _("deleted a segment"),
    "message.sent_again": _("sent a message again that was in doubt"),
    "message.left_in_doubt": _("left a message in doubt as it is"),
    "message.cancelled": _("took a message back"),
    "links.domain_allowed": _("allowed a domain for links"),
    "links.domain_removed": _("took a domain for links away"),
    "media.kept": _("uploaded a file"),
    "gap.closed": _("closed a gap between Meta's figures and ours"),
    "gap.check_asked": _("had our figures compared with Meta's"),
    "deadletter.replay_asked": _("had webhooks that failed tried again"),
    "campaign.created": _("began a campaign"),
    "campaign.changed": _("changed a campaign"),
    "campaign.planning": _("had a campaign planned"),
    "campaign.approval_asked": _("asked for a second member's word on a launch"),
    "campaign.approved": _("approved a launch"),
    "campaign.refused": _("refused a launch"),
    "campaign.approval_void": _("changed a plan that waited for a word"),
    "campaign.launched": _("launched a campaign"),
    "campaign.paused": _("paused a campaign"),
    "campaign.resumed": _("let a campaign go on"),
    "campaign.cancelled": _("cancelled a campaign"),
    "campaign.removed": _("gave a draft up"),
    "rates.imported": _("imported a rate card"),
    "campaign.exported": _("exported a campaign's log"),
    "campaign.trial_set": _("set up how a campaign is tried first"),
    "campaign.text_chosen": _("chose the text that a campaign goes on with"),
    "campaign.rest_changed": _("changed what of a campaign has not gone"),
    "followup.added": _("added a follow-up to a campaign"),
    "followup.removed": _("took a follow-up off a campaign"),
    "series.created": _("made a recurring campaign"),
    "series.changed": _("changed a recurring campaign"),
    "series.switched_on": _("switched a recurring campaign on"),
    "series.switched_off": _("switched a recurring campaign off"),
    "series.deleted": _("deleted a recurring campaign"),
}

# Things with a page of their own, each `<address>:show` by its public id; named only, since their rooms lie above.
PAGES = {
    "contact": "contacts",
    "number": "numbers",
    "template": "templates",
    "campaign": "campaigns",
    "segment": "segments",
    "tagrule": "rules",
}


def in_words(verb: str) -> str | Promise:
    """The words of a verb; a verb without words stands for itself."""
    return WORDS.get(verb, verb)


def page_of(kind: str, row: int | None) -> str:
    """The address of the page of the thing; "" when it has none."""
    if row is None or kind not in PAGES:
        return ""
    try:
        return reverse(f"{PAGES[kind]}:show", args=[publicid.encode(kind, row)])
    except NoReverseMatch:
        return ""
