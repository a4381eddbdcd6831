"""The steps of the set-up, read from what is there: how each stands, and what it blocks as long as it is open.

Nothing is kept of how far somebody is, so closing the browser loses nothing, and whoever comes next sees the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from budgets.models import Fund
from planning.cycles.forms import MONTHS
from planning.models import Actual, Cycle, Pool, Stage
from sop_portal.dashboards.checks.readiness import (
    decisions_left_to_nobody,
    departments_without_head,
    roles_nobody_holds,
    too_few_approvers,
    ways_by_deputy,
)
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.dates import zone_called
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Department, Organisation, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import named

MOST_NAMED = 4
OPEN = pgettext_lazy("button", "Open")


@dataclass(frozen=True)
class SetUpStep:
    """One step: what it holds, how it stands, what it blocks while it is open, and where it is done.

    What only helps does not hold anything up; what takes a file can be brought in with a workbook.
    """

    title: StrOrPromise
    holds: StrOrPromise
    url: str
    button: StrOrPromise
    is_done: bool = False
    gaps: int = 0
    blocks: StrOrPromise = ""
    who: StrOrPromise = ""
    is_help: bool = False
    takes_file: bool = False

    @property
    def tone(self) -> str:
        """How the state is coloured."""
        return "ok" if self.is_done else "back" if self.gaps else "shut"

    @property
    def icon(self) -> str:
        """The sign before the state."""
        return {"ok": "check-lg", "back": "exclamation-triangle", "shut": "circle"}[self.tone]

    @property
    def state(self) -> str:
        """The state in words."""
        if self.is_done:
            return _("Done")
        if self.gaps:
            return ngettext("%(count)s gap", "%(count)s gaps", self.gaps) % {"count": self.gaps}
        return _("Not done yet")


@dataclass(frozen=True)
class StepGroup:
    """Steps that belong together, and the number of the first one."""

    title: StrOrPromise
    steps: Sequence[SetUpStep]
    first: int

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(step.is_done for step in self.steps)


def step_groups(on: date) -> list[StepGroup]:
    """All eight steps in three groups."""
    cycle = year_to_open()
    brought = [departments_step(), people_step(on), pools_step(cycle, on), funds_step(cycle, on), past_step(cycle)]
    # A pool belongs to a year: before one is drafted a file with pools is refused, so it is not asked for either.
    takes_none = {reverse("workbook"), reverse("year-new")}
    *before, past = [replace(step, takes_file=step.url not in takes_none) for step in brought]
    before, easier, opening = [organisation_step(), *before], [past], [year_step(cycle), invitations_step()]
    return [
        StepGroup(_("Before a year can open"), before, 1),
        StepGroup(_("Makes the first forecast easier"), easier, len(before) + 1),
        StepGroup(_("Open the year"), opening, len(before) + len(easier) + 1),
    ]


def year_to_open() -> Cycle | None:
    """The newest year that is not closed."""
    return Cycle.objects.exclude(state=Cycle.State.CLOSED).prefetch_related("windows").order_by("-year").first()


def organisation_step() -> SetUpStep:
    """Name, language, time zone, currency, beginnings."""
    organisation = Organisation.objects.first()
    url, title = reverse("organisation"), _("Organisation")
    if organisation is None:
        holds = _("Name, language, time zone, currency, when the plan year and the financial year begin")
        blocks = _("Until then: the time zone and currency the server was started with.")
        return SetUpStep(title, holds, url, _("Set up"), blocks=blocks)
    months = dict(MONTHS)
    words = {
        "zone": zone_called(organisation.time_zone),
        "currency": organisation.currency,
        "planning": months[organisation.planning_month],
        "financial": months[organisation.financial_month],
    }
    holds = _("%(currency)s, %(zone)s, plan year from %(planning)s, financial year from %(financial)s") % words
    return SetUpStep(title, holds, url, _("Change"), is_done=True)


def departments_step() -> SetUpStep:
    """Whether there are departments that plan."""
    count, title = Department.objects.filter(is_active=True).count(), _("Departments")
    if not count:
        holds = _("Whoever plans, spends and learns: departments, branches, programmes")
        blocks = _("Blocks: everything. Nobody owes a forecast.")
        return SetUpStep(title, holds, reverse("department-new"), _("Add"), blocks=blocks)
    holds = ngettext("%(count)s department plans", "%(count)s departments plan", count) % {"count": count}
    return SetUpStep(title, holds, reverse("departments"), _("Change"), is_done=True)


def people_step(on: date) -> SetUpStep:
    """Whether every department has a head, and every step somebody who can take it."""
    count, title = User.objects.filter(is_active=True).count(), pgettext("set-up", "People and roles")
    holds = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    if not Department.objects.filter(is_active=True).exists():
        blocks = _("Blocks: everything. Departments come first, then their heads.")
        return SetUpStep(title, holds, reverse("person-new"), _("Add"), blocks=blocks)
    gaps = gaps_of_people(on)
    if not gaps:
        return SetUpStep(title, holds, reverse("people"), _("Change"), is_done=True)
    return SetUpStep(title, holds, reverse("people"), _("Fill gap"), gaps=len(gaps), blocks=gaps[0])


def gaps_of_people(on: date) -> list[str]:
    """What nobody could do with the roles as they are, each in a sentence."""
    gaps: list[str] = []
    if without := departments_without_head(on):
        sentence = _("Blocks: the forecasts of %(names)s, which have no head.")
        gaps.append(interpolate(sentence, {"names": few(without)}))
    if vacant := roles_nobody_holds(on):
        gaps.append(_("Blocks: every step of a role nobody holds: %(roles)s.") % {"roles": formats.listed(vacant)})
    return gaps + [str(missing) for missing in decisions_left_to_nobody(on)]


def few(names: Sequence[str]) -> str:
    """The first few of these names."""
    shown = formats.listed(typed(name) for name in names[:MOST_NAMED])
    return interpolate("%(names)s …", {"names": shown}) if len(names) > MOST_NAMED else shown


def who_does(can: Can, on: date) -> str:
    """Who does a step that is not the administrator's."""
    return named(list(people_who_can(can, None, on)[:6]))


