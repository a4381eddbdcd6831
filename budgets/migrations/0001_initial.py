import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.lookups
import sop_portal.foundation.kit.money
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The budget and its funds, approved lines, spending, audits."""

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(max_length=120, verbose_name='what is audited')),
                ('planned_on', models.DateField(verbose_name='planned for')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('in_progress', 'In progress'), ('awaiting_response', 'Awaiting response'), ('closed', 'Closed')], default='planned', max_length=20, verbose_name='state')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='organisation.department')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='planning.project')),
            ],
            options={
                'verbose_name': 'audit',
                'verbose_name_plural': 'audits',
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('kind', models.CharField(choices=[('original', 'Budget of the year'), ('amendment', 'Amendment')], default='original', max_length=20, verbose_name='kind')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('shared', 'Shared with departments'), ('proposed', 'Proposed'), ('endorsed', 'Approved by a first manager'), ('approved', 'Approved'), ('superseded', 'Superseded')], default='draft', max_length=20, verbose_name='state')),
                ('shared_at', models.DateTimeField(blank=True, null=True)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('endorsed_at', models.DateTimeField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='budgets.budget')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='planning.cycle')),
                ('endorsed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='line')),
                ('category', models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('services', 'Services and rooms'), ('travel', 'Travel and training')], max_length=20, verbose_name='category')),
                ('q1', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='first quarter')),
                ('q2', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='second quarter')),
                ('q3', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='third quarter')),
                ('q4', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='fourth quarter')),
                ('amount', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('q1'), '+', models.F('q2')), '+', models.F('q3')), '+', models.F('q4')), output_field=models.DecimalField(decimal_places=2, max_digits=15))),
                ('allocated', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='allocated')),
                ('more_reason', models.TextField(blank=True, max_length=2000, verbose_name='why more than was allocated')),
                ('serves_purpose', models.TextField(blank=True, max_length=2000, verbose_name='how it serves the purpose of a restricted fund')),
                ('computation', models.TextField(blank=True, max_length=2000, verbose_name='how it is computed')),
                ('is_refused', models.BooleanField(default=False, verbose_name='not budgeted')),
                ('refusal', models.TextField(blank=True, max_length=2000, verbose_name='why it is not budgeted')),
                ('allocation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='planning.requestline')),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='budgets.budget')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='planning.project')),
            ],
            options={
                'verbose_name': 'budget line',
                'verbose_name_plural': 'budget lines',
            },
        ),
        migrations.CreateModel(
            name='BudgetSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lines', models.PositiveIntegerField(verbose_name='lines')),
                ('refused', models.PositiveIntegerField(verbose_name='lines that are not budgeted')),
                ('allocated', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='allocated')),
                ('allocated_refused', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='allocated and not budgeted')),
                ('q1', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='first quarter')),
                ('q2', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='second quarter')),
                ('q3', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='third quarter')),
                ('q4', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=18, verbose_name='fourth quarter')),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sums', to='budgets.budget')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
            ],
            options={
                'verbose_name': 'sum of a budget',
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('state', models.CharField(choices=[('awaiting', 'Awaiting'), ('confirmed', 'Confirmed'), ('contested', 'Contested'), ('overruled', 'Overruled')], default='awaiting', max_length=20, verbose_name='state')),
                ('due', models.DateField(verbose_name='due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('overruled_at', models.DateTimeField(blank=True, null=True)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='budgets.budget')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='organisation.department')),
                ('overruled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'confirmation',
                'verbose_name_plural': 'confirmations',
            },
        ),
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wanted', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, verbose_name='wanted instead')),
                ('reason', models.TextField(max_length=2000, verbose_name='reason')),
                ('settled', models.CharField(choices=[('open', 'Open'), ('changed', 'Line changed'), ('overruled', 'Overruled')], default='open', max_length=20, verbose_name='settled')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('confirmation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contests', to='budgets.confirmation')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contests', to='budgets.budgetline')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'contested line',
                'verbose_name_plural': 'contested lines',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('what', models.TextField(max_length=2000, verbose_name='what was found')),
                ('amount', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='amount concerned')),
                ('due', models.DateField(verbose_name='answer due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('remedy', models.TextField(blank=True, max_length=2000, verbose_name='what was done')),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('remedied', 'Remedied'), ('verified', 'Verified')], default='open', max_length=20, verbose_name='state')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('remedied_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='budgets.audit')),
                ('remedied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
            },
        ),
        migrations.CreateModel(
            name='Fund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='funding source')),
                ('is_restricted', models.BooleanField(default=False, verbose_name='restricted')),
                ('purpose', models.TextField(blank=True, max_length=2000, verbose_name='purpose')),
                ('amount', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='amount')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('in_force', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=18, verbose_name='its lines in force')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'funding source',
                'verbose_name_plural': 'funding sources',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_restricted', False), models.Q(('purpose', ''), _negated=True), _connector='OR'), name='restricted_fund_names_its_purpose'), models.CheckConstraint(condition=models.Q(('is_restricted', False), ('amount__isnull', False), _connector='OR'), name='restricted_fund_has_an_amount'), models.CheckConstraint(condition=models.Q(('in_force__gte', 0), models.Q(('amount__isnull', True), ('in_force__lte', models.F('amount')), _connector='OR')), name='fund_never_over_its_amount', violation_error_message='The funding source does not hold that much.'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='fund_period_in_order', violation_error_message='The dates are in the wrong order.')],
            },
        ),
        migrations.AddField(
            model_name='budgetline',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.fund', verbose_name='funding source'),
        ),
        migrations.CreateModel(
            name='Appropriation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='line')),
                ('category', models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('services', 'Services and rooms'), ('travel', 'Travel and training')], max_length=20, verbose_name='category')),
                ('approved', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, verbose_name='approved')),
                ('spent', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='spent')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appropriations', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appropriations', to='planning.project')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.budgetline')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.fund')),
            ],
            options={
                'verbose_name': 'approved line',
                'verbose_name_plural': 'approved lines',
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
            },
        ),
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
            name='ReleasedGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=15, verbose_name='given back')),
                ('decision', models.CharField(choices=[('open', 'Undecided'), ('full', 'In full'), ('part', 'In part'), ('deferred', 'Deferred'), ('refused', 'Refused')], max_length=20, verbose_name='decision before')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason before')),
                ('released_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('allocation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='planning.requestline')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released_grants', to='planning.project')),
            ],
            options={
                'verbose_name': 'released grant',
                'verbose_name_plural': 'released grants',
            },
        ),
        migrations.CreateModel(
            name='SpendingException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('amount', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, verbose_name='amount')),
                ('spent_on', models.DateField(verbose_name='date of the expense')),
                ('what', models.CharField(max_length=120, verbose_name='what for')),
                ('why', models.TextField(max_length=2000, verbose_name='why the rule should not hold once')),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('granted', 'Granted'), ('refused', 'Refused')], default='asked', max_length=20, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('appropriation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exceptions', to='budgets.appropriation')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.cycle')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
            ],
            options={
                'verbose_name': 'spending exception',
                'verbose_name_plural': 'spending exceptions',
            },
        ),
        migrations.CreateModel(
            name='Expense',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('services', 'Services and rooms'), ('travel', 'Travel and training')], max_length=20, verbose_name='category')),
                ('amount', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, verbose_name='amount')),
                ('spent_on', models.DateField(verbose_name='date')),
                ('what', models.CharField(max_length=120, verbose_name='what for')),
                ('receipt', models.CharField(blank=True, max_length=60, verbose_name='receipt')),
                ('receipt_key', models.CharField(blank=True, editable=False, max_length=120)),
                ('warnings', models.JSONField(blank=True, default=dict, verbose_name='warning at the time')),
                ('posted_at', models.DateTimeField()),
                ('appropriation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expenses', to='budgets.appropriation')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='budgets.expense')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expenses', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expenses', to='planning.project')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.fund')),
                ('exception', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expense', to='budgets.spendingexception')),
            ],
            options={
                'verbose_name': 'expense',
                'verbose_name_plural': 'expenses',
            },
        ),
        migrations.AddConstraint(
            model_name='audit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), models.Q(('state__in', ['closed']), _negated=True)), _connector='OR'), name='audit_closed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='audit',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='audit_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(fields=('cycle', 'number'), name='one_budget_per_number'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('cycle',), name='one_budget_in_force'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'shared', 'proposed', 'endorsed'])), fields=('cycle',), name='one_budget_in_the_making'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('based_on__isnull', True), ('kind', 'original')), models.Q(('based_on__isnull', False), ('kind', 'amendment'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='amendment_names_base_and_reason'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shared_at__isnull', False), ('shared_by__isnull', False)), models.Q(('shared_at__isnull', True), ('shared_by__isnull', True), models.Q(('state__in', ['shared']), _negated=True)), _connector='OR'), name='budget_shared', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_at__isnull', False), ('proposed_by__isnull', False)), models.Q(('proposed_at__isnull', True), ('proposed_by__isnull', True), models.Q(('state__in', ['proposed', 'endorsed', 'approved', 'superseded']), _negated=True)), _connector='OR'), name='budget_proposed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('endorsed_at__isnull', False), ('endorsed_by__isnull', False)), models.Q(('endorsed_at__isnull', True), ('endorsed_by__isnull', True), models.Q(('state__in', ['endorsed']), _negated=True)), _connector='OR'), name='budget_endorsed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), models.Q(('state__in', ['approved', 'superseded']), _negated=True)), _connector='OR'), name='budget_approved', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('approved_by__isnull', True), models.Q(('proposed_by', models.F('approved_by')), _negated=True), _connector='OR'), name='budget_approved_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('endorsed_by__isnull', True), ('approved_by__isnull', True), models.Q(('endorsed_by', models.F('approved_by')), _negated=True), _connector='OR'), name='second_approval_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('endorsed_by__isnull', True), models.Q(('proposed_by', models.F('endorsed_by')), _negated=True), _connector='OR'), name='budget_endorsed_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='budgetsum',
            constraint=models.UniqueConstraint(fields=('budget', 'department'), name='one_budget_sum_per_department'),
        ),
        migrations.AddConstraint(
            model_name='budgetsum',
            constraint=models.CheckConstraint(condition=models.Q(('refused__lte', models.F('lines'))), name='budget_sum_refuses_its_own_lines'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='confirmation_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.UniqueConstraint(fields=('budget', 'department'), name='one_confirmation_per_department'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True), models.Q(('state__in', ['confirmed']), _negated=True)), _connector='OR'), name='confirmation_confirmed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('overruled_at__isnull', False), ('overruled_by__isnull', False)), models.Q(('overruled_at__isnull', True), ('overruled_by__isnull', True), models.Q(('state__in', ['overruled']), _negated=True)), _connector='OR'), name='confirmation_overruled', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.UniqueConstraint(condition=models.Q(('settled', 'open')), fields=('line',), name='one_open_contest_per_line'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('wanted__gte', 0)), name='contest_says_what_and_why'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled', 'overruled'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='overruled_contest_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), models.Q(('settled__in', ['changed', 'overruled']), _negated=True)), _connector='OR'), name='contest_settled', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='finding_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('audit', 'number'), name='one_finding_per_number'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), models.Q(('state__in', ['answered', 'remedied', 'verified']), _negated=True)), _connector='OR'), name='finding_answered', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('remedied_at__isnull', False), ('remedied_by__isnull', False)), models.Q(('remedied_at__isnull', True), ('remedied_by__isnull', True), models.Q(('state__in', ['remedied', 'verified']), _negated=True)), _connector='OR'), name='finding_remedied', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), models.Q(('verified_at__isnull', True), ('verified_by__isnull', True), models.Q(('state__in', ['verified']), _negated=True)), _connector='OR'), name='finding_verified', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('remedied_by__isnull', True), ('verified_by__isnull', True), models.Q(('remedied_by', models.F('verified_by')), _negated=True), _connector='OR'), name='finding_verified_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), ('verified_by__isnull', True), models.Q(('answered_by', models.F('verified_by')), _negated=True), _connector='OR'), name='finding_verified_by_others_than_answered', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='finding_says_what'),
        ),
        migrations.AddIndex(
            model_name='budgetline',
            index=models.Index(fields=['budget', 'department', 'id'], name='budget_lines_by_department'),
        ),
        migrations.AddIndex(
            model_name='budgetline',
            index=models.Index(fields=['budget', 'category', 'number'], name='budget_lines_on_the_sheet'),
        ),
        migrations.AddIndex(
            model_name='budgetline',
            index=models.Index(fields=['budget', 'project', 'category'], name='budget_lines_by_project'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.UniqueConstraint(fields=('budget', 'number'), name='one_budget_line_per_number'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('q1__gte', 0), ('q2__gte', 0), ('q3__gte', 0), ('q4__gte', 0)), name='budget_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['people', 'materials', 'services', 'travel'])), name='budget_category_known'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('is_refused', False), models.Q(models.Q(('refusal', ''), _negated=True), ('q1', 0), ('q2', 0), ('q3', 0), ('q4', 0)), _connector='OR'), name='line_not_budgeted_has_a_reason', violation_error_message='Say why the line is not budgeted.'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('q1'), '+', models.F('q2')), '+', models.F('q3')), '+', models.F('q4')), 2), models.F('allocated')), models.Q(('more_reason', ''), _negated=True), _connector='OR'), name='line_within_its_allocation', violation_error_message='Say why the line holds more than was allocated.'),
        ),
        migrations.AddIndex(
            model_name='appropriation',
            index=models.Index(fields=['cycle', 'department', 'id'], name='approved_by_department'),
        ),
        migrations.AddConstraint(
            model_name='appropriation',
            constraint=models.UniqueConstraint(fields=('cycle', 'number'), name='one_appropriation_per_line'),
        ),
        migrations.AddConstraint(
            model_name='appropriation',
            constraint=models.CheckConstraint(condition=models.Q(('spent__gte', 0), ('spent__lte', models.F('approved'))), name='line_never_overspent', violation_error_message='More would be spent on the line than was approved.'),
        ),
        migrations.AddConstraint(
            model_name='appropriation',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('approved', models.F('spent')), _connector='OR'), name='closed_line_holds_what_was_spent'),
        ),
        migrations.AddIndex(
            model_name='linewarning',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['cycle', 'flag', 'department', 'appropriation'], name='standing_warnings'),
        ),
        migrations.AddIndex(
            model_name='linewarning',
            index=models.Index(condition=models.Q(('ended_at', None), ('told_at', None)), fields=['cycle'], name='untold_warnings'),
        ),
        migrations.AddConstraint(
            model_name='linewarning',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('appropriation', 'flag'), name='one_standing_warning_per_line'),
        ),
        migrations.AddConstraint(
            model_name='linewarning',
            constraint=models.CheckConstraint(condition=models.Q(('flag__in', ['over', 'under', 'ahead'])), name='line_warning_known'),
        ),
        migrations.AddConstraint(
            model_name='releasedgrant',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='released_grant_positive'),
        ),
        migrations.AddConstraint(
            model_name='releasedgrant',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('allocation',), name='one_release_per_allocation'),
        ),
        migrations.AddConstraint(
            model_name='spendingexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), models.Q(('state__in', ['granted', 'refused']), _negated=True)), _connector='OR'), name='exception_decided', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='spendingexception',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), ('decided_by__isnull', True), models.Q(('asked_by', models.F('decided_by')), _negated=True), _connector='OR'), name='exception_decided_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='spendingexception',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('why', ''), _negated=True)), name='exception_says_what_and_why'),
        ),
        migrations.AddIndex(
            model_name='expense',
            index=models.Index(fields=['cycle', '-spent_on', '-id'], name='expenses_by_day'),
        ),
        migrations.AddIndex(
            model_name='expense',
            index=models.Index(fields=['project', '-spent_on', '-id'], name='expenses_of_a_project'),
        ),
        migrations.AddIndex(
            model_name='expense',
            index=models.Index(condition=models.Q(('receipt_key', ''), _negated=True), fields=['receipt_key'], name='expenses_by_receipt'),
        ),
        migrations.AddConstraint(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('corrects__isnull', True)), models.Q(('amount__lt', 0), ('corrects__isnull', False)), _connector='OR'), name='expense_positive_counter_entry_negative'),
        ),
    ]
