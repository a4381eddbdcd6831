"""What an open evaluation shows of reports, money and history: a change of it is a new version, with the difference."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from evaluations.reviews.models import Evaluation
from evaluations.reviews.queries import figures_shown
from evaluations.reviews.workflow import EVALUATION
from planning.models import Project
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.models import with_year_and_department
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import hold_year


def show_figures(evaluation: Evaluation) -> None:
    """Begin with the figures that a new evaluation shows."""
    evaluation.figures = figures_shown(evaluation)
    evaluation.save(update_fields=["figures"])
    seal_rows(EVALUATION.kind, [evaluation.pk])


@contextmanager
def figures_held(evaluation: Evaluation) -> Iterator[None]:
    """Decide while nothing more is counted or spent: the project is locked before its evaluation, as by who does."""
    with transaction.atomic():
        hold_year(EVALUATION.kind, evaluation)
        Project.objects.select_for_update(of=("self",)).get(pk=evaluation.project_id)
        yield


def follow_projects(projects: Collection[int], *, by: User | None, at: datetime) -> None:
    """Count a new version of every open evaluation of these projects that shows other figures now."""
    _follow(Evaluation.objects.filter(project_id__in=projects), by, at, "")


def follow_history(departments: Collection[int], *, by: User | None, at: datetime, because: str) -> None:
    """The same where the history of these departments changed, or of what became part of others."""
    heirs = {heir for department in departments for heir in lineage().heirs_of(department)}
    _follow(Evaluation.objects.filter(department_id__in={*departments, *heirs}), by, at, because)


def _follow(found: QuerySet[Evaluation], by: User | None, at: datetime, because: str) -> None:
    opened = found.exclude(state__in=EVALUATION.closed).select_for_update(of=("self",))
    for evaluation in with_year_and_department(opened).order_by("pk"):
        before, now = evaluation.figures, figures_shown(evaluation)
        if before == now:
            continue
        evaluation.figures, evaluation.version = now, evaluation.version + 1
        evaluation.save(update_fields=["figures", "version"])
        names = [name for name in EVALUATION.fields if before.get(name) != now.get(name)]
        changes = [Change(name, before.get(name, ""), now.get(name, "")) for name in names]
        note(EVALUATION.kind, evaluation, "follow-figures", by=by, at=at, changes=changes, comment=because)
