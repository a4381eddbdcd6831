"""Papers on the way from one version to another: what an older one cannot show stays, what it left out is told."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.recorder import MigrationRecorder

from planning.models import Cycle
from sop_portal.foundation.kit.triggers import existing_triggers
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.actions import attaching
from sop_portal.foundation.papers.models import Paper, StoredFile
from sop_portal.foundation.papers.places import part_of
from sop_portal.foundation.papers.queries import kind_of
from sop_portal.foundation.papers.tests.files import brought, ofd
from sop_portal.foundation.workflow.seals import PAPER, broken_rows
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.papers import paper_on
from sop_portal.tests.test_migrations import promised

WITHOUT_INVOICES, WITHOUT_PROJECTS = "0004_own_decisions", "0005_electronic_invoices"


@pytest.fixture
def brought_forward() -> Iterator[None]:
    """Whatever happens, the database is up to date again."""
    yield
    call_command("migrate", interactive=False, verbosity=0)


def go_back(name: str) -> None:
    call_command("migrate", "papers", name, interactive=False, verbosity=0)


def newest_migration() -> str:
    applied = MigrationRecorder(connection).applied_migrations()
    return max(name for app, name in applied if app == "papers")


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_older", [False, True])
def test_nobody_goes_back_to_a_version_that_cannot_show_an_electronic_invoice(
    is_older: bool, cast: SimpleNamespace, brought_forward: None, on_postgresql: bool
) -> None:
    if is_older:
        go_back(WITHOUT_PROJECTS)
    waiting, before = actions.bring(brought("invoice.ofd", ofd()), by=cast.dora, at=NOW), newest_migration()
    with pytest.raises(IrreversibleError, match=r"Electronic invoices \(\.ofd\) among the papers: 1\..*Take them back"):
        go_back(WITHOUT_INVOICES)
    assert (newest_migration(), existing_triggers(connection)) == (before, promised(on_postgresql))
    assert StoredFile.objects.get().type == "ofd"
    actions.leave_waiting(waiting.token, by=cast.dora, at=NOW)
    go_back(WITHOUT_INVOICES)
    assert newest_migration() == WITHOUT_INVOICES


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Paper]:
    """Attaches as an older version did: it looked for the project of a record alone."""

    def attach(*asked: Any, **more: Any) -> Paper:
        with monkeypatch.context() as older:
            older.setattr(attaching, "project_of", lambda _kind, on, _part: getattr(on, "project_id", None))
            return paper_on(*asked, **more)

    return attach


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_paper_about_a_line_from_before_an_upgrade_is_told_its_project(
    cast: SimpleNamespace, untold: Callable[..., Paper], brought_forward: None, on_postgresql: bool
) -> None:
    year = filled_year(cast)
    confirmation = year.records["confirmation"]
    lines = [
        (year.request, year.asked),
        (year.forecast, year.line),
        (confirmation, confirmation.budget.lines.filter(department=confirmation.department).order_by("pk")[0]),
    ]
    papers: dict[int, int | None] = {
        untold(record, by=cast.emil, at=NOW, part=part_of(line), content=kind_of(record).encode()).pk: line.project_id
        for record, line in lines
    }
    papers[untold(year.request, by=cast.emil, at=NOW, content=b"%PDF-all").pk] = None
    mine = Paper.objects.filter(pk__in=papers)
    assert {*mine.values_list("project_id", flat=True)} == {None}
    Cycle.objects.filter(pk=year.forecast.cycle_id).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    go_back(WITHOUT_PROJECTS)
    call_command("migrate", interactive=False, verbosity=0)
    assert dict(mine.values_list("pk", "project_id")) == papers
    assert (list(broken_rows(PAPER)), existing_triggers(connection)) == ([], promised(on_postgresql))
    with pytest.raises(DatabaseError, match=r"this never changes|closed_year"), transaction.atomic():
        mine.update(project_id=None)


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_paper_that_was_changed_past_the_acts_stays_found(
    cast: SimpleNamespace, untold: Callable[..., Paper], brought_forward: None
) -> None:
    year = filled_year(cast)
    paper = untold(year.request, by=cast.emil, at=NOW, part=part_of(year.asked))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_seal SET digest = 'x' WHERE kind = 'paper' AND record_id = %s", [paper.pk])
    go_back(WITHOUT_PROJECTS)
    call_command("migrate", interactive=False, verbosity=0)
    assert Paper.objects.get(pk=paper.pk).project_id == year.asked.project_id
    assert [key for key, _said in broken_rows(PAPER)] == [paper.pk]
