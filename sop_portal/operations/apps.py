from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OperationsConfig(AppConfig):
    name = "sop_portal.operations"
    label = "operations"

    def ready(self) -> None:
        """What `check --deploy` asks of a running portal is known once all apps are."""
        autodiscover_modules("deploy_checks")
