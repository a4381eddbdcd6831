from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class HandbookConfig(AppConfig):
    name = "sop_portal.handbook"
    label = "handbook"

    def ready(self) -> None:
        """The first edition comes with the tables, by no act: what stands in it is kept once they are there."""
        # Whoever reads models can be loaded only once every app is.
        post_migrate.connect(import_string("sop_portal.handbook.first_edition.seal"), sender=self)
