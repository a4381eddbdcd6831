"""Stage 1: what may happen to a forecast and to the demand report, on one screen."""

from django.utils.translation import gettext_lazy as _

from planning.forecasts.models import DemandReport, Forecast
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = Forecast.State
R = DemandReport.State

FORECAST = Workflow(
    kind="forecast",
    label=_("Demand forecast"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.ACCEPTED, S.WAIVED}),
    tones={S.DRAFT: "draft", S.SUBMITTED: "sent", S.RETURNED: "back", S.ACCEPTED: "ok", S.WAIVED: "shut"},
    editable=frozenset({S.DRAFT, S.RETURNED}),
    steps=(
        Step(
            "submit", _("Submit forecast"), [S.DRAFT, S.RETURNED], S.SUBMITTED, by=Can.SUBMIT_FORECAST,
            done=_("%(person)s submitted the forecast"), stamps="submitted", authors=True,
            says=_("The resource team decides next. You can withdraw it until then."),
        ),
        Step(
            "accept", _("Accept forecast"), [S.SUBMITTED], S.ACCEPTED, by=Can.REVIEW_FORECAST,
            done=_("%(person)s accepted the forecast"), stamps="accepted", four_eyes=True,
            says=_("It becomes part of the year’s demand report."),
        ),
        Step(
            "send-back", _("Send back with a comment"), [S.SUBMITTED, S.ACCEPTED], S.RETURNED, by=Can.REVIEW_FORECAST,
            done=_("%(person)s sent the forecast back"), four_eyes=True, comment=True, awaited=False,
        ),
        Step(
            "withdraw", _("Withdraw forecast"), [S.SUBMITTED], S.DRAFT, by=Can.SUBMIT_FORECAST,
            done=_("%(person)s withdrew the forecast"), awaited=False,
        ),
        Step(
            "waive", _("Waive forecast"), [S.DRAFT, S.RETURNED], S.WAIVED, by=Can.WAIVE,
            done=_("%(person)s waived the forecast"), stamps="waived", comment=True, awaited=False,
        ),
    ),
)  # fmt: skip

DEMAND_REPORT = Workflow(
    kind="demand-report",
    label=_("Unified demand report"),
    states=R,
    initial=R.COMPILING,
    closed=frozenset({R.PUBLISHED}),
    tones={R.COMPILING: "draft", R.PUBLISHED: "ok"},
    editable=frozenset({R.COMPILING}),
    steps=(
        Step(
            "publish", _("Publish demand report"), [R.COMPILING], R.PUBLISHED, by=Can.PUBLISH_REPORT,
            done=_("%(person)s published the demand report"), stamps="published",
            says=_("The version is frozen, and every department gets two weeks for its resource request."),
        ),
    ),
)  # fmt: skip
