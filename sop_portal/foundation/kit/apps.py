from django.apps import AppConfig
from django.urls import register_converter
from django.urls.converters import get_converters

from sop_portal.foundation.kit.converters import CONVERTERS


class KitConfig(AppConfig):
    name = "sop_portal.foundation.kit"
    label = "kit"

    def ready(self) -> None:
        """The words of addresses are known before the first address is read."""
        for name, converter in CONVERTERS.items():
            if name not in get_converters():
                register_converter(converter, name)
