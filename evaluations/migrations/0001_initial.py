import django.db.models.deletion
import sop_portal.foundation.kit.money
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Progress reports, evaluations, measures, feedback, meetings."""

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('due', models.DateField(verbose_name='due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('reviewed', 'Reviewed')], default='draft', max_length=20, verbose_name='state')),
                ('is_late', models.BooleanField(default=False, verbose_name='late')),
                ('people_used', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='hours worked')),
                ('reached', models.TextField(blank=True, max_length=4000, verbose_name='What was reached, and what was not?')),
                ('problems', models.TextField(blank=True, max_length=4000, verbose_name='Which problems came up?')),
                ('better', models.TextField(blank=True, max_length=4000, verbose_name='What should be done differently?')),
                ('explanation', models.TextField(blank=True, max_length=4000, verbose_name='Why does it differ from the plan?')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='evaluation', to='planning.project')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'evaluation',
                'verbose_name_plural': 'evaluations',
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('text', models.TextField(max_length=2000, verbose_name='what we experienced')),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered')], default='open', max_length=20, verbose_name='state')),
                ('given_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=120, verbose_name='indicator')),
                ('baseline', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='baseline value')),
                ('target', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='target')),
                ('actual', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='actual')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='evaluations.evaluation')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('text', models.TextField(max_length=2000, verbose_name='what is the matter')),
                ('solution', models.TextField(blank=True, max_length=2000, verbose_name='how it was solved')),
                ('is_raised', models.BooleanField(default=False, verbose_name='for the next review meeting')),
                ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved'), ('verified', 'Verified')], default='open', max_length=20, verbose_name='state')),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='planning.project')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'issue',
                'verbose_name_plural': 'issues',
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project_slug', models.SlugField(max_length=60)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('written', models.TextField(max_length=1000, verbose_name='lesson as written')),
                ('published', models.TextField(blank=True, max_length=1000, verbose_name='lesson as published')),
                ('written_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='organisation.department')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='evaluations.evaluation')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lesson learned',
                'verbose_name_plural': 'lessons learned',
                'ordering': ['-year', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('project_slug', models.SlugField(blank=True, max_length=60)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('origin', models.CharField(choices=[('evaluation', 'Evaluation'), ('audit', 'Audit'), ('feedback', 'Feedback'), ('meeting', 'Review meeting')], max_length=20, verbose_name='comes from')),
                ('origin_url', models.CharField(blank=True, max_length=300)),
                ('what', models.TextField(max_length=2000, verbose_name='what is to be done')),
                ('due', models.DateField(blank=True, null=True, verbose_name='due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence that it was done')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('adopted', 'Adopted'), ('declined', 'Declined'), ('done', 'Done'), ('verified', 'Verified')], default='proposed', max_length=20, verbose_name='state')),
                ('adopted_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('adopted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='planning.cycle')),
                ('declined_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='organisation.department')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'improvement measure',
                'verbose_name_plural': 'improvement measures',
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('held_on', models.DateField(verbose_name='date')),
                ('place', models.CharField(max_length=120, verbose_name='place')),
                ('state', models.CharField(choices=[('called', 'Called'), ('held', 'Held')], default='called', max_length=20, verbose_name='state')),
                ('held_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='planning.cycle')),
                ('held_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'review meeting',
                'verbose_name_plural': 'review meetings',
                'ordering': ['-held_on'],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was_present', models.BooleanField(default=False, verbose_name='was present')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='evaluations.meeting')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendance',
            },
        ),
        migrations.CreateModel(
            name='AgendaPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='point')),
                ('titles', models.JSONField(blank=True, default=dict)),
                ('source_url', models.CharField(blank=True, max_length=300)),
                ('minutes', models.TextField(blank=True, max_length=4000, verbose_name='minutes')),
                ('decision', models.TextField(blank=True, max_length=2000, verbose_name='decision')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='evaluations.meeting')),
            ],
            options={
                'verbose_name': 'agenda point',
                'verbose_name_plural': 'agenda',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ProgressReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('period_first', models.DateField(verbose_name='period from')),
                ('period_last', models.DateField(verbose_name='period to')),
                ('due', models.DateField(verbose_name='due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('accepted', 'Accepted')], default='draft', max_length=20, verbose_name='state')),
                ('is_late', models.BooleanField(default=False, verbose_name='late')),
                ('activities_held', models.PositiveIntegerField(blank=True, null=True, verbose_name='activities held in the period')),
                ('participants_reached', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants reached in the period')),
                ('activities_before', models.PositiveIntegerField(blank=True, null=True, verbose_name='activities held before')),
                ('participants_before', models.PositiveIntegerField(blank=True, null=True, verbose_name='participants reached before')),
                ('spent', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='spent in the period')),
                ('spent_earlier', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='booked since for months already reported')),
                ('spent_total', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='spent so far')),
                ('budgeted', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='budgeted')),
                ('frozen_at', models.DateTimeField(blank=True, null=True, verbose_name='figures as of')),
                ('problems', models.TextField(blank=True, max_length=2000, verbose_name='problems')),
                ('outlook', models.TextField(blank=True, max_length=2000, verbose_name='what comes next')),
                ('explanation', models.TextField(blank=True, max_length=2000, verbose_name='explanation of the warnings')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='progress_reports', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='progress_reports', to='planning.project')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'progress report',
                'verbose_name_plural': 'progress reports',
            },
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(fields=['cycle', 'due', 'id'], name='evaluations_by_due'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='evaluation_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True), models.Q(('state__in', ['submitted', 'reviewed']), _negated=True)), _connector='OR'), name='evaluation_submitted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True), models.Q(('state__in', ['reviewed']), _negated=True)), _connector='OR'), name='evaluation_reviewed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_by__isnull', True), ('reviewed_by__isnull', True), models.Q(('submitted_by', models.F('reviewed_by')), _negated=True), _connector='OR'), name='evaluation_reviewed_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), models.Q(('state__in', ['answered']), _negated=True)), _connector='OR'), name='feedback_answered', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('given_by__isnull', True), ('answered_by__isnull', True), models.Q(('given_by', models.F('answered_by')), _negated=True), _connector='OR'), name='feedback_answered_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='feedback_says_something'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('indicator', ''), _negated=True), name='goal_has_an_indicator'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True), models.Q(('state__in', ['resolved', 'verified']), _negated=True)), _connector='OR'), name='issue_resolved', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), models.Q(('verified_at__isnull', True), ('verified_by__isnull', True), models.Q(('state__in', ['verified']), _negated=True)), _connector='OR'), name='issue_verified', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('resolved_by__isnull', True), ('verified_by__isnull', True), models.Q(('resolved_by', models.F('verified_by')), _negated=True), _connector='OR'), name='issue_verified_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='issue_has_a_title'),
        ),
        migrations.AddIndex(
            model_name='lesson',
            index=models.Index(fields=['project_slug', '-year'], name='lessons_by_project'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.CheckConstraint(condition=models.Q(('written', ''), _negated=True), name='lesson_says_something'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published', ''), ('published_at__isnull', True), ('published_by__isnull', True)), models.Q(models.Q(('published', ''), _negated=True), ('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='lesson_published_is_stamped'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='measure_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.UniqueConstraint(fields=('cycle', 'number'), name='one_measure_per_number'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='measure_says_what'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['adopted', 'done', 'verified']), _negated=True), models.Q(('due__isnull', False), ('owner__isnull', False)), _connector='OR'), name='adopted_measure_has_owner_and_due', violation_error_message='An adopted measure has an owner and a due date.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['done', 'verified']), _negated=True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='done_measure_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('adopted_at__isnull', False), ('adopted_by__isnull', False)), models.Q(('adopted_at__isnull', True), ('adopted_by__isnull', True), models.Q(('state__in', ['adopted', 'done', 'verified']), _negated=True)), _connector='OR'), name='measure_adopted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('declined_at__isnull', False), ('declined_by__isnull', False)), models.Q(('declined_at__isnull', True), ('declined_by__isnull', True), models.Q(('state__in', ['declined']), _negated=True)), _connector='OR'), name='measure_declined', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('done_by__isnull', False)), models.Q(('done_at__isnull', True), ('done_by__isnull', True), models.Q(('state__in', ['done', 'verified']), _negated=True)), _connector='OR'), name='measure_done', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), models.Q(('verified_at__isnull', True), ('verified_by__isnull', True), models.Q(('state__in', ['verified']), _negated=True)), _connector='OR'), name='measure_verified', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('done_by__isnull', True), ('verified_by__isnull', True), models.Q(('done_by', models.F('verified_by')), _negated=True), _connector='OR'), name='measure_verified_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('owner__isnull', True), ('verified_by__isnull', True), models.Q(('owner', models.F('verified_by')), _negated=True), _connector='OR'), name='measure_not_verified_by_its_owner', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at__isnull', False), ('held_by__isnull', False)), models.Q(('held_at__isnull', True), ('held_by__isnull', True), models.Q(('state__in', ['held']), _negated=True)), _connector='OR'), name='meeting_held', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('place', ''), _negated=True), name='meeting_has_a_place'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('meeting', 'department'), name='one_seat_per_department'),
        ),
        migrations.AddConstraint(
            model_name='agendapoint',
            constraint=models.UniqueConstraint(fields=('meeting', 'position'), name='one_point_per_position'),
        ),
        migrations.AddConstraint(
            model_name='agendapoint',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='agenda_point_has_a_title'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(fields=['cycle', 'state', 'due'], name='reports_by_due'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(fields=['cycle', 'due', 'id'], name='reports_newest_first'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'returned', 'submitted'])), fields=['cycle', 'department', 'state', 'due', 'period_last'], name='reports_still_open'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='report_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.UniqueConstraint(fields=('project', 'period_first'), name='one_report_per_period'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('period_first__lte', models.F('period_last')), ('period_last__lt', models.F('due'))), name='report_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True), models.Q(('state__in', ['submitted', 'accepted']), _negated=True)), _connector='OR'), name='report_submitted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True), models.Q(('state__in', ['accepted']), _negated=True)), _connector='OR'), name='report_accepted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_by__isnull', True), ('accepted_by__isnull', True), models.Q(('submitted_by', models.F('accepted_by')), _negated=True), _connector='OR'), name='report_accepted_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'returned']), models.Q(('activities_held__isnull', False), ('frozen_at__isnull', False), ('participants_reached__isnull', False)), _connector='OR'), name='submitted_report_has_figures'),
        ),
    ]
