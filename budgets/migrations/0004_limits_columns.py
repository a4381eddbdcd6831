import django.db.models.deletion
import sop_portal.foundation.kit.money
from django.db import migrations, models


class Migration(migrations.Migration):
    """The chain from the grant to the expense: what a line was allocated, what a fund holds and when, what was freed."""

    dependencies = [
        ('budgets', '0003_closed_year_stays'),
        ('organisation', '0002_cache_table'),
        ('planning', '0003_search_by_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReleasedGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=15, verbose_name='given back')),
                ('decision', models.CharField(choices=[('open', 'Undecided'), ('full', 'In full'), ('part', 'In part'), ('deferred', 'Deferred'), ('refused', 'Refused')], max_length=20, verbose_name='decision before')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason before')),
                ('released_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'released grant',
                'verbose_name_plural': 'released grants',
            },
        ),
        migrations.AddField(
            model_name='appropriation',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='closed'),
        ),
        migrations.AddField(
            model_name='budgetline',
            name='allocated',
            field=sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='allocated'),
        ),
        migrations.AddField(
            model_name='budgetline',
            name='more_reason',
            field=models.TextField(blank=True, max_length=2000, verbose_name='why more than was allocated'),
        ),
        migrations.AddField(
            model_name='budgetline',
            name='serves_purpose',
            field=models.TextField(blank=True, max_length=2000, verbose_name='how it serves the purpose of a restricted fund'),
        ),
        migrations.AddField(
            model_name='expense',
            name='category',
            field=models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('services', 'Services and rooms'), ('travel', 'Travel and training')], null=True, max_length=20, verbose_name='category'),
        ),
        migrations.AddField(
            model_name='expense',
            name='fund',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.fund'),
        ),
        migrations.AddField(
            model_name='fund',
            name='amount',
            field=sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='amount'),
        ),
        migrations.AddField(
            model_name='fund',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='until'),
        ),
        migrations.AddField(
            model_name='fund',
            name='in_force',
            field=sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=18, verbose_name='its lines in force'),
        ),
        migrations.AddField(
            model_name='fund',
            name='starts_on',
            field=models.DateField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='fund',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='releasedgrant',
            name='allocation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='planning.requestline'),
        ),
        migrations.AddField(
            model_name='releasedgrant',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released_grants', to='planning.project'),
        ),
        migrations.AddConstraint(
            model_name='releasedgrant',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='released_grant_positive'),
        ),
        migrations.AddConstraint(
            model_name='releasedgrant',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('allocation',), name='one_release_per_allocation'),
        ),
    ]
