from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from sop_portal.foundation.organisation import portal


def know_who_was_invited(apps: Any, schema_editor: Any) -> None:
    """Whoever is there already was told so when they were added."""
    apps.get_model("organisation", "User").objects.update(invited_at=F("joined_at"))


def know_the_demonstration(apps: Any, schema_editor: Any) -> None:
    """A demonstration that was made before says so from now on."""
    if settings.DEMO and apps.get_model("organisation", "User").objects.filter(email="ada@example.org").exists():
        apps.get_model("organisation", "Organisation").objects.create(
            pk=1, name="Libraries of Connecticut", time_zone=settings.TIME_ZONE, is_demonstration=True
        )


class Migration(migrations.Migration):
    """The organisation's own settings, who was invited, and the code that makes the first administrator."""

    dependencies = [
        ('organisation', '0004_content_of_used_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='invited_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='invited'),
        ),
        migrations.CreateModel(
            name='FirstCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('email', models.EmailField(blank=True, max_length=200, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
            ],
            options={
                'verbose_name': 'one-time code',
                'verbose_name_plural': 'one-time codes',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_first_code'), models.CheckConstraint(condition=models.Q(models.Q(('used_at__isnull', True), models.Q(('hash', ''), _negated=True)), models.Q(('email', ''), ('hash', ''), ('name', ''), ('used_at__isnull', False)), _connector='OR'), name='used_code_is_forgotten')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(default=portal.zone_of_environment, max_length=60, verbose_name='time zone')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('planning_month', models.PositiveSmallIntegerField(default=1, verbose_name='planning begins in')),
                ('financial_month', models.PositiveSmallIntegerField(default=7, verbose_name='financial year begins in')),
                ('is_demonstration', models.BooleanField(default=False, editable=False, verbose_name='demonstration')),
            ],
            options={
                'verbose_name': 'organisation',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_organisation'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organisation_has_a_name'), models.CheckConstraint(condition=models.Q(('planning_month__gte', 1), ('planning_month__lte', 12), ('financial_month__gte', 1), ('financial_month__lte', 12)), name='organisation_months_exist')],
            },
        ),
        migrations.RunPython(know_who_was_invited, migrations.RunPython.noop),
        migrations.RunPython(know_the_demonstration, migrations.RunPython.noop),
    ]
