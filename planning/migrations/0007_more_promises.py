from django.db import migrations

from sop_portal.kit.triggers import (
    RefuseWhen,
    decided_by_another,
    never_changes,
    never_truncated,
    not_by_its_head,
)

PUBLISHED = "EXISTS (SELECT 1 FROM planning_demandreport r WHERE r.id = NEW.report_id AND r.state = 'published')"
DEPARTMENT_OF_LINE = "(SELECT r.department_id FROM planning_resourcerequest r WHERE r.id = NEW.request_id)"


def takes_nothing_more(name: str, table: str) -> RefuseWhen:
    return RefuseWhen(name, table, "INSERT", PUBLISHED, f"{name}: this never changes")


class Migration(migrations.Migration):
    """A published report takes no further line; nobody decides on the department they head, nor excuses it."""

    dependencies = [("planning", "0006_search_by_words"), ("organisation", "0002_cache_table")]
    operations = [
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
    ]  # fmt: skip
