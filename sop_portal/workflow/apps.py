from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "sop_portal.workflow"
    label = "workflow"
