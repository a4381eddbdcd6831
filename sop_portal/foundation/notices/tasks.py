"""What a worker does whenever the bell rings: send the mail that waits."""

from celery import shared_task

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.outbox import send_batches
from sop_portal.foundation.organisation.models import on_its_clock


@shared_task(name="sop_portal.foundation.notices.tasks.send_mail")
def send_mail() -> None:
    """Send batch after batch until nothing waits, or the next ring takes over."""
    with on_its_clock():
        send_batches(at=clock.now())
