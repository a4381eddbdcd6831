"""What a worker does once a day: walk the whole trail."""

from celery import shared_task

from sop_portal.foundation.kit import clock
from sop_portal.foundation.trail.actions import record_verification, verify


@shared_task(name="sop_portal.foundation.trail.tasks.check")
def check() -> None:
    """Look whether the chain is whole, and keep what was found."""
    record_verification(verify(), at=clock.now())
