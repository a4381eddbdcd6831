"""The records that a figure of the review of the process adds up from."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from budgets.models import Contest
from evaluations.models import Feedback
from evaluations.reviews.queries import ForecastResult, forecast_results
from planning.cycles.queries import cycle_of
from planning.forecasts.figures import percent_off
from planning.models import Cycle
from sop_portal.dashboards.pages.process.results import METRICS
from sop_portal.dashboards.pages.process.steps import NONE_CHOSEN
from sop_portal.dashboards.pages.process.tables import WHOLE_ORGANISATION, DepartmentNames
from sop_portal.dashboards.queries.process import contested_in, late_records, overruled_in, sent_back, steps_in
from sop_portal.dashboards.queries.process_results import (
    ABOUT_FEEDBACK,
    beyond,
    feedback_in,
    given_back,
    is_about,
    money_back,
    of_metric,
)
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.filters import BESIDE, one_of, refuse_unknown
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.reasons import Reason
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.trail.labels import records_called
from sop_portal.foundation.trail.models import Entry
from sop_portal.stages import ALL_WORKFLOWS, WORKFLOWS

ASKED = ("what", "step", "reason", "department", "measure", "far", "kind", "about")


@page()
def process_records(request: Request, *, year: int) -> HttpResponse:
    """The records that add up to a figure."""
    cycle = cycle_of(request, year)
    refuse_unknown(request.GET, *ASKED, *BESIDE)
    rows = READINGS[one_of(request.GET, "what", READINGS, "steps")](request, cycle)
    shown = paginate_list(rows, request.GET)
    called = records_called([row for row in shown.rows if isinstance(row, Entry)], request.actor)
    lines = [line_of(row, called, request.today) for row in shown.rows]
    context = {"cycle": cycle, "lines": lines, "shown": shown, "count": len(rows)}
    return render(request, "dashboards/process_records.html", context)


class WantedDepartment:
    """The department that the address asks for, if it asks for one."""

    def __init__(self, request: Request) -> None:
        self.names = DepartmentNames()
        slugs = [WHOLE_ORGANISATION, *(slug for _name, slug in self.names.known.values())]
        self.slug = one_of(request.GET, "department", slugs)

    def __call__(self, pk: int | None) -> bool:
        """Whether a record of this department is asked for."""
        return not self.slug or self.names.slug(pk) == self.slug


def entry_rows(request: Request, cycle: Cycle) -> list[Any]:
    """The steps of the trail that a figure counts, the newest first."""
    steps = steps_in(cycle, request.actor)
    wanted = WantedDepartment(request)
    name = one_of(request.GET, "step", {f"{w.kind}/{step.name}" for w in ALL_WORKFLOWS for step in w.steps})
    reason = one_of(request.GET, "reason", (*Reason.values, NONE_CHOSEN))
    found = sent_back(steps) if request.GET.get("what") == "back" else steps
    # A step is counted with its time where it had been waited for.
    found = [s for s in found if s.name == name and s.waited is not None] if name else found
    found = [s for s in found if (s.reason or NONE_CHOSEN) == reason] if reason else found
    return entries([s.position for s in found if wanted(s.department_id)])


def entries(positions: list[int]) -> list[Any]:
    """Entries of the trail, the newest first."""
    return list(Entry.objects.filter(position__in=positions).order_by("-position"))


def late_rows(request: Request, cycle: Cycle) -> list[Any]:
    """What was handed in late."""
    wanted = WantedDepartment(request)
    return [row for _kind, row in late_records(cycle, request.actor) if wanted(row.department_id)]


def contested_rows(request: Request, cycle: Cycle) -> list[Any]:
    """The answers of departments that contested lines, one for each line."""
    return _answers(contested_in(cycle, request.actor))


def overruled_rows(request: Request, cycle: Cycle) -> list[Any]:
    """The answers of departments whose lines were overruled."""
    return _answers(overruled_in(cycle, request.actor))


def _answers(contests: QuerySet[Contest]) -> list[Any]:
    found = contests.select_related("confirmation__budget__cycle", "confirmation__department")
    return [contest.confirmation for contest in found.order_by("pk")]


def missed_rows(request: Request, cycle: Cycle) -> list[Any]:
    """The evaluations whose forecast is compared with what happened."""
    wanted, measure = WantedDepartment(request), one_of(request.GET, "measure", METRICS)
    found = list(forecast_results(cycle, request.actor))
    found = beyond(found, cycle.deviation_to_explain) if one_of(request.GET, "far", ("yes",)) else found
    shown = [each for metric in METRICS if measure in ("", metric) for each in of_metric(found, metric)]
    return [each for each in shown if wanted(each.evaluation.department_id)]


def returned_rows(request: Request, cycle: Cycle) -> list[Any]:
    """What the trail says that stopped projects gave back, and took back."""
    wanted = WantedDepartment(request)
    return entries([back.position for back in money_back(cycle, request.actor) if wanted(back.department_id)])


def feedback_rows(request: Request, cycle: Cycle) -> list[Any]:
    """The feedback of a kind of which something can be said."""
    wanted, kind = WantedDepartment(request), one_of(request.GET, "kind", Feedback.Kind.values)
    about = one_of(request.GET, "about", ABOUT_FEEDBACK)
    found = [entry for entry in feedback_in(cycle, request.actor) if kind in ("", entry.kind)]
    return [entry for entry in found if is_about(entry, about, request.today) and wanted(entry.department_id)]


READINGS: Mapping[str, Callable[[Request, Cycle], list[Any]]] = {
    "steps": entry_rows,
    "back": entry_rows,
    "late": late_rows,
    "contested": contested_rows,
    "overruled": overruled_rows,
    "missed": missed_rows,
    "returned": returned_rows,
    "feedback": feedback_rows,
}


def line_of(row: Any, called: Mapping[tuple[str, int], tuple[str, str]], on: date) -> tuple[str, str, str, str]:
    """A record as the list shows it: name, address, what happened, why."""
    if isinstance(row, ForecastResult):
        return row.evaluation.full_title, row.evaluation.get_absolute_url(), beside_result(row), ""
    if isinstance(row, Feedback):
        return row.full_title, row.get_absolute_url(), formats.joined([row.get_kind_display(), answered(row, on)]), ""
    if not isinstance(row, Entry):
        return row.full_title, row.get_absolute_url(), "", ""
    name, url = called.get((row.kind, row.record_id), ("", ""))
    table = WORKFLOWS[row.kind]
    done = table[row.verb].label if row.verb in table.names else money_given_back(row)
    return name, url, formats.joined([done, formats.moment(row.at, on)]), row.comment


def money_given_back(entry: Entry) -> str:
    """How much of its lines a stopped project gave back, or took back when it went on."""
    back = given_back(entry.changes)
    words = {"amount": formats.money(abs(back), 2)}
    return (_("%(amount)s given back") if back > 0 else _("%(amount)s taken back")) % words


def beside_result(row: ForecastResult) -> str:
    """ "Participants: 1,200 forecast, 1,000 happened, +20 %"."""
    words = {
        "forecast": formats.number(row.forecast),
        "actual": formats.number(row.actual),
        "off": formats.signed_percent(percent_off(row.forecast, row.actual)),
    }
    return formats.under(row.metric.label, _("%(forecast)s forecast, %(actual)s happened, off by %(off)s") % words)


def answered(entry: Feedback, on: date) -> str:
    """Whether it was answered, and in time."""
    if entry.answered_at is None:
        return _("overdue") if entry.is_late(on) else _("not answered yet")
    return _("answered in time") if entry.is_in_time else _("answered late")
