"""Feedback as pages fetch it, the departments it is given for, and whom a stage that is over asks how hard it was."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import AnswerMark, Feedback, StageAnswers
from planning.cycles.queries import dates_of, days_that_move
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.working_days import WorkingDays
from sop_portal.foundation.trail.models import Entries, Entry

# The kinds of records of each stage; `sop_portal/stages.py` fills it.
KINDS_OF: dict[str, frozenset[str]] = {}
# So long after its last day a stage asks; and so many answers are shown together, never fewer.
ASKS_FOR = timedelta(days=60)
FEWEST_SHOWN = 5
LIKE_ANOTHER = _("The department gave feedback in these words already.")


def find_feedback(request: Request, *, year: int, pk: int) -> Feedback:
    """The feedback of the address, if the person may see it."""
    visible = Feedback.objects.visible_to(request.actor).select_related("cycle", "department", "given_by")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def with_days(found: Iterable[Feedback]) -> list[Feedback]:
    """Feedback that knows by when it is answered; working days are asked for once for each year, not for each row."""
    entries, days_of = list(found), dict[int, WorkingDays | None]()
    for entry in entries:
        if entry.cycle_id not in days_of:
            days_of[entry.cycle_id] = days_that_move(entry.cycle)
        entry.due_day = entry.counted(days_of[entry.cycle_id])
    return entries


def feedback_like(cycle: Cycle, department: Department, title: str, text: str) -> Feedback | None:
    """What a department told in the same words in this year."""
    given = Feedback.objects.filter(cycle=cycle, department=department).select_related("cycle")
    return find_likely_duplicate(given, title=title, text=text)


def departments_of(actor: Actor) -> QuerySet[Department]:
    """The departments a person can speak for."""
    active = Department.objects.filter(is_active=True)
    return active if actor.sees_everything else active.filter(pk__in=actor.department_ids)


@dataclass(frozen=True)
class StageQuestion:
    """A stage that is over, about which somebody who acted in it has not answered yet."""

    cycle: Cycle
    stage: str

    @property
    def title(self) -> str:
        """The stage as it is called."""
        return str(Stage(self.stage).label)


def mark_of(cycle: Cycle, stage: str, person: User) -> str:
    """What shows that a person has answered; without the portal's key nobody can tell whose it is."""
    text = f"stage-answers|{cycle.pk}|{stage}|{person.pk}"
    return hmac.new(settings.TRAIL_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def acts_in(cycle: Cycle, stage: str, person: User) -> Entries:
    """What a person did in a stage, or what was done for them; a refused attempt is no act."""
    theirs = Entry.objects.filter(Q(by_id=person.pk) | Q(behalf_id=person.pk))
    found = theirs.filter(cycle_id=cycle.pk, kind__in=KINDS_OF.get(stage, ()))
    return found.exclude(verb__startswith="refused-")


def over_since(cycle: Cycle, stage: str) -> date | None:
    """The last day of a stage, its days of grace included; None where the year has no window for it."""
    window = dates_of(cycle, stage)
    return window.grace_until if window else None


def questions_for(person: User, cycles: Iterable[Cycle], on: date) -> list[StageQuestion]:
    """The stages of these years that ended lately, in which this person acted and about which they said nothing."""
    ended = [
        StageQuestion(cycle, stage)
        for cycle in cycles
        for stage in Stage.values
        if (last := over_since(cycle, stage)) is not None and last < on <= last + ASKS_FOR
    ]
    marks = {mark_of(found.cycle, found.stage, person): found for found in ended}
    said = set(AnswerMark.objects.filter(mark__in=marks).values_list("mark", flat=True)) if marks else set()
    left = [found for mark, found in marks.items() if mark not in said]
    return [found for found in left if acts_in(found.cycle, found.stage, person).exists()]


def answers_in(cycle: Cycle) -> list[StageAnswers]:
    """What was answered about each stage of a year, in the order of the stages."""
    found = {answers.stage: answers for answers in StageAnswers.objects.filter(cycle=cycle)}
    return [found[stage] for stage in Stage.values if stage in found]
