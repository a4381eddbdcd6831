from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "sop_portal.reminders"
    label = "reminders"
