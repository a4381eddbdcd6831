"""Series of review meetings: a rule plans them for the rest of the year; each is called when its time comes."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.meetings.actions.calling import MeetingTerms, cancel, refuse_terms
from evaluations.meetings.figures import days_of_series
from evaluations.meetings.models import Meeting, MeetingSeries
from evaluations.meetings.workflow import MEETING, SERIES
from planning.models import Cycle
from sop_portal.foundation.kit.bounds import Bound, refuse_beyond
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import working_days
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import created, edit, note
from sop_portal.foundation.workflow.years import hold_open_year

EVERY = Bound(Decimal(12), least=Decimal(1))
# What the meetings of a series have in common.
SHARED = ("begins", "lasts", "place", "quorum")


@dataclass(frozen=True)
class SeriesTerms:
    """How often a meeting comes back, from which day on, and what all of them have in common."""

    first_on: date
    every: int
    place: str
    begins: time = time(14)
    lasts: int = 90
    quorum: int = 1

    def meeting(self, held_on: date) -> MeetingTerms:
        """The terms of one of its meetings."""
        return MeetingTerms(held_on, self.place, self.begins, self.lasts, self.quorum)


@transaction.atomic
def plan_series(cycle: Cycle, terms: SeriesTerms, *, by: User, at: datetime) -> MeetingSeries:
    """Plan the meetings of a year by a rule, each on a day that is worked; nobody is invited before it is called."""
    role = authority(Can.HOLD_MEETING, None, by, at)
    hold_open_year(SERIES, cycle, "create")
    refuse_beyond(_("Months between two meetings"), terms.every, EVERY)
    refuse_terms(cycle, terms.meeting(terms.first_on), at)
    series = save_new(MeetingSeries(cycle=cycle, **vars(terms) | {"place": terms.place.strip()}))
    note(SERIES, series, "create", by=by, at=at, behalf=role.behalf)
    worked, shared = working_days(), {name: getattr(series, name) for name in SHARED}
    for day in days_of_series(terms.first_on, terms.every, max(cycle.ends_on, terms.first_on)):
        planned = save_new(Meeting(cycle=cycle, series=series, held_on=worked.next_worked(day), **shared))
        created(MEETING, planned, by=by, at=at, grant=role)
    return series


@transaction.atomic
def change_series(
    series: MeetingSeries, terms: SeriesTerms, *, by: User, at: datetime, seen: Shown | None = None
) -> MeetingSeries:
    """Change hour, length, place and quorum of every meeting of a series that is not called yet.

    What somebody else changed since it was `seen` stays.
    """
    locked = _lock(series, by, at, "edit")
    if (terms.first_on, terms.every) != (locked.first_on, locked.every):
        way_out = _("End this one, and plan another.")
        raise NotReady(_("Another first day or another rhythm is another series."), [], way_out).about("every")
    refuse_terms(locked.cycle, terms.meeting(locked.cycle.day(at)), at)
    typed = {name: getattr(terms, name) for name in SHARED} | {"place": terms.place.strip()}
    said = beside_theirs(SERIES, locked, typed, seen)
    changes = [Change(n, str(getattr(locked, n)), str(v)) for n, v in said.items() if getattr(locked, n) != v]
    for name, value in said.items():
        setattr(locked, name, value)
    save_new(locked)
    note(SERIES, locked, "edit", by=by, at=at, changes=changes)
    for planned in locked.meetings.filter(state=Meeting.State.DRAFT).select_related("cycle"):
        with edit(MEETING, planned, by=by, at=at, can=Can.HOLD_MEETING) as editing:
            editing.set(editing.record, **said)
    return locked


@transaction.atomic
def end_series(series: MeetingSeries, *, by: User, at: datetime) -> MeetingSeries:
    """Hold no more meetings of a series: those that are not called yet are cancelled, and nobody had been invited."""
    locked = _lock(series, by, at, "end")
    locked.is_ended = True
    locked.save()
    note(SERIES, locked, "end", by=by, at=at)
    for planned in locked.meetings.filter(state=Meeting.State.DRAFT).select_related("cycle"):
        cancel(planned, by=by, at=at, seen=planned.version, comment=_("The series has ended."))
    return locked


def _lock(series: MeetingSeries, by: User, at: datetime, verb: str) -> MeetingSeries:
    authority(Can.HOLD_MEETING, None, by, at)
    hold_open_year(SERIES, series, verb)
    locked = MeetingSeries.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=series.pk)
    if locked.is_ended:
        raise NotNow(_("The series has ended."), _("Plan another one."))
    return locked
