import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0013_again_and_after"),
        ("workspaces", "0005_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outcome",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outcome",
                        serialize=False,
                        to="campaigns.campaign",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("figures", models.JSONField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "campaign_outcome",
            },
        ),
        *walls("campaign_outcome"),
    ]
