"""Forms of progress reports and issues."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.spending.forms import MonthField, ScopeFilter
from evaluations.reports.models import COUNTERS, STOPPED, CountCorrection, Issue, ProgressReport
from evaluations.reports.workflow import CORRECTION_FIELDS, REPORT, REPORT_FIELDS
from planning.models import Cycle
from sop_portal.foundation.kit.dates import Span
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.money import CountField
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.workflow.forms import SharedForm

ALL_STATES = ("", _("All states"))
NUMBER = {"class": "form-control--num"}


class LaterCountField(CountField):
    """A count that is owed with the report, but may stay empty while it is written."""

    def validate(self, value: Decimal | int | None) -> None:
        """Empty is fine for now; the step itself asks for it."""
        if value is not None:
            super().validate(value)


class ProgressReportForm(SharedForm):
    """The two counts of a period and the three texts; everything else is prefilled by the portal."""

    use_required_attribute = False

    activities_held = LaterCountField(label=REPORT_FIELDS["activities_held"], widget=forms.TextInput(attrs=NUMBER))
    participants_reached = LaterCountField(
        label=REPORT_FIELDS["participants_reached"], widget=forms.TextInput(attrs=NUMBER)
    )
    explanation = TypedTextField(
        label=REPORT_FIELDS["explanation"],
        required=False,
        rows=3,
        help_text=_("The cause, and what you will do about it. Management reads this first."),
    )
    problems = TypedTextField(label=REPORT_FIELDS["problems"], required=False, rows=3)
    outlook = TypedTextField(label=REPORT_FIELDS["outlook"], required=False, rows=3)

    def __init__(self, typed: QueryDict | None = None, *, report: ProgressReport) -> None:
        super().__init__(typed)
        self.share(REPORT, report, {name: getattr(report, name) for name in REPORT_FIELDS})


class CountCorrectionForm(forms.Form):
    """Which count of an accepted report is wrong, what is right, and why."""

    metric = forms.ChoiceField(label=CORRECTION_FIELDS["metric"], widget=forms.RadioSelect)
    becomes = CountField(label=CORRECTION_FIELDS["becomes"], widget=forms.TextInput(attrs=NUMBER))
    reason = TypedTextField(
        label=CORRECTION_FIELDS["reason"],
        rows=3,
        help_text=_("Whoever confirms it reads this, and it stays beside the count."),
    )

    def __init__(self, typed: QueryDict | None = None, *, report: ProgressReport) -> None:
        super().__init__(typed)
        counted = {metric: number(report.counted(metric)) for metric in COUNTERS}
        choice = self.fields["metric"]
        choice.choices = [  # type: ignore[attr-defined]
            (metric.value, _("%(measure)s, counted so far: %(count)s") % {"measure": metric.label, "count": count})
            for metric, count in counted.items()
        ]


class ReportFilter(ScopeFilter):
    """Which reports to show."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[ALL_STATES, ("late", _("Overdue")), *ProgressReport.State.choices],
    )
    month = MonthField(label=_("Month"), required=False)

    def narrow(self, rows: "QuerySet[Any]", cycle: Cycle) -> "QuerySet[Any]":
        """The rows that were asked for, also by state and month."""
        rows = super().narrow(rows, cycle)
        asked = self.chosen
        if asked.get("state") == "late":
            rows = rows.filter(state__in=REPORT["submit"].sources, due__lt=self.actor.on)
            rows = rows.exclude(project__state__in=STOPPED)
        elif asked.get("state"):
            rows = rows.filter(state=asked["state"])
        if asked.get("month"):
            first, last = self.month_within(Span(cycle.starts_on, cycle.ends_on))
            rows = rows.filter(period_first__gte=first, period_first__lte=last)
        return rows


class IssueFilter(ScopeFilter):
    """Which issues to show."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL_STATES, *Issue.State.choices])

    def narrow(self, rows: "QuerySet[Any]", cycle: Cycle) -> "QuerySet[Any]":
        """The rows that were asked for, also by state."""
        return in_state(super().narrow(rows, cycle), self.chosen["state"])


class CorrectionFilter(ScopeFilter):
    """Which corrections of counts to show."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL_STATES, *CountCorrection.State.choices])

    def narrow(self, rows: "QuerySet[Any]", cycle: Cycle) -> "QuerySet[Any]":
        """The rows that were asked for, also by state."""
        return in_state(super().narrow(rows, cycle), self.chosen["state"])


def in_state(rows: "QuerySet[Any]", state: str) -> "QuerySet[Any]":
    """The rows in a state; all of them where none was asked for."""
    return rows.filter(state=state) if state else rows


class IssueForm(LikelyDuplicateForm):
    """What has to be solved."""

    title = TypedNameField(label=_("Title"))
    text = TypedTextField(label=_("What is the matter"))
    to_meeting = forms.BooleanField(label=_("Raise it to the next review meeting"), required=False)
