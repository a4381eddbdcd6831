"""Two long stretches of a year, minute by minute, against the tables written by hand in the tests.

    .venv/bin/python benchmarks/year.py

From December to April nobody hands in a forecast, from August to September nobody does anything that is owed. At
every one of the 225,000 minutes the ledger is asked what is missing; whenever something is, a real sweep runs. The rows
must be those of the tables, and every sweep must fall on the first minute of a day. Uses SQLite in a folder of its own.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.mkdtemp(prefix="sop-year-")
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER}/year.sqlite3"
os.environ["DJANGO_SETTINGS_MODULE"] = "sop_portal.tests.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from planning.cycles.actions import create_cycle  # noqa: E402
from planning.forecasts.actions import publish_year  # noqa: E402
from sop_portal.foundation.organisation.models import Department  # noqa: E402
from sop_portal.reminders.actions import sweep  # noqa: E402
from sop_portal.reminders.tests import expected_rows, test_sweep  # noqa: E402
from sop_portal.reminders.tests.conftest import at_noon  # noqa: E402
from sop_portal.tests.cast import everybody  # noqa: E402
from sop_portal.tests.small_year import small_year  # noqa: E402

NEW_YORK = ZoneInfo("America/New_York")


def spring(cast: SimpleNamespace) -> tuple[datetime, datetime, Callable[[], bool]]:
    """Nobody hands in a forecast."""
    cycle = create_cycle(year=2027, by=cast.ada, at=at_noon("2026-12-01"))
    publish_year(cycle, by=cast.ada, at=at_noon("2026-12-01"), seen=cycle.version)
    return (
        datetime(2026, 12, 31, 13, 7, tzinfo=UTC),
        test_sweep.END,
        lambda: test_sweep.rows_by_person() == test_sweep.BY_HAND,
    )


def autumn(cast: SimpleNamespace) -> tuple[datetime, datetime, Callable[[], bool]]:
    """Nobody reports, reviews, answers or closes minutes."""
    small_year(cast)
    return (
        expected_rows.BEGINS,
        expected_rows.ENDS,
        lambda: expected_rows.ledger_rows() == expected_rows.expected_rows(),
    )


def stretch(season: Callable[[SimpleNamespace], Any]) -> dict[str, Any]:
    """One stretch, and back to an empty house."""
    with transaction.atomic():
        departments = [Department.objects.create(name=name, slug=name.lower()) for name in ("Arts", "Sports")]
        first, last, is_as_written = season(everybody(*departments))
        began = time.monotonic()
        sweep(at=first)
        done = expected_rows.minute_by_minute(first + timedelta(minutes=1), last, sweep)
        found = {
            "minutes": done.asked,
            "sweeps": len(done.sweeps),
            "rows": len(expected_rows.ledger_rows()),
            "equal_to_the_table": is_as_written(),
            "sweeps_after_the_first_minute_of_a_day": sum(
                (at.astimezone(NEW_YORK).hour, at.astimezone(NEW_YORK).minute) > (0, 0) for at in done.sweeps
            ),
            "seconds": round(time.monotonic() - began),
        }
        transaction.set_rollback(True)
    return found


def main() -> None:
    """Both stretches."""
    call_command("migrate", verbosity=0)
    found = {season.__name__: stretch(season) for season in (spring, autumn)}
    print(json.dumps(found, indent=2))
    sys.exit(not all(part["equal_to_the_table"] for part in found.values()))


if __name__ == "__main__":
    main()
