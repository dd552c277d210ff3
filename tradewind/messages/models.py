"""Messages and the machinery that sends them. The rules stand in docs/architecture.md, "Out: from plan to wire".

`message` is the truth of each message. `outbox` is a thin hot queue beside it: while a message waits, is claimed or is
in flight, its place in the queue (`stage`) stands there and `message.state` says "queued"; the row goes when Meta
accepts or refuses. This spares two updates of the wide row for each message sent.
"""

from django.db import models

from tradewind.contacts.models import Contact
from tradewind.messages.media.models import MediaFile, MediaPiece, MediaUpload
from tradewind.messages.reconciliation.models import GapCase as GapCase
from tradewind.messages.reconciliation.models import Reckoning as Reckoning
from tradewind.numbers.models import Number, Portfolio
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member, Workspace

__all__ = [
    "Attempt", "Content", "ContentPace", "Lane", "LedgerMinute", "LedgerSeat", "MediaFile", "MediaPiece", "MediaUpload",
    "Message", "Outbox", "Proof", "Run", "SafeMode", "SecondTry", "ServiceWindow", "Tally",
]  # fmt: skip

# Outbound states. `held` is Meta's quality assessment, `unknown` means: perhaps sent, no proof yet.
OUT_STATES = (
    "queued", "accepted", "held", "sent", "delivered", "read", "played",
    "failed", "skipped", "expired", "cancelled", "unknown",
)  # fmt: skip
STATES = (*OUT_STATES, "received")
# The lattice of statuses (delivery.md §2.4): rank only grows.
RANKS = {"accepted": 1, "held": 1, "sent": 2, "delivered": 3, "read": 4, "played": 5}
# States that a person looks for in a log: few rows, with an index of their own.
TROUBLE = ("failed", "skipped", "expired", "unknown", "held")
STAGES = ("waiting", "claimed", "inflight", "unknown")
PRIORITY_REPLY, PRIORITY_UTILITY, PRIORITY_MARKETING = 0, 10, 20
RUN_STATES = ("open", "paused", "closed")


class Content(models.Model):
    """What is said, once for many messages: a template with its bindings, or a free-form payload."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(Template, models.PROTECT, null=True)
    # Template: {"name", "language", "parameter_format", "components", "header_media", "card_media"}, frozen from it.
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content"


class Run(models.Model):
    """Messages that go out together under one policy and can be held together (a campaign's engine side).

    pacing: see messages/pacing.py. quiet_from/quiet_to: recipient's local time, null = none.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    content = models.ForeignKey(Content, models.PROTECT)
    category = models.CharField(max_length=16)
    state = models.CharField(max_length=8, default="open")
    state_reason = models.CharField(max_length=200, blank=True)
    state_at = models.DateTimeField(null=True)
    pacing = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    cap_72h = models.PositiveSmallIntegerField(null=True)
    cap_month = models.PositiveSmallIntegerField(null=True)
    # Stop-loss shares (0..1, null = off): the run pauses by itself past them.
    stop_failed_share = models.FloatField(null=True)
    stop_unknown_share = models.FloatField(null=True, default=0.02)
    stop_opted_out_share = models.FloatField(null=True)
    stop_blocked_share = models.FloatField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "run"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=RUN_STATES), name="run_state_known")]


