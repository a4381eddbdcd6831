from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('entries', models.PositiveBigIntegerField(verbose_name='entries')),
                ('problems', models.PositiveIntegerField(verbose_name='problems')),
            ],
            options={
                'verbose_name': 'verification of the trail',
                'verbose_name_plural': 'verifications of the trail',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('position', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('by_id', models.BigIntegerField(null=True, verbose_name='who')),
                ('behalf_id', models.BigIntegerField(null=True, verbose_name='on behalf of')),
                ('kind', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('department_id', models.BigIntegerField(null=True)),
                ('cycle_id', models.BigIntegerField(null=True)),
                ('verb', models.CharField(max_length=60, verbose_name='act')),
                ('state_from', models.CharField(blank=True, max_length=20)),
                ('state_to', models.CharField(blank=True, max_length=20)),
                ('version', models.PositiveIntegerField(default=0)),
                ('changes', models.JSONField(default=list, verbose_name='changes')),
                ('comment', models.TextField(blank=True, verbose_name='why')),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'trail entry',
                'verbose_name_plural': 'trail entries',
                'indexes': [models.Index(fields=['kind', 'record_id', '-position'], name='trail_by_record'), models.Index(fields=['department_id', '-position'], name='trail_by_department'), models.Index(fields=['by_id', '-position'], name='trail_by_person')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveBigIntegerField(default=0)),
                ('hash', models.CharField(default='', max_length=64)),
                ('seal', models.CharField(default='', max_length=64)),
            ],
            options={
                'verbose_name': 'end of the trail',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_end_of_the_trail')],
            },
        ),
    ]
