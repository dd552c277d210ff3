"""A campaign may say a free message, to people whose service window is open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_outcome")]

    operations = [
        migrations.AddField("campaign", "free", models.JSONField(null=True)),
        migrations.AddField("recipient", "window_until", models.DateTimeField(null=True)),
    ]
