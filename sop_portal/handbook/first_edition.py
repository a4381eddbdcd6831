"""The first edition of the handbook: a migration writes it, so no act seals it."""

from django.db import connection

from sop_portal.foundation.workflow.models import Seal
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.handbook.models import KIND, Edition


def seal(**_signal: object) -> None:
    """Keep what stands in the edition that came with the portal, where nothing is kept of it yet."""
    if {Seal._meta.db_table, Edition._meta.db_table} <= set(connection.introspection.table_names()):
        sealed = Seal.objects.filter(kind=KIND).values("record_id")
        seal_rows(KIND, Edition.objects.filter(published_by=None).exclude(pk__in=sealed).values_list("pk", flat=True))
