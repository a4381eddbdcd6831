from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0005_withdrawn_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='evaluation',
            name='figures',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