class Message(models.Model):
    # No foreign-key constraints on the few hot parents: each insert would lock and mark the same number, run and
    # workspace row. Those parents are never deleted (numbers get removed_at, runs are closed).
    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    number = models.ForeignKey(Number, models.PROTECT, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_index=False)
    direction = models.CharField(max_length=3)  # in, out
    kind = models.CharField(max_length=24)  # text, template, image, …
    category = models.CharField(max_length=16, blank=True)  # marketing, utility, authentication, service
    state = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)  # why skipped, expired, cancelled, unknown
    run = models.ForeignKey(Run, models.PROTECT, null=True, db_constraint=False, db_index=False)
    step = models.PositiveSmallIntegerField(default=0)
    content = models.ForeignKey(Content, models.PROTECT, null=True, db_constraint=False, db_index=False)
    variables = models.JSONField(null=True)
    payload = models.JSONField(null=True)  # free-form out: Meta's message object; in: Meta's message as it came
    text = models.TextField(blank=True)
    # Null where there is none: the unique keys below count only those that are.
    client_message_id = models.CharField(max_length=120, null=True)  # noqa: DJ001
    author = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False)
    wamid = models.CharField(max_length=255, null=True)  # noqa: DJ001
    reply_to_wamid = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Meta's times, each the earliest of its kind.
    accepted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    played_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # The person's first answer to this message, and first tap on a button or link of it.
    replied_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    delivered_implied = models.BooleanField(default=False)
    error_code = models.IntegerField(null=True)
    error_detail = models.TextField(blank=True)
    pricing = models.JSONField(null=True)
    duplicates_detected = models.PositiveSmallIntegerField(default=0)
    # The state where it is trouble, else null. No index may name `state` itself, not even in its condition: then each
    # status would write the row's entries in all seven indexes anew (measured: 26 µs an update instead of 5).
    trouble = models.GeneratedField(
        expression=models.Case(models.When(state__in=TROUBLE, then=models.F("state"))),
        output_field=models.CharField(max_length=12, null=True),
        db_persist=True,
    )

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "contact", "step"], name="message_once_a_run", condition=models.Q(run__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["workspace", "client_message_id"],
                name="message_once_a_client_id",
                condition=models.Q(client_message_id__isnull=False),
            ),
            models.UniqueConstraint(fields=["wamid"], name="message_wamid", condition=models.Q(wamid__isnull=False)),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="message_state_known"),
        ]
        indexes = [
            models.Index(fields=["contact", "number", "id"], name="message_thread"),
            models.Index(fields=["run", "id"], name="message_log", condition=models.Q(run__isnull=False)),
            # Only rows in trouble are in it, so the filters of a log stay quick and a normal update stays cheap.
            models.Index(
                fields=["run", "trouble", "id"], name="message_trouble", condition=models.Q(trouble__isnull=False)
            ),
            models.Index(fields=["run", "id"], name="message_replied", condition=models.Q(replied_at__isnull=False)),
            models.Index(fields=["run", "id"], name="message_clicked", condition=models.Q(clicked_at__isnull=False)),
        ]


class Outbox(models.Model):
    """The queue: thin, small, hot. What the claim and the intent need, and nothing else."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    portfolio_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    run_id = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField(null=True)
    priority = models.SmallIntegerField()
    stage = models.CharField(max_length=8, default="waiting")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    zone = models.CharField(max_length=64, blank=True)  # the recipient's, for quiet hours
    is_marketing = models.BooleanField(default=False)
    needs_window = models.BooleanField(default=False)  # free-form: only inside the service window
    at_night = models.BooleanField(default=False, db_default=False)  # a test on one's own phone: in quiet hours, too
    holder = models.CharField(max_length=40, blank=True)  # the sender that claimed it
    lease_until = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)  # message id (8 bytes) and 8 random bytes
    attempt_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "outbox"
        constraints = [models.CheckConstraint(condition=models.Q(stage__in=STAGES), name="outbox_stage_known")]
        indexes = [
            models.Index(
                fields=["number_id", "priority", "due_at", "message"],
                name="outbox_waiting",
                condition=models.Q(stage="waiting"),
            ),
            models.Index(fields=["run_id"], name="outbox_run", condition=models.Q(run_id__isnull=False)),
            models.Index(fields=["lease_until"], name="outbox_leases", condition=~models.Q(stage="waiting")),
            # Few are ever in it, and who looks for them must not walk over all that is in flight.
            models.Index(fields=["attempt_at"], name="outbox_unknown", condition=models.Q(stage="unknown")),
            models.Index(fields=["expires_at"], name="outbox_expires", condition=models.Q(expires_at__isnull=False)),
        ]


class Attempt(models.Model):
    """One API call and what came of it; append-only. A call under way stands in the outbox."""

    id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)  # accepted, refused, not_sent, ambiguous, abandoned
    http = models.SmallIntegerField(null=True)
    code = models.IntegerField(null=True)
    detail = models.TextField(blank=True)
    wamid = models.CharField(max_length=255, blank=True)

    class Meta:
        db_table = "attempt"
        # Those of one message are found by the primary key: an id begins with the message's (marks.py).
        indexes = [models.Index(fields=["number_id", "started_at"], name="attempt_by_number")]


class SecondTry(models.Model):
    """A message of a run that failed for a reason which a day may heal (131026, 131049); again at `due_at`."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    workspace_id = models.BigIntegerField()
    code = models.IntegerField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "second_try"
        indexes = [models.Index(fields=["due_at"], name="second_try_due")]


