"""Nobody goes back over corrections of counts while totals hold what they changed."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.recorder import MigrationRecorder

from evaluations.models import CountCorrection
from evaluations.tests.test_corrected_counts import accepted_report, confirm, correct, held
from evaluations.tests.test_withdrawn_corrections import withdraw
from planning.models import Project
from sop_portal.foundation.kit.triggers import existing_triggers
from sop_portal.tests.test_migrations import promised

BEFORE = "0003_settings_that_proposals_change"


@pytest.fixture
def brought_forward() -> Iterator[None]:
    """Whatever happens, the database is up to date again."""
    yield
    call_command("migrate", interactive=False, verbosity=0)


def go_back() -> None:
    call_command("migrate", "evaluations", BEFORE, interactive=False, verbosity=0)


def newest_migration() -> str:
    applied = MigrationRecorder(connection).applied_migrations()
    return max(name for app, name in applied if app == "evaluations")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["confirmed", "withdrawn"])
def test_the_way_back_is_refused_while_totals_hold_what_was_confirmed(
    way: str,
    story_hours: Project,
    cast: SimpleNamespace,
    november: datetime,
    brought_forward: None,
    on_postgresql: bool,
) -> None:
    correction = correct(accepted_report(story_hours, 9, cast, november), cast.ben, november)
    if way == "confirmed":
        confirm(correction, cast.emil, november)
    else:
        withdraw(correction, cast.ben, november)
    before = newest_migration()
    with pytest.raises(IrreversibleError, match="confirmed or withdrawn: 1"):
        go_back()
    assert newest_migration() == before
    assert CountCorrection.objects.get().state == correction.state
    assert held(story_hours) == (12 if way == "confirmed" else 10)
    assert existing_triggers(connection) == promised(on_postgresql)


@pytest.mark.django_db(transaction=True)
def test_the_way_back_is_open_while_nothing_was_confirmed(
    story_hours: Project, cast: SimpleNamespace, november: datetime, brought_forward: None, on_postgresql: bool
) -> None:
    correct(accepted_report(story_hours, 9, cast, november), cast.ben, november)
    go_back()
    assert newest_migration() == BEFORE
    assert "evaluations_countcorrection" not in connection.introspection.table_names()
    assert held(story_hours) == 10
    call_command("migrate", interactive=False, verbosity=0)
    assert existing_triggers(connection) == promised(on_postgresql)
