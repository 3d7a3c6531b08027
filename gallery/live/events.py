"""Tells a user's open pages that something of theirs changed.

The event is only a nudge: the page then fetches what it shows, the same way as it does by polling.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from gallery import outages
from gallery.models import Album, Roster

CHANGED = {"type": "changed"}


def group_of(owner_id: int) -> str:
    return f"user-{owner_id}"


def publish(owner_id: int) -> None:
    """Nudge the pages of `owner_id` once the transaction is saved."""
    layer = get_channel_layer()
    if layer is not None:
        send = partial(layer.group_send, group_of(owner_id), CHANGED)
        transaction.on_commit(lambda: async_to_sync(outages.nudge)(send), robust=True)


def publish_to_readers(albums: Collection[int], but: Roster) -> None:
    """Nudge the pages of whoever reads any of the albums, by key, but for those who go by that roster."""
    rows = Album.objects.filter(pk__in=albums).values_list("owner", "shares__member")
    for reader in {key for row in rows for key in row if key} - set(but.members):
        publish(reader)


def publish_to(roster: Roster) -> None:
    """Nudge the pages of everybody whose photos go by the roster once the transaction is saved."""
    for owner_id in roster.members:
        publish(owner_id)
