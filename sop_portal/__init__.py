"""SOP Portal: a nonprofit's planning year, from the first forecast to the lesson learned."""

from sop_portal.celery import app as celery_app

__all__ = ["celery_app"]
