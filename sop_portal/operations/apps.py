from django.apps import AppConfig
from django.db import connection
from django.utils.module_loading import autodiscover_modules

from sop_portal.operations.frozen_database import never_wait_for_the_frozen


class OperationsConfig(AppConfig):
    name = "sop_portal.operations"
    label = "operations"

    def ready(self) -> None:
        """What `check --deploy` asks of a running portal is known once all apps are; nobody waits for the frozen."""
        autodiscover_modules("deploy_checks")
        if connection.vendor == "postgresql":
            never_wait_for_the_frozen()
