"""Forms of spending: what is shown, what is posted, what is asked for."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Appropriation
from budgets.spending.actions import Payment
from budgets.spending.models import Flag, SpendingException
from budgets.spending.queries import likely_double, warned
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR, DayField, end_of_month
from sop_portal.foundation.kit.doubles import DoubleForm
from sop_portal.foundation.kit.filters import ListFilter, NotUnderstood
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.money import STORED_PLACES, AmountField, places_of
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
LINE = re.compile(r"(?:([0-9]{4})-)?([0-9]{1,9})", re.ASCII)
LEAST = Decimal("0.01")


class MonthField(forms.CharField):
    """A month, typed as 2027-10 or picked."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2027-10"})

    def to_python(self, value: object) -> date | None:  # type: ignore[override]
        """The first day of the month, or a sentence that says why it is none."""
        typed = str(value or "")[:20].strip()
        if not typed:
            return None
        found = MONTH.fullmatch(typed)
        if not found or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            message = _("“%(typed)s” is not a month. Write year and month like 2027-10.")
            raise ValidationError(message, code="invalid", params={"typed": typed})
        return date(int(found[1]), int(found[2]), 1)


class LineNumberField(forms.CharField):
    """The number of an approved line, typed as 2027-118 or 118."""

    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        """The number within the year."""
        typed = str(value or "")[:20].strip()
        if not typed:
            return None
        found = LINE.fullmatch(typed)
        if not found:
            message = _("“%(typed)s” is not the number of a line. Write it like 2027-118.")
            raise ValidationError(message, code="invalid", params={"typed": typed})
        return int(found[2])


def year_typed(typed: str) -> int | None:
    """The year that stands before the number of a line, if one was typed."""
    found = LINE.fullmatch(typed.strip())
    return int(found[1]) if found and found[1] else None


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

    def is_narrowed_by(self, *names: str) -> bool:
        """Whether one of these fields narrows the list."""
        return any(self.cleaned_data.get(name) for name in names)

    def _projects(self, cycle: Cycle, typed: str) -> QuerySet[Project]:
        """The projects of exactly this short name, else those whose name fits."""
        found = Project.objects.filter(cycle_id=cycle.pk).visible_to(self.actor)
        exact = found.filter(slug=typed)
        return exact if exact.exists() else found.filter(name__icontains=typed)


class LineFilter(ScopeFilter):
    """Which approved lines to show."""

    used = forms.ChoiceField(
        label=_("Used"),
        required=False,
        choices=[("", _("All lines")), ("90", _("Nine tenths and more")), ("0", _("Nothing spent yet"))],
    )
    flag = forms.ChoiceField(
        label=_("Early warning"),
        required=False,
        choices=[("", _("With and without")), ("any", _("Any warning")), *Flag.choices],
    )

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Also by how much of the line is used up, and by what it is warned of."""
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

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Also by approved line and by month."""
        rows = super().narrow(rows, cycle)
        asked, typed = self.chosen, self.data.get("line", "")
        if year_typed(typed) not in (None, cycle.year):
            raise NotUnderstood(self.fields["line"].label or "line", typed)
        if asked.get("line") is not None:
            lines = Appropriation.objects.filter(cycle_id=cycle.pk, number=asked["line"])
            rows = rows.filter(appropriation_id__in=lines.values("pk"))
        if asked.get("month"):
            first = asked["month"]
            rows = rows.filter(spent_on__gte=first, spent_on__lte=end_of_month(first))
        return rows


