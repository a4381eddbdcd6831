import django.db.models.deletion
import sop_portal.kit.money
from django.conf import settings
from django.db import migrations, models

from sop_portal.kit.triggers import again, decided_by_another, never_changes

FOUR_EYES = decided_by_another("request_four_eyes", "planning_resourcerequest", "allocated_by_id", "request")


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0002_cache_table'),
        ('planning', '0003_extensionrequest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *again(*FOUR_EYES),
        migrations.CreateModel(
            name='ReportNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('departments', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'shared need of the demand report',
            },
        ),
        migrations.CreateModel(
            name='ReportSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activities', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('participants', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('people', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('materials', sop_portal.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('money', sop_portal.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
            ],
            options={
                'verbose_name': 'sum of the demand report',
            },
        ),
        migrations.AddField(
            model_name='forecast',
            name='activities',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='forecast',
            name='materials',
            field=sop_portal.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='forecast',
            name='money',
            field=sop_portal.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='forecast',
            name='participants',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='forecast',
            name='people',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='resourcerequest',
            name='cost',
            field=sop_portal.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=15, verbose_name='cost'),
        ),
        migrations.AddField(
            model_name='resourcerequest',
            name='granted_cost',
            field=sop_portal.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=15, verbose_name='granted, in money'),
        ),
        migrations.AddField(
            model_name='resourcerequest',
            name='line_count',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='lines'),
        ),
        migrations.AddField(
            model_name='resourcerequest',
            name='undecided',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='undecided lines'),
        ),
        migrations.AddIndex(
            model_name='actual',
            index=models.Index(fields=['year', 'department'], name='actuals_by_year'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'needed', 'id'], name='projects_by_need'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'spent', 'id'], name='projects_by_spending'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gte', 0), ('granted_cost__gte', 0), ('granted_cost__lte', models.F('cost')), ('undecided__lte', models.F('line_count'))), name='request_sums_fit'),
        ),
        migrations.AddField(
            model_name='reportneed',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='planning.demandreport'),
        ),
        migrations.AddField(
            model_name='reportsum',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department'),
        ),
        migrations.AddField(
            model_name='reportsum',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sums', to='planning.demandreport'),
        ),
        migrations.AddConstraint(
            model_name='reportneed',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='shared_need_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='reportsum',
            constraint=models.UniqueConstraint(fields=('report', 'year', 'department'), name='one_report_sum_per_year'),
        ),
        *again(*FOUR_EYES),
        *never_changes("report_sum_frozen", "planning_reportsum"),
        *never_changes("report_need_frozen", "planning_reportneed"),
    ]
