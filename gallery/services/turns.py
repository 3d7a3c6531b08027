"""Whoever names, matches or saves faces of one owner takes turns with the others."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection


def take(owner_id: int) -> None:
    """Wait for the owner's turn, which lasts until the transaction ends.

    Call it before anything else in the transaction. Each statement of PostgreSQL sees what is committed
    by then, so without turns a photo saved while a person is named would be matched by neither; and two
    transactions that touch the same photos in another order would deadlock. SQLite has one writer
    anyway. Uploads need no turn and do not wait: their foreign key allows this lock.
    """
    if connection.features.has_select_for_update:
        User.objects.select_for_update(no_key=True).filter(pk=owner_id).values_list("pk").first()
