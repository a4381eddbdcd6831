from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "sop_portal.kit"
    label = "kit"
