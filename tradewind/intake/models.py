"""The way in: raw webhooks as they came, and what could not be placed."""

from django.db import models


class WebhookInbox(models.Model):
    """A webhook body, stored before it is answered. The same body twice is one row; no row is ever changed."""

    app_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    digest = models.BinaryField()  # SHA-256 of the body
    body = models.BinaryField()

    class Meta:
        db_table = "webhook_inbox"
        constraints = [models.UniqueConstraint(fields=["app_id", "digest"], name="webhook_once")]
        indexes = [models.Index(fields=["received_at"], name="webhook_age")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookWaiting(models.Model):
    """The bodies that are not projected yet: written with the body, deleted with what became of it.

    A queue of its own, because to mark the body's wide row as done costs four times as much (31 µs instead of 8).
    """

    pk = models.CompositePrimaryKey("app_id", "inbox_id")
    app_id = models.BigIntegerField()
    inbox_id = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_waiting"

    def __str__(self) -> str:
        return f"webhook {self.inbox_id} waits"


class Orphan(models.Model):
    """A status whose message is not known yet: waits 7 days and is matched later. The event stands in the inbox."""

    app_id = models.BigIntegerField()
    wamid = models.CharField(max_length=255)
    inbox_id = models.BigIntegerField()
    position = models.IntegerField()  # which event of the body
    received_at = models.DateTimeField()

    class Meta:
        db_table = "orphan"
        constraints = [models.UniqueConstraint(fields=["inbox_id", "position"], name="orphan_once")]
        indexes = [
            models.Index(fields=["wamid"], name="orphan_by_wamid"),
            models.Index(fields=["received_at"], name="orphan_age"),
        ]

    def __str__(self) -> str:
        return self.wamid


class Unrouted(models.Model):
    """An event for a number or account that nobody here has: kept, shown to the app's owner, never guessed."""

    app_id = models.BigIntegerField()
    address = models.CharField(max_length=60)  # the phone number id or WABA id that is not known
    inbox_id = models.BigIntegerField()
    position = models.IntegerField()  # which event of the body
    received_at = models.DateTimeField()

    class Meta:
        db_table = "unrouted"
        constraints = [models.UniqueConstraint(fields=["inbox_id", "position"], name="unrouted_once")]
        indexes = [models.Index(fields=["app_id", "address"], name="unrouted_by_address")]

    def __str__(self) -> str:
        return self.address


class DeadLetter(models.Model):
    """An event that failed three times: with its error and a way to try it again.

    `event` is for people: its form, without what anybody wrote. To try it again it is read from the inbox anew.
    """

    app_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField(null=True)
    inbox_id = models.BigIntegerField(null=True)
    position = models.IntegerField()  # which event of the body
    kind = models.CharField(max_length=40)
    event = models.JSONField()
    error = models.TextField()
    tries = models.PositiveSmallIntegerField()
    died_at = models.DateTimeField()
    replay_asked_at = models.DateTimeField(null=True)
    replayed_at = models.DateTimeField(null=True)
    replayed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "dead_letter"
        constraints = [models.UniqueConstraint(fields=["inbox_id", "position"], name="dead_letter_once")]
        indexes = [
            models.Index(fields=["workspace_id", "-id"], name="dead_letter_newest"),
            models.Index(
                fields=["replay_asked_at"], name="dead_letter_asked", condition=models.Q(replay_asked_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
