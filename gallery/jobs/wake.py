"""The doorbell: a message that says "look at the table", and nothing else."""

from __future__ import annotations

from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from gallery import outages

CHANNEL = "analysis"
MESSAGE = {"type": "analysis.wake"}


async def aring() -> None:
    """Ring for the analysis consumer of any one process."""
    layer = get_channel_layer()
    if layer is not None:
        await outages.nudge(partial(layer.send, CHANNEL, MESSAGE))


def ring() -> None:
    async_to_sync(aring)()
