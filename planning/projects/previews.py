"""What is decided on a year and on a project: the dates, the money, and what becomes of what is not used."""

from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.actions import warnings_of_year
from planning.cycles.calendar import evaluation_due, invoices_until
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of, who_can_owe
from planning.cycles.workflow import CYCLE
from planning.projects.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_of_year, money, number
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import PreviewRow, PreviewTable, Reader, StepPreview, table, written


@CYCLE.preview("publish", "close")
def year(cycle: Cycle, reader: Reader) -> StepPreview:
    """The windows of a year, its departments, and where its projects stand."""
    departments = who_can_owe(cycle).count()
    sums = cycle.projects.aggregate(count=Count("pk"), budgeted=Sum("budgeted"), spent=Sum("spent"))
    figures = [
        Tile(_("Departments"), number(departments)),
        Tile(_("Projects"), number(sums["count"])),
    ]
    # Before a year is published nothing is approved: a plan that was brought in waits for it.
    if reader.step == "close" or sums["budgeted"]:
        figures += [
            Tile(_("Budgeted, %(currency)s") % {"currency": cycle.currency}, money(sums["budgeted"])),
            Tile(_("Spent, %(currency)s") % {"currency": cycle.currency}, money(sums["spent"])),
        ]
    heads = (_("Stage"), _("Opens"), _("Due"), _("Late work accepted until"))
    rows = [
        PreviewRow((Stage(w.stage).label, day_of_year(w.opens_on), day_of_year(w.due_on), day_of_year(w.grace_until)))
        for w in cycle.windows.order_by("opens_on")
    ]
    tables = [table(_("Windows"), heads, rows), _states(cycle)]
    warnings = warnings_of_year(cycle, cycle.day(reader.at)) if reader.step == "publish" else []
    return StepPreview(figures, tables=tables, effects=_of_year(cycle, reader), warnings=warnings)


def _states(cycle: Cycle) -> PreviewTable:
    states = cycle.projects.order_by("state").values_list("state").annotate(Count("pk"))
    rows = [PreviewRow((Project.State(state).label, number(count))) for state, count in states]
    return table(_("Projects by state"), (_("State"), _("Projects")), rows)


def _of_year(cycle: Cycle, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "publish" and cycle.is_plan_outside:
        return [_("Nobody owes a forecast: the plan of this year was approved outside the portal.")]
    if reader.step == "publish":
        count = who_can_owe(cycle).count()
        sentence = ngettext(
            "%(count)s department owes a forecast from then on. Its head gets a mail, once invited.",
            "%(count)s departments owe a forecast from then on. Their heads get a mail, once they are invited.",
            count,
        )
        return [sentence % {"count": number(count)}]
    return [
        _("Nothing in the year changes any more: no plan, no expense, no report."),
        _("Adopted measures and comments live on, and past figures can still be corrected."),
    ]


@PROJECT.preview("activate", "hold", "resume", "complete", "cancel")
def project(record: Project, reader: Reader) -> StepPreview:
    """The money and the results of a project, and what becomes of what it has not used."""
    currency = record.cycle.currency
    figures = [
        Tile(_("Budgeted, %(currency)s") % {"currency": currency}, money(record.budgeted, 2)),
        Tile(_("Spent, %(currency)s") % {"currency": currency}, money(record.spent, 2)),
        Tile(_("Not used, %(currency)s") % {"currency": currency}, money(record.budgeted - record.spent, 2)),
        Tile(
            _("Activities held of planned"), f"{number(record.activities_held)} / {number(record.activities_planned)}"
        ),
    ]
    answers = written({"purpose": _("What it is for")}, record)
    return StepPreview(figures, answers, effects=_of_project(record, reader))


def _of_project(record: Project, reader: Reader) -> list[StrOrPromise]:
    today, left = record.cycle.day(reader.at), record.budgeted - record.spent
    words = {"amount": money(left, 2), "currency": record.cycle.currency}
    if reader.step in ("hold", "cancel"):
        kept = [_("What it did and spent until now stays in the history.")] if reader.step == "cancel" else []
        return [_free(words, left), _("Nothing can be spent on it, and no further report is due."), *kept]
    if reader.step == "complete":
        window = dates_of(record.cycle, Stage.EVALUATION)
        due = min(evaluation_due(today), window.due_on) if window else evaluation_due(today)
        days = {"evaluation": day_of_year(due), "invoices": day_of_year(invoices_until(today))}
        return [
            _("The evaluation is due on %(evaluation)s.") % days,
            _("Invoices of its time can be posted until %(invoices)s; afterwards finance grants an exception.") % days,
            *([_("%(currency)s %(amount)s that it has not used stays on its lines for them.") % words] if left else []),
        ]
    lead = record.lead
    who = (
        [interpolate(_("%(person)s leads it and is reminded of its reports."), {"person": typed(lead)})] if lead else []
    )
    return [*who, _("It runs until %(day)s.") % {"day": day_of_year(record.ends_on)}]


def _free(words: dict[str, str], left: Decimal) -> str:
    if not left:
        return _("Nothing is left to free.")
    return _("%(currency)s %(amount)s that it has not used is free for others.") % words
