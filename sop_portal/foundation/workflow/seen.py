"""What a step page showed when it was opened: the version of its record, and how far its papers had come."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import Changed, Difference
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.kinds import PAPER_ACTS
from sop_portal.foundation.trail.models import Entries, Entry
from sop_portal.foundation.trail.wording import VERBS, short
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.table import Workflow

BETWEEN = "-"


class SeenVersion(int):
    """The version somebody saw; `papers` is the place in the trail of the last act on a paper they could see.

    A paper does not raise the version of its record: forms that save themselves compare it. Whoever decides without a
    page, by a command or together with other records, gives a plain version, and of the papers nothing is asked.
    """

    papers: int

    def __new__(cls, version: int, papers: int) -> Self:
        """The version, and beside it how far the papers had come."""
        made = super().__new__(cls, version)
        made.papers = papers
        return made

    @classmethod
    def on(cls, workflow: Workflow[Any], record: Record) -> Self:
        """What a page that is opened now shows of a record; asked before the page reads the papers."""
        last = acts_on_papers(workflow, record).values_list("position", flat=True).first()
        return cls(record.version, last or 0)


class SeenField(forms.IntegerField):
    """What a step page carries to its act, unseen: the version, and how far the papers had come."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def prepare_value(self, value: object) -> Any:
        """Both in one text; what a page sent stays as it was sent."""
        return f"{int(value)}{BETWEEN}{value.papers}" if isinstance(value, SeenVersion) else value

    def clean(self, value: object) -> int | None:
        """Both, or the version alone where that is all that was sent."""
        version, between, papers = str(value or "").partition(BETWEEN)
        found = super().clean(version)
        return SeenVersion(found, super().clean(papers)) if between else found


def acts_on_papers(workflow: Workflow[Any], record: Record) -> Entries:
    """What was done to the papers of a record, newest first."""
    return Entry.objects.of(workflow.kind, record.pk).filter(verb__in=PAPER_ACTS)


def refuse_changed_papers(workflow: Workflow[Any], record: Record, seen: int, actor: Actor) -> None:
    """Refuse if somebody else attached, replaced or took back papers since the page was opened, and say which.

    Of papers that are withheld from a department it is told nothing here either.
    """
    if not isinstance(seen, SeenVersion):
        return
    since = acts_on_papers(workflow, record).filter(position__gt=seen.papers).exclude(by_id=actor.user.pk)
    since = since if actor.sees_everything else since.not_withheld([workflow.kind])
    changed = [
        Difference(str(VERBS[entry.verb]), short(change["old"]), short(change["new"]))
        for entry in since.order_by("position")
        for change in entry.changes
    ]
    if changed:
        sentence = _("The papers changed since you opened this, so nothing was decided.")
        raise Changed(sentence, changed, _("Open the page again and look at the papers, then decide."))
