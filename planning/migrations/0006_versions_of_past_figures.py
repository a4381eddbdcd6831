from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0005_corrected_in_a_report'),
    ]

    operations = [
        migrations.AddField(
            model_name='actual',
            name='version',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='replacedactual',
            name='why',
            field=models.CharField(choices=[('import', 'Replaced by a file'), ('evaluation', 'Replaced by the evaluation'), ('cancelled', 'Replaced when the project was cancelled'), ('correction', 'Corrected'), ('report', 'Corrected in a progress report')], max_length=20),
        ),
    ]
