"""What a workspace's people have most: products, countries, languages; recipes make a tag of each."""

from datetime import timedelta

from tradewind.contacts import words
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.segments import queries

MOST = 12
PRODUCTS_OF_DAYS = 180

PRODUCTS = """
SELECT data ->> 'product' AS product FROM journal
WHERE workspace_id = %s AND kind = ANY(%s) AND at >= %s AND contact_id IS NOT NULL AND data ->> 'product' <> ''
GROUP BY 1 ORDER BY count(DISTINCT contact_id) DESC, 1 LIMIT %s
"""
# {column} is one of ours.
VALUES = """
SELECT {column} FROM contact WHERE workspace_id = %s AND {column} <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
"""
NAMES = {"country": words.country_name, "language": words.language_name}


def products(workspace_id: int) -> list[str]:
    """The products that most people had to do with in half a year. A "/" would make levels of a tag."""
    since = clock.now() - timedelta(days=PRODUCTS_OF_DAYS)
    with queries.asking() as cursor:
        cursor.execute(PRODUCTS, [workspace_id, ["order.placed", "cart.updated", "page.viewed"], since, MOST])
        found = [row[0] for row in cursor.fetchall()]
    return [each for each in found if each == safe_to_show(each, one_line=True) and len(each) <= 60]


def values(workspace_id: int, column: str) -> list[tuple[str, str]]:
    """(code, name in the reader's language) of the commonest values of `country` or `language`."""
    with queries.asking() as cursor:
        cursor.execute(VALUES.format(column=column), [workspace_id, MOST])
        return [(row[0], NAMES[column](row[0])) for row in cursor.fetchall()]
