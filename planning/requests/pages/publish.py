"""Publishing the demand report: every department's request opens with it."""

from planning.forecasts.workflow import DEMAND_REPORT
from planning.requests.forms.publish import PublishForm
from planning.requests.queries import find_report
from sop_portal.foundation.workflow.views import step_view

publish = step_view(DEMAND_REPORT, find_report, {"publish": PublishForm})
