"""What people type about an audit: the shape of it, cleaned; nothing is saved here."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.audits.actions import AuditPlan, Observation
from budgets.audits.models import Audit
from budgets.audits.workflow import too_much_concerned
from planning.cycles.calendar import days_of_work, days_to_answer
from planning.cycles.queries import who_can_owe
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.formats import under
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.money import AmountField
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.forms import NewDayForm

STATES = [("", _("All states")), ("open", _("Not closed")), *Audit.State.choices]


class AuditFilter(ListFilter):
    """Which audits are listed."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All departments"),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        seen = Department.objects.order_by("name")
        if not actor.sees_everything:
            seen = seen.filter(pk__in=actor.department_ids)
        self.fields["department"].queryset = seen  # type: ignore[attr-defined]

    def narrow(self, audits: QuerySet[Audit]) -> QuerySet[Audit]:
        """The audits that were asked for."""
        chosen = self.chosen
        department, state = chosen["department"], chosen["state"]
        audits = audits.filter(department=department) if department else audits
        if state == "open":
            return audits.exclude(state=Audit.State.CLOSED)
        return audits.filter(state=state) if state else audits


class PlanForm(LikelyDuplicateForm):
    """What is audited, and when."""

    title = TypedNameField(label=_("What is audited"), help_text=_("For example: use of the state grant, first half."))
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("All projects"),
        help_text=_("Leave it open to audit the whole department."),
    )
    planned_on = DayField(label=_("Planned for"))

    def __init__(self, data: QueryDict | None = None, *, cycle: Cycle, on: date) -> None:
        super().__init__(data)
        limit_to_span(self, days_of_work(cycle, on), "planned_on")
        projects = Project.objects.filter(cycle=cycle).select_related("department").order_by("department__name", "name")
        self.fields["department"].queryset = who_can_owe(cycle)  # type: ignore[attr-defined]
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = _with_department  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The project belongs to the department."""
        cleaned = super().clean() or {}
        project, department = cleaned.get("project"), cleaned.get("department")
        if project and department and project.department_id != department.pk:
            self.add_error("project", _("This project belongs to another department."))
        return cleaned

    @property
    def plan(self) -> AuditPlan:
        """What `actions.plan` takes."""
        typed = {name: self.cleaned_data[name] for name in ("title", "department", "planned_on", "project")}
        return AuditPlan(**typed, is_another=self.is_another)


def _with_department(project: Project) -> str:
    return under(project.department, project)


class FindingForm(LikelyDuplicateForm):
    """What was found, how much money it concerns, and until when the department answers."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    what = TypedTextField(label=_("What was found"))
    amount = AmountField(label=_("Amount concerned"), required=False)
    due = DayField(label=_("Answer due"))

    def __init__(self, data: QueryDict | None = None, *, audit: Audit, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.audit = audit
        limit_to_span(self, days_to_answer(on), "due")

    def clean_amount(self) -> Decimal | None:
        """No finding concerns more money than the audited project or department has."""
        amount: Decimal | None = self.cleaned_data["amount"]
        if problem := too_much_concerned(self.audit, amount):
            raise forms.ValidationError(problem)
        return amount

    @property
    def observation(self) -> Observation:
        """The observation to record, from the cleaned fields."""
        return Observation(self.cleaned_data["what"], self.cleaned_data["due"], self.cleaned_data["amount"])


class ReopenFindingForm(NewDayForm):
    """Why a finding is not remedied yet, and until when the department answers."""

    days = staticmethod(days_to_answer)
