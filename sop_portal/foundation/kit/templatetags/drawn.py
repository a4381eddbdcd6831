"""Parts of a page that have hundreds of rows or cells: each is written out before the template puts them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import marked
from sop_portal.foundation.kit.templatetags.marks import ICONS, fresh_id, icon, state

register = Library()


@dataclass(frozen=True)
class DrawnTask:
    """A task with its words marked and its date as it stands on the page."""

    what: SafeString
    why: SafeString
    due: SafeString
    url: str
    button: Any
    is_waiting: bool


@register.inclusion_tag("components/task_group.html")
def task_group(title: Any, tasks: Sequence[Any]) -> dict[str, Any]:
    """A heading with its count and the tasks under it; nothing when there are none."""
    return {"title": title, "tasks": [_task(task) for task in tasks], "id": fresh_id("g")}


@register.inclusion_tag("components/tasks.html")
def task_rows(tasks: Sequence[Any], label: Any = "") -> dict[str, Any]:
    """Tasks as rows: what, why, until when, one button."""
    return {"tasks": [_task(task) for task in tasks], "label": label}


def _task(task: Any) -> DrawnTask:
    due = _due(task)
    return DrawnTask(marked(task.what), marked(task.why), due, task.url, task.button, task.is_waiting)


def _due(task: Any) -> SafeString:
    if task.late_days:
        return state("late", formats.late(task.late_days))
    day = format_html("<b>{}</b>", task.due_text) if task.due_text else ""
    return format_html("{}{}", day, task.due_note)


@dataclass(frozen=True)
class DrawnRow:
    """A department of the matrix with its cells written out: two hundred departments have a thousand of them."""

    department: str
    url: str
    cells: SafeString


@register.inclusion_tag("components/matrix.html")
def matrix(rows: Iterable[Any], stages: Iterable[Any], caption: Any = "") -> dict[str, Any]:
    """Department by stage. A stage is a word, or a pair of a word and a note."""
    heads = [stage if isinstance(stage, tuple) else (stage, "") for stage in stages]
    nothing = format_html(
        '<td><span class="cell cell--none"><span class="visually-hidden">{}</span><span aria-hidden="true">·</span>'
        "</span></td>",
        gettext("not started"),
    )
    drawn = [DrawnRow(row.department, row.url, _joined(row.cells, nothing)) for row in rows]
    return {"rows": drawn, "heads": heads, "caption": caption}


def _joined(cells: Iterable[Any], nothing: SafeString) -> SafeString:
    """Every cell is escaped where it is written."""
    return mark_safe("".join(_cell(cell) if cell.label else nothing for cell in cells))


def _cell(cell: Any) -> SafeString:
    """Where a department stands in a stage: what is finished is plain, what needs somebody is coloured."""
    kind = "cell--done" if cell.is_done else f"is-{cell.tone}" if cell.tone else "cell--none"
    drawn = "check-lg" if cell.is_done else cell.icon or ICONS.get(cell.tone, "")
    label, note = (text if isinstance(text, SafeString) else str(text) for text in (cell.label, cell.note))
    return _framed(cell.url, kind, _inside(drawn, label, note))


def _framed(url: str, kind: str, inside: SafeString) -> SafeString:
    if url:
        return mark_safe(f'<td><a href="{escape(url)}" class="cell {kind}">{inside}</a></td>')
    return mark_safe(f'<td><span class="cell {kind}">{inside}</span></td>')


# A thousand cells say the same few things.
@lru_cache(maxsize=1000, typed=True)
def _inside(drawn: str, label: str, note: str) -> SafeString:
    small = format_html("<small>{}</small>", note) if note else ""
    return format_html("{}{}{}", icon(drawn) if drawn else "", label, small)
