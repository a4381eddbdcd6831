"""Which approved lines, expenses and exceptions are shown."""

from datetime import date
from typing import Any, NoReturn, TypeVar

from django import forms
from django.db.models import F, Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from budgets.spending.figures import days_of_exception
from budgets.spending.forms.fields import LineNumberField, MonthField, year_typed
from budgets.spending.models import Flag, SpendingException
from budgets.spending.queries import lines_of, warned, year_facts
from budgets.spending.workflow import without_receipt
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import Span, end_of_month
from sop_portal.foundation.kit.filters import ListFilter, NotUnderstood
from sop_portal.foundation.kit.text import TypedNameField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

M = TypeVar("M", bound=Model)


class ScopeFilter(ListFilter):
    """The department and the project a list is narrowed to; only what the person may see is offered."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )
    project = TypedNameField(label=_("Project"), required=False, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        departments = Department.objects.order_by("name")
        if not actor.sees_everything:
            departments = departments.filter(pk__in=actor.department_ids)
        super().__init__(asked)
        self.actor = actor
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """The rows that were asked for."""
        asked = self.chosen
        if asked.get("department"):
            rows = rows.filter(department_id=asked["department"].pk)
        if asked.get("project"):
            rows = rows.filter(project_id__in=self._projects(cycle, asked["project"]).values("pk"))
        return rows

    @property
    def wanted_department(self) -> Department | None:
        """The department that was asked for; known once the list is narrowed."""
        found: Department | None = self.cleaned_data.get("department")
        return found

    def known(self, name: str, found: QuerySet[M]) -> QuerySet[M]:
        """What the year holds of what was typed; where it holds nothing, the list is not shown as if that were so."""
        if not found.exists():
            self.refuse(name)
        return found

    def refuse(self, name: str) -> NoReturn:
        """Refuse what was typed into a field."""
        raise NotUnderstood(self.fields[name].label or name, self.data.get(name, ""))

    def month_within(self, span: Span) -> tuple[date, date]:
        """The first and the last day of the month that was asked for, which has to touch these days."""
        first: date = self.chosen["month"]
        last = end_of_month(first)
        if last < span.first or first > span.last:
            self.refuse("month")
        return first, last

    def is_narrowed_by(self, *names: str) -> bool:
        """Whether one of these fields narrows the list."""
        return any(self.cleaned_data.get(name) for name in names)

    def _projects(self, cycle: Cycle, typed: str) -> QuerySet[Project]:
        """The projects of exactly this short name, else those whose name holds these words, which may be none."""
        found = Project.objects.filter(cycle_id=cycle.pk).visible_to(self.actor)
        exact = found.filter(slug=typed)
        return exact if exact.exists() else found.filter(name__icontains=typed)


class LineFilter(ScopeFilter):
    """Which approved lines to show."""

    used = forms.ChoiceField(
        label=_("Used"),
        required=False,
        choices=[
            ("", pgettext_lazy("budget", "All lines")),
            ("90", _("Nine tenths and more")),
            ("0", _("Nothing spent yet")),
        ],
    )
    flag = forms.ChoiceField(
        label=_("Early warning"),
        required=False,
        choices=[("", _("With and without")), ("any", _("Any warning")), *Flag.choices],
    )

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Narrow the lines by scope, by how much of each is used up, and by what it is warned of."""
        rows = super().narrow(rows, cycle)
        used, flag = self.chosen["used"], self.chosen["flag"]
        if flag:
            rows = rows.filter(warned(cycle, self.actor.on, *(Flag if flag == "any" else [Flag(flag)])))
        if used == "90":
            return rows.filter(approved__gt=0, spent__gte=F("approved") * 9 / 10)
        return rows.filter(spent=0) if used == "0" else rows


class ExpenseFilter(ScopeFilter):
    """Which expenses to show."""

    line = LineNumberField(label=_("Line"), required=False)
    month = MonthField(label=_("Month"), required=False)
    receipt = forms.ChoiceField(
        label=_("Paper of the receipt"),
        required=False,
        choices=[
            ("", pgettext_lazy("paper", "With and without")),
            ("without", _("Without a paper")),
            ("missing", _("Needed and missing")),
        ],
    )

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Narrow the expenses by scope, by approved line and by month."""
        rows = super().narrow(rows, cycle)
        asked = self.chosen
        if year_typed(self.data.get("line", "")) not in (None, cycle.year):
            self.refuse("line")
        if asked.get("line") is not None:
            lines = lines_of(cycle, self.actor).filter(number=asked["line"])
            rows = rows.filter(appropriation_id__in=self.known("line", lines).values("pk"))
        if asked.get("month"):
            first, last = self.month_within(days_of_exception(year_facts(cycle, self.actor.on)))
            rows = rows.filter(spent_on__gte=first, spent_on__lte=last)
        if asked.get("receipt"):
            rows = without_receipt(rows, only_needed=cycle if asked["receipt"] == "missing" else None)
        return rows


class ExceptionFilter(ScopeFilter):
    """Which exceptions to show."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *SpendingException.State.choices]
    )

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Narrow the exceptions by scope, by the project of their line, and by state."""
        asked = self.chosen
        if asked.get("department"):
            rows = rows.filter(department_id=asked["department"].pk)
        if asked.get("project"):
            projects = self._projects(cycle, asked["project"]).values("pk")
            rows = rows.filter(appropriation__project_id__in=projects)
        return rows.filter(state=asked["state"]) if asked.get("state") else rows
