import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sop_portal.foundation.kit.closed_years import stays_when_closed
from sop_portal.foundation.kit.triggers import (
    RefuseWhen,
    decided_by_another,
    frozen_while,
    never_changes,
    not_by_its_head,
)

CORRECTIONS = "evaluations_countcorrection"
ASKED = (
    "cycle_id", "department_id", "project_id", "report_id", "metric", "was", "becomes", "reason", "asked_at",
    "asked_by_id",
)
ACCEPTED = (
    "EXISTS (SELECT 1 FROM evaluations_progressreport r WHERE r.id = NEW.report_id AND r.state = 'accepted' "
    "AND r.project_id = NEW.project_id AND r.department_id = NEW.department_id AND r.cycle_id = NEW.cycle_id)"
)
# As it was accepted, with what was corrected before.
COUNTED = (
    "(SELECT CASE NEW.metric WHEN 'activities' THEN r.activities_held ELSE r.participants_reached END "
    "FROM evaluations_progressreport r WHERE r.id = NEW.report_id) "
    f"+ COALESCE((SELECT SUM(c.becomes - c.was) FROM {CORRECTIONS} c WHERE c.report_id = NEW.report_id "
    "AND c.metric = NEW.metric AND c.state = 'in_force'), 0)"
)

class Migration(migrations.Migration):
    """A wrong count of an accepted report is corrected by a row of its own, under four eyes, and stays in the chain."""

    dependencies = [
        ('evaluations', '0003_settings_that_proposals_change'),
        ('organisation', '0004_logo'),
        ('workflow', '0001_initial'),
        ('planning', '0005_corrected_in_a_report'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CountCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('metric', models.CharField(choices=[('activities', 'Activities'), ('participants', 'Participants')], max_length=20, verbose_name='measure')),
                ('was', models.PositiveIntegerField(verbose_name='counted so far')),
                ('becomes', models.PositiveIntegerField(verbose_name='right count')),
                ('reason', models.TextField(max_length=2000, verbose_name='why the count is corrected')),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('in_force', 'In force'), ('declined', 'Declined')], default='asked', max_length=20, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.cycle')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='count_corrections', to='planning.project')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='evaluations.progressreport')),
            ],
            options={
                'verbose_name': 'correction of a count',
                'verbose_name_plural': 'corrections of counts',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['project', 'state', 'decided_at'], name='corrections_of_a_project'), models.Index(fields=['cycle', 'department', 'state'], name='corrections_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), models.Q(('state__in', ['in_force', 'declined']), _negated=True)), _connector='OR'), name='correction_decided', violation_error_message='A record in this state says who took the step and when.'), models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), ('decided_by__isnull', True), models.Q(('asked_by', models.F('decided_by')), _negated=True), _connector='OR'), name='correction_decided_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'), models.CheckConstraint(condition=models.Q(models.Q(('was', models.F('becomes')), _negated=True), models.Q(('reason', ''), _negated=True)), name='correction_changes_something_and_says_why'), models.CheckConstraint(condition=models.Q(('metric__in', ['activities', 'participants'])), name='correction_of_a_known_count'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('report', 'metric'), name='one_correction_asked_at_a_time')],
            },
        ),
        *decided_by_another("correction_four_eyes", CORRECTIONS, "decided_by_id", "count-correction"),
        not_by_its_head("correction_not_by_its_head", CORRECTIONS, "decided"),
        *never_changes("decided_correction_frozen", CORRECTIONS, "{row}.state IN ('in_force', 'declined')"),
        frozen_while("asked_correction_frozen", CORRECTIONS, "OLD.id IS NOT NULL", ASKED),
        RefuseWhen(
            "asked_correction_stays", CORRECTIONS, "DELETE", "OLD.state = 'asked'",
            "asked_correction_stays: this never changes",
        ),
        RefuseWhen(
            "correction_of_an_accepted_report", CORRECTIONS, "INSERT", f"NOT {ACCEPTED}",
            "correction_of_an_accepted_report: only an accepted report is corrected",
        ),
        RefuseWhen(
            "correction_of_what_counts", CORRECTIONS, "INSERT", f"NEW.was <> {COUNTED}",
            "correction_of_what_counts: it says what counted before",
        ),
        RefuseWhen(
            "correction_confirmed_in_turn", CORRECTIONS, "UPDATE",
            f"NEW.state = 'in_force' AND OLD.state <> 'in_force' AND NEW.was <> {COUNTED}",
            "correction_confirmed_in_turn: it says what counted before",
        ),
        *stays_when_closed(CORRECTIONS),
    ]
