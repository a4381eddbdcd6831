from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "sop_portal.dashboards"
    label = "dashboards"
