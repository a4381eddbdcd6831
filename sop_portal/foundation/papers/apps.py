from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "sop_portal.foundation.papers"
    label = "papers"
