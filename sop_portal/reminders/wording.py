"""What a reminder says, in every language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sop_portal.kit.told import told
from sop_portal.notices.actions import in_languages
from sop_portal.reminders.ledger import Due


def texts_of(due: Sequence[Due]) -> list[dict[str, str]]:
    """The sentences of reminders: for those who owe something, and for those told because others are late."""
    return in_languages(sentence, due)


def sentence(due: Due) -> str:
    """The sentence in the language of the moment."""
    what = due.owed.what
    if due.is_owner and due.occurrence.kind == "waits":
        return told(_("Still waiting for your decision: %(what)s"), {"what": what})
    if due.is_owner:
        return what
    if due.occurrence.kind == "waits":
        return told(_("Waiting for a decision, and you stand in: %(what)s"), {"what": what})
    if due.occurrence.kind == "late":
        return told(_("Late, and you can help: %(what)s"), {"what": what})
    return told(_("You stand in: %(what)s"), {"what": what})
