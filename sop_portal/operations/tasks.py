"""What a worker does with the trail: every day a walk through all of it, every hour a note of its end outside."""

from celery import shared_task
from django.utils import translation

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Organisation, on_its_clock
from sop_portal.operations.actions import trail_watch


@shared_task(name="sop_portal.operations.tasks.check_trail")
def check_trail() -> None:
    """Look whether the chain is whole, keep what was found, and mail its end where somebody wants it."""
    with on_its_clock(), translation.override(_language()):
        if not trail_watch.check_trail(at=clock.now()):
            trail_watch.mail_anchor()


@shared_task(name="sop_portal.operations.tasks.anchor_trail")
def anchor_trail() -> None:
    """Note the end of the trail outside; one that went backwards is looked through at once."""
    with on_its_clock():
        if not trail_watch.note_end_outside(at=clock.now()):
            trail_watch.check_trail(at=clock.now())


def _language() -> str:
    return Organisation.objects.values_list("language", flat=True).first() or "en"
