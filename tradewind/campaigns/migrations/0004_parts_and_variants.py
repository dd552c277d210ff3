import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_live"),
        ("message_templates", "0004_status_at"),
        ("whatsapp_messages", "0007_doubts_by_time"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.SmallIntegerField()),
                ("bindings", models.JSONField(default=list)),
            ],
            options={
                "db_table": "variant",
            },
        ),
        migrations.RemoveIndex(
            model_name="recipient",
            name="recipient_to_feed",
        ),
        migrations.AddField(
            model_name="campaign",
            name="open_part",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="campaignnumber",
            name="fed_part",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="recipient",
            name="part",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="recipient",
            name="variant",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                condition=models.Q(("excluded", "")),
                fields=["campaign", "number_id", "part", "due_at", "id"],
                name="recipient_to_feed",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="campaigns.campaign"
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="content",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="whatsapp_messages.content"
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="template",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="message_templates.template"),
        ),
        migrations.AddField(
            model_name="variant",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(fields=("campaign", "place"), name="variant_once"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(condition=models.Q(("place__range", (1, 4))), name="variant_place"),
        ),
        *walls("variant"),
    ]
