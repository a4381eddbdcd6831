from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "sop_portal.foundation.workflow"
    label = "workflow"
