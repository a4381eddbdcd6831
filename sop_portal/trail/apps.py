from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "sop_portal.trail"
    label = "trail"
