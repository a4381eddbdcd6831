import django.db.models.deletion
import sop_portal.foundation.kit.money
from django.conf import settings
from django.db import migrations, models

from planning.forecasts.figures import METRICS, derived


def say_what_proposals_rest_on(apps, schema_editor):
    """Name the last known year behind every proposal, and its band where the history still proposes the same."""
    figures = apps.get_model("planning", "ForecastFigure").objects.filter(proposal__isnull=False)
    figures = figures.select_related("line__project__cycle").order_by("pk")
    known = {}
    for row in apps.get_model("planning", "Actual").objects.order_by("pk").iterator():
        for metric in METRICS:
            known.setdefault((row.department_id, row.slug, metric), {})[row.year] = getattr(row, metric)
    for figure in figures.iterator(chunk_size=2000):
        project = figure.line.project
        now = derived([known.get((project.department_id, project.slug, figure.metric), {})], project.cycle.year)
        if now.proposal == figure.proposal:
            found = {"proposal_year": now.year, "low": now.low, "high": now.high}
        else:
            found = {"proposal_year": project.cycle.year - 1}
        type(figure).objects.filter(pk=figure.pk).update(**found)


class Migration(migrations.Migration):
    """What stood in the history before it was replaced; what proposals rest on, and what they would be now."""

    dependencies = [
        ('planning', '0005_paid_pools'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReplacedActual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='project')),
                ('activities', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('participants', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('people', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('why', models.CharField(choices=[('import', 'Replaced by a file'), ('evaluation', 'Replaced by the evaluation'), ('correction', 'Corrected')], max_length=20)),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'replaced figures of a year',
                'verbose_name_plural': 'replaced figures',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='forecastfigure',
            name='high',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='forecastfigure',
            name='low',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='forecastfigure',
            name='outdated_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='forecastfigure',
            name='proposal_now',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='forecastfigure',
            name='proposal_year',
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='the proposal rests on'),
        ),
        migrations.AddField(
            model_name='historyimport',
            name='departments_made',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.RunPython(say_what_proposals_rest_on, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('high__isnull', True), ('low__isnull', True)), models.Q(('high__gte', models.F('proposal')), ('low__lte', models.F('proposal'))), _connector='OR'), name='forecast_proposal_within_its_band'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposal__isnull', True), ('proposal_year__isnull', True)), models.Q(('proposal__isnull', False), ('proposal_year__isnull', False)), _connector='OR'), name='forecast_proposal_names_its_year'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(('outdated_at__isnull', False), ('proposal_now__isnull', True), _connector='OR'), name='forecast_proposal_now_since_when'),
        ),
        migrations.AddField(
            model_name='replacedactual',
            name='actual',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replaced', to='planning.actual'),
        ),
        migrations.AddField(
            model_name='replacedactual',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='replacedactual',
            name='replaced_in',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced', to='planning.historyimport'),
        ),
        migrations.AddField(
            model_name='replacedactual',
            name='taken_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.historyimport'),
        ),
        migrations.AddConstraint(
            model_name='replacedactual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaced_in__isnull', False), ('why', 'import')), models.Q(models.Q(('why', 'import'), _negated=True), ('replaced_in__isnull', True)), _connector='OR'), name='replaced_actual_names_its_file'),
        ),
        migrations.AddConstraint(
            model_name='replacedactual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('why', 'correction'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='corrected_actual_says_why', violation_error_message='Say why the figure is corrected.'),
        ),
    ]
