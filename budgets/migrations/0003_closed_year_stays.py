from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed


class Migration(migrations.Migration):
    """The budget, the spending and the audits of a closed year stay as they are."""

    dependencies = [("budgets", "0002_promises"), ("planning", "0004_closed_year_stays")]
    operations = stays_when_closed(
        "budgets_budget",
        "budgets_budgetline",
        "budgets_budgetsum",
        "budgets_confirmation",
        "budgets_contest",
        "budgets_appropriation",
        "budgets_spendingexception",
        "budgets_expense",
        "budgets_audit",
        "budgets_finding",
    )
