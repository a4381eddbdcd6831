"""Meetings as pages fetch them, who can come, and what is open in the year and so stands on the agenda."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation, Contest
from evaluations.feedback.models import Feedback
from evaluations.improvements.models import Measure
from evaluations.meetings.models import Attendance, Meeting
from evaluations.reports.models import Issue
from planning.models import Cycle
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Role

Matter = tuple[str, str]


def find_meeting(request: Request, *, year: int, pk: int) -> Meeting:
    """The meeting of the address, if the person may see it."""
    visible = Meeting.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def people_by_department(meeting: Meeting, seats: list[Attendance]) -> dict[int, dict[int, User]]:
    """Who can stand for each department, read in one query."""
    departments = [seat.department_id for seat in seats]
    members = Membership.objects.on(meeting.held_on).filter(department__in=departments, person__is_active=True)
    found: dict[int, dict[int, User]] = {}
    for member in members.select_related("person").order_by("person__name"):
        found.setdefault(member.department_id or 0, {})[member.person_id] = member.person
    return found


def heads_of(meeting: Meeting) -> dict[int, int]:
    """The head of each department on the day of the meeting."""
    heads = Membership.objects.on(meeting.held_on).filter(role=Role.HEAD, person__is_active=True)
    return {department: person for department, person in heads.values_list("department_id", "person_id") if department}


def open_matters(cycle: Cycle, on: date) -> list[Matter]:
    """Title and address of every open matter: raised issues, overdue measures, unanswered feedback, contested lines.

    Everybody reads the agenda, so it names the kind of matter and the department; only an issue was raised to the
    meeting on purpose and stands there with its own title. The link opens for those who may see the record.
    """
    return [*raised_issues(cycle), *overdue_measures(cycle, on), *unanswered_feedback(cycle), *contested_lines(cycle)]


def raised_issues(cycle: Cycle) -> Iterator[Matter]:
    """Issues that a project raised to the meeting and that are not solved."""
    raised = Issue.objects.filter(cycle=cycle, is_raised=True, state=Issue.State.OPEN)
    for issue in raised.select_related("cycle", "department", "project").order_by("pk"):
        yield matter_of(issue)


def matter_of(issue: Issue) -> Matter:
    """Title and address of one issue as it stands on an agenda."""
    words = {"department": issue.department, "issue": issue.title}
    return _("Issue of %(department)s: %(issue)s") % words, issue.get_absolute_url()


def overdue_measures(cycle: Cycle, on: date) -> Iterator[Matter]:
    """Adopted measures that should have been done by now."""
    overdue = Measure.objects.filter(cycle=cycle).overdue(on)
    for measure in overdue.select_related("cycle", "department").order_by("due", "pk"):
        words = {"measure": measure, "department": measure.department}
        yield _("%(measure)s of %(department)s is overdue") % words, measure.get_absolute_url()


def unanswered_feedback(cycle: Cycle) -> Iterator[Matter]:
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


def contested_lines(cycle: Cycle) -> Iterator[Matter]:
    """Departments whose contested budget lines are not settled."""
    open_lines = Contest.objects.filter(settled=Contest.Settled.OPEN).values("confirmation_id")
    found = Confirmation.objects.filter(budget__cycle=cycle, pk__in=open_lines)
    for confirmation in found.select_related("budget__cycle", "department").order_by("department__name"):
        title = _("%(department)s contests its budget lines") % {"department": confirmation.department}
        yield title, confirmation.get_absolute_url()
