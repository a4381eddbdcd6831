from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0011_receipt_key")]
    operations = [
        migrations.RemoveIndex(model_name="expense", name="expenses_by_receipt"),
        migrations.AddIndex(
            model_name="expense",
            index=models.Index(
                fields=["receipt_key"], condition=~models.Q(receipt_key=""), name="expenses_by_receipt"
            ),
        ),
    ]
