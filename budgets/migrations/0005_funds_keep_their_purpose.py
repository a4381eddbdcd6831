from django.db import migrations

from sop_portal.foundation.kit.triggers import frozen_while

# Words about the purpose of a restricted fund were said, read and confirmed of that purpose.
PROMISED = (
    "OLD.is_restricted AND EXISTS (SELECT 1 FROM budgets_budgetline l JOIN budgets_budget b ON b.id = l.budget_id "
    "WHERE l.fund_id = OLD.id AND l.serves_purpose <> '' AND b.state <> 'superseded')"
)


class Migration(migrations.Migration):
    """A restricted fund stays what it is while lines say how they serve its purpose."""

    dependencies = [("budgets", "0004_excepted_elsewhere")]
    operations = [
        frozen_while("promised_fund_keeps_its_purpose", "budgets_fund", PROMISED, ("name", "purpose", "is_restricted"))
    ]
