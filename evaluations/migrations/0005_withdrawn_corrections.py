from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from sop_portal.foundation.kit.triggers import never_changes

CORRECTIONS = "evaluations_countcorrection"


def refuse_to_go_back(apps: Any, schema_editor: Any) -> None:
    """Totals and the history hold what was confirmed; an older version knows neither it nor what was withdrawn."""
    ended = apps.get_model("evaluations", "CountCorrection").objects.filter(state__in=["in_force", "withdrawn"])
    if count := ended.count():
        raise IrreversibleError(
            f"Corrections of counts that were confirmed or withdrawn: {count}. Totals hold what was confirmed, and an "
            "older version cannot read these records. Stay with this version, or bring back the backup that was made "
            "before the upgrade."
        )


class Migration(migrations.Migration):
    """A correction of a count that nobody has decided yet is withdrawn, and stays so; nobody goes back over others."""

    dependencies = [
        ('evaluations', '0004_corrections_of_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='countcorrection',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='countcorrection',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='countcorrection',
            name='state',
            field=models.CharField(choices=[('asked', 'Asked'), ('in_force', 'In force'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='asked', max_length=20, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='countcorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), models.Q(('state__in', ['withdrawn']), _negated=True)), _connector='OR'), name='correction_withdrawn', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='countcorrection',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='correction_decided_or_withdrawn'),
        ),
        *never_changes("withdrawn_correction_frozen", CORRECTIONS, "{row}.state = 'withdrawn'"),
        # The last one is the first on the way back.
        migrations.RunPython(migrations.RunPython.noop, refuse_to_go_back),
    ]