class ExceptionFilter(ScopeFilter):
    """Which exceptions to show."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *SpendingException.State.choices]
    )

    def narrow(self, rows: QuerySet[Any], cycle: Cycle) -> QuerySet[Any]:
        """Also by state; the project is that of the line."""
        asked = self.chosen
        if asked.get("department"):
            rows = rows.filter(department_id=asked["department"].pk)
        if asked.get("project"):
            projects = self._projects(cycle, asked["project"]).values("pk")
            rows = rows.filter(appropriation__project_id__in=projects)
        return rows.filter(state=asked["state"]) if asked.get("state") else rows


class ExpenseForm(DoubleForm):
    """What is to be spent on the chosen line."""

    amount = AmountField(label=_("Amount"), at_least=LEAST)
    spent_on = DayField(label=_("Date of the expense"))
    what = TypedNameField(label=_("What for"))
    receipt = TypedNameField(
        label=_("Receipt"), required=False, max_length=60, help_text=_("Its number, or where it is kept.")
    )

    def __init__(
        self, data: QueryDict | None = None, *, line: Appropriation, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        currency = line.cycle.currency
        places = min(places_of(currency), STORED_PLACES)
        self.fields["amount"] = AmountField(
            label=_("Amount in %(currency)s") % {"currency": currency},
            places=places,
            at_least=Decimal(1).scaleb(-places),
            widget=forms.TextInput(attrs={"class": "form-control--num"}),
        )
        self.order_fields(["amount", "spent_on", "what", "receipt"])

    @property
    def payment(self) -> Payment:
        """What is to be spent."""
        typed = self.cleaned_data
        return Payment(typed["amount"], typed["spent_on"], typed["what"], typed.get("receipt", ""))


class PostForm(ExpenseForm):
    """What is to be spent, with the confirmation a restricted fund asks for."""

    def __init__(self, data: QueryDict, *, line: Appropriation, actor: Actor) -> None:
        super().__init__(data, line=line)
        self.line, self.actor = line, actor
        if line.fund.is_restricted:
            self.fields["serves_purpose"] = forms.BooleanField(
                label=_("I confirm that it serves this purpose."),
                error_messages={"required": _("Confirm the purpose, or choose a line of another fund.")},
            )

    def clean(self) -> dict[str, Any]:
        """What looks like an expense that is posted already is another one only where somebody says so."""
        cleaned = super().clean() or {}
        double = likely_double(self.line, self.payment, self.actor) if not self.errors else None
        if double is not None:
            self.repeats(*double)
        return cleaned


class ExceptionForm(ExpenseForm):
    """An expense the guard stopped, and why the rule should not hold once."""

    why = TypedTextField(label=_("Why the rule should not hold once"), help_text=_("Finance decides on it."))

    def __init__(
        self, data: QueryDict | None = None, *, line: Appropriation, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, line=line, initial=initial)
        del self.fields["receipt"]


class CorrectForm(forms.Form):
    """Why an expense is undone."""

    why = TypedTextField(label=_("Why"), help_text=_("The reason stays with both entries."))


class ChooseForm(forms.Form):
    """The line an expense is posted against; the lines a person may post on are offered, others can be named."""

    line = LineNumberField(label=_("Line"), help_text=_("Only lines of active projects are offered."))

    def __init__(self, data: QueryDict | None, *, lines: list[Appropriation], cycle: Cycle) -> None:
        super().__init__(data)
        choices = [(line.number, self.named(line, cycle)) for line in lines]
        self.fields["line"].widget = forms.Select(choices=[("", _("Choose a line")), *choices])
        self.year = cycle.year

    def clean_line(self) -> int:
        """The number; a line of another year is posted on in that year."""
        typed, number = str(self.data.get("line", "")), self.cleaned_data["line"]
        other = year_typed(typed)
        if other not in (None, self.year):
            message = _("“%(typed)s” is a line of another year. Open the plan year %(other)s to post on it.")
            raise ValidationError(message, code="other-year", params={"typed": typed[:20], "other": other})
        return int(number)

    @staticmethod
    def named(line: Appropriation, cycle: Cycle) -> str:
        """Number, project with its department, category and what is left."""
        left = money(line.approved - line.spent, 2)
        names = (line.project.name, line.department.name, str(line.get_category_display()))
        parts = [f"{cycle.year}-{line.number}", *names]
        return " · ".join([*parts, _("%(left)s left") % {"left": left}])
