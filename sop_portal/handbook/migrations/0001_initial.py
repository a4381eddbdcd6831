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
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='version')),
                ('published_at', models.DateTimeField()),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='what changed')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'handbook version',
                'ordering': ['-number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('written_by__isnull', True), ('published_by__isnull', True), models.Q(('written_by', models.F('published_by')), _negated=True), _connector='OR'), name='edition_put_in_force_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.')],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to=settings.AUTH_USER_MODEL)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='handbook.edition')),
            ],
            options={
                'verbose_name': 'acknowledgement',
                'verbose_name_plural': 'acknowledgements',
                'constraints': [models.UniqueConstraint(fields=('edition', 'person'), name='one_acknowledgement_per_edition')],
            },
        ),
        migrations.CreateModel(
            name='Guide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=60, verbose_name='page')),
                ('text_en', models.TextField(verbose_name='guide in English')),
                ('text_zh', models.TextField(verbose_name='guide in Chinese')),
                ('behind', models.CharField(blank=True, choices=[('', 'neither'), ('en', 'English'), ('zh', 'Chinese')], max_length=2, verbose_name='language that is behind')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guides', to='handbook.edition')),
            ],
            options={
                'verbose_name': 'guide',
                'verbose_name_plural': 'guides',
                'constraints': [models.UniqueConstraint(fields=('edition', 'page'), name='one_guide_per_page_and_edition'), models.CheckConstraint(condition=models.Q(models.Q(('text_en', ''), _negated=True), models.Q(('text_zh', ''), _negated=True)), name='guide_in_both_languages'), models.CheckConstraint(condition=models.Q(('behind__in', ['', 'en', 'zh'])), name='guide_behind_in_a_language')],
            },
        ),
        migrations.CreateModel(
            name='WrittenEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='version')),
                ('note', models.TextField(max_length=2000, verbose_name='what changed')),
                ('texts', models.JSONField(verbose_name='guides that change')),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version that is not in force yet',
                'verbose_name_plural': 'versions that are not in force yet',
            },
        ),
    ]
