"""`tradewind bench pages`: how fast numbers, templates and contacts answer with a million contacts in the house.

Real requests over HTTP to one web process, signed in, row-level security on. What is measured is the whole answer, from
the request to its last byte. Every kind of search is asked for, the common and the rare, the newest and the oldest.
"""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.stage import stage

BATCH = 50_000
# Names, languages and countries in turn, so that filters have common and rare values; every third has two of 40 tags.
VARY = """
UPDATE contact SET
  name = (ARRAY['Anna','Marco','Ahmed','Wei','Somchai','João','Katharina','Fatima','Olivia'])[1 + (id * 7) %% 9]
    || ' ' || (ARRAY['Vogel','Rossi','Hassan','Chen','Pereira','Schmidt','Ali','Hart'])[1 + (id * 11) %% 8]
    || ' ' || substr(md5(id::text), 1, 5),
  language = (ARRAY['de','it','ar','zh','th','pt','en','es'])[1 + id %% 8],
  country = CASE WHEN id %% 300000 = 17 THEN 'NP'
                 ELSE (ARRAY['DE','IT','AE','HK','TH','BR','GB','ES'])[1 + id %% 8] END,
  marketing = (ARRAY['unknown','opted_in','opted_in','opted_in','opted_out'])[1 + (id / 7) %% 5]
WHERE id > %s AND id <= %s
"""
TAG = """
INSERT INTO contact_tags (contact_id, workspace_id, tags)
SELECT id, workspace_id, ARRAY[%s + (id %% 40)::int, %s + ((id / 40) %% 40)::int] FROM contact WHERE id %% 3 = 0
ON CONFLICT (contact_id) DO UPDATE SET tags = excluded.tags
"""


def run(*, contacts: int = 1_000_000, rounds: int = 20, data: Path | None = None) -> dict[str, Any]:
    """Figures: p95_ms over all requests, slowest page's p95, and each page's p50 and p95."""
    with stage(data=data, numbers=6, people=contacts, processes={"web": 1}) as scene:
        pages = furnish(scene)
        with scene.browser() as get:
            for address in pages.values():
                get(address)
            times = {name: [timed(get, address) for _ in range(rounds)] for name, address in pages.items()}
    everything = sorted(each for found in times.values() for each in found)
    figures = {
        name: {"p50_ms": at(sorted(found), 0.5), "p95_ms": at(sorted(found), 0.95)} for name, found in times.items()
    }
    return {
        "contacts": contacts,
        "p50_ms": at(everything, 0.5),
        "p95_ms": at(everything, 0.95),
        "slowest_p95_ms": max(figure["p95_ms"] for figure in figures.values()),
        "pages": figures,
    }


def furnish(scene: Any) -> dict[str, str]:
    """Vary the people, tag them, and name the pages to ask for."""
    from tradewind.contacts.actions import make_tag
    from tradewind.contacts.models import Contact
    from tradewind.lib import publicid

    tags = [make_tag(workspace=scene.workspace, name=f"tag {n}", member=None) for n in range(40)]
    ids = Contact.objects.filter(workspace=scene.workspace).order_by("pk")
    first, last = ids.values_list("pk", flat=True)[0], ids.values_list("pk", flat=True).reverse()[0]
    for start in range(first - 1, last, BATCH):
        scene.sql(VARY, start, start + BATCH)
    scene.sql(TAG, tags[0].pk, tags[0].pk)
    scene.sql("VACUUM ANALYZE")
    middle, tag = publicid.encode("contact", (first + last) // 2), publicid.encode("tag", tags[5].pk)
    searches = {
        "everybody": {},
        "later page": {"below": middle},
        "country": {"country": "DE"},
        "rare country": {"country": "NP"},
        "consent": {"marketing": "opted_out"},
        "three filters": {"country": "IT", "language": "it", "marketing": "opted_in"},
        "common name": {"q": "anna"},
        "rare name": {"q": "anna vogel 00f"},
        "no such name": {"q": "zzzzqq"},
        "two letters": {"q": "an"},
        "another script": {"q": "陈"},
        "number": {"q": "+49151 0000 1234"},
        "beginning of a number": {"q": "0151"},
        "tag": {"tag": tag},
        "tag and country": {"tag": tag, "country": "NP"},
    }
    contacts = {f"contacts: {name}": f"/contacts/?{urlencode(query)}" for name, query in searches.items()}
    person = f"/contacts/{middle}/"
    return {"numbers": "/numbers/", "templates": "/templates/", "person": person, "tags": "/contacts/tags/", **contacts}


def timed(get: Any, address: str) -> float:
    """Milliseconds of one answer."""
    start = time.perf_counter()
    get(address)
    return (time.perf_counter() - start) * 1000


def at(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)
