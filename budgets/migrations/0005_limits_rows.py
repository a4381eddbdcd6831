from decimal import Decimal

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

FROZEN = {"budgets_budgetline": "approved_line_frozen_update", "budgets_expense": "expense_never_edited_update"}
BEFORE = "It was decided before reasons were asked for."


def fill(apps, schema_editor):
    """Write what is known of the rows there are: allocation, labels of expenses, what the lines of a fund come to."""
    lift(schema_editor)
    lines(apps)
    funds(apps)
    Expense = apps.get_model("budgets", "Expense")
    line = apps.get_model("budgets", "Appropriation").objects.filter(pk=OuterRef("appropriation_id"))
    Expense.objects.update(fund_id=Subquery(line.values("fund_id")), category=Subquery(line.values("category")))
    lower(schema_editor)


def lines(apps):
    BudgetLine = apps.get_model("budgets", "BudgetLine")
    RequestLine = apps.get_model("planning", "RequestLine")
    granted = RequestLine.objects.filter(pk=OuterRef("allocation_id")).values("granted_cost")
    BudgetLine.objects.update(allocated=Subquery(granted))
    BudgetLine.objects.filter(amount__gt=F("allocated")).update(more_reason=BEFORE)
    BudgetLine.objects.filter(fund__is_restricted=True).update(serves_purpose=BEFORE)


def funds(apps):
    """A restricted fund held what its lines came to; nobody wrote down how much more."""
    Fund = apps.get_model("budgets", "Fund")
    approved = apps.get_model("budgets", "Appropriation").objects.filter(fund=OuterRef("pk")).order_by()
    sums = approved.values("fund").annotate(sum=Sum("approved")).values("sum")
    Fund.objects.update(in_force=Coalesce(Subquery(sums), Decimal(0)))
    Fund.objects.filter(is_restricted=True).update(amount=Greatest(F("in_force"), Decimal(0)))


def lift(schema_editor):
    """What is frozen gets its new columns filled, once."""
    for table, trigger in FROZEN.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        else:
            # Created again after the migrations, as all that the database has lost.
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def lower(schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, trigger in FROZEN.items():
        schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_limits_columns")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
