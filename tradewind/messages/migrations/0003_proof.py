from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [("whatsapp_messages", "0003_trouble")]
    operations = [
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("attempt_id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("message_id", models.BigIntegerField()),
                ("wamid", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("source", models.CharField(max_length=12)),
            ],
            options={
                "db_table": "proof",
                "indexes": [models.Index(fields=["message_id"], name="proof_by_message")],
            },
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="outbox_expires"
            ),
        ),
        *walls("proof"),
    ]
