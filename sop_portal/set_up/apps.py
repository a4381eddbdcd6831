from django.apps import AppConfig


class SetUpConfig(AppConfig):
    name = "sop_portal.set_up"
    label = "set_up"
