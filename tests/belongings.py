"""One of everything that a workspace can have, made straight in the database: for tests that walk through all pages."""

from dataclasses import dataclass, field
from itertools import count

from django.db.models import Model

from tests.people import JOINED
from tradewind.campaigns import planning
from tradewind.campaigns.models import Campaign, CampaignNumber, FollowUp, LinkDomain, Recipient, Series
from tradewind.campaigns.rates import example
from tradewind.contacts.models import (
    Batch,
    CleanUp,
    Consent,
    Contact,
    ContactTags,
    Double,
    Identity,
    Import,
    Merge,
    Tag,
    TagSuggestion,
)
from tradewind.intake.models import DeadLetter
from tradewind.lib import crypto
from tradewind.messages.models import Content, GapCase, MediaFile, MediaPiece, Message, Reckoning, Run, Tally
from tradewind.numbers.models import Account, App, Notice, Number, Portfolio
from tradewind.segments.models import Segment, TagRule
from tradewind.templates.models import Sample, Template
from tradewind.workspaces import actions, keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import ApiKey, Device, Invitation, Member
from tradewind.workspaces.sessions import SessionStore, kept

# Told apart from everything else when somebody searches a dump, a log or an answer for them.
CANARY_SECRET = "canary-app-secret-4f1d7a"
CANARY_TOKEN = "EAAcanaryToken9c27be"
CANARY_VERIFY = "canary-verify-11c0de"
CANARY_TEXT = "canary text of a customer 5b0e"

BODY = [{"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Ann"]]}}]
_serial = count(1)


@dataclass
class Belongings:
    """Rows by the name of the URL parameter that stands for them."""

    member: Member
    key_token: str = ""
    rows: dict[str, Model] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """The public id of a row."""
        return public_id(self.rows[name])

    def __getattr__(self, name: str) -> Model:
        try:
            return self.rows[name]
        except KeyError:
            raise AttributeError(name) from None


def everything(owner: Member) -> Belongings:
    """One of each kind for the owner's workspace; secrets and texts are the canaries above."""
    found = Belongings(owner)
    found.rows |= {"workspace": owner.workspace, "member": owner}
    _numbers(found)
    _people(found)
    _campaign(found)
    _the_rest(found)
    return found


def _numbers(of: Belongings) -> None:
    workspace, n = of.member.workspace, next(_serial)
    app = App.objects.create(workspace=workspace, meta_id=f"7{n:06}", webhook_path=f"path-{n:06}", created_at=JOINED)
    app.secret = crypto.seal(CANARY_SECRET, bound_to=f"app:{app.pk}:secret")
    app.verify_token = crypto.seal(CANARY_VERIFY, bound_to=f"app:{app.pk}:verify_token")
    app.save()
    portfolio = Portfolio.objects.create(workspace=workspace, meta_id=f"8{n:06}", name="Portfolio")
    account = Account.objects.create(
        workspace=workspace, app=app, portfolio=portfolio, waba_id=f"9{n:06}", name="Account", created_at=JOINED
    )
    account.token = crypto.seal(CANARY_TOKEN, bound_to=f"account:{account.pk}:token")
    account.save()
    number = Number.objects.create(
        workspace=workspace,
        account=account,
        portfolio=portfolio,
        phone_number_id=f"6{n:06}",
        phone=f"+49407{n:06}",
        name="Shop",
        country="DE",
        created_at=JOINED,
    )
    notice = Notice.objects.create(
        workspace=workspace, account=account, number=number, at=JOINED, tone="warn", kind="alert", digest=f"{n:064}"
    )
    template = Template.objects.create(
        workspace=workspace,
        account=account,
        meta_id=f"5{n:06}",
        name="hello",
        language="en",
        category="MARKETING",
        status="APPROVED",
        components=BODY,
        synced_at=JOINED,
    )
    sample = Sample.objects.create(
        workspace=workspace,
        sha256=f"{n:064}",
        kind="image",
        mime="image/png",
        name="a.png",
        body=b"x",
        created_at=JOINED,
    )
    of.rows |= {
        "sample": sample,
        "app": app,
        "portfolio": portfolio,
        "account": account,
        "number": number,
        "notice": notice,
        "template": template,
    }


