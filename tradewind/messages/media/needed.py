"""Which files messages of a run may still need: those of its own text, and of others of which rooms above tell."""

# Each a query for the row numbers of contents. One query for all, because it is asked once a second.
_contents = ["SELECT content_id FROM run WHERE state <> 'closed'"]

# Lax JSON paths: a content without files, or with links on its cards, has none.
FILES = """
SELECT found #>> '{{}}' AS file_id
FROM content CROSS JOIN LATERAL (
  SELECT jsonb_path_query(content.payload, '$.header_media.file')
  UNION ALL SELECT jsonb_path_query(content.payload, '$.card_media[*].file')
) AS media (found)
WHERE content.id IN ({contents})
"""


def register(contents: str) -> None:
    """To be called once, when a room's app is ready: a query for the contents that open runs have beside their own."""
    if contents not in _contents:
        _contents.append(contents)


def files_sql() -> str:
    """A query for the row numbers of all these files, as texts: contents may come from outside."""
    return FILES.format(contents=" UNION ALL ".join(_contents))
