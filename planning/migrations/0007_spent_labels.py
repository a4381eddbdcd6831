from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen, frozen_while

SPENT_IN_YEAR = "EXISTS (SELECT 1 FROM planning_project p WHERE p.cycle_id = OLD.id AND p.spent <> 0)"


class Migration(migrations.Migration):
    """What is spent keeps its project, department and year; a year with spending its currency, and its days."""

    dependencies = [("planning", "0006_past_figures")]

    operations = [
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
    ]
