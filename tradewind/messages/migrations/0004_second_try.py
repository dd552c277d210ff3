import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [("whatsapp_messages", "0003_trouble"), ("whatsapp_messages", "0003_proof")]

    operations = [
        migrations.CreateModel(
            name="SecondTry",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="whatsapp_messages.message",
                    ),
                ),
                ("workspace_id", models.BigIntegerField()),
                ("code", models.IntegerField()),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "db_table": "second_try",
                "indexes": [models.Index(fields=["due_at"], name="second_try_due")],
            },
        ),
        *walls("second_try"),
    ]
