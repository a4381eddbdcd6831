
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0006_code_without_a_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True, verbose_name='day')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('is_worked', models.BooleanField(default=False, verbose_name='worked')),
            ],
            options={
                'verbose_name': 'special day',
                'verbose_name_plural': 'special days',
                'ordering': ['on'],
            },
        ),
        migrations.AddField(
            model_name='organisation',
            name='working_weekdays',
            field=models.CharField(default='12345', max_length=7, verbose_name='working days'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('working_weekdays', ''), _negated=True), name='organisation_works_on_some_day'),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='special_day_has_a_name'),
        ),
    ]
