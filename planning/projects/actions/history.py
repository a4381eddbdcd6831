"""What earlier years did, written, corrected and taken back; whatever rests on it follows in the same transaction."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.projects.actions.contradicting import tell_of_contradiction
from planning.projects.figures import METRICS
from planning.projects.models import Actual, HistoryImport, Metric, Project, ReplacedActual
from planning.projects.queries import COUNTED_IN, WRITTEN_DOWN, key_of, recorded_projects, said_otherwise
from planning.projects.workflow import PAST_FIGURE, missing_to_correct, not_past, not_taken_back
from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import seal_rows

COPIED_FIELDS = ("name", "taken_from_id", *METRICS)


class FollowsHistory(Protocol):
    """What a later stage keeps of the history, brought up to date after some departments' past was changed."""

    def __call__(self, departments: Collection[int], *, by: User | None, at: datetime, because: str) -> None:
        """Bring it up to date, in the same transaction."""


class FigureChange(NamedTuple):
    """One figure of a year: its measure, and what it becomes."""

    metric: str
    becomes: Decimal


# What rests on the history. stages.py, which knows every stage, fills it at start-up.
RESTS_ON_HISTORY: list[FollowsHistory] = []


@contextmanager
def history_locked() -> Iterator[None]:
    """Change the history while no year is published with proposals of what it was a moment ago."""
    with transaction.atomic():
        open_years = Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by("pk")
        list(open_years.select_for_update(no_key=True).values_list("pk"))
        yield


def history_changed(departments: Collection[int], *, by: User | None, at: datetime, because: str) -> None:
    """Let everything that rests on the past of these departments follow; whoever writes an actual figure calls it."""
    for follow in RESTS_ON_HISTORY:
        follow(departments, by=by, at=at, because=because)


def year_is_over(cycle: Cycle, *, by: User, at: datetime) -> None:
    """What departments did that have become one is known otherwise once a year is over: what rests on it follows."""
    mergers = lineage().into
    if concerned := {*mergers, *(heir for heir in mergers.values() if heir)}:
        history_changed(concerned, by=by, at=at, because=str(cycle))


def record_year(
    project: Project,
    figures: Mapping[str, Decimal | None],
    *,
    by: User,
    at: datetime,
    why: ReplacedActual.Why = ReplacedActual.Why.EVALUATION,
) -> Actual:
    """Write down what a project did in its year, as its evaluation found; what a file said of it is put aside."""
    key = {"department_id": project.department_id, "slug": project.slug, "year": project.cycle.year}
    with history_locked():
        actual = Actual.objects.select_for_update(of=("self",)).filter(**key).first() or Actual(**key)
        if actual.pk:
            put_aside(actual, why, by=by, at=at).save()
        for metric in METRICS:
            setattr(actual, metric, figures[metric])
        actual.name, actual.taken_from = project.name, None
        actual.save()
        seal_rows(PAST_FIGURE, [actual.pk])
        history_changed([project.department_id], by=by, at=at, because=str(actual))
    return actual


def is_recorded(project: Project) -> bool:
    """Whether the history says what a project that has ended did, because the portal wrote it down."""
    found = Actual.objects.filter(department_id=project.department_id, slug=project.slug, year=project.cycle.year)
    return found.filter(Q(taken_from=None) | Q(replaced__why__in=WRITTEN_DOWN)).exists()


def correct_recorded(project: Project, change: FigureChange, *, reason: str, by: User, at: datetime) -> None:
    """Let what was written down follow a count corrected since, unless somebody said otherwise by now."""
    key = {"department_id": project.department_id, "slug": project.slug, "year": project.cycle.year}
    with history_locked():
        actual = Actual.objects.select_for_update(of=("self",)).filter(**key).first()
        # What somebody said otherwise stands; once that is taken back, the count of the reports does.
        if actual is None or change.metric in said_otherwise(actual) or actual.figures[change.metric] == change.becomes:
            return
        put_aside(actual, ReplacedActual.Why.REPORT, by=by, at=at, reason=reason).save()
        before: Decimal | None = getattr(actual, change.metric)
        setattr(actual, change.metric, change.becomes)
        actual.save()
        changes = [Change(change.metric, plain_figure(before), plain_figure(change.becomes), str(actual))]
        note(PAST_FIGURE, actual, "correct-figures", by=by, at=at, changes=changes, comment=reason)
        history_changed([actual.department_id], by=by, at=at, because=reason)


