import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("numbers", "0003_notices"),
        ("whatsapp_messages", "0011_answers_and_brakes"),
        ("workspaces", "0005_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("ours", models.JSONField()),
                ("meta", models.JSONField(null=True)),
                ("cost", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("counted_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("number", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="numbers.number")),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "reckoning",
            },
        ),
        migrations.CreateModel(
            name="GapCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=12)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("word", models.CharField(blank=True, max_length=300)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "reckoning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="whatsapp_messages.reckoning",
                    ),
                ),
            ],
            options={
                "db_table": "gap_case",
            },
        ),
        migrations.AddIndex(
            model_name="reckoning",
            index=models.Index(fields=["workspace", "-day"], name="reckoning_newest"),
        ),
        migrations.AddConstraint(
            model_name="reckoning",
            constraint=models.UniqueConstraint(fields=("number", "day"), name="reckoning_once"),
        ),
        migrations.AddIndex(
            model_name="gapcase",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["workspace", "-id"], name="gap_case_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="gapcase",
            constraint=models.UniqueConstraint(fields=("reckoning", "figure"), name="gap_case_once"),
        ),
        *walls("reckoning", "gap_case"),
    ]
