from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "sop_portal.foundation.organisation"
    label = "organisation"
