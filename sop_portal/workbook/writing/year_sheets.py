"""The sheets of an exported year that are there to be read: what was forecast, asked, granted, budgeted and spent."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from budgets.drafting.figures import quarter_names
from budgets.drafting.queries.in_force import closed_among, why_closed
from budgets.models import Budget, BudgetLine, Category, Expense
from planning.models import Cycle, ForecastFigure, Metric, RequestLine
from sop_portal.foundation.kit.sheets import BookColumn, BookSheet
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.queries import visible_papers
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.labels import records_called
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.trail.wording import act_called, kind_called
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.workbook.read_only import TITLES

AT_ONCE = 2000
RowT = TypeVar("RowT")
Rows = Iterator[Sequence[Any]]


def year_sheets(cycle: Cycle, actor: Actor) -> Iterator[BookSheet]:
    """Each of them, as far as this person sees its records."""
    yield _sheet("forecasts", _forecast_header(), _forecasts(cycle, actor))
    yield _sheet("requests", _request_header(), _requests(cycle, actor))
    yield _sheet("allocations", _allocation_header(), _allocations(cycle, actor))
    yield _sheet("budget", _budget_header(cycle), _budget(cycle, actor))
    yield _sheet("spending", _spending_header(), _spending(cycle, actor))
    yield _sheet("papers", _paper_header(), _papers(cycle, actor))
    yield _sheet("decisions", _decision_header(), _decisions(cycle, actor))


def _sheet(key: str, header: Sequence[str], rows: Rows) -> BookSheet:
    return BookSheet(str(TITLES[key]), [BookColumn(name) for name in header], rows, is_locked=True)


def _forecast_header() -> list[str]:
    first = [_("Department"), _("State"), _("Project"), _("Measure")]
    return [*first, _("Proposal"), _("Override"), _("Figure"), _("Source"), _("Reason")]


def _forecasts(cycle: Cycle, actor: Actor) -> Rows:
    found = ForecastFigure.objects.visible_to(actor).filter(line__forecast__cycle=cycle, line__is_planned=True)
    found = found.select_related("line__forecast__department", "line__project")
    # The figures of a line were made in the order of the measures.
    ordered = found.order_by("line__forecast__department__name", "line__project__name", "line_id", "pk")
    for one in ordered.iterator(AT_ONCE):
        forecast = one.line.forecast
        yield (
            forecast.department.name,
            forecast.get_state_display(),
            one.line.project.name,
            str(Metric(one.metric).label),
            one.proposal,
            one.override,
            one.figure,
            one.get_source_display(),
            one.reason,
        )


def _request_header() -> list[str]:
    first = [_("Department"), _("State"), _("Project"), _("Resource"), _("What"), _("Quantity"), _("Unit")]
    return [*first, _("Unit cost"), _("Cost"), _("Needed on"), _("Why")]


def _lines(cycle: Cycle, actor: Actor) -> Iterator[RequestLine]:
    found = RequestLine.objects.visible_to(actor).filter(request__cycle=cycle)
    found = found.select_related("request__department", "project", "pool", "decided_by")
    return found.order_by("request__department__name", "project__name", "pk").iterator(AT_ONCE)


def _requests(cycle: Cycle, actor: Actor) -> Rows:
    for line in _lines(cycle, actor):
        yield (
            line.request.department.name,
            line.request.get_state_display(),
            line.project.name,
            line.pool.name,
            str(line.called),
            line.quantity,
            line.pool.unit,
            line.unit_cost,
            line.cost,
            line.needed_on,
            line.why or line.why_not_forecast,
        )


def _allocation_header() -> list[str]:
    first = [_("Department"), _("Project"), _("Resource"), _("What"), _("Decision"), _("Asked"), _("Granted")]
    return [*first, _("Unit"), _("Granted, in money"), _("Reason"), _("Decided by"), _("Decided")]


def _allocations(cycle: Cycle, actor: Actor) -> Rows:
    for line in _lines(cycle, actor):
        if line.decided_at is not None:
            yield (
                line.request.department.name,
                line.project.name,
                line.pool.name,
                str(line.called),
                line.get_decision_display(),
                line.quantity,
                line.granted,
                line.pool.unit,
                line.granted_cost,
                line.reason,
                line.decided_by.name if line.decided_by else "",
                localtime(line.decided_at),
            )


def _budget_header(cycle: Cycle) -> list[str]:
    first = [_("Version"), _("State"), _("Line"), _("Department"), _("Project"), _("Category"), _("Funding source")]
    return [*first, *quarter_names(cycle.starts_on), _("Total"), *_last_of_budget()]


def _last_of_budget() -> list[str]:
    return [_("How it is computed"), _("Why it is not budgeted"), _("In force"), _("Closed")]


def _budget(cycle: Cycle, actor: Actor) -> Rows:
    """The version in force, or else the latest."""
    versions = Budget.objects.visible_to(actor).filter(cycle=cycle).order_by("-number")
    version = versions.filter(state=Budget.State.APPROVED).first() or versions.first()
    if version is None:
        return
    names = {value: str(label) for value, label in Category.choices}
    found = BudgetLine.objects.visible_to(actor).filter(budget=version)
    closed = closed_among(version)
    is_in_force = version.state == Budget.State.APPROVED
    for line in found.select_related("department", "project", "fund").order_by("number").iterator(AT_ONCE):
        known = closed.get(line.number) if is_in_force else None
        yield (
            version.number,
            version.get_state_display(),
            f"{cycle.year}-{line.number}",
            line.department.name,
            line.project.name,
            names[line.category],
            line.fund.called,
            *line.quarters,
            line.amount,
            line.computation,
            line.refusal,
            (known.approved if known else line.amount) if is_in_force else None,
            why_closed(known) if known else "",
        )


def _spending_header() -> list[str]:
    first = [_("Number"), _("Date"), _("Department"), _("Project"), _("Line"), _("Category"), _("Funding source")]
    return [*first, _("What for"), _("Amount"), _("Receipt"), _("Posted by"), _("Posted"), _("Corrects number")]


def _spending(cycle: Cycle, actor: Actor) -> Rows:
    names = {value: str(label) for value, label in Category.choices}
    found = Expense.objects.visible_to(actor).filter(cycle=cycle).order_by("spent_on", "pk")
    found = found.select_related("department", "project", "fund", "appropriation", "posted_by")
    for one in found.iterator(AT_ONCE):
        yield (
            one.pk,
            one.spent_on,
            one.department.name,
            one.project.name,
            f"{cycle.year}-{one.appropriation.number}",
            names[one.category],
            one.fund.called,
            one.what,
            one.amount,
            one.receipt,
            one.posted_by.name if one.posted_by else "",
            localtime(one.posted_at),
            one.corrects_id,
        )


def _paper_header() -> list[str]:
    first = [_("What it is about"), _("Record"), _("Name of the file"), _("What it is"), _("Kind of file")]
    return [*first, _("Size in bytes"), "SHA-256", _("Attached by"), _("When"), _("Replaces number"), _("Number")]


def _papers(cycle: Cycle, actor: Actor) -> Rows:
    """Every paper beside the records of the year; the files themselves are in the backup."""
    found = visible_papers(actor).there().filter(cycle_id=cycle.pk).order_by("pk")
    for piece in _pieces(found.select_related("file", "by").defer("file__small").iterator(AT_ONCE)):
        called = records_called(piece, actor)
        for one in piece:
            yield (
                str(kind_called(one.kind)),
                called.get((one.kind, one.record_id), ("", ""))[0],
                one.name,
                one.description,
                str(one.file.get_type_display()) if one.file else "",
                one.file.size if one.file else None,
                one.sha256,
                one.by.name,
                localtime(one.at),
                one.replaces_id,
                one.pk,
            )


def _decision_header() -> list[str]:
    return [_("When"), _("Who"), _("On behalf of"), _("What"), _("Record"), _("Act"), _("From"), _("To"), _("Why")]


def _decisions(cycle: Cycle, actor: Actor) -> Rows:
    """Every step that records of the year took, in the order in which they were taken."""
    people = dict(User.objects.values_list("pk", "name"))
    entries = Entry.objects.visible_to(actor).filter(cycle_id=cycle.pk).exclude(state_to="").order_by("position")
    for piece in _pieces(entries.iterator(AT_ONCE)):
        called = records_called(piece, actor)
        for entry in piece:
            kind = KINDS.get(entry.kind)
            states = dict(kind.states.choices) if isinstance(kind, Workflow) else {}
            yield (
                localtime(entry.at),
                people.get(entry.by_id or 0, ""),
                people.get(entry.behalf_id or 0, ""),
                str(kind_called(entry.kind)),
                called.get((entry.kind, entry.record_id), ("", ""))[0],
                str(act_called(entry.verb, kind)),
                str(states.get(entry.state_from, entry.state_from)),
                str(states.get(entry.state_to, entry.state_to)),
                entry.comment,
            )


def _pieces(entries: Iterator[RowT]) -> Iterator[list[RowT]]:
    piece: list[RowT] = []
    for entry in entries:
        piece.append(entry)
        if len(piece) == AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece
