from django.db import migrations, models


class Migration(migrations.Migration):
    """The samples on the cards of a carousel."""

    dependencies = [("message_templates", "0010_authoring")]
    operations = [
        migrations.AddField("template", "card_samples", models.JSONField(default=list)),
        migrations.RunSQL("ALTER TABLE template ALTER card_samples SET DEFAULT '[]'", migrations.RunSQL.noop),
    ]
