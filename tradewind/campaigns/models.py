"""Campaigns: who gets what, when, from which number; frozen at the plan, fed to the outbox a few minutes ahead."""

from django.db import models

from tradewind.campaigns.approvals.models import Approval as Approval
from tradewind.campaigns.wording import Said, free_of
from tradewind.messages.models import Content, Run
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member, Workspace

LETTERS = "ABCDE"
CANARY, SAMPLE, REST = -2, -1, 0
"""Parts of an audience; without a trial everybody is in the last."""
STATES = ("draft", "planning", "planned", "running", "paused", "done", "cancelled")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, member: Member) -> "CampaignQuerySet":
        """Campaigns of the member's workspace; rights decide what may be done with them."""
        return self.filter(workspace_id=member.workspace_id)


class Campaign(models.Model):
    """draft → planning → planned → running ⇄ paused → done; cancelled from any of them but done.

    `state_by` is who brought it there (null: a brake, or the work itself), `state_reason` why, as a word or as the
    brake said it; campaigns/reasons.py has the sentences.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="draft")
    state_reason = models.CharField(max_length=200, blank=True)
    state_at = models.DateTimeField(null=True)
    state_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    # What it says: an approved template, or a free message within the service window (campaigns/wording.py).
    template = models.ForeignKey(Template, models.PROTECT, null=True)
    free = models.JSONField(null=True)
    # {"kind": "everybody"} | {"kind": "tag", "tag": id} | {"kind": "segment", "segment": id}
    # | {"kind": "pasted", "text": "…"}; and "without": {"segments": [ids], "tags": [ids]}, "live": true
    audience = models.JSONField(default=dict)
    # [{"where": "body", "key": "1", "field": "name", "fallback": "there"}, …]
    bindings = models.JSONField(default=list)
    preset = models.CharField(max_length=20, default="balanced")
    pacing = models.JSONField(default=dict)
    quiet_hours = models.BooleanField(default=True)
    # When each gets it, beside `starts_at` (campaigns/timing/rules.py).
    timing = models.JSONField(default=dict)
    # The flight plan as it was at the last check: counts by reason, forecast, worst cases (campaigns/planning.py).
    plan = models.JSONField(null=True)
    # When its people come due: [[number id, zone, unix seconds, people, until], …] (until None: however late); from
    # it the forecast is made anew.
    waves = models.JSONField(null=True)
    plan_started_at = models.DateTimeField(null=True)
    # How far the planning is: people looked at, and how many there are to look at.
    looked_at = models.PositiveIntegerField(default=0)
    to_look_at = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField(null=True)
    run = models.OneToOneField(Run, models.PROTECT, null=True)
    # The audience may go in parts, one after the other: only parts up to this one are fed (campaigns/trials/).
    open_part = models.SmallIntegerField(default=0)
    # It slows down while people wait longer than this for the team; null: it never does (campaigns/crew.py).
    answer_minutes = models.PositiveSmallIntegerField(null=True)
    # [{"from": unix seconds, "to": … or null, "waiting": people, "longest": seconds}], the newest last.
    slowdowns = models.JSONField(default=list)
    # What has not gone by then never goes.
    ends_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    launched_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    launched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        db_table = "campaign"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=STATES), name="campaign_state_known")]
        indexes = [models.Index(fields=["workspace", "-id"], name="campaign_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> Said | None:
        """Its template or its free message; None while neither is chosen."""
        return self.template or free_of(self.free)


class CampaignNumber(models.Model):
    """A number that sends a campaign, and how far the feeder has come with it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="senders")
    number = models.ForeignKey(Number, models.PROTECT)
    fed_part = models.SmallIntegerField(default=0)
    fed_due_at = models.DateTimeField(null=True)
    fed_recipient = models.BigIntegerField(default=0)
    fed = models.IntegerField(default=0)
    total = models.IntegerField(default=0)

    class Meta:
        db_table = "campaign_number"
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="campaign_number_once")]


class Recipient(models.Model):
    """One person of the audience: gets it (from a number, with frozen variables) or is left out for one reason."""

    workspace_id = models.BigIntegerField()
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField(null=True)  # null: a pasted line that names nobody
    number_id = models.BigIntegerField(null=True)
    excluded = models.CharField(max_length=24, blank=True)
    raw = models.CharField(max_length=120, blank=True)  # the pasted text, where it could not be used
    variables = models.JSONField(null=True)
    zone = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True)
    variant = models.SmallIntegerField(default=0, db_default=0)  # which text: 0 is A, the campaign's own
    part = models.SmallIntegerField(default=0, db_default=0)  # see Campaign.open_part
    expires_at = models.DateTimeField(null=True)  # later than this it does not leave
    # Of a free message: when the service window ends, to five minutes and with a margin; who has less time goes first.
    window_until = models.DateTimeField(null=True)
    country = models.CharField(max_length=2, blank=True, db_default="")  # of the phone: its price (campaigns/rates/)
    # entry_point, window: what makes it cost less or nothing
    free_by = models.CharField(max_length=12, blank=True, db_default="")

    class Meta:
        db_table = "recipient"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "contact_id"], name="recipient_once", condition=models.Q(contact_id__isnull=False)
            )
        ]
        indexes = [
            models.Index(
                fields=["campaign", "number_id", "part", "due_at", "id"],
                name="recipient_to_feed",
                condition=models.Q(excluded=""),
            ),
            models.Index(
                fields=["campaign", "excluded", "id"], name="recipient_left_out", condition=~models.Q(excluded="")
            ),
        ]


