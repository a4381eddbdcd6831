"""Who is told that past figures say otherwise than the portal's own reports and expenses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.projects.models import Actual, HistoryImport, Project
from planning.projects.queries import PastKey, record_of
from planning.projects.workflow import HISTORY, PAST_FIGURE, contradictions, held
from sop_portal.foundation.kit.formats import listed, number
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Role

VERB = "contradict"


def tell_of_contradiction(actual: Actual, before: Mapping[str, Decimal | None], *, by: User, at: datetime) -> None:
    """Tell finance and management once of figures that begin to say otherwise than the portal's own record."""
    project = record_of(actual)
    if project is None or not _begins_to_contradict(actual, before, project):
        return

    def sentence() -> str:
        text = _("%(person)s corrected “%(figures)s” by hand, against the portal’s own record. %(said)s.")
        said = listed(one.sentence for one in contradictions(actual.figures, project))
        return interpolate(text, {"person": by, "figures": typed(str(actual)), "said": said})

    link = reverse("past-figure", args=[project.cycle.year, project.department.slug, actual.pk])
    people = who_keeps_watch(by, at)
    notify(people, sentence, kind=PAST_FIGURE, record_id=actual.pk, verb=VERB, link=link, at=at)


def tell_of_import(taken: HistoryImport, records: Mapping[PastKey, Project], *, by: User | None, at: datetime) -> None:
    """Tell them once of a file whose figures say otherwise than the portal's own record did."""
    found = Actual.objects.filter(taken_from=taken, year__in={key[2] for key in records})
    asides = {aside.actual_id: aside.figures for aside in taken.replaced.all()} if records else {}
    count = sum(
        _begins_to_contradict(actual, asides.get(actual.pk, {}), project)
        for actual in (found.order_by("pk") if records else ())
        if (project := records.get((actual.department_id, actual.slug, actual.year)))
    )
    if not count:
        return
    year = max(key[2] for key in records)
    people, link = who_keeps_watch(by, at), reverse("history", args=[year])
    notify(people, _of_file(taken, count), kind=HISTORY, record_id=taken.pk, verb=VERB, link=link, at=at)


def _of_file(taken: HistoryImport, count: int) -> Callable[[], str]:
    def sentence() -> str:
        text = ngettext(
            "The file “%(file)s” says otherwise than the portal’s own reports and expenses, of %(count)s project.",
            "The file “%(file)s” says otherwise than the portal’s own reports and expenses, of %(count)s projects.",
            count,
        )
        return interpolate(text, {"file": typed(taken.file_name), "count": number(count)})

    return sentence


def _begins_to_contradict(actual: Actual, before: Mapping[str, Decimal | None], project: Project) -> bool:
    """Whether one of its figures is not that of the record any more, or for the first time is said otherwise."""
    known = {one.measure for one in held(before, project) if one.said != one.held}
    return any(one.measure not in known for one in contradictions(actual.figures, project))


def who_keeps_watch(by: User | None, at: datetime) -> QuerySet[User]:
    """Finance and management, but for whoever did it."""
    people = Membership.objects.on(localdate(at)).filter(role__in=[Role.FINANCE, Role.MANAGEMENT])
    found = User.objects.filter(pk__in=people.values("person_id"), is_active=True)
    return found.exclude(pk=by.pk) if by else found
