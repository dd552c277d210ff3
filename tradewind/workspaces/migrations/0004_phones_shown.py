from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0003_invitations_and_buckets")]
    operations = [
        migrations.AddField(
            model_name="workspace", name="phones_shown", field=models.CharField(default="whole", max_length=6)
        ),
        # Whoever writes a workspace with an older program, or by SQL, leaves the column out.
        migrations.RunSQL("ALTER TABLE workspace ALTER phones_shown SET DEFAULT 'whole'", migrations.RunSQL.noop),
    ]
