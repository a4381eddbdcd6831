import django.db.models.deletion
from django.db import migrations, models

from sop_portal.foundation.kit.closed_years import stays_when_closed


class Migration(migrations.Migration):
    """Lines that are not as planned: since when, when their people were told, until when."""

    dependencies = [
        ('budgets', '0007_released_grants_stay'),
        ('organisation', '0004_content_of_used_keys'),
        ('planning', '0008_project_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='MeasuredYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(blank=True, max_length=120)),
                ('measuring', models.CharField(blank=True, max_length=120)),
                ('measured_on', models.DateField(blank=True, null=True)),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.cycle')),
            ],
            options={
                'verbose_name': 'measured year',
                'verbose_name_plural': 'measured years',
            },
        ),
        migrations.CreateModel(
            name='LineWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flag', models.CharField(choices=[('over', 'Heads over its plan'), ('under', 'Heads under its plan'), ('ahead', 'Ahead of its plan')], max_length=10, verbose_name='warning')),
                ('raised_at', models.DateTimeField(verbose_name='since')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='told')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('appropriation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='budgets.appropriation')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_warnings', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
            ],
            options={
                'verbose_name': 'early warning',
                'verbose_name_plural': 'early warnings',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['cycle', 'flag', 'department', 'appropriation'], name='standing_warnings'), models.Index(condition=models.Q(('ended_at', None), ('told_at', None)), fields=['cycle'], name='untold_warnings')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('appropriation', 'flag'), name='one_standing_warning_per_line'), models.CheckConstraint(condition=models.Q(('flag__in', ['over', 'under', 'ahead'])), name='line_warning_known')],
            },
        ),
        *stays_when_closed('budgets_measuredyear', 'budgets_linewarning'),
    ]
