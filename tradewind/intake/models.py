"""The way in: raw webhooks as they came, and what could not be placed."""

from django.db import models


class WebhookInbox(models.Model):
    """A webhook body, stored before it is answered. The same body twice is one row."""

    app_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    digest = models.BinaryField()  # SHA-256 of the body
    body = models.BinaryField()
    projected_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_inbox"
        constraints = [models.UniqueConstraint(fields=["app_id", "digest"], name="webhook_once")]
        indexes = [
            models.Index(
                fields=["app_id", "id"], name="webhook_waiting", condition=models.Q(projected_at__isnull=True)
            ),
            models.Index(fields=["received_at"], name="webhook_age"),
        ]


class Orphan(models.Model):
    """A status whose message is not known yet: waits 7 days and is matched later."""

    app_id = models.BigIntegerField()
    wamid = models.CharField(max_length=255)
    event = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "orphan"
        indexes = [models.Index(fields=["wamid"], name="orphan_by_wamid")]


class Unrouted(models.Model):
    """An event for a number or account that nobody here has: kept, shown to the app's owner, never guessed."""

    app_id = models.BigIntegerField()
    address = models.CharField(max_length=60)  # the phone number id or WABA id that is not known
    event = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "unrouted"
        indexes = [models.Index(fields=["app_id", "address"], name="unrouted_by_address")]


class DeadLetter(models.Model):
    """An event that failed three times: with its error and a way to try it again."""

    app_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField(null=True)
    inbox_id = models.BigIntegerField(null=True)
    position = models.IntegerField()  # which event of the body
    kind = models.CharField(max_length=40)
    event = models.JSONField()
    error = models.TextField()
    tries = models.PositiveSmallIntegerField()
    died_at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)
    replayed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "dead_letter"
        constraints = [models.UniqueConstraint(fields=["inbox_id", "position"], name="dead_letter_once")]
        indexes = [models.Index(fields=["workspace_id", "-id"], name="dead_letter_newest")]
