from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "sop_portal.foundation.kit"
    label = "kit"
