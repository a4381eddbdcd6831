import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SaidColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=20)),
                ('called', models.CharField(max_length=200)),
                ('column', models.CharField(max_length=40)),
            ],
            options={
                'verbose_name': 'name of a column',
                'constraints': [models.UniqueConstraint(fields=('sheet', 'called'), name='one_meaning_per_column'), models.CheckConstraint(condition=models.Q(('called', ''), _negated=True), name='said_column_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='BroughtSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('sheet', models.CharField(max_length=20, verbose_name='sheet')),
                ('at', models.DateTimeField()),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('did', models.JSONField(default=list, editable=False)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sheet that was brought in',
                'verbose_name_plural': 'sheets that were brought in',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='brought_sheet_undone_by_somebody')],
            },
        ),
    ]
