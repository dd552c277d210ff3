from django.db import migrations, models


class Migration(migrations.Migration):
    """Who looks for doubts, once a second, reads them alone and not all that is claimed or in flight."""

    dependencies = [("whatsapp_messages", "0006_attempts_by_id")]
    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(fields=["attempt_at"], name="outbox_unknown", condition=models.Q(stage="unknown")),
        )
    ]
