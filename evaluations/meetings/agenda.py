"""What a review meeting should talk about: the matters that are open in the year, in sentences.

Everybody reads the agenda, so it names the kind of matter and the department; only an issue was raised to the
meeting on purpose and stands there with its own title. The link opens for those who may see the record.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation, Contest
from evaluations.feedback.models import Feedback
from evaluations.improvements.models import Measure
from evaluations.reports.models import Issue
from planning.models import Cycle

Matter = tuple[str, str]


def open_matters(cycle: Cycle, on: date) -> list[Matter]:
    """Title and address of every open matter: raised issues, overdue measures, unanswered feedback, contested lines."""
    return [*raised_issues(cycle), *overdue_measures(cycle, on), *unanswered(cycle), *contested(cycle)]


def raised_issues(cycle: Cycle) -> Iterator[Matter]:
    """Issues that a project raised to the meeting and that are not solved."""
    raised = Issue.objects.filter(cycle=cycle, is_raised=True, state=Issue.State.OPEN)
    for issue in raised.select_related("cycle", "department", "project").order_by("pk"):
        words = {"department": issue.department, "issue": issue.title}
        yield _("Issue of %(department)s: %(issue)s") % words, issue.get_absolute_url()


def overdue_measures(cycle: Cycle, on: date) -> Iterator[Matter]:
    """Adopted measures that should have been done by now."""
    overdue = Measure.objects.filter(cycle=cycle).overdue(on)
    for measure in overdue.select_related("cycle", "department").order_by("due", "pk"):
        words = {"measure": measure, "department": measure.department}
        yield _("%(measure)s of %(department)s is overdue") % words, measure.get_absolute_url()


def unanswered(cycle: Cycle) -> Iterator[Matter]:
    """Feedback nobody answered yet, one point per department."""
    rows = Feedback.objects.filter(cycle=cycle, state=Feedback.State.OPEN)
    counted = rows.values_list("department__name", "department__slug").annotate(count=Count("pk"))
    for name, slug, count in counted.order_by("department__name"):
        sentence = ngettext(
            "%(count)s piece of feedback of %(department)s is not answered",
            "%(count)s pieces of feedback of %(department)s are not answered",
            count,
        )
        address = f"{reverse('feedback', args=[cycle.year])}?department={slug}&state=open"
        yield sentence % {"count": count, "department": name}, address


def contested(cycle: Cycle) -> Iterator[Matter]:
    """Departments whose contested budget lines are not settled."""
    open_lines = Contest.objects.filter(settled=Contest.Settled.OPEN).values("confirmation_id")
    found = Confirmation.objects.filter(budget__cycle=cycle, pk__in=open_lines)
    for confirmation in found.select_related("budget__cycle", "department").order_by("department__name"):
        title = _("%(department)s contests its budget lines") % {"department": confirmation.department}
        yield title, confirmation.get_absolute_url()
