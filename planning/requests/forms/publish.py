"""The form that publishes the first demand report: when do the requests open?"""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _

from planning.cycles.calendar import request_due
from planning.cycles.queries import due_in
from planning.forecasts.models import DemandReport
from planning.requests.queries import planned_opening
from sop_portal.foundation.kit import formats
from sop_portal.foundation.workflow.forms import StepForm


class PublishForm(StepForm):
    """Beside the comment it asks, when the report comes before the planned window, which of the two days holds."""

    def ask(self, record: DemandReport, at: datetime) -> None:  # type: ignore[override]
        """Nothing is chosen beforehand: opening early takes time from those who are left out."""
        today = record.cycle.day(at)
        window = planned_opening(record.cycle, today)
        if window is None:
            return
        due = due_in(record.cycle, request_due(today)).on
        planned = {"day": formats.day_of_year(window.opens_on), "due": formats.day_of_year(window.due_on)}
        early = {"day": formats.day_of_year(today), "due": formats.day_of_year(due)}
        self.fields["is_as_planned"] = forms.TypedChoiceField(
            label=_("When do resource requests open?"),
            coerce=lambda value: value == "planned",
            widget=forms.RadioSelect,
            choices=[
                ("planned", _("As planned, on %(day)s. They are due on %(due)s.") % planned),
                ("today", _("Today, %(day)s. They are due on %(due)s.") % early),
            ],
            error_messages={"required": _("Choose when resource requests open.")},
        )
        self.order_fields(["seen", "is_as_planned", "comment"])
