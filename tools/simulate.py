"""Let simulated organisations live through years in an empty database, and compare the portal with the ledger."""

import argparse
import os
import random
import sys
from pathlib import Path
from time import monotonic

import django

ROOT = Path(__file__).resolve().parent.parent
SHRINKING_SECONDS = 300


def main() -> None:
    """Live through so many years with a seed; exit 1 where the portal and the ledger do not say the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=None, help="the same seed lives the same life; else a new one")
    parser.add_argument("--busy", type=int, default=8, help="what people do of themselves, acts a month and year")
    wanted = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if wanted.seed is None else wanted.seed
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "sop_portal.tests.settings"
    django.setup()
    print(f"→ {wanted.years} years with SEED={seed}", flush=True)
    sys.exit(simulate(seed, wanted.years, wanted.busy))


def simulate(seed: int, years: int, busy: int) -> int:
    """The simulation in a fresh database that is thrown away afterwards."""
    from django.db import connection
    from django.test.utils import setup_test_environment

    from sop_portal.tests.simulation.run import run, shortest, told, told_failure

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        begun = monotonic()
        outcome = run(seed, years, busy)
        print(told(outcome), f"  in {monotonic() - begun:.0f} seconds", sep="\n", flush=True)
        if outcome.failure:
            print(f"{outcome.failure}\n→ The portal and the ledger differ; looking for a shorter way there", flush=True)
            print(told_failure(shortest(outcome, seconds=SHRINKING_SECONDS)))
        return int(bool(outcome.failure))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
