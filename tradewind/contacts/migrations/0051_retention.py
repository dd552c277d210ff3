import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0051_lighter_tags"),
        ("workspaces", "0005_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="workspaces.workspace",
                    ),
                ),
                ("texts_days", models.PositiveSmallIntegerField(db_default=365)),
                ("details_days", models.PositiveSmallIntegerField(db_default=365)),
                ("bodies_days", models.PositiveSmallIntegerField(db_default=30)),
                ("texts_reached", models.BigIntegerField(db_default=0)),
                ("details_tx", models.BigIntegerField(db_default=0)),
                ("details_reached", models.BigIntegerField(db_default=0)),
                ("campaigns_reached", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="workspaces.member",
                    ),
                ),
            ],
            options={
                "db_table": "retention",
            },
        ),
        *walls("retention"),
    ]
