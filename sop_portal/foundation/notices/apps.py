from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "sop_portal.foundation.notices"
    label = "notices"
