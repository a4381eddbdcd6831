"""Publishing the demand report: every department's request opens with it."""

from planning.forecasts.workflow import DEMAND_REPORT
from planning.requests import actions
from planning.requests.queries import find_report
from sop_portal.foundation.workflow.views import step_view

publish = step_view(DEMAND_REPORT, {"publish": actions.publish_report}, find_report)
