import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models

from sop_portal.foundation.kit.triggers import RefuseWhen, frozen_while

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


class Migration(migrations.Migration):
    """What is spent keeps its labels; a line keeps to its allocation, a fund to its amount and purpose."""

    dependencies = [('budgets', '0005_limits_rows')]

    operations = [
        migrations.AlterField(
            model_name='expense',
            name='category',
            field=models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('services', 'Services and rooms'), ('travel', 'Travel and training')], max_length=20, verbose_name='category'),
        ),
        migrations.AlterField(
            model_name='expense',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.fund'),
        ),
        migrations.AddConstraint(
            model_name='appropriation',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('approved', models.F('spent')), _connector='OR'), name='closed_line_holds_what_was_spent'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('q1'), '+', models.F('q2')), '+', models.F('q3')), '+', models.F('q4')), 2), models.F('allocated')), models.Q(('more_reason', ''), _negated=True), _connector='OR'), name='line_within_its_allocation', violation_error_message='Say why the line holds more than was allocated.'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('is_restricted', False), ('amount__isnull', False), _connector='OR'), name='restricted_fund_has_an_amount'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('in_force__gte', 0), models.Q(('amount__isnull', True), ('in_force__lte', models.F('amount')), _connector='OR')), name='fund_never_over_its_amount', violation_error_message='The funding source does not hold that much.'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='fund_period_in_order', violation_error_message='The dates are in the wrong order.'),
        ),
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
    ]
