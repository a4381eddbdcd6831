"""Whether every value is one that its row may hold: as its table declares it, and beside the record it belongs to."""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import (
    BooleanField,
    CheckConstraint,
    DecimalField,
    ExpressionWrapper,
    F,
    GeneratedField,
    IntegerField,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Round
from django.utils.timezone import localdate

from budgets.models import Audit, Budget, BudgetLine, Confirmation, Contest, Finding, SpendingException
from evaluations.models import Evaluation, Measure, ProgressReport
from planning.cycles.calendar import days_of_windows, days_of_work, days_to_answer, days_to_carry_out
from planning.models import Actual, Cycle, Extension, ExtensionRequest, RequestLine, ResourceRequest
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.bounds import MONEY, QUANTITY
from sop_portal.foundation.kit.closed_years import BELONGS_TO, YEARS
from sop_portal.foundation.kit.dates import Span, add_months
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.trail.models import Entry

DAYS_TO_REPORT = 62
Found = tuple[QuerySet[Any], str]


def values_beyond() -> Iterator[Found]:
    """Rows that hold what they may not, with what is wrong with each."""
    yield from _against_declared()
    yield from _too_large()
    today = _last_day()
    for cycle in Cycle.objects.order_by("pk"):
        yield from _days_of(cycle, today)
    yield from _others()


def _last_day() -> date:
    """Today, or the day of the last act, where that is later: a simulated life is ahead of the clock."""
    last = Entry.objects.order_by("-pk").values_list("at", flat=True).first()
    return max(localdate(moment) for moment in (clock.now(), last) if moment)


def _against_declared() -> Iterator[Found]:
    """What the database was told of each row, asked once more: a constraint may have been taken out for a while."""
    for model in filter(_is_ours, apps.get_models()):
        rules = [rule for rule in model._meta.constraints if isinstance(rule, CheckConstraint)]
        holds: dict[str, Any] = {
            f"holds_{place}": ExpressionWrapper(rule.condition, output_field=BooleanField())
            for place, rule in enumerate(rules)
        }
        rows = model._default_manager.alias(**holds)
        # Mostly all of them hold, which is one question for a table.
        if rows.filter(reduce(or_, (Q(**{name: False}) for name in holds), Q(pk__in=[]))).exists():
            for name, rule in zip(holds, rules, strict=True):
                yield rows.filter(**{name: False}), f"it breaks the rule “{rule.name}”."


def _is_ours(model: type[Model]) -> bool:
    return model.__module__.split(".")[0] in {"sop_portal", "planning", "budgets", "evaluations"}


def _too_large() -> Iterator[Found]:
    """Figures larger than any organisation has."""
    for model in apps.get_models():
        if model._meta.db_table not in {*BELONGS_TO, YEARS, "planning_actual"}:
            continue
        beyond = Q()
        for field in model._meta.concrete_fields:
            if isinstance(field, DecimalField | IntegerField) and not isinstance(field, GeneratedField):
                if field.primary_key or field.is_relation:
                    continue
                bound = MONEY if isinstance(field, MoneyField) or field.name == "capacity" else QUANTITY
                beyond |= Q(**{f"{field.name}__gt": bound.most})
        if beyond:
            yield model._default_manager.filter(beyond), "it holds a figure that no organisation has."


def _days_of(cycle: Cycle, today: date) -> Iterator[Found]:
    """Days that no act would have taken for this year."""
    windows, work = days_of_windows(cycle.year), days_of_work(cycle, today)
    yield _beyond(Extension.objects.filter(cycle=cycle), "until_on", windows), "it lies outside of its year."
    yield _beyond(ExtensionRequest.objects.filter(cycle=cycle), "until_on", windows), "it lies outside of its year."
    yield _beyond(ResourceRequest.objects.filter(cycle=cycle), "due", windows), "it is due outside of its year."
    # A plan that was approved elsewhere may be amended from that day on, however far ahead its year is.
    approved = Budget.objects.filter(cycle=cycle).aggregate(first=Min("outside_on"))["first"] or windows.first
    asked = Span(min(windows.first, approved), windows.last)
    yield _beyond(Confirmation.objects.filter(budget__cycle=cycle), "due", asked), "it is due outside of its year."
    yield _beyond(Evaluation.objects.filter(cycle=cycle), "due", windows), "it is due outside of its year."
    planned = Span(add_months(cycle.starts_on, -24), work.last)
    yield _beyond(Audit.objects.filter(cycle=cycle), "planned_on", planned), "it is planned far outside of its year."
    answers = Span(planned.first, max(work.last, days_to_answer(today).last))
    yield _beyond(Finding.objects.filter(audit__cycle=cycle), "due", answers), "its answer is due far too late."
    carried = Span(planned.first, max(work.last, days_to_carry_out(today).last))
    yield _beyond(Measure.objects.filter(cycle=cycle), "due", carried), "it is due far outside of its year."
    excepted = Span(add_months(cycle.starts_on, -12), add_months(cycle.ends_on, 12))
    spent = SpendingException.objects.filter(cycle=cycle)
    yield _beyond(spent, "spent_on", excepted), "it is about a day far outside of its year."


def _beyond(rows: QuerySet[Any], name: str, span: Span) -> QuerySet[Any]:
    return rows.filter(Q(**{f"{name}__lt": span.first}) | Q(**{f"{name}__gt": span.last}))


def _others() -> Iterator[Found]:
    """Values that do not fit the record they belong to."""
    months = Q(period_first__lt=F("project__starts_on")) | Q(period_last__gt=F("project__ends_on"))
    yield ProgressReport.objects.filter(months), "its month lies outside the time of its project."
    rows = ProgressReport.objects.iterator()
    late = [row.pk for row in rows if ((row.moved_from or row.due) - row.period_last).days > DAYS_TO_REPORT]
    yield ProgressReport.objects.filter(pk__in=late), "it is due long after its month."
    elsewhere = ~Q(project__department=F("department")) | ~Q(project__cycle=F("cycle"))
    audits = Audit.objects.filter(project__isnull=False)
    yield audits.filter(elsewhere), "its project belongs to another department or year."
    versions = BudgetLine.objects.filter(
        budget__cycle=OuterRef("cycle"), number=OuterRef("appropriation__number"), is_refused=False
    )
    most = versions.order_by("-amount").values("amount")[:1]
    exceptions = SpendingException.objects.annotate(most=Subquery(most)).filter(amount__gt=F("most"))
    yield exceptions, "it is about more than its line ever held."
    asked = RequestLine.objects.filter(request__cycle=OuterRef("confirmation__budget__cycle")).order_by()
    sums = asked.values("request__cycle").annotate(sum=Round(Sum("cost"), 2)).values("sum")
    contests = Contest.objects.annotate(all=Subquery(sums)).filter(wanted__gt=F("all"))
    yield contests, "it wants more for one line than the whole year asked for."
    yield Actual.objects.filter(year__gt=_last_day().year), "its year has not come yet."
    adopted = Measure.objects.filter(adopted_at__isnull=False, due__isnull=False).select_related("cycle")
    early = [row.pk for row in adopted if row.adopted_at and row.due and row.due < row.cycle.day(row.adopted_at)]
    yield Measure.objects.filter(pk__in=early), "it was due before it was adopted."
