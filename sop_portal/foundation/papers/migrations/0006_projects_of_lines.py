import re
from importlib import import_module
from typing import Any

from django.db import migrations

from sop_portal.foundation.workflow.seals import KEPT_ROWS, PAPER, digests

SAID = import_module("sop_portal.foundation.papers.migrations.0002_promises")
CLOSED = import_module("sop_portal.foundation.papers.migrations.0003_closed_years")
INVOICES = import_module("sop_portal.foundation.papers.migrations.0005_electronic_invoices")
# What keeps a paper from being told anew; nobody else gets in between, for it is one transaction.
KEEPING = ("paper_says_what_it_said", "closed_year_papers_update")
# By kind of record, the model of its lines.
LINES = {
    "request": ("planning", "RequestLine"),
    "forecast": ("planning", "ForecastLine"),
    "confirmation": ("budgets", "BudgetLine"),
}
LINE = re.compile(r"line-(\d+)(-[a-z]+)?")


def tell_projects(apps: Any, schema_editor: Any) -> None:
    """A paper about a line that was attached before papers were found by project gets that of its line."""
    Paper = apps.get_model("papers", "Paper")
    untold = Paper.objects.filter(kind__in=LINES, project_id=None).exclude(part="").order_by("pk")
    found = {paper.pk: project_id for paper in untold if (project_id := project_of(apps, paper))}
    if not found:
        return
    whole = seals_that_fit(apps, found)
    for trigger in (guards := keeping()):
        trigger.database_backwards("papers", schema_editor, None, None)
    for key, project_id in found.items():
        Paper.objects.filter(pk=key).update(project_id=project_id)
    for trigger in guards:
        trigger.database_forwards("papers", schema_editor, None, None)
    for seal in whole:
        seal.digest = digest_of(seal)
        seal.save(update_fields=["digest"])


def project_of(apps: Any, paper: Any) -> int | None:
    line = LINE.fullmatch(paper.part)
    lines = apps.get_model(*LINES[paper.kind]).objects
    return lines.filter(pk=line[1]).values_list("project_id", flat=True).first() if line else None


def keeping() -> list[Any]:
    operations = [*SAID.Migration.operations, *CLOSED.Migration.operations]
    return [operation for operation in operations if getattr(operation, "name", "") in KEEPING]


def seals_that_fit(apps: Any, keys: Any) -> list[Any]:
    """What somebody changed past the acts stays found: its seal is not made anew."""
    seals = apps.get_model("workflow", "Seal").objects.filter(kind=PAPER, record_id__in=list(keys))
    return [seal for seal in seals if digest_of(seal) == seal.digest]


def digest_of(seal: Any) -> str:
    return digests(PAPER, KEPT_ROWS[PAPER][0], seal.columns, [seal.record_id])[seal.record_id][1]


class Migration(migrations.Migration):
    """Every paper about a line says of which project it is, those from before an upgrade too."""

    dependencies = [
        ("papers", "0005_electronic_invoices"),
        ("planning", "0001_initial"),
        ("budgets", "0001_initial"),
        ("workflow", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(tell_projects, migrations.RunPython.noop),
        migrations.RunPython(migrations.RunPython.noop, INVOICES.refuse_to_go_back),
    ]
