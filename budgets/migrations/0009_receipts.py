"""Expenses are found by their receipt, so that the same one is not posted twice unseen."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("budgets", "0008_line_warnings")]
    operations = [
        migrations.AddIndex(
            model_name="expense",
            index=models.Index(Upper("receipt"), condition=~models.Q(receipt=""), name="expenses_by_receipt"),
        ),
    ]
