"""What SQLite says of how it would answer questions: what is read for each photo may not grow with them."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

ALL_PHOTOS = re.compile(r"SCAN gallery_photo\b|SEARCH gallery_photo .*\(owner_id=\?\)")


def through_photos(asked: CaptureQueriesContext) -> list[str]:
    """Return the questions for which it would go through all photos, or all of an account."""
    if connection.vendor != "sqlite":
        return []
    read = [
        one["sql"] for one in asked.captured_queries if one["sql"].startswith(("SELECT", "UPDATE"))
    ]
    return [sql for sql in read if ALL_PHOTOS.search(_plan(sql))]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return "\n".join(row[3] for row in cursor.fetchall())
