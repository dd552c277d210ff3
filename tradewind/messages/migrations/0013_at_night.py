"""Who tests a message on their own phone does not wait for the morning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("whatsapp_messages", "0012_reconciliation")]

    operations = [
        migrations.AddField("outbox", "at_night", models.BooleanField(db_default=False, default=False)),
    ]