class Variant(models.Model):
    """Another text of a campaign that is being compared: B to E. The campaign's own template is A."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="variants")
    place = models.SmallIntegerField()  # 1 is B, as in Recipient.variant
    template = models.ForeignKey(Template, models.PROTECT)
    bindings = models.JSONField(default=list)
    content = models.ForeignKey(Content, models.PROTECT, null=True)  # frozen at the launch

    class Meta:
        db_table = "variant"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "place"], name="variant_once"),
            models.CheckConstraint(condition=models.Q(place__range=(1, 4)), name="variant_place"),
        ]

    @property
    def letter(self) -> str:
        return LETTERS[self.place]


class Trial(models.Model):
    """How a campaign goes first to a few, then to a sample in several texts, then to everybody else.

    A canary (part −2) watches for harm; the test (part −1) compares the texts; the rest is part 0. Either may be left
    out. `stage` is the part that is under way, `opening` while the next one is being made ready.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="trial")
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    key = models.CharField(max_length=64)  # of the draw (trials/draw.py), in hex
    has_canary = models.BooleanField(default=False)
    canary_share = models.FloatField(default=0.02)
    canary_least = models.PositiveIntegerField(default=50)
    watch_minutes = models.PositiveIntegerField(default=30)
    has_test = models.BooleanField(default=False)
    # The sample: a share of the recipients, or so many people (the smaller one where both are set).
    sample_share = models.FloatField(null=True, default=0.2)
    sample_people = models.PositiveIntegerField(null=True)
    measure = models.CharField(max_length=8, default="read")  # read, reply, click
    wait_minutes = models.PositiveIntegerField(default=60)
    confidence = models.FloatField(default=0.98)
    when_even = models.CharField(max_length=4, default="a")  # a: send A to the rest; ask: wait for a person
    spread_hours = models.PositiveSmallIntegerField(default=0)  # the rest goes over so many hours
    # As planned: people in the canary, in the sample, and the rest.
    canary_people = models.PositiveIntegerField(default=0)
    test_people = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=8, default="planned")  # planned, canary, test, opening, open
    stage_at = models.DateTimeField(null=True)
    # What is known of the texts and numbers at the launch: their past, their quality (trials/past.py).
    past = models.JSONField(default=dict)
    # The canary's verdict: "", go, hold, stop, overruled; with what it was made of.
    canary = models.CharField(max_length=10, blank=True)
    canary_at = models.DateTimeField(null=True)
    canary_seen = models.JSONField(default=dict)
    # The test's outcome: "", winner, even, chosen; with counts and intervals.
    verdict = models.CharField(max_length=8, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    winner = models.SmallIntegerField(null=True)
    result = models.JSONField(default=dict)
    # While a part is being opened: which, and up to which person it is ready.
    opening = models.SmallIntegerField(null=True)
    ready_upto = models.BigIntegerField(default=0)

    class Meta:
        db_table = "trial"

    @property
    def parts(self) -> list[int]:
        """The parts in their order, the rest (0) last."""
        return [part for part, is_there in ((CANARY, self.has_canary), (SAMPLE, self.has_test)) if is_there] + [REST]


class Departure(models.Model):
    """How many messages of a run Meta took within ten seconds, for the line on the live page; told by the journal."""

    workspace_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    at = models.DateTimeField()  # the beginning of the ten seconds
    n = models.IntegerField()

    class Meta:
        db_table = "departure"
        constraints = [models.UniqueConstraint(fields=["run_id", "at"], name="departure_once")]


class FlightPlan(models.Model):
    """A plan as it was made, kept: each check and the launch add one, nothing changes them."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="plans")
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    is_launched = models.BooleanField(default=False)  # the plan with which it left
    plan = models.JSONField()

    class Meta:
        db_table = "flight_plan"
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="flight_plan_once")]


class LinkDomain(models.Model):
    """A domain that the workspace's links may lead to: its own, or one that somebody allowed (composer/links.py)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    domain = models.CharField(max_length=253)
    added_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "link_domain"
        constraints = [models.UniqueConstraint(fields=["workspace", "domain"], name="link_domain_once")]

    def __str__(self) -> str:
        return self.domain


class Tester(models.Model):
    """The contact who gets a member's tests, mostly the member; they agreed to that (composer/own_test.py)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    member = models.OneToOneField(Member, models.CASCADE, related_name="+")
    contact_id = models.BigIntegerField()  # no foreign key: who is erased is simply not there any more
    at = models.DateTimeField()

    class Meta:
        db_table = "tester"

    def __str__(self) -> str:
        return f"tester {self.contact_id}"


class Outcome(models.Model):
    """What became of a campaign, counted: the counterpart of its plan (campaigns/outcomes.py)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="outcome")
    counted_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        db_table = "campaign_outcome"


from tradewind.campaigns.editing.models import Revision  # noqa: E402  # Django looks for models here
from tradewind.campaigns.followups.models import FollowUp, Season  # noqa: E402
from tradewind.campaigns.rates.models import Rate, RateCard  # noqa: E402
from tradewind.campaigns.series.models import Occurrence, Series  # noqa: E402

__all__ = [
    "Campaign", "CampaignNumber", "Departure", "FlightPlan", "FollowUp", "LinkDomain", "Occurrence", "Outcome", "Rate",
    "RateCard", "Recipient", "Revision", "Season", "Series", "Tester", "Trial", "Variant",
]  # fmt: skip
