"""How long a search takes, the counts beside it, and what the index takes (benchmarks/library.py).

Asked as the page asks: for the first part of the wall, for what each kind of search finds, for the counts
beside it, for suggestions, and for all of that right after a face was named.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks import made
from tests.site.process import Visitor

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TIMES = 12
LIBRARY, FACETS = "/library/", "/search/facets/"
SEARCHES = {
    "everything": "",
    "a person": "person={one}",
    "a person who is happy": "person={one}&emotion=happy&sure=1",
    "two people and nobody else": "person={one}&person={other}&only=1&sure=1",
    "not a person": "person=-{one}",
    "somebody unnamed who is happy": "unnamed=1&emotion=happy&confidence=80",
    "women of 20 to 30 who look at the camera": "gender=female&age=20-30&looking=1&quality=70-",
    "three to five faces in 2019": "faces=3-5&from=2019&to=2019",
    "a word in a file's name": "text=img",
    "made by other methods": "state=otherwise",
    "nothing": "person={one}&from=1900&to=1900",
}


def tell_memory(owner: User) -> None:
    from gallery.services import library_index

    began = time.perf_counter()
    library = library_index.of(owner.pk)
    taken = time.perf_counter() - began
    photos, faces = len(library), len(library.faces.keys)
    print(
        f"{photos:,} photos and {faces:,} faces: {library.nbytes / 2**20:.0f} MB, "
        f"read in {taken:.1f} s",
        flush=True,
    )


def time_pages(visitor: Visitor) -> None:
    from gallery.models import Person

    made.told("the first page after a start", [made.seconds(visitor, LIBRARY)])
    one, other = Person.objects.order_by("pk").values_list("pk", flat=True)[:2]
    for what, query in SEARCHES.items():
        said = query.format(one=one, other=other)
        taken = [made.seconds(visitor, f"{LIBRARY}?{said}") for _ in range(TIMES)]
        made.told(f"the page of {what}", taken)
        taken = [made.seconds(visitor, f"{FACETS}?{said}") for _ in range(TIMES)]
        made.told(f"the counts beside {what}", taken)
    for text in ("a", "anna m", "20"):
        address = f"/search/suggestions/?q={text}"
        made.told(
            f"suggestions for {text!r}", [made.seconds(visitor, address) for _ in range(TIMES)]
        )
    time_after_namings(visitor)


def time_after_namings(visitor: Visitor) -> None:
    """Time the page and the counts of an unnamed search each time that a face was named."""
    from gallery.models import Face

    headers = {"X-CSRFToken": "x" * 32, "Referer": visitor.site.url, "HX-Request": "true"}
    faces = Face.objects.visible_to(made.owner()).unknown().order_by("pk")
    pages, counts = [], []
    for number, face in enumerate(list(faces.values_list("pk", flat=True)[:TIMES])):
        address, said = f"{visitor.site.url}/faces/{face}/name/", {"name": f"Somebody {number}"}
        answer = visitor.session.post(address, said, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.status_code
        pages.append(made.seconds(visitor, f"{LIBRARY}?unnamed=1"))
        counts.append(made.seconds(visitor, f"{FACETS}?unnamed=1"))
    made.told("the page right after a naming", pages)
    made.told("the counts right after a naming", counts)
