"""Has a table read by a child process and takes its rows back."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

from sop_portal.foundation.kit.sheets import child
from sop_portal.foundation.kit.sheets.cells import Marked
from sop_portal.foundation.kit.sheets.child import CELL, LINE, RETURN, WorkbookProblem
from sop_portal.foundation.kit.sheets.text_table import Interner, unguarded

MAX_SECONDS = 30
# By path and isolated (-I): as a module it would import the portal's package, and with it settings and secrets.
COMMAND = [sys.executable, "-I", str(Path(child.__file__))]
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


class WorkbookRefused(Exception):
    """The child's reason, or none where it ran out of time or memory."""

    def __init__(self, refusal: WorkbookProblem | None) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def rows_from_child(packed: bytes, wanted: Mapping[str, str]) -> tuple[dict[str, Any], list[list[Any]]]:
    """What stands around the table of a file, and its rows: text, Decimal, date, marked or None, cut at the end."""
    with TemporaryFile() as brought, TemporaryFile() as taken:
        brought.write(packed)
        brought.seek(0)
        try:
            ended = subprocess.run(
                [*COMMAND, json.dumps(dict(wanted))],
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
        return _taken_back(taken)


def _reason(code: int) -> WorkbookProblem | None:
    return WorkbookProblem(code) if code in WorkbookProblem._value2member_map_ else None


def _taken_back(taken: IO[bytes]) -> tuple[dict[str, Any], list[list[Any]]]:
    lines = TextIOWrapper(cast(Any, taken), "utf-8", newline="\n")
    context = json.loads(next(lines, "{}"))
    read: Callable[[str], list[Any]] = _text_cells if context.get("is_text") else _decoder()
    same = Interner()
    rows = [[same(cell) for cell in read(line[:-1])] for line in lines]
    lines.detach()
    return context, rows


def _decoder() -> Callable[[str], list[Any]]:
    # A number is read from its digits, so that no float ever stands between the file and the Decimal.
    exact = lru_cache(maxsize=10_000)(Decimal)
    return json.JSONDecoder(parse_float=exact, parse_int=exact, object_hook=_marked).decode


def _marked(said: dict[str, str]) -> date | Marked:
    kind, text = next(iter(said.items()))
    return date.fromisoformat(text) if kind == "day" else Marked(kind, text)


def _text_cells(line: str) -> list[str | None]:
    if not line:
        return []
    if LINE in line or RETURN in line:
        line = line.replace(LINE, "\n").replace(RETURN, "\r")
    if "'" in line:
        return [unguarded(cell) if cell[:1] == "'" else cell or None for cell in line.split(CELL)]
    return [cell or None for cell in line.split(CELL)]
