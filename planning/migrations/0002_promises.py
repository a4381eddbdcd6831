from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen, decided_by_another, never_changes, never_truncated, not_by_its_head

PUBLISHED = "EXISTS (SELECT 1 FROM planning_demandreport r WHERE r.id = NEW.report_id AND r.state = 'published')"
DEPARTMENT_OF_LINE = "(SELECT r.department_id FROM planning_resourcerequest r WHERE r.id = NEW.request_id)"


def takes_nothing_more(name: str, table: str) -> RefuseWhen:
    return RefuseWhen(name, table, "INSERT", PUBLISHED, f"{name}: this never changes")


class Migration(migrations.Migration):
    """Four eyes, the frozen demand report, and nobody who decides on the department they head."""

    dependencies = [("planning", "0001_initial"), ("workflow", "0001_initial")]
    operations = [
        *decided_by_another("forecast_four_eyes", "planning_forecast", "accepted_by_id", "forecast"),
        *decided_by_another("request_four_eyes", "planning_resourcerequest", "allocated_by_id", "request"),
        *decided_by_another(
            "request_line_four_eyes", "planning_requestline", "decided_by_id", "request", record="request_id"
        ),
        *never_changes("report_line_frozen", "planning_reportline"),
        *never_changes("report_gap_frozen", "planning_reportgap"),
        *never_changes("report_sum_frozen", "planning_reportsum"),
        *never_changes("report_need_frozen", "planning_reportneed"),
        *never_changes("demand_report_frozen", "planning_demandreport", "{row}.state = 'published'"),
        *decided_by_another(
            "extension_four_eyes", "planning_extensionrequest", "decided_by_id", "extension-request"
        ),
        takes_nothing_more("published_report_takes_no_line", "planning_reportline"),
        takes_nothing_more("published_report_takes_no_gap", "planning_reportgap"),
        takes_nothing_more("published_report_takes_no_sum", "planning_reportsum"),
        takes_nothing_more("published_report_takes_no_need", "planning_reportneed"),
        never_truncated("report_line_not_truncated", "planning_reportline"),
        *decided_by_another("forecast_waived_four_eyes", "planning_forecast", "waived_by_id", "forecast"),
        *decided_by_another("request_waived_four_eyes", "planning_resourcerequest", "waived_by_id", "request"),
        not_by_its_head("forecast_not_by_its_head", "planning_forecast", "accepted"),
        not_by_its_head("forecast_not_waived_by_its_head", "planning_forecast", "waived"),
        not_by_its_head("request_not_by_its_head", "planning_resourcerequest", "allocated"),
        not_by_its_head("request_not_waived_by_its_head", "planning_resourcerequest", "waived"),
        not_by_its_head("request_line_not_by_its_head", "planning_requestline", "decided", DEPARTMENT_OF_LINE),
        not_by_its_head("extension_request_not_by_its_head", "planning_extensionrequest", "decided"),
        not_by_its_head("extension_not_by_its_head", "planning_extension", "granted", event="INSERT"),
    ]
