from django.db import migrations

from sop_portal.kit.triggers import decided_by_another, never_changes


class Migration(migrations.Migration):
    """Four eyes and the frozen demand report, kept by the database."""

    dependencies = [("planning", "0001_initial"), ("workflow", "0001_initial")]
    operations = [
        *decided_by_another("forecast_four_eyes", "planning_forecast", "accepted_by_id", "forecast"),
        *decided_by_another("request_four_eyes", "planning_resourcerequest", "allocated_by_id", "request"),
        *decided_by_another(
            "request_line_four_eyes", "planning_requestline", "decided_by_id", "request", record="request_id"
        ),
        *never_changes("report_line_frozen", "planning_reportline"),
        *never_changes("report_gap_frozen", "planning_reportgap"),
        *never_changes("demand_report_frozen", "planning_demandreport", "{row}.state = 'published'"),
    ]
