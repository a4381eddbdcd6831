from django.db import migrations

from sop_portal.foundation.kit.closed_years import MESSAGE, YEARS, stays_when_closed
from sop_portal.foundation.kit.triggers import (
    RefuseWhen,
    decided_by_another,
    frozen_while,
    never_changes,
    never_truncated,
    not_above_its_department,
    not_by_its_head,
)

PUBLISHED = "EXISTS (SELECT 1 FROM planning_demandreport r WHERE r.id = NEW.report_id AND r.state = 'published')"
DEPARTMENT_OF_LINE = "(SELECT r.department_id FROM planning_resourcerequest r WHERE r.id = NEW.request_id)"

SPENT_IN_YEAR = "EXISTS (SELECT 1 FROM planning_project p WHERE p.cycle_id = OLD.id AND p.spent <> 0)"
NOT_MONEY_OF_THE_YEAR = (
    "NEW.paid_from_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM planning_pool p "
    "WHERE p.id = NEW.paid_from_id AND p.kind = 'money' AND p.cycle_id = NEW.cycle_id)"
)


def takes_nothing_more(name: str, table: str) -> RefuseWhen:
    return RefuseWhen(name, table, "INSERT", PUBLISHED, f"{name}: this never changes")


class Migration(migrations.Migration):
    """Four eyes, the frozen demand report, who pays a pool, labels of what is granted or spent, closed years."""

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
        *(
            RefuseWhen(
                f"pool_is_paid_from_money_{event.lower()}",
                "planning_pool",
                event,
                NOT_MONEY_OF_THE_YEAR,
                "pool_is_paid_from_money: a pool is paid from a money pool of its year",
            )
            for event in ("INSERT", "UPDATE")
        ),
        frozen_while(
            "spent_project_keeps_its_labels", "planning_project", "OLD.spent <> 0",
            ("cycle_id", "department_id", "slug"),
        ),
        frozen_while(
            "spent_year_keeps_its_labels", "planning_cycle", SPENT_IN_YEAR,
            ("year", "starts_on", "currency", "time_zone"),
        ),
        RefuseWhen(
            "spent_year_ends_no_earlier", "planning_cycle", "UPDATE", f"NEW.ends_on < OLD.ends_on AND {SPENT_IN_YEAR}",
            "spent_year_ends_no_earlier: what is spent keeps its year",
        ),
        frozen_while(
            "granted_pool_keeps_its_labels", "planning_pool", "OLD.committed <> 0",
            ("cycle_id", "name", "kind", "unit", "rate", "paid_from_id", "is_paid_for"),
        ),
        frozen_while(
            "granted_line_keeps_its_labels", "planning_requestline", "OLD.granted <> 0 AND NEW.granted <> 0",
            ("request_id", "project_id", "pool_id", "quantity", "unit_cost"),
        ),
        *(
            RefuseWhen(f"closed_year_stays_{event.lower()}", YEARS, event, "OLD.state = 'closed'", MESSAGE)
            for event in ("UPDATE", "DELETE")
        ),
        not_above_its_department("forecast_not_by_its_programme_manager", "planning_forecast", "accepted"),
        not_above_its_department("forecast_not_waived_by_its_programme_manager", "planning_forecast", "waived"),
        not_above_its_department("request_not_by_its_programme_manager", "planning_resourcerequest", "allocated"),
        not_above_its_department("request_not_waived_by_its_programme_manager", "planning_resourcerequest", "waived"),
        not_above_its_department("request_line_not_by_its_programme_manager", "planning_requestline", "decided", DEPARTMENT_OF_LINE),
        not_above_its_department("extension_request_not_by_its_programme_manager", "planning_extensionrequest", "decided"),
        not_above_its_department("extension_not_by_its_programme_manager", "planning_extension", "granted", event="INSERT"),
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
