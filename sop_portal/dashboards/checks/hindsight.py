"""Whether the planners of the next year read what evaluations and measures really say."""

from collections.abc import Iterator
from typing import Any

from evaluations.models import Lesson, Measure
from planning.models import Hindsight

Said = dict[int, tuple[Any, ...]]


def misread_lessons() -> Iterator[str]:
    """Lessons and measures that stand otherwise on the forecasts than where they were written, or not at all."""
    lessons: Said = {
        row.pk: (row.published, row.department_id, row.project_slug, row.year, None, True, "")
        for row in Lesson.objects.exclude(published_at=None)
    }
    yield from _differing("lesson", lessons)
    adopted = (
        Measure.objects.exclude(adopted_at=None).exclude(state=Measure.State.DECLINED).select_related("cycle", "owner")
    )
    measures: Said = {
        row.pk: (
            row.what,
            row.department_id,
            row.project_slug,
            row.cycle.year,
            row.due,
            row.state != Measure.State.VERIFIED,
            row.owner.name if row.owner else "",
        )
        for row in adopted
    }
    yield from _differing("measure", measures)


def _differing(kind: str, said: Said) -> Iterator[str]:
    columns = ("text", "department_id", "slug", "year", "due_on", "is_open", "owner_name")
    rows = Hindsight.objects.filter(kind=kind).order_by("source_id").values_list("source_id", *columns)
    kept: Said = {source_id: tuple(values) for source_id, *values in rows}
    for source_id in sorted({*said, *kept}):
        if source_id not in kept:
            yield f"{kind} {source_id}: those who plan the next year do not read it."
        elif source_id not in said:
            yield f"{kind} {source_id}: those who plan the next year read it, but nobody published it."
        elif kept[source_id] != said[source_id]:
            yield f"{kind} {source_id}: those who plan the next year read something else than it says."
