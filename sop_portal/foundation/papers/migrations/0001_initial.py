import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperSpace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used', models.BigIntegerField(default=0, verbose_name='bytes used')),
            ],
            options={
                'verbose_name': 'space of papers',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_space_of_papers'), models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='space_of_papers_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('type', models.CharField(choices=[('pdf', 'PDF'), ('jpeg', 'Photo (JPEG)'), ('png', 'Picture (PNG)'), ('webp', 'Picture (WebP)'), ('docx', 'Text document (.docx)'), ('xlsx', 'Spreadsheet (.xlsx)'), ('pptx', 'Presentation (.pptx)'), ('odt', 'Text document (.odt)'), ('ods', 'Spreadsheet (.ods)'), ('odp', 'Presentation (.odp)')], max_length=8, verbose_name='kind of file')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('small', models.BinaryField(default=bytes)),
                ('stored_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'file of a paper',
                'verbose_name_plural': 'files of papers',
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='stored_file_is_not_empty'), models.CheckConstraint(condition=models.Q(('type__in', ['pdf', 'jpeg', 'png', 'webp', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp'])), name='stored_file_type_known', violation_error_message='This is not one of the possible choices.')],
            },
        ),
        migrations.CreateModel(
            name='WaitingPaper',
            fields=[
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name of the file')),
                ('at', models.DateTimeField(db_index=True)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='papers.storedfile')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'waiting paper',
                'verbose_name_plural': 'waiting papers',
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('part', models.CharField(blank=True, max_length=40)),
                ('department_id', models.BigIntegerField(null=True)),
                ('cycle_id', models.BigIntegerField(null=True)),
                ('project_id', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=120, verbose_name='name of the file')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='what it is')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('position', models.PositiveBigIntegerField(editable=False)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='newer', to='papers.paper')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='papers.storedfile')),
            ],
            options={
                'verbose_name': 'paper',
                'verbose_name_plural': 'papers',
                'indexes': [models.Index(fields=['kind', 'record_id', 'at'], name='papers_of_a_record'), models.Index(fields=['cycle_id', 'at', 'id'], name='papers_of_a_year')],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='paper_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', True), ('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), models.Q(('file__isnull', False), ('taken_back_at__isnull', True), ('taken_back_by__isnull', True)), _connector='OR'), name='paper_has_its_file_until_taken_back'), models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('replaces',), name='one_newer_version_of_a_paper'), models.CheckConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('replaces', models.F('pk')), _negated=True), _connector='OR'), name='paper_replaces_another')],
            },
        ),
    ]
