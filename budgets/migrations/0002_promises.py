from django.db import migrations

from sop_portal.kit.triggers import RefuseWhen, decided_by_another, never_changes

FROZEN = "EXISTS (SELECT 1 FROM budgets_budget b WHERE b.id = {row}.budget_id AND b.state IN ('approved', 'superseded'))"


class Migration(migrations.Migration):
    """Four eyes, the approved budget that never changes, and expenses that are never edited."""

    dependencies = [("budgets", "0001_initial"), ("workflow", "0001_initial")]
    operations = [
        *decided_by_another("budget_approved_four_eyes", "budgets_budget", "approved_by_id", "budget"),
        *decided_by_another("finding_four_eyes", "budgets_finding", "verified_by_id", "finding"),
        *decided_by_another("exception_four_eyes", "budgets_spendingexception", "decided_by_id", "exception"),
        *never_changes("approved_line_frozen", "budgets_budgetline", FROZEN),
        RefuseWhen(
            "approved_budget_takes_no_line", "budgets_budgetline", "INSERT", FROZEN.format(row="NEW"),
            "approved_budget_takes_no_line: this never changes",
        ),
        *never_changes("expense_never_edited", "budgets_expense"),
    ]  # fmt: skip
