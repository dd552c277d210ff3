"""What a workspace's people have most: products, countries, languages; recipes make a tag of each."""

from datetime import timedelta

from tradewind.contacts import words
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.segments import queries

MOST = 12
PRODUCTS_OF_DAYS = 180

# Of each kind the latest are read, as many as show what people care for.
MOST_READ = 40_000
PRODUCTS = """
SELECT product FROM unnest(%s::text[]) AS wanted (kind) CROSS JOIN LATERAL (
  SELECT data ->> 'product' AS product, contact_id FROM journal
  WHERE workspace_id = %s AND journal.kind = wanted.kind AND at >= %s AND contact_id IS NOT NULL
  ORDER BY at DESC LIMIT %s
) AS lately
WHERE product <> '' GROUP BY 1 ORDER BY count(DISTINCT contact_id) DESC, 1 LIMIT %s
"""
# {column} is one of ours; the narrow rows have it in small letters, as comparisons do not mind.
VALUES = """
SELECT {column} FROM contact_row WHERE workspace_id = %s AND {column} <> ''
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
"""
NAMES = {"country": words.country_name, "language": words.language_name}


def products(workspace_id: int) -> list[str]:
    """The products that most people had to do with in half a year. A "/" would make levels of a tag."""
    since = clock.now() - timedelta(days=PRODUCTS_OF_DAYS)
    with queries.asking() as cursor:
        kinds = ["order.placed", "cart.updated", "page.viewed"]
        cursor.execute(PRODUCTS, [kinds, workspace_id, since, MOST_READ, MOST])
        found = [row[0] for row in cursor.fetchall()]
    return [each for each in found if each == safe_to_show(each, one_line=True) and len(each) <= 60]


def values(workspace_id: int, column: str) -> list[tuple[str, str]]:
    """(code, name in the reader's language) of the commonest values of `country` or `language`."""
    with queries.asking() as cursor:
        cursor.execute(VALUES.format(column=column), [workspace_id, MOST])
        codes = [code.upper() if column == "country" else code for (code,) in cursor.fetchall()]
    return [(code, NAMES[column](code)) for code in codes]
