from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segments", "0008_event_days")]
    operations = [migrations.AddField("taghealth", "report", models.JSONField(null=True))]
