from django.apps import AppConfig


class HandbookConfig(AppConfig):
    name = "sop_portal.handbook"
    label = "handbook"
