from django.db import migrations, models

from budgets.spending.models import receipt_key_of

TABLE = "budgets_expense"
AT_ONCE = 2000


def fill(apps, schema_editor):
    """Give the expenses there are the key by which their receipt is found."""
    Expense = apps.get_model("budgets", "Expense")
    last, written = 0, Expense.objects.exclude(receipt="").order_by("pk")
    lift(schema_editor)
    while rows := list(written.filter(pk__gt=last).only("pk", "receipt")[:AT_ONCE]):
        for row in rows:
            row.receipt_key = receipt_key_of(row.receipt)
        Expense.objects.bulk_update(rows, ["receipt_key"], batch_size=200)
        last = rows[-1].pk
    lower(schema_editor)


def lift(schema_editor):
    """What is never edited gets its new column filled, once."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        return
    # Created again after the migrations, as all that the database has lost.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f"DROP TRIGGER {name}")


def lower(schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    """The same receipt is found however somebody else wrote it."""

    dependencies = [("budgets", "0010_shared_stamp")]
    operations = [
        migrations.AddField(
            model_name="expense",
            name="receipt_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
