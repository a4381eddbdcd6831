from decimal import Decimal

from django.db import migrations
from django.db.models import Count, Q, Sum


def fill(apps, schema_editor):
    """Reckon once what is kept from now on."""
    refused = Q(is_refused=True)
    quarters = {quarter: Sum(quarter) for quarter in ("q1", "q2", "q3", "q4")}
    lines = apps.get_model("budgets", "BudgetLine").objects.order_by().values("budget_id", "department_id")
    found = lines.annotate(
        lines=Count("pk"), refused=Count("pk", filter=refused), allocated=Sum("allocation__granted_cost"),
        allocated_refused=Sum("allocation__granted_cost", filter=refused, default=Decimal(0)), **quarters,
    )  # fmt: skip
    kept = apps.get_model("budgets", "BudgetSum")
    kept.objects.bulk_create([kept(**row) for row in found], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("budgets", "0003_kept_sums")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
