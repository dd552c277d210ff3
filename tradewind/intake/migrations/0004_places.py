from django.db import migrations, models

# What is set aside is read from the inbox again: no second copy of what people wrote.
FORGET = "TRUNCATE orphan, unrouted"


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_waiting")]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="orphan", name="event"),
        migrations.RemoveField(model_name="unrouted", name="event"),
        migrations.AddField("orphan", "inbox_id", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("orphan", "position", models.IntegerField(default=0), preserve_default=False),
        migrations.AddField("unrouted", "inbox_id", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("unrouted", "position", models.IntegerField(default=0), preserve_default=False),
        migrations.AddField("deadletter", "replay_asked_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "orphan", models.UniqueConstraint(fields=["inbox_id", "position"], name="orphan_once")
        ),
        migrations.AddConstraint(
            "unrouted", models.UniqueConstraint(fields=["inbox_id", "position"], name="unrouted_once")
        ),
        migrations.AddIndex("orphan", models.Index(fields=["received_at"], name="orphan_age")),
        migrations.AddIndex(
            "deadletter",
            models.Index(
                condition=models.Q(("replay_asked_at__isnull", False)),
                fields=["replay_asked_at"],
                name="dead_letter_asked",
            ),
        ),
    ]
