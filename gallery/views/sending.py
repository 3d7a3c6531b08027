"""Sending what is made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async


async def step_by_step(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts, each made in a thread that may ask the database."""
    following = sync_to_async(lambda: next(parts, None))
    while (part := await following()) is not None:
        yield part
