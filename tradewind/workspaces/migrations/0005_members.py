import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.AddField("workspace", "second_factor_demanded", models.BooleanField(default=False)),
        migrations.AddField("workspace", "four_eyes_over", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("invitation", "mailed_at", models.DateTimeField(blank=True, null=True)),
        # From here on their keys are kept hashed and their contents sealed: people sign in once more.
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agent", models.CharField(max_length=300)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("session", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="sessions.session")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "device"},
        ),
    ]
