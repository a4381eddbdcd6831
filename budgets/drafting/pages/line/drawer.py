"""The drawer of one line: where its amount comes from, how it is computed, what was contested, and the thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting.figures import exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Confirmation, Contest
from budgets.drafting.pages.line.labels import LineBadge, badge_of
from budgets.drafting.pages.line.page import may_edit
from planning.models import ForecastFigure, RequestLine
from sop_portal.foundation.kit.components import Button, Link
from sop_portal.foundation.kit.formats import day_of_year, under
from sop_portal.foundation.kit.sentences import concatenate, interpolate, typed
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.models import Comment
from sop_portal.foundation.workflow.record_page import WINDOW, CommentEntry, with_mentions

METRICS = {"people": "people", "materials": "materials", "money": "money"}


@dataclass(frozen=True)
class LineDrawer:
    """The values that the drawer of one line shows."""

    line: BudgetLine
    badge: LineBadge | None
    answer: Confirmation | None
    settled: Sequence[Contest]
    contested: Contest | None
    buttons: list[Button]
    chain: list[Link]
    edit_url: str
    talk: list[CommentEntry]


def drawer_of(line: BudgetLine, request: Request) -> LineDrawer:
    """The drawer for one line, with the buttons this person has."""
    budget = line.budget
    answers = Confirmation.objects.filter(budget=budget, department=line.department).select_related("department")
    answer = answers.first()
    contests = list(Contest.objects.filter(line=line).order_by("-pk")[:WINDOW])
    contested = next((contest for contest in contests if contest.settled == Contest.Settled.OPEN), None)
    badge = badge_of(line, answer, budget.cycle, is_contested=contested is not None, on=request.today)
    buttons = _buttons(line, answer, contested, request) if answer and contested else []
    edit_url = line.get_absolute_url() if may_edit(line, request) else ""
    settled = [contest for contest in contests if contest is not contested]
    return LineDrawer(line, badge, answer, settled, contested, buttons, chain_of(line), edit_url, _talk(answer))


def _buttons(line: BudgetLine, answer: Confirmation, contest: Contest, request: Request) -> list[Button]:
    if line.budget.state != Budget.State.SHARED or line.budget.cycle.is_closed:
        return []
    page = reverse("confirmation", args=[line.budget.cycle.year, line.budget.number, line.department.slug])
    if request.actor.may(Can.COMPILE_BUDGET):
        change = reverse("budget-line-change", args=[line.budget.cycle.year, line.budget.number, line.number])
        label = _("Change to %(amount)s") % {"amount": exact(contest.wanted)}
        seen = [("seen", line.budget.version)]
        return [
            Button(label, change, is_primary=True, method="post", fields=seen),
            Button(_("Keep, ask to overrule"), f"{page}#talk"),
        ]
    if request.actor.may(Can.APPROVE_BUDGET, answer):
        return [Button(_("Overrule with a reason"), f"{page}overrule/")]
    return []


def chain_of(line: BudgetLine) -> list[Link]:
    """The links of the line's chain, from the forecast to the spending."""
    if line.brought_row is not None:
        label = _("Row of the file, brought in")
        return [Link(label, "", under(line.called, line.brought_row.where)), _here(line), _spending(line)]
    related = ("request__department", "request__cycle", "pool", "project")
    asked = RequestLine.objects.select_related(*related).get(budget_lines=line)
    return [_forecast(line, asked), *_request(asked), _here(line), _spending(line)]


def _forecast(line: BudgetLine, asked: RequestLine) -> Link:
    if asked.forecast_line_id is None:
        return Link(_("Not forecast"), "", concatenate(["“", typed(asked.why_not_forecast), "”"], ""))
    metric = asked.metric or METRICS[asked.pool.kind]
    figures = ForecastFigure.objects.filter(line_id=asked.forecast_line_id, metric=metric)
    needed = figures.values_list("figure", flat=True).first()
    url = reverse("forecast-line", args=[line.budget.cycle.year, line.department.slug, line.project.slug])
    return Link(_("Forecast line"), url, _("needed %(amount)s") % {"amount": exact(needed)})


def _request(asked: RequestLine) -> list[Link]:
    url = f"{asked.request.get_absolute_url()}?line={asked.pk}#line-{asked.pk}"
    at = asked.request.submitted_at
    names = {"amount": exact(asked.cost), "day": day_of_year(asked.request.cycle.day(at)) if at else ""}
    what = _("asked %(amount)s on %(day)s") % names if at else _("asked %(amount)s") % names
    granted: str = _("granted %(amount)s") % {"amount": exact(asked.granted_cost)}
    if asked.reason:
        words = {"amount": exact(asked.granted_cost), "reason": typed(asked.reason)}
        granted = interpolate(_("granted %(amount)s: “%(reason)s”"), words)
    return [
        Link(_("Request line"), url, under(asked.called, what)),
        Link(_("Allocation, %(decision)s") % {"decision": asked.get_decision_display().lower()}, url, granted),
    ]


def _here(line: BudgetLine) -> Link:
    names = {"amount": exact(line.amount), "fund": typed(line.fund.called)}
    note = (
        _("budgeted %(amount)s, %(fund)s, restricted")
        if line.fund.is_restricted
        else _("budgeted %(amount)s, %(fund)s")
    )
    return Link(_("Budget line %(line)s") % {"line": line}, "", interpolate(note, names), is_here=True)


def _spending(line: BudgetLine) -> Link:
    cycle = line.budget.cycle
    approved = Appropriation.objects.filter(cycle=cycle, number=line.number).first()
    if approved is None:
        day = day_of_year(cycle.starts_on)
        return Link(_("Spending"), "", _("from %(day)s") % {"day": day}, is_open=True)
    names = {"spent": exact(approved.spent), "approved": exact(approved.approved)}
    url = f"{reverse('expenses', args=[cycle.year])}?line={line.number}"
    return Link(_("Spending"), url, _("spent %(spent)s of %(approved)s") % names)


def _talk(answer: Confirmation | None) -> list[CommentEntry]:
    if answer is None:
        return []
    said = Comment.objects.of("confirmation", answer.pk).reverse()[:WINDOW]
    return [
        CommentEntry(comment.by.name, comment.by.initials, comment.at, with_mentions(comment))
        for comment in list(said)[::-1]
    ]
