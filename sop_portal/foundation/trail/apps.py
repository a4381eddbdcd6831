from django.apps import AppConfig
from django.db.models.signals import post_migrate

from sop_portal.foundation.kit.triggers import restore


class TrailConfig(AppConfig):
    name = "sop_portal.foundation.trail"
    label = "trail"

    def ready(self) -> None:
        """A table that SQLite rebuilt gets its triggers back; only an app with models hears that migrating ended."""
        post_migrate.connect(restore, sender=self)
