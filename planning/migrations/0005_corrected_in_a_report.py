from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0004_requests_by_words'),
    ]

    operations = [
        migrations.AlterField(
            model_name='replacedactual',
            name='why',
            field=models.CharField(choices=[('import', 'Replaced by a file'), ('evaluation', 'Replaced by the evaluation'), ('correction', 'Corrected'), ('report', 'Corrected in a progress report')], max_length=20),
        ),
    ]
