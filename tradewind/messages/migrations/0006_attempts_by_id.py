from django.db import migrations


class Migration(migrations.Migration):
    """An attempt's id begins with its message's: the primary key finds them, and each call writes one index less."""

    dependencies = [("whatsapp_messages", "0005_safe_mode")]
    operations = [migrations.RemoveIndex(model_name="attempt", name="attempt_by_message")]
