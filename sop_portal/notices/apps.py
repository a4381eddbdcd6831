from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "sop_portal.notices"
    label = "notices"
