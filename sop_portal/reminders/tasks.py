"""What a worker does every minute: remind of what is due."""

from celery import shared_task

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.reminders import actions


@shared_task(name="sop_portal.reminders.tasks.sweep")
def sweep() -> None:
    """Sweep once; any number of workers may do it at the same time."""
    with on_its_clock():
        actions.sweep(at=clock.now())
