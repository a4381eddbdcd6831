"""What is typed into the register of improvement measures."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.improvements.models import Measure, Measures
from evaluations.improvements.queries import who_may_own
from evaluations.improvements.workflow import MEASURE
from planning.cycles.calendar import days_to_carry_out
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.text import TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.forms import NewDayForm
from sop_portal.foundation.workflow.seen import SeenField, SeenVersion

OVERDUE = "overdue"


class MeasureProposalForm(LikelyDuplicateForm):
    """What is to be done, where department and origin follow from the record it is proposed on."""

    what = TypedTextField(label=_("What is to be done?"), rows=3)


class NewMeasureForm(LikelyDuplicateForm):
    """What is to be done, and for which department or project."""

    what = TypedTextField(label=_("What is to be done?"), rows=4)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), to_field_name="slug", empty_label=_("Choose a department")
    )
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("Project"), required=False, empty_label=_("The whole department")
    )

    def __init__(self, typed: QueryDict | None = None, *, actor: Actor, cycle: Cycle) -> None:
        super().__init__(typed)
        projects = Project.objects.filter(cycle=cycle).visible_to(actor).select_related("department")
        departments = Department.objects.filter(is_active=True)
        if not actor.sees_everything:
            departments = departments.filter(pk__in=actor.department_ids)
            headed = actor.headed_ids
            projects = projects.filter(department__in=headed) | projects.filter(lead=actor.user)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["project"].queryset = projects.order_by("department__name", "name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The project belongs to the department."""
        typed: dict[str, Any] = super().clean() or {}
        project, department = typed.get("project"), typed.get("department")
        if project and department and project.department_id != department.pk:
            self.add_error("project", _("This project belongs to another department."))
        return typed

    @property
    def proposal(self) -> MeasureProposal:
        """The proposal that `actions.propose` is given, from the cleaned fields."""
        typed = self.cleaned_data
        slug = typed["project"].slug if typed["project"] else ""
        return MeasureProposal(typed["what"], Measure.Origin.EVALUATION, project_slug=slug, is_another=self.is_another)


class AdoptForm(forms.Form):
    """Who carries a measure out, until when, and how much depends on it."""

    seen = SeenField()
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Owner"),
        empty_label=_("Choose a person"),
        help_text=_("Carries the measure out; somebody else verifies it."),
    )
    due = DayField(label=_("Due"))
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Measure.Priority.choices,
        initial=Measure.Priority.NORMAL,
        required=False,
        help_text=_("Of high priority: a paper shows that it was done."),
    )
    comment = TypedTextField(label=_("Comment"), required=False)

    def __init__(self, typed: QueryDict | None = None, *, measure: Measure, actor: Actor) -> None:
        wanted = {"owner": measure.owner_id, "due": measure.due}
        super().__init__(typed, initial={"seen": SeenVersion.on(MEASURE, measure), **wanted})
        limit_to_span(self, days_to_carry_out(actor.on), "due")
        self.fields["owner"].queryset = who_may_own(measure.department, actor.on)  # type: ignore[attr-defined]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for `actions.adopt`, from the cleaned fields."""
        typed = self.cleaned_data
        assignment = Assignment(typed["owner"], typed["due"], typed["priority"] or Measure.Priority.NORMAL)
        return {"assignment": assignment, "seen": typed["seen"], "comment": typed["comment"]}


class FinishForm(forms.Form):
    """What shows that a measure was carried out."""

    seen = SeenField()
    evidence = TypedTextField(
        label=_("What shows that it was done?"),
        help_text=_("For example where it can be seen, or since when it has been done."),
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for `actions.finish`, from the cleaned fields."""
        return self.cleaned_data


class ReopenMeasureForm(NewDayForm):
    """Why a measure is not done yet, and until when it is to be."""

    days = staticmethod(days_to_carry_out)


class MeasureFilter(ListFilter):
    """Which measures are shown."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), (OVERDUE, _("Overdue")), *Measure.State.choices],
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("Everybody"))

    def __init__(self, asked: QueryDict, *, actor: Actor, cycle: Cycle) -> None:
        super().__init__(asked)
        departments, owned = Department.objects.all(), Measure.objects.filter(cycle=cycle).visible_to(actor)
        if not actor.sees_everything:
            departments = departments.filter(pk__in=actor.department_ids)
        owners = User.objects.filter(pk__in=owned.values("owner_id")).order_by("name")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def narrow(self, rows: Measures, on: date) -> Measures:
        """The measures that were asked for."""
        wanted = self.wanted
        if wanted.get("state") == OVERDUE:
            del wanted["state"]
            rows = rows.overdue(on)
        return rows.filter(**wanted)
