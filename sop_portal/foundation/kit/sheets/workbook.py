"""Has a workbook read by a child process and takes its rows back."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sop_portal.foundation.kit.sheets import child
from sop_portal.foundation.kit.sheets.child import WorkbookProblem
from sop_portal.foundation.kit.sheets.text_table import Interner

MAX_SECONDS = 30
# By path and isolated (-I): as a module it would import the portal's package, and with it settings and secrets.
COMMAND = [sys.executable, "-I", str(Path(child.__file__))]
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


class WorkbookRefused(Exception):
    """The child's reason, or none where it ran out of time or memory."""

    def __init__(self, refusal: WorkbookProblem | None) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def workbook_rows(packed: bytes) -> list[list[Any]]:
    """The rows of the first visible sheet: text, Decimal, date or None, cut behind the last filled cell."""
    with TemporaryFile() as brought, TemporaryFile() as taken:
        brought.write(packed)
        brought.seek(0)
        try:
            ended = subprocess.run(
                COMMAND,
                stdin=brought,
                stdout=taken,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                timeout=MAX_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise WorkbookRefused(None) from None
        if ended.returncode:
            raise WorkbookRefused(_reason(ended.returncode))
        taken.seek(0)
        return _decoded(taken)


def _reason(code: int) -> WorkbookProblem | None:
    return WorkbookProblem(code) if code in WorkbookProblem._value2member_map_ else None


def _decoded(lines: IO[bytes]) -> list[list[Any]]:
    # A number is read from its digits, so that no float ever stands between the file and the Decimal.
    exact = lru_cache(maxsize=10_000)(Decimal)
    decoder = json.JSONDecoder(parse_float=exact, parse_int=exact, object_hook=_day)
    same = Interner()
    return [[same(cell) for cell in decoder.decode(line.decode())] for line in lines]


def _day(marked: dict[str, str]) -> date:
    return date.fromisoformat(marked["day"])
