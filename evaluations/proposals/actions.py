"""Change proposals: made from anywhere, decided by somebody else, carried out, told in the handbook."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from evaluations.proposals.models import AMOUNTS, LIMIT_OF, OF_A_STAGE, UNTIL_PUBLISHED, ChangeProposal, Setting
from evaluations.proposals.queries import LIKE_ANOTHER, proposal_like
from evaluations.proposals.workflow import PROPOSAL
from planning.cycles import actions as cycles
from planning.cycles.actions import WindowMove
from planning.cycles.calendar import WindowDates, days_of_stage
from planning.cycles.queries import dates_of
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.bounds import PERCENT, refuse_beyond
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, lock, step
from sop_portal.foundation.workflow.years import hold_open_year


class Setter(TypedDict):
    """Who sets something of a year, when, and which version of it they saw."""

    by: User
    at: datetime
    seen: int


@dataclass(frozen=True)
class WantedSetting:
    """A setting that the portal changes when a proposal is carried out: of which year, and to what."""

    setting: str = ""
    of: Cycle | None = None
    stage: str = ""
    due_on: date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class ProposedChange:
    """What should change, why, and on which page it came up."""

    area: str
    title: str
    what: str
    because: str
    origin_url: str = ""
    is_another: bool = False
    wanted: WantedSetting = field(default_factory=WantedSetting)


@transaction.atomic
def propose_change(cycle: Cycle, change: ProposedChange, *, by: User, at: datetime) -> ChangeProposal:
    """Propose a change of the process; everybody who takes part can."""
    role = authority(Can.PROPOSE_CHANGE, None, by, at)
    hold_open_year(PROPOSAL.kind, cycle, "create")
    year = Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    if change.origin_url and not change.origin_url.startswith("/"):
        raise NotReady(_("Where the idea came from is not known."), [_("Propose it on the page it came up on.")])
    refuse_duplicate(proposal_like(change.title, change.what), LIKE_ANOTHER, is_another=change.is_another)
    wanted = change.wanted
    refuse_half_a_setting(wanted)
    set_to: dict[str, Any] = {"setting_of": wanted.of}
    set_to |= {name: getattr(wanted, name) for name in ("setting", "stage", "due_on", "amount")}
    last = ChangeProposal.objects.filter(cycle=year).aggregate(last=Max("number"))["last"] or 0
    said = {name: getattr(change, name).strip() for name in ("area", "title", "what", "because", "origin_url")}
    proposal = save_new(ChangeProposal(cycle=year, number=last + 1, proposed_by=by, proposed_at=at, **said, **set_to))
    add_contributor(PROPOSAL, proposal, by, role, at)
    created(PROPOSAL, proposal, by=by, at=at, grant=role)
    return proposal


def refuse_half_a_setting(wanted: WantedSetting) -> None:
    """A setting is named with its year and what it is to be; without one nothing is set."""
    refuse_unknown(_("Setting"), wanted.setting, dict(Setting.choices))
    given = {name for name, value in (("due_on", wanted.due_on), ("amount", wanted.amount)) if value is not None}
    is_of_a_stage = wanted.setting in OF_A_STAGE
    needed = {"due_on"} if is_of_a_stage else {"amount"} if wanted.setting in AMOUNTS else set()
    if given != needed or bool(wanted.setting) != (wanted.of is not None):
        way_out = _("Name the year and the new value of the setting, or choose that nothing changes by itself.")
        raise NotReady(_("The setting is not complete."), [], way_out).about("setting")
    if is_of_a_stage:
        refuse_unknown(_("Stage"), wanted.stage, dict(Stage.choices))
    elif wanted.stage:
        raise NotReady(_("Only a day belongs to a stage."), [_("Leave the stage empty.")]).about("stage")
    if wanted.of and wanted.due_on:
        refuse_outside(_("New day"), wanted.due_on, days_of_stage(wanted.of, wanted.stage))
        _refuse_disorder(wanted.of, wanted)
    if wanted.of and wanted.amount is not None:
        bound = PERCENT if wanted.setting == Setting.DEVIATIONS else money_in(wanted.of.currency)
        refuse_beyond(_("New amount"), wanted.amount, bound)
    if wanted.of and wanted.setting in UNTIL_PUBLISHED and not wanted.of.is_draft:
        way_out = _("Name a year that is not published yet.")
        raise NotReady(_("The year is published, so it stays who decides on its money."), [], way_out).about(
            "setting_of"
        )


def _refuse_disorder(year: Cycle, wanted: WantedSetting | ChangeProposal) -> None:
    """A stage opens before it is due, and takes late work after that; a new due day takes both along."""
    window, day = dates_of(year, wanted.stage), wanted.due_on
    if window is None or day is None:
        return
    is_early = wanted.setting == Setting.GRACE and day < window.due_on
    if is_early or (wanted.setting == Setting.OPENS and day > window.due_on):
        way_out = _("The stage is due on %(day)s.") % {"day": day_of_year(window.due_on)}
        raise NotReady(_("A window opens, is due and ends in this order."), [], way_out).about("due_on")


@PROPOSAL.act("adopt")
def adopt(proposal: ChangeProposal, *, by: User, at: datetime, seen: int, comment: str = "") -> ChangeProposal:
    """Decide that the process is changed."""
    with step(PROPOSAL, proposal, "adopt", by=by, at=at, seen=seen, comment=comment):
        pass
    return proposal


@PROPOSAL.act("decline")
def decline(proposal: ChangeProposal, *, by: User, at: datetime, seen: int, comment: str = "") -> ChangeProposal:
    """Decide that the process stays as it is, and why."""
    with step(PROPOSAL, proposal, "decline", by=by, at=at, seen=seen, comment=comment):
        pass
    return proposal


@PROPOSAL.act("give-up")
def give_up(proposal: ChangeProposal, *, by: User, at: datetime, seen: int, comment: str = "") -> ChangeProposal:
    """Decide that an adopted change is not carried out after all, and why."""
    with step(PROPOSAL, proposal, "give-up", by=by, at=at, seen=seen, comment=comment):
        pass
    return proposal


@PROPOSAL.act("carry-out")
def carry_out(proposal: ChangeProposal, *, by: User, at: datetime, seen: int, comment: str = "") -> ChangeProposal:
    """Report that the change is in force; the next version of the handbook tells of it."""
    with transaction.atomic():
        if proposal.setting_of is not None:
            # The year is locked before the proposal: the setting changes it.
            lock(proposal.setting_of)
        with step(PROPOSAL, proposal, "carry-out", by=by, at=at, seen=seen, comment=comment) as locked:
            locked.was = _set(locked, by, at)
    return proposal


def _set(proposal: ChangeProposal, by: User, at: datetime) -> str:
    """Change the setting that was decided on; what it was before, as every language can read it."""
    year, setting = proposal.setting_of, proposal.setting
    # Of a year that is closed nothing can be set any more; the change is in force all the same.
    if year is None or year.is_closed:
        return ""
    who: Setter = {"by": by, "at": at, "seen": year.version}
    if setting == Setting.DAYS_OFF:
        cycles.move_to_working_days(year, True, **who)
        return ""
    return _set_limit(proposal, year, who) if setting in AMOUNTS else _set_window(proposal, year, who)


def _set_limit(proposal: ChangeProposal, year: Cycle, who: Setter) -> str:
    """Set a limit of the year; what it was before."""
    setting, limit = Setting(proposal.setting), proposal.amount or Decimal(0)
    before = getattr(year, LIMIT_OF[setting])
    SET_LIMIT[setting](year, limit, who)
    return "" if before is None else f"{Decimal(before):f}"


SET_LIMIT: dict[Setting, Callable[[Cycle, Decimal, Setter], Cycle]] = {
    Setting.RECEIPTS: lambda year, limit, who: cycles.need_receipts(year, limit, **who),
    Setting.APPROVALS: lambda year, limit, who: cycles.approve_by_two(year, limit, **who),
    Setting.TRANSFERS: lambda year, limit, who: cycles.transfer_up_to(year, limit, **who),
    Setting.DEVIATIONS: lambda year, limit, who: cycles.explain_beyond(year, int(limit), **who),
}


def _set_window(proposal: ChangeProposal, year: Cycle, who: Setter) -> str:
    """Let a stage open, be due or end on the day that was decided on; what that day was before."""
    window, day = dates_of(year, proposal.stage), proposal.due_on
    if window is None or day is None:
        raise NotReady(_("This stage has no window in this year."), [], _("Set its dates first."))
    # The window may have moved since the change was proposed; what was decided on is set, or nothing is.
    _refuse_disorder(year, proposal)
    opens, due, grace = window.opens_on, window.due_on, window.grace_until
    was, dates = {
        Setting.OPENS: (opens, WindowDates(day, due, grace)),
        Setting.DUE: (due, WindowDates(min(opens, day), day, day + (grace - due))),
        Setting.GRACE: (grace, WindowDates(opens, due, day)),
    }[Setting(proposal.setting)]
    cycles.move_window(year, WindowMove(proposal.stage, dates, str(proposal)), **who)
    return was.isoformat()


def tell_in_edition(number: int) -> int:
    """Write down that a version of the handbook tells of what came into force since the one before; how many."""
    return ChangeProposal.objects.filter(state=ChangeProposal.State.IN_FORCE, edition=None).update(edition=number)
