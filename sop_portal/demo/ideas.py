"""Three things to try, for every role of the demonstration; shown once after signing in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can, Role

SHOWN = "demo-ideas-shown"


@dataclass(frozen=True)
class Idea:
    """One thing to try: a sentence, the name of the page, of the coming year or of the one under way; what it takes."""

    sentence: StrOrPromise
    page: str
    is_coming: bool = False
    has_year: bool = True
    can: Can = Can.SEE_RECORDS


IDEAS: Mapping[Role, tuple[Idea, Idea, Idea]] = {
    Role.HEAD: (
        Idea(
            _("Fill in a figure of your forecast; history and lessons are shown beside it."),
            "forecasts",
            is_coming=True,
            can=Can.EDIT_DRAFTS,
        ),
        Idea(_("Look up what the budget gives your projects, and from which grant each line comes."), "budget-latest"),
        Idea(_("See which projects are running ahead of their plan."), "projects"),
    ),
    Role.LEAD: (
        Idea(_("Write the progress report that is due."), "progress", can=Can.WRITE_REPORT),
        Idea(_("Post an expense on one of your lines, and see what it leaves."), "expenses", can=Can.POST_EXPENSE),
        Idea(_("Follow one project from its forecast to its lesson."), "projects"),
    ),
    Role.RESOURCE: (
        Idea(_("See what departments ask for, beside what there is to give."), "allocation", is_coming=True),
        Idea(_("Read the demand of all departments as one report."), "demand-report-latest"),
        Idea(
            _("Accept a forecast, or send it back with a reason."),
            "forecasts",
            is_coming=True,
            can=Can.REVIEW_FORECAST,
        ),
    ),
    Role.FINANCE: (
        Idea(_("Open the budget, and follow a line back to its grant."), "budget-latest"),
        Idea(_("See which lines are heading for more than their plan."), "appropriations"),
        Idea(_("Look at an audit and what became of its findings."), "audits"),
    ),
    Role.MANAGEMENT: (
        Idea(_("Look at the whole year, and go down from a figure to its records."), "dashboard"),
        Idea(_("Accept a progress report, or send it back with a comment."), "progress", can=Can.ACCEPT_REPORT),
        Idea(_("See which improvements are open, and who carries them out."), "improvements"),
    ),
    Role.PROGRAMME: (
        Idea(
            _("Accept a progress report of your division, or send it back with a comment."),
            "progress",
            can=Can.ACCEPT_REPORT,
        ),
        Idea(_("See which projects of your departments are running ahead of their plan."), "projects"),
        Idea(_("See what your division needs, was granted and spends."), "dashboard"),
    ),
    Role.ADMINISTRATOR: (
        Idea(
            _("Move a window of the year, and see first what moves with it."),
            "cycle",
            is_coming=True,
            can=Can.RUN_CYCLE,
        ),
        Idea(_("See what the set-up says is missing."), "set-up", has_year=False, can=Can.KEEP_PEOPLE),
        Idea(_("Read the mails that would have been sent."), "mails", has_year=False, can=Can.KEEP_MAIL),
    ),
    Role.AUDITOR: (
        Idea(_("Follow a figure of the budget back to the forecast."), "budget-latest"),
        Idea(_("Read who did what, and check that the trail is whole."), "trail", has_year=False, can=Can.READ_TRAIL),
        Idea(_("See how far forecasts were off in earlier years."), "accuracy"),
    ),
}


def ideas_once(request: Request) -> list[tuple[StrOrPromise, str]]:
    """What the person's first role may try, sentence and address: once, on the first page after signing in."""
    roles = [role for role in request.actor.roles if role in IDEAS]
    if not roles or request.session.get(SHOWN):
        return []
    request.session[SHOWN] = True
    # In a year whose plan was approved elsewhere nobody forecasts, so there is nothing to try.
    planned = Cycle.objects.filter(state=Cycle.State.PUBLISHED, is_plan_outside=False)
    years = list(planned.order_by("year").values_list("year", flat=True))
    return [(idea.sentence, _url(idea, years)) for idea in IDEAS[roles[0]] if years or not idea.has_year]


def _url(idea: Idea, years: list[int]) -> str:
    """The address of the page: the first open year is under way, the last one is still planned."""
    if not idea.has_year:
        return reverse(idea.page)
    return reverse(idea.page, args=[years[-1] if idea.is_coming else years[0]])