def correct_figures(
    actual: Actual, figures: Mapping[str, Decimal | None], *, reason: str, by: User, at: datetime, seen: int
) -> Actual:
    """Correct figures of a past year, saying why; what stood there is kept and shown, and who has to know is told."""
    with history_locked():
        locked, grant = _locked_past(actual, by, at)
        _refuse_changed(locked, seen)
        if refusal := not_past(locked, localdate(at)):
            raise refusal
        for metric in figures:
            refuse_unknown(_("Measure"), metric, dict(Metric.choices))
        changed = {metric: figure for metric, figure in figures.items() if getattr(locked, metric) != figure}
        if missing := missing_to_correct(locked, changed, reason):
            raise NotReady(_("The figures stay as they are."), missing)
        changes = [
            Change(metric, plain_figure(getattr(locked, metric)), plain_figure(figure), str(locked))
            for metric, figure in changed.items()
        ]
        before = locked.figures
        save_new(put_aside(locked, ReplacedActual.Why.CORRECTION, by=by, at=at, reason=reason.strip()))
        for metric, figure in changed.items():
            setattr(locked, metric, figure)
        locked.save()
        behalf = grant.behalf
        note(PAST_FIGURE, locked, "correct-figures", by=by, at=at, behalf=behalf, changes=changes, comment=reason)
        tell_of_contradiction(locked, before, by=by, at=at)
        history_changed([locked.department_id], by=by, at=at, because=reason)
    return locked


def take_back_correction(actual: Actual, *, by: User, at: datetime, seen: int) -> Actual:
    """Let the figures that a correction replaced stand again; a count corrected in its report since stays so."""
    with history_locked():
        locked, grant = _locked_past(actual, by, at)
        if refusal := not_taken_back(locked):
            raise refusal
        _refuse_changed(locked, seen)
        before, reason = locked.figures, _take_out(locked)
        follow_records([locked])
        changes = [
            Change(metric, plain_figure(before[metric]), plain_figure(figure), str(locked))
            for metric, figure in locked.figures.items()
            if before[metric] != figure
        ]
        note(PAST_FIGURE, locked, "take-back", by=by, at=at, behalf=grant.behalf, changes=changes, comment=reason)
        history_changed([locked.department_id], by=by, at=at, because=reason)
    return locked


def _take_out(actual: Actual) -> str:
    """Undo the last correction by hand, measure by measure, for counts may have been corrected since; why it was."""
    aside = actual.replaced.filter(why=ReplacedActual.Why.CORRECTION)[0]
    following = actual.replaced.filter(pk__gt=aside.pk).order_by("pk").first() or actual
    for metric in METRICS:
        if aside.figures[metric] != following.figures[metric]:
            setattr(actual, metric, aside.figures[metric])
    actual.version += 1
    actual.save()
    aside.delete()
    return aside.reason


def follow_records(actuals: Collection[Actual]) -> None:
    """Let counts be those of the portal's own reports again, where nobody says otherwise any more."""
    projects = recorded_projects(actuals)
    for actual in actuals:
        if project := projects.get(key_of(actual)):
            for metric in COUNTED_IN.keys() - said_otherwise(actual):
                setattr(actual, metric, Decimal(getattr(project, COUNTED_IN[metric])))
            actual.save()


def _locked_past(actual: Actual, by: User, at: datetime) -> tuple[Actual, Grant]:
    locked = Actual.objects.select_for_update(of=("self",)).get(pk=actual.pk)
    return locked, authority(Can.CORRECT_HISTORY, locked, by, at)


def _refuse_changed(actual: Actual, seen: int) -> None:
    if actual.version != seen:
        raise Changed(_("These figures changed since you opened the page."), [], _("Look at them again."))


def plain_figure(figure: Decimal | None) -> str:
    """A figure as the trail keeps it."""
    return "" if figure is None else f"{figure.normalize():f}"


def put_aside(
    actual: Actual,
    why: ReplacedActual.Why,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    replaced_in: HistoryImport | None = None,
) -> ReplacedActual:
    """What stands there now, to be kept beside what takes its place: the figures are another version then."""
    kept = ReplacedActual(actual=actual, why=why, by=by, at=at, reason=reason, replaced_in=replaced_in)
    for name in COPIED_FIELDS:
        setattr(kept, name, getattr(actual, name))
    actual.version += 1
    return kept


def bring_back(aside: ReplacedActual) -> None:
    """Let what was put aside stand again."""
    before = {name: getattr(aside, name) for name in COPIED_FIELDS}
    Actual.objects.filter(pk=aside.actual_id).update(**before, version=F("version") + 1)
    aside.delete()
