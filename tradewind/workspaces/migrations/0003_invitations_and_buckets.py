import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="ApiBucket",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="workspaces.apikey",
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("tokens", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "api_bucket"},
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("manager", "manager"),
                            ("agent", "agent"),
                            ("analyst", "analyst"),
                        ],
                        max_length=16,
                    ),
                ),
                ("digest", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="workspaces.member"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={"db_table": "invitation"},
        ),
        # A bucket is written at each call of a program; it is worth no write-ahead log.
        migrations.RunSQL(
            "ALTER TABLE api_bucket SET UNLOGGED; ALTER TABLE api_bucket SET (fillfactor = 20)",
            migrations.RunSQL.noop,
        ),
        *walls("api_bucket", "invitation"),
    ]
