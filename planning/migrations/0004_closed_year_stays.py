from django.db import migrations

from sop_portal.foundation.kit.closed_years import MESSAGE, YEARS, stays_when_closed
from sop_portal.foundation.kit.triggers import RefuseWhen


class Migration(migrations.Migration):
    """A closed year stays closed, and none of its plans changes any more."""

    dependencies = [("planning", "0003_search_by_words")]
    operations = [
        *(
            RefuseWhen(f"closed_year_stays_{event.lower()}", YEARS, event, "OLD.state = 'closed'", MESSAGE)
            for event in ("UPDATE", "DELETE")
        ),
        *stays_when_closed(
            "planning_stagewindow",
            "planning_extension",
            "planning_extensionrequest",
            "planning_project",
            "planning_forecast",
            "planning_forecastline",
            "planning_forecastfigure",
            "planning_demandreport",
            "planning_reportline",
            "planning_reportsum",
            "planning_reportneed",
            "planning_reportgap",
            "planning_pool",
            "planning_resourcerequest",
            "planning_requestline",
        ),
    ]
