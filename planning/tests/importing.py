"""Files of past figures for the tests: brought by the command, and what it says of them."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

CASES = Path(__file__).parent / "data/import"
NOW = "2027-04-01T08:00+00:00"


def bring(path: Path, *options: str, now: str = NOW) -> tuple[int, dict[str, Any]]:
    """The exit code of the command, and what it says."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_history", str(path), "--json", "--now", now, *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except CommandError as refused:
        code = refused.returncode
    return code, json.loads(out.getvalue() or "{}")


def check(path: Path | str, *answers: str, create: bool = False, now: str = NOW) -> tuple[int, dict[str, Any]]:
    """What the command says of a file without taking it."""
    options = [part for answer in answers for part in ("--answer", answer)]
    options += ["--create-departments"] if create else []
    return bring(CASES / path if isinstance(path, str) else path, "--check", *options, now=now)


def cells(listed: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The kind and the cell of each."""
    return [(said["kind"], said["cell"]) for said in listed]
