from decimal import Decimal

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

TABLES = ("budgets_budgetline", "budgets_expense", "budgets_fund")
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
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    # Created again after the migrations, as all that the database has lost.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        names = [name for name, table in cursor.fetchall() if table in TABLES]
    for name in names:
        schema_editor.execute(f"DROP TRIGGER {name}")


def lower(schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_limits_columns")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
