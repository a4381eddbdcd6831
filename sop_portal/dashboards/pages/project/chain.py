"""Why the budget of a project is what it is: from the lesson to the evaluation, each a link."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.models import Project
from sop_portal.dashboards.pages.project.addresses import expenses_url, forecast_url, lines_url, request_url
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Link


def chain(page: ProjectPage) -> list[Link]:
    """The lesson of the years before, the money on its way, the result, and what next year makes of it."""
    return [
        *lesson(page, before=True),
        *money_links(page),
        evaluation_link(page),
        *lesson(page, before=False),
        *next_year(page),
    ]


def money_links(page: ProjectPage) -> list[Link]:
    """The records that say how much; those that are not there yet are open."""
    project = page.project
    steps = [
        (_("Forecast line"), forecast_url(project), _("needed %(amount)s"), project.needed, page.line is not None),
        (_("Request lines"), request_url(project), _("asked %(amount)s"), project.asked, bool(page.asked)),
        (_("Allocation"), request_url(project), _("granted %(amount)s"), project.granted, project.granted > 0),
        (_("Budget lines"), lines_url(project), _("budgeted %(amount)s"), project.budgeted, bool(page.approved)),
        (_("Expenses"), expenses_url(project), _("spent %(amount)s so far"), project.spent, project.spent > 0),
    ]
    return [
        Link(label, url, note % {"amount": formats.money(amount)})
        if known
        else Link(label, "", _("not yet"), is_open=True)
        for label, url, note, amount, known in steps
    ]


def lesson(page: ProjectPage, *, before: bool) -> list[Link]:
    """The last lesson of the years before, or what this year taught."""
    year = page.project.cycle.year
    found = [lesson for at, lesson in page.lessons.items() if (at < year if before else at == year)]
    return [Link(_("Lesson %(year)s") % {"year": last.year}, last.source_url, quoted(last.text)) for last in found[-1:]]


def quoted(text: str) -> SafeString:
    """The words of a person as a quotation, which no browser translates."""
    return format_html('<q translate="no">{}</q>', text)


def evaluated_when(project: Project) -> str:
    """When a project that has no evaluation yet gets one; a cancelled one gets none."""
    is_cancelled = project.state == Project.State.CANCELLED
    return _("none: the project was cancelled") if is_cancelled else _("after the project ends")


def evaluation_link(page: ProjectPage) -> Link:
    """The evaluation, once there is one."""
    found = page.evaluation
    if found is None:
        return Link(_("Evaluation"), "", evaluated_when(page.project), is_open=True)
    return Link(_("Evaluation"), found.get_absolute_url(), found.get_state_display())


def next_year(page: ProjectPage) -> list[Link]:
    """The forecast of next year, in which all of this is read."""
    found = page.coming
    if found is None:
        return []
    note = _("needed %(amount)s") % {"amount": formats.money(found.needed)} if found.needed else _("not yet")
    return [
        Link(_("Forecast %(year)s") % {"year": found.cycle.year}, forecast_url(found), note, is_open=not found.needed)
    ]