def pools_step(cycle: Cycle | None, on: date) -> SetUpStep:
    """Whether the year says what there is to allocate, and at what rate."""
    title, blocks = _("Pools and hourly rates"), _("Blocks: allocation. There is nothing to allocate.")
    holds = _("Hours at their rate, materials, rooms, money: what there is in the year")
    if cycle is None:
        return SetUpStep(title, holds, reverse("year-new"), _("Draft the year first"), blocks=blocks)
    url, pools = reverse("pools", args=[cycle.year]), Pool.objects.filter(cycle_id=cycle.pk)
    names = list(pools.values_list("name", flat=True)[: MOST_NAMED + 1])
    who = who_does(Can.KEEP_POOLS, on)
    if not names:
        return SetUpStep(title, holds, url, OPEN, blocks=blocks, who=who)
    return SetUpStep(title, few(names), url, OPEN, is_done=True)


def funds_step(cycle: Cycle | None, on: date) -> SetUpStep:
    """Whether there is a funding source the budget can be taken from."""
    title, blocks = _("Funds"), _("Blocks: the budget. Its lines have no source.")
    holds = _("Where the money comes from, how much, and what it may be spent on")
    names, button = [fund.called for fund in Fund.objects.all()[:5]], OPEN if cycle else _("Bring in a workbook")
    url = reverse("funds", args=[cycle.year]) if cycle else reverse("workbook")
    if not names:
        return SetUpStep(title, holds, url, button, blocks=blocks, who=who_does(Can.COMPILE_BUDGET, on))
    return SetUpStep(title, few(names), url, button, is_done=True)


def past_step(cycle: Cycle | None) -> SetUpStep:
    """Whether there are figures of past years that forecasts are proposed from."""
    title, years = _("Past figures"), sorted(set(Actual.objects.values_list("year", flat=True)))
    holds = _("From a spreadsheet: a row for each project and year")
    blocks = _("Without them: no proposals. Department heads type every figure.")
    if cycle is None:
        url, button = reverse("workbook"), _("Bring in a workbook")
    else:
        url, button = reverse("history", args=[cycle.year]), _("Import")
    if not years:
        return SetUpStep(title, holds, url, button, blocks=blocks, is_help=True)
    holds = ngettext("%(count)s year, the last is %(last)s", "%(count)s years, the last is %(last)s", len(years))
    return SetUpStep(title, holds % {"count": len(years), "last": years[-1]}, url, button, is_done=True)


