from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "sop_portal.foundation.trail"
    label = "trail"
