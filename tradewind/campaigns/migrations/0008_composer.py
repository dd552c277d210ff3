import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    """Domains of links, and who gets a member's tests."""

    dependencies = [("campaigns", "0007_approvals"), ("workspaces", "0002_walls")]

    operations = [
        migrations.CreateModel(
            "LinkDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "link_domain",
                "constraints": [models.UniqueConstraint(fields=("workspace", "domain"), name="link_domain_once")],
            },
        ),
        migrations.CreateModel(
            "Tester",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={"db_table": "tester"},
        ),
        *walls("link_domain", "tester"),
    ]
