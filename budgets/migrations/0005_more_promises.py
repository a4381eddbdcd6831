from django.db import migrations

from sop_portal.kit.triggers import RefuseWhen, decided_by_another, frozen_while, never_truncated, not_by_its_head

INTO_FROZEN = (
    "NEW.budget_id <> OLD.budget_id AND "
    "EXISTS (SELECT 1 FROM budgets_budget b WHERE b.id = NEW.budget_id AND b.state IN ('approved', 'superseded'))"
)
DECIDED = "OLD.state IN ('approved', 'superseded')"
BUDGET = (
    "cycle_id", "number", "kind", "based_on_id", "reason", "shared_at", "shared_by_id", "proposed_at",
    "proposed_by_id", "endorsed_at", "endorsed_by_id", "approved_at", "approved_by_id", "version",
)  # fmt: skip
DEPARTMENT_OF_FINDING = "(SELECT a.department_id FROM budgets_audit a WHERE a.id = NEW.audit_id)"


class Migration(migrations.Migration):
    """An approved budget only steps aside for the next one; nobody decides on the department they head."""

    dependencies = [("budgets", "0004_fill_kept_sums"), ("organisation", "0002_cache_table")]
    operations = [
        RefuseWhen(
            "approved_budget_takes_no_line_over", "budgets_budgetline", "UPDATE", INTO_FROZEN,
            "approved_budget_takes_no_line_over: this never changes",
        ),
        RefuseWhen(
            "approved_budget_only_steps_aside", "budgets_budget", "UPDATE",
            f"{DECIDED} AND NEW.state <> OLD.state AND NOT (OLD.state = 'approved' AND NEW.state = 'superseded')",
            "approved_budget_only_steps_aside: this never changes",
        ),
        RefuseWhen(
            "approved_budget_stays", "budgets_budget", "DELETE", DECIDED, "approved_budget_stays: this never changes"
        ),
        frozen_while("approved_budget_frozen", "budgets_budget", DECIDED, BUDGET),
        never_truncated("budget_line_not_truncated", "budgets_budgetline"),
        never_truncated("expense_not_truncated", "budgets_expense"),
        *decided_by_another("budget_endorsed_four_eyes", "budgets_budget", "endorsed_by_id", "budget"),
        *decided_by_another(
            "confirmation_four_eyes", "budgets_confirmation", "overruled_by_id", "confirmation"
        ),
        *decided_by_another(
            "contested_lines_four_eyes", "budgets_confirmation", "overruled_by_id", "budget", record="budget_id"
        ),
        not_by_its_head("confirmation_not_by_its_head", "budgets_confirmation", "overruled"),
        not_by_its_head("exception_not_by_its_head", "budgets_spendingexception", "decided"),
        not_by_its_head("finding_not_by_its_head", "budgets_finding", "verified", DEPARTMENT_OF_FINDING),
        not_by_its_head("audit_not_by_its_head", "budgets_audit", "closed"),
    ]  # fmt: skip
