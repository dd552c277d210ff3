"""What facts need beside the journal: by which key each was told, so that telling it again changes nothing."""

from django.db import models


class FactKey(models.Model):
    """The digest of workspace, name and id (or content) of an event that was recorded; nothing can be read from it."""

    digest = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()

    class Meta:
        db_table = "fact_key"
