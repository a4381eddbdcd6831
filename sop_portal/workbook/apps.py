from django.apps import AppConfig


class WorkbookConfig(AppConfig):
    name = "sop_portal.workbook"
    label = "workbook"