def _people(of: Belongings) -> None:
    workspace, n = of.member.workspace, next(_serial)
    contact = Contact.objects.create(
        workspace=workspace,
        name=f"Dora {n}",
        country="DE",
        timezone="Europe/Berlin",
        created_at=JOINED,
        marketing="opted_in",
    )
    Identity.objects.create(
        workspace=workspace, contact=contact, kind="phone", value=f"+49151200{n:05}", seen_at=JOINED
    )
    tag = Tag.objects.create(workspace=workspace, name="tea", created_at=JOINED)
    ContactTags.objects.create(contact=contact, workspace=workspace, tags=[tag.pk])
    Consent.objects.create(
        workspace=workspace, contact=contact, state="opted_in", source="paper", at=JOINED, recorded_at=JOINED
    )
    segment = Segment.objects.create(
        workspace=workspace, name="Tea drinkers", tree={"tag": "tea"}, created_at=JOINED, changed_at=JOINED
    )
    batch = Batch.objects.create(
        workspace=workspace,
        verb="add",
        detail={"tags": [tag.pk]},
        selection={"contacts": [contact.pk]},
        created_at=JOINED,
    )
    suggestion = TagSuggestion.objects.create(
        workspace=workspace, kind="word", term="tea", sample="Tea", people=5, times=6, seen_at=JOINED
    )
    rule = TagRule.objects.create(
        workspace=workspace, tag=tag, tree={"opted_in": True}, created_at=JOINED, changed_at=JOINED
    )
    of.rows |= {"rule": rule}
    nobody = contact.pk + 1_000_000  # somebody who went meanwhile
    of.rows["double"] = Double.objects.create(
        workspace=workspace, one_id=contact.pk, other_id=nobody, reasons=["name_city"], found_at=JOINED
    )
    cleanup = CleanUp.objects.create(workspace=workspace, at=JOINED, silent_since=JOINED, figures={"people": 1})
    of.rows["cleanup"] = cleanup
    of.rows["cleanact"] = cleanup.acts.create(workspace=workspace, act="opt_out", state="done", created_at=JOINED)
    of.rows["merge"] = Merge.objects.create(
        workspace=workspace, contact_id=contact.pk, into_id=contact.pk, gone_id=nobody, at=JOINED
    )
    of.rows |= {"contact": contact, "suggestion": suggestion, "tag": tag, "segment": segment, "batch": batch}


def _campaign(of: Belongings) -> None:
    workspace, rows = of.member.workspace, of.rows
    content = Content.objects.create(workspace=workspace, template=rows["template"], payload={}, created_at=JOINED)
    run = Run.objects.create(workspace=workspace, content=content, category="marketing", created_at=JOINED)
    campaign = Campaign.objects.create(
        workspace=workspace,
        name="Spring",
        state="paused",
        template=rows["template"],
        audience={"kind": "everybody"},
        bindings=[{"key": "body.1", "field": "name", "fallback": "there"}],
        run=run,
        planned_at=JOINED,
        launched_at=JOINED,
        created_at=JOINED,
        created_by=of.member,
    )
    CampaignNumber.objects.create(workspace=workspace, campaign=campaign, number=rows["number"], total=1)
    campaign.plan = planning.make_plan(campaign)
    campaign.save()
    message = Message.objects.create(
        workspace=workspace,
        number=rows["number"],
        contact=rows["contact"],
        direction="out",
        kind="template",
        category="marketing",
        state="failed",
        error_code=131026,
        run=run,
        content=content,
        text=CANARY_TEXT,
        created_at=JOINED,
        accepted_at=JOINED,
    )
    Tally.objects.create(workspace_id=workspace.pk, run_id=run.pk, number_id=rows["number"].pk, name="accepted", n=1)
    card = example.add(workspace, of.member)
    of.rows |= {"card": card, "rate": card}
    follow_up = FollowUp.objects.create(
        workspace=workspace, campaign=campaign, kind="unread", template=rows["template"], created_at=JOINED
    )
    series = Series.objects.create(
        workspace=workspace, pattern=campaign, kind="daily", rule={"time": "10:00"}, created_at=JOINED
    )
    of.rows |= {"campaign": campaign, "message": message, "run": run, "followup": follow_up, "series": series}


def _the_rest(of: Belongings) -> None:
    workspace = of.member.workspace
    letter = DeadLetter.objects.create(
        app_id=of.rows["app"].pk,
        workspace_id=workspace.pk,
        inbox_id=next(_serial),
        position=0,
        kind="message",
        event={},
        error="it broke",
        tries=3,
        died_at=JOINED,
    )
    picture = MediaFile.objects.create(
        workspace=workspace, sha256=f"{next(_serial):064}", kind="image", mime="image/png", size=4, created_at=JOINED
    )
    MediaPiece.objects.create(workspace=workspace, file=picture, place=0, body=b"\x89PNG")
    imported = Import.objects.create(
        workspace=workspace, member=of.member, file_name="list.csv", state="done", created_at=JOINED
    )
    actions.invite(by=of.member, email="invited@example.com", role="agent")
    key, of.key_token = keys.create(by=of.member, name="All", scopes=keys.SCOPE_RIGHTS)
    session = SessionStore()
    session.create()
    device = Device.objects.create(
        session_id=kept(str(session.session_key)), user=of.member.user, agent="Firefox/1", since=JOINED, seen_at=JOINED
    )
    reckoning = Reckoning.objects.create(
        workspace=workspace, number=of.rows["number"], day=JOINED.date(), ours={"sent": 9}, counted_at=JOINED,
        meta={"sent": 19}, asked_at=JOINED,
    )  # fmt: skip
    gap = GapCase.objects.create(workspace=workspace, reckoning=reckoning, figure="sent", opened_at=JOINED)
    recipient = Recipient.objects.get(campaign=of.rows["campaign"], contact_id=of.rows["contact"].pk)
    domain = LinkDomain.objects.create(workspace=workspace, domain="mine.example.com", added_at=JOINED)
    of.rows |= {
        "domain": domain,
        "gap": gap,
        "recipient": recipient,
        "device": device,
        "letter": letter,
        "mediafile": picture,
        "media": picture,
        "imported": imported,
        "import": imported,
        "invitation": Invitation.objects.get(workspace=workspace),
        "key": ApiKey.objects.get(pk=key.pk),
    }