class Proof(models.Model):
    """Meta spoke of an attempt whose answer we never had: one row an attempt. A message's second one is a double."""

    attempt_id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    wamid = models.CharField(max_length=255)
    at = models.DateTimeField()
    source = models.CharField(max_length=12)  # status, reply, answer

    class Meta:
        db_table = "proof"
        indexes = [models.Index(fields=["message_id"], name="proof_by_message")]


class Tally(models.Model):
    """Counts of a run as small delta rows, squashed later: no hot counter row."""

    workspace_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    name = models.CharField(max_length=24)  # accepted, sent, delivered, read, failed, …; failed:131026
    n = models.IntegerField()

    class Meta:
        db_table = "tally"
        indexes = [models.Index(fields=["run_id", "name"], name="tally_by_run")]


class ServiceWindow(models.Model):
    """Free-form messages are allowed until `closes_at`; ads give free delivery until `free_entry_until`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False, db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE)
    last_inbound_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    free_entry_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_window"
        constraints = [models.UniqueConstraint(fields=["number", "contact"], name="service_window_once")]


class Lane(models.Model):
    """One number's lease to one sender at a time, fenced, with its exact rate state and why it waits."""

    number = models.OneToOneField(Number, models.CASCADE, primary_key=True)
    workspace_id = models.BigIntegerField()
    holder = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)  # limits' states, see messages/limits
    waiting_for = models.CharField(max_length=40, blank=True)  # the limit that holds it: throughput, portfolio, …
    waiting_until = models.DateTimeField(null=True)
    breaker_until = models.DateTimeField(null=True)
    breaker_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "lane"


class LedgerSeat(models.Model):
    """A person whom a portfolio reached outside a window in the last 24 h (X2)."""

    workspace_id = models.BigIntegerField()
    portfolio = models.ForeignKey(Portfolio, models.CASCADE, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField()
    taken_at = models.DateTimeField()
    run_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_seat"
        constraints = [models.UniqueConstraint(fields=["portfolio", "contact_id"], name="ledger_seat_once")]
        indexes = [models.Index(fields=["portfolio", "taken_at"], name="ledger_seat_age")]


class LedgerMinute(models.Model):
    """Seats taken in a minute: the sum over 24 h is the portfolio's use, without counting the seats."""

    workspace_id = models.BigIntegerField()
    portfolio = models.ForeignKey(Portfolio, models.CASCADE, db_constraint=False, db_index=False)
    minute = models.DateTimeField()
    seats = models.IntegerField()

    class Meta:
        db_table = "ledger_minute"
        constraints = [models.UniqueConstraint(fields=["portfolio", "minute"], name="ledger_minute_once")]


class ContentPace(models.Model):
    """When a content last left on any number: the same content keeps its distance (B4)."""

    content = models.OneToOneField(Content, models.CASCADE, primary_key=True)
    workspace_id = models.BigIntegerField()
    last_number_id = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "content_pace"


class SafeMode(models.Model):
    """After a restore or a clock gap the sender waits here for a person."""

    since = models.DateTimeField()
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, models.PROTECT, null=True)

    class Meta:
        db_table = "safe_mode"
