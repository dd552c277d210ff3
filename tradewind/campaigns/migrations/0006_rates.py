import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_timing"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("is_example", models.BooleanField(default=False)),
                ("imported_at", models.DateTimeField()),
                (
                    "imported_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "rate_card",
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("market", models.CharField(max_length=40)),
                ("category", models.CharField(max_length=32)),
                ("volume_from", models.BigIntegerField(default=0)),
                ("micros", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="campaigns.ratecard"
                    ),
                ),
            ],
            options={
                "db_table": "rate",
            },
        ),
        migrations.AddIndex(
            model_name="ratecard",
            index=models.Index(fields=["workspace", "-valid_from", "-id"], name="rate_card_newest"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(fields=("card", "market", "category", "volume_from"), name="rate_once"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "category__in",
                        ("marketing", "utility", "authentication", "authentication-international", "service"),
                    )
                ),
                name="rate_category_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("micros__gte", 0), ("volume_from__gte", 0)), name="rate_not_negative"
            ),
        ),
        *walls("rate_card", "rate"),
    ]
