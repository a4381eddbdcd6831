import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0003_former_names'),
        ('planning', "0007_spent_labels"),
    ]

    operations = [
        migrations.CreateModel(
            name='ProjectName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called', models.SlugField(max_length=60)),
                ('slug', models.SlugField(max_length=60)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='project_names', to='organisation.department')),
            ],
            options={
                'verbose_name': 'later name of a project',
                'constraints': [models.UniqueConstraint(fields=('department', 'called'), name='one_project_per_later_name'), models.CheckConstraint(condition=models.Q(('called', models.F('slug')), _negated=True), name='later_name_is_another')],
            },
        ),
    ]
