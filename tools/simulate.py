"""Let simulated organisations live through years in an empty database, and compare the portal with the ledger."""

import argparse
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import django

ROOT = Path(__file__).resolve().parent.parent
SHRINKING_SECONDS = 300
LIVES = 10
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def main() -> None:
    """Live through so many years with a seed; exit 1 where the portal and the ledger do not say the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=None, help="the same seed lives the same life; else a new one")
    parser.add_argument("--guards", action="store_true", help="take cures out one by one, and see that each is missed")
    parser.add_argument("--kind", type=int, default=None, help="of the cures only those of this kind")
    parser.add_argument("--busy", type=int, default=8, help="what people do of themselves, acts a month and year")
    wanted = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if wanted.seed is None else wanted.seed
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "sop_portal.tests.settings"
    django.setup()
    with empty_database():
        sys.exit(guards(seed, wanted.kind) if wanted.guards else simulate(seed, wanted.years, wanted.busy))


@contextmanager
def empty_database() -> Iterator[None]:
    """A database that is thrown away afterwards: SQLite, or where DATABASE_URL says."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import override_settings, setup_test_environment

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": PLAIN_FILES}):
            yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def simulate(seed: int, years: int, busy: int) -> int:
    """One life of so many years; 1 where the portal and the ledger do not say the same."""
    from sop_portal.tests.simulation.run import failure_report, run, shortest, summary

    print(f"→ {years} years with SEED={seed}", flush=True)
    begun = monotonic()
    outcome = run(seed, years, busy)
    print(summary(outcome), f"  in {monotonic() - begun:.0f} seconds", sep="\n", flush=True)
    if outcome.failure:
        print(f"{outcome.failure}\n→ The portal and the ledger differ; looking for a shorter way there", flush=True)
        print(failure_report(shortest(outcome, seconds=SHRINKING_SECONDS)))
    return int(bool(outcome.failure))


def guards(seed: int, kind: int | None) -> int:
    """Every cure is taken out alone; 1 where a life without one of them passes for right."""
    from sop_portal.tests.simulation.faults import FAULTS, noticed

    faults = [fault for fault in FAULTS if kind in (None, fault.kind)]
    print(f"→ {len(faults)} cures are taken out one by one, SEED={seed}", flush=True)
    missed = 0
    for fault in faults:
        begun = monotonic()
        acts, failure = noticed(fault, seed, lives=LIVES)
        missed += not failure
        print(f"kind {fault.kind}, {fault.what}: {'noticed' if failure else 'NOT NOTICED'} in {acts} acts", end="")
        print(f", {monotonic() - begun:.0f} seconds", flush=True)
        print(f"    {failure.splitlines()[0][:160] if failure else ''}", flush=True)
    print(f"{len(faults) - missed} of {len(faults)} are noticed")
    return int(bool(missed))


if __name__ == "__main__":
    main()
