import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

KINDS = ("image", "video", "document", "audio")
# Files are packed already: the database need not try it again.
STORAGE = "ALTER TABLE media_piece ALTER body SET STORAGE EXTERNAL"
# The sender writes wishes without going through the models.
DEFAULTS = (
    "ALTER TABLE media_upload ALTER meta_id SET DEFAULT '', ALTER problem SET DEFAULT '', ALTER tries SET DEFAULT 0"
)


class Migration(migrations.Migration):
    """Files are kept in the database. The two tables for them were never written to before."""

    dependencies = [
        ("numbers", "0003_notices"),
        ("whatsapp_messages", "0007_doubts_by_time"),
        ("workspaces", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            "mediafile",
            "member",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workspaces.member",
            ),
        ),
        migrations.AddField("mediafile", "kind", models.CharField(default="document", max_length=12), False),
        migrations.AddField("mediafile", "came_as", models.BigIntegerField(default=0)),
        migrations.AddField("mediafile", "width", models.PositiveIntegerField(default=0)),
        migrations.AddField("mediafile", "height", models.PositiveIntegerField(default=0)),
        migrations.AddField("mediafile", "seconds", models.FloatField(default=0)),
        migrations.AddField("mediafile", "is_checked", models.BooleanField(default=True)),
        migrations.AddConstraint(
            "mediafile",
            models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="media_file_kind_known"),
        ),
        migrations.CreateModel(
            "MediaPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("body", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="whatsapp_messages.mediafile",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "media_piece",
                "constraints": [models.UniqueConstraint(fields=("file", "place"), name="media_piece_once")],
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        *walls("media_piece"),
        migrations.AlterField(
            "mediaupload",
            "file",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="whatsapp_messages.mediafile"
            ),
        ),
        migrations.AlterField("mediaupload", "meta_id", models.CharField(blank=True, max_length=64)),
        migrations.AlterField("mediaupload", "uploaded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("mediaupload", "expires_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "mediaupload", "next_try_at", models.DateTimeField(default="2026-01-01T00:00:00Z"), preserve_default=False
        ),
        migrations.AddField("mediaupload", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("mediaupload", "problem", models.CharField(blank=True, max_length=300)),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.AddIndex(
            "mediaupload",
            models.Index(fields=["next_try_at"], name="media_upload_wanted", condition=models.Q(("meta_id", ""))),
        ),
        migrations.AddIndex("mediaupload", models.Index(fields=["expires_at"], name="media_upload_expires")),
    ]
