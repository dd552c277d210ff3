from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0012_pending_tags"),
        ("numbers", "0003_notices"),
        ("whatsapp_messages", "0010_media"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="clicked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="replied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="stop_blocked_share",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="stop_opted_out_share",
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("replied_at__isnull", False)), fields=["run", "id"], name="message_replied"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("clicked_at__isnull", False)), fields=["run", "id"], name="message_clicked"
            ),
        ),
    ]
