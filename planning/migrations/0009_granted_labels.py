from django.db import migrations

from sop_portal.foundation.kit.triggers import frozen_while


class Migration(migrations.Migration):
    """What is granted keeps its labels: the pool its name, unit, rate and payer, the line its pool, amount and cost."""

    dependencies = [("planning", "0008_project_names")]

    operations = [
        frozen_while(
            "granted_pool_keeps_its_labels", "planning_pool", "OLD.committed <> 0",
            ("cycle_id", "name", "kind", "unit", "rate", "paid_from_id", "is_paid_for"),
        ),
        frozen_while(
            "granted_line_keeps_its_labels", "planning_requestline", "OLD.granted <> 0 AND NEW.granted <> 0",
            ("request_id", "project_id", "pool_id", "quantity", "unit_cost"),
        ),
    ]
