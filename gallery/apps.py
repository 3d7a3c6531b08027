from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "gallery"

    def ready(self) -> None:
        from gallery import (
            checks,  # noqa: F401  (registers the system checks)
            kinds,
        )
        from gallery.worker import work

        # Pages and services ask `kinds` for them, and may not import what works.
        kinds.register(work.KINDS)
