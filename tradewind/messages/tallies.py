"""Tallies squashed: many small delta rows of a run become one for each number and name."""

from django.db import transaction

from tradewind.journal.connections import hot_cursor

ENOUGH = 200
"""From so many rows of one run on they are squashed."""

# SKIP LOCKED: rows that somebody is writing are left for the next round; two workers never squash the same row.
SQUASH = """
WITH crowded AS (
  SELECT run_id FROM tally GROUP BY run_id
  HAVING count(*) > %(enough)s AND count(*) > 2 * count(DISTINCT (number_id, name)) LIMIT 20
), taken AS MATERIALIZED (
  SELECT id FROM tally WHERE run_id IN (SELECT run_id FROM crowded) ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM tally USING taken WHERE tally.id = taken.id
  RETURNING tally.workspace_id, tally.run_id, tally.number_id, tally.name, tally.n
), kept AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, sum(n) FROM gone GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
)
SELECT count(*) FROM gone
"""


def step() -> bool:
    """Squash once; True when there may be more."""
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(SQUASH, {"enough": ENOUGH})
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]) >= 20_000
