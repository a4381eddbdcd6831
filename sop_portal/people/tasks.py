"""What a worker does once a day: delete what was kept for long enough."""

from celery import shared_task

from sop_portal.foundation.kit import clock
from sop_portal.people.actions import purge


@shared_task(name="sop_portal.people.tasks.purge")
def purge_daily() -> None:
    """Delete what is older than the settings say."""
    purge(at=clock.now())
