"""The ASGI application: pages over HTTP, live events over WebSocket, analysis over the channel layer."""

import os
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
pages = get_asgi_application()

# Consumers import models, which exist only once Django is set up.
from django.urls import path  # noqa: E402

from facesite.body_limit import BodyLimit  # noqa: E402
from gallery.jobs.wake import CHANNEL  # noqa: E402
from gallery.live.consumers import LiveConsumer  # noqa: E402
from gallery.worker.camera import CameraConsumer  # noqa: E402
from gallery.worker.consumers import AnalysisConsumer  # noqa: E402

live: Any = LiveConsumer.as_asgi()  # `path` is typed for views alone.
camera: Any = CameraConsumer.as_asgi()
application = ProtocolTypeRouter(
    {
        "http": BodyLimit(pages),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter([path("ws/live/", live), path("ws/camera/", camera)]))
        ),
        "channel": ChannelNameRouter({CHANNEL: AnalysisConsumer.as_asgi()}),
    }
)
