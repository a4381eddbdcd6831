from django.db import migrations

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

    dependencies = [("organisation", "0002_cache_table")]
    operations = [
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
