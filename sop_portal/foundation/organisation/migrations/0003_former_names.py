import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from sop_portal.foundation.kit.triggers import RefuseWhen

HEIRS = (
    "WITH RECURSIVE heir(id) AS (SELECT NEW.merged_into_id "
    "UNION SELECT d.merged_into_id FROM organisation_department d JOIN heir ON d.id = heir.id "
    "WHERE d.merged_into_id IS NOT NULL) SELECT 1 FROM heir WHERE heir.id = NEW.id"
)
CALLED_SO_BEFORE = "SELECT 1 FROM organisation_departmentname n WHERE LOWER(n.name) = LOWER(NEW.name)"
CALLED_SO_NOW = (
    "SELECT 1 FROM organisation_department d WHERE LOWER(d.name) = LOWER(NEW.name) AND d.id <> NEW.department_id"
)
NOT_ITS_OWN_HEIR = "a department does not become part of what became part of it"
ANOTHERS_NAME = "this is the former name of another department"


class Migration(migrations.Migration):
    """Former names of departments, which nobody else bears; and mergers that never go round in a circle."""

    dependencies = [
        ('organisation', '0002_cache_table'),
    ]

    operations = [
        migrations.CreateModel(
            name='DepartmentName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='former name')),
                ('until', models.DateTimeField(verbose_name='until')),
            ],
            options={
                'verbose_name': 'former name of a department',
                'ordering': ['-until', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='department',
            name='merged_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.CheckConstraint(condition=models.Q(('merged_at', None), ('merged_into__isnull', False), _connector='OR'), name='merged_department_has_an_heir'),
        ),
        migrations.AddField(
            model_name='departmentname',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_names', to='organisation.department'),
        ),
        migrations.AddConstraint(
            model_name='departmentname',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_department_per_former_name'),
        ),
        migrations.AddConstraint(
            model_name='departmentname',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='former_name_is_a_name'),
        ),
        RefuseWhen(
            "department_not_its_own_heir",
            "organisation_department",
            "UPDATE",
            f"NEW.merged_into_id IS NOT NULL AND EXISTS ({HEIRS})",
            NOT_ITS_OWN_HEIR,
        ),
        RefuseWhen(
            "department_begins_with_a_free_name",
            "organisation_department",
            "INSERT",
            f"EXISTS ({CALLED_SO_BEFORE})",
            ANOTHERS_NAME,
        ),
        RefuseWhen(
            "department_takes_a_free_name",
            "organisation_department",
            "UPDATE",
            f"EXISTS ({CALLED_SO_BEFORE} AND n.department_id <> NEW.id)",
            ANOTHERS_NAME,
        ),
        *(
            RefuseWhen(
                f"former_name_is_nobodys_{event.lower()}",
                "organisation_departmentname",
                event,
                f"EXISTS ({CALLED_SO_NOW})",
                "another department is called so now",
            )
            for event in ("INSERT", "UPDATE")
        ),
    ]
