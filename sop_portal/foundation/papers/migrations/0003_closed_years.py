from django.db import migrations

from sop_portal.foundation.kit.closed_years import CLOSED, LIVES_ON, MESSAGE, YEARS
from sop_portal.foundation.kit.triggers import RefuseWhen

LIVING = ", ".join(f"'{kind}'" for kind in sorted(LIVES_ON))


def of_a_closed_year(row: str) -> str:
    """The condition that a paper stands beside a record of a closed year which does not live on."""
    closed = f"EXISTS (SELECT 1 FROM {YEARS} y WHERE y.id = {row}.cycle_id AND y.state = '{CLOSED}')"
    return f"{row}.kind NOT IN ({LIVING}) AND {row}.cycle_id IS NOT NULL AND {closed}"


class Migration(migrations.Migration):
    """A closed year takes no papers and gives none back, but beside what lives on."""

    dependencies = [("papers", "0002_promises"), ("planning", "0001_initial")]
    operations = [
        RefuseWhen("closed_year_papers_insert", "papers_paper", "INSERT", of_a_closed_year("NEW"), MESSAGE),
        RefuseWhen("closed_year_papers_update", "papers_paper", "UPDATE", of_a_closed_year("OLD"), MESSAGE),
    ]
