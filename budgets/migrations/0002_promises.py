from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed
from sop_portal.foundation.kit.triggers import (
    RefuseWhen,
    decided_by_another,
    frozen_while,
    never_changes,
    never_truncated,
    not_above_its_department,
    not_by_its_head,
)

FROZEN = "EXISTS (SELECT 1 FROM budgets_budget b WHERE b.id = {row}.budget_id AND b.state IN ('approved', 'superseded'))"
INTO_FROZEN = (
    "NEW.budget_id <> OLD.budget_id AND "
    "EXISTS (SELECT 1 FROM budgets_budget b WHERE b.id = NEW.budget_id AND b.state IN ('approved', 'superseded'))"
)
DECIDED = "OLD.state IN ('approved', 'superseded')"
BUDGET = (
    "cycle_id", "number", "kind", "based_on_id", "reason", "shared_at", "shared_by_id", "proposed_at",
    "proposed_by_id", "endorsed_at", "endorsed_by_id", "approved_at", "approved_by_id", "version",
)
DEPARTMENT_OF_FINDING = "(SELECT a.department_id FROM budgets_audit a WHERE a.id = NEW.audit_id)"
SPENT = "EXISTS (SELECT 1 FROM budgets_appropriation a WHERE a.fund_id = OLD.id AND a.spent <> 0)"
# Without words for its purpose no line stands on a restricted fund, whichever of the two was there first.
PURPOSE = (
    "NEW.serves_purpose = '' AND "
    "EXISTS (SELECT 1 FROM budgets_fund f WHERE f.id = NEW.fund_id AND f.is_restricted)"
)
WORDLESS = (
    "NEW.is_restricted AND NOT OLD.is_restricted AND EXISTS (SELECT 1 FROM budgets_budgetline l "
    "JOIN budgets_budget b ON b.id = l.budget_id "
    "WHERE l.fund_id = OLD.id AND l.serves_purpose = '' AND b.state <> 'superseded')"
)
# An expense is written with the labels of its line on that day.
LABELS = (
    "EXISTS (SELECT 1 FROM budgets_appropriation a WHERE a.id = NEW.appropriation_id AND (a.fund_id <> NEW.fund_id "
    "OR a.category <> NEW.category OR a.department_id <> NEW.department_id OR a.project_id <> NEW.project_id "
    "OR a.cycle_id <> NEW.cycle_id))"
)
# A line of a version that was decided on, or money that was spent, leads to the row.
LED_TO = (
    "EXISTS (SELECT 1 FROM budgets_budgetline l JOIN budgets_budget b ON b.id = l.budget_id "
    "WHERE l.brought_row_id = {row}.id AND b.state IN ('approved', 'superseded')) "
    "OR EXISTS (SELECT 1 FROM budgets_expense e WHERE e.brought_row_id = {row}.id)"
)


class Migration(migrations.Migration):
    """Four eyes, the approved budget that only steps aside, expenses never edited, labels of what is spent, closed years."""

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
        frozen_while(
            "spent_line_keeps_its_labels", "budgets_appropriation", "OLD.spent <> 0",
            ("cycle_id", "number", "department_id", "project_id", "category", "fund_id"),
        ),
        RefuseWhen(
            "expense_has_labels_of_its_line", "budgets_expense", "INSERT", LABELS,
            "expense_has_labels_of_its_line: what is spent keeps its labels",
        ),
        frozen_while(
            "spent_fund_keeps_its_name", "budgets_fund", SPENT, ("name", "purpose", "is_restricted"),
        ),
        RefuseWhen(
            "restricted_fund_takes_no_wordless_lines", "budgets_fund", "UPDATE", WORDLESS,
            "restricted_fund_takes_no_wordless_lines: say how each line serves the purpose",
        ),
        *(
            RefuseWhen(
                f"line_serves_the_purpose_{event.lower()}", "budgets_budgetline", event, PURPOSE,
                "line_serves_the_purpose: say how the line serves the purpose of its fund",
            )
            for event in ("INSERT", "UPDATE")
        ),
        *decided_by_another("plan_returned_four_eyes", "budgets_budget", "returned_by_id", "budget"),
        frozen_while("confirmed_plan_frozen", "budgets_budget", DECIDED, ("outside_on", "outside_by")),
        *never_changes("brought_row_led_to", "budgets_broughtrow", LED_TO),
        not_above_its_department("confirmation_not_by_its_programme_manager", "budgets_confirmation", "overruled"),
        not_above_its_department("exception_not_by_its_programme_manager", "budgets_spendingexception", "decided"),
        not_above_its_department("finding_not_by_its_programme_manager", "budgets_finding", "verified", DEPARTMENT_OF_FINDING),
        not_above_its_department("audit_not_by_its_programme_manager", "budgets_audit", "closed"),
        *stays_when_closed(
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
            "budgets_releasedgrant",
            "budgets_measuredyear",
            "budgets_linewarning",
            "budgets_broughtrow",
        ),
    ]