def year_step(cycle: Cycle | None) -> SetUpStep:
    """Whether a year is open, with its windows."""
    blocks = _("Blocks: everything. No year is open.")
    if cycle is None:
        holds = _(
            "Windows from the usual calendar: forecasts in its first quarter, two weeks for requests, then budget"
        )
        return SetUpStep(_("Planning year"), holds, reverse("year-new"), _("Set up the year"), blocks=blocks)
    title = _("Planning year %(year)s") % {"year": cycle.year}
    if cycle.state == Cycle.State.PUBLISHED:
        return SetUpStep(title, windows_of(cycle), reverse("windows", args=[cycle.year]), OPEN, is_done=True)
    return SetUpStep(title, windows_of(cycle), cycle.get_absolute_url(), _("Check and publish"), blocks=blocks)


def windows_of(cycle: Cycle) -> str:
    """The due days of forecasts, requests and the budget, in words."""
    due = {window.stage: formats.day_of_year(window.due_on) for window in cycle.windows.all()}
    words = {stage: due.get(stage, formats.number(None)) for stage in (Stage.FORECAST, Stage.REQUEST, Stage.BUDGET)}
    return _("Forecasts until %(forecast)s, requests until %(request)s, budget until %(budget)s") % words


def waiting_for_invitation() -> "QuerySet[User]":
    """Everybody who may log in and was not told so yet."""
    return User.objects.filter(is_active=True, invited_at__isnull=True)


def invitations_step() -> SetUpStep:
    """Whether everybody knows how to come in."""
    waiting, everybody = waiting_for_invitation().count(), User.objects.filter(is_active=True).count()
    title, url = _("Invitations"), reverse("invitations")
    if waiting:
        holds = ngettext("%(count)s person waits.", "%(count)s people wait.", waiting) % {"count": waiting}
        holds = formats.sentences([holds, _("A test mail goes to you first.")])
        blocks = _("Blocks: signing in. They have no password yet.")
        return SetUpStep(title, holds, url, _("Invite"), blocks=blocks)
    if everybody <= 1:
        return SetUpStep(title, _("Nobody to invite yet. A test mail goes to you first."), url, OPEN)
    if settings.MAIL_REACHES_NOBODY and not settings.DEMO:
        blocks = _("Blocks: signing in. Mails of this server reach nobody.")
        return SetUpStep(title, _("Everybody was invited, but no mail arrives."), url, OPEN, blocks=blocks)
    return SetUpStep(title, _("Everybody is invited."), url, OPEN, is_done=True)


def if_it_opened_today(on: date) -> list[Missing]:
    """What would happen if the year opened now: what works, and what nobody could do."""
    departments = Department.objects.filter(is_active=True).count()
    found = [departments_that_could_submit(departments, departments_without_head(on))]
    vacant, stuck = roles_nobody_holds(on), [*decisions_left_to_nobody(on), *ways_by_deputy(on)]
    for cycle in Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by("year"):
        stuck += too_few_approvers(cycle, on)
    if vacant:
        found.append(Missing(_("Nobody holds these roles: %(roles)s.") % {"roles": formats.listed(vacant)}))
    found += stuck
    if not vacant and not stuck:
        found.append(Missing(_("Every decision has somebody who could take it."), is_done=True))
    if not Actual.objects.exists():
        found.append(Missing(_("No proposals: past figures are missing.")))
    return found


def departments_that_could_submit(count: int, without: Sequence[str]) -> Missing:
    """How many departments could submit a forecast."""
    if not count:
        return Missing(_("There is no department that could submit."))
    words = {"able": count - len(without), "count": count}
    sentence = ngettext(
        "%(able)s of %(count)s department could submit.", "%(able)s of %(count)s departments could submit.", count
    )
    return Missing(sentence % words, reverse("departments"), is_done=not without)
