"""The windows of a year, and who got more time and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning.cycles import actions
from planning.cycles.calendar import window_state
from planning.cycles.forms import ApprovalForm, DaysOffForm, DeviationRuleForm, ReceiptRuleForm, TransferRuleForm
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.pages.days_off import pointed_out
from planning.cycles.queries import cycle_with_windows, dates_of
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import WorkingDays, working_days


@dataclass(frozen=True)
class WindowRow:
    """The dates of a stage and how it stands today."""

    stage: Stage
    dates: StageWindow | None
    tone: str
    label: str
    was_moved: bool
    days_off: list[str]


@page(Can.SEE_RECORDS)
def windows(request: Request, year: int) -> HttpResponse:
    """The five windows of a year, and every extension."""
    return show_windows(request, cycle_with_windows(request, year))


@dataclass(frozen=True)
class TypedRules:
    """A rule of the year as it was typed, where it is to be corrected."""

    receipts: ReceiptRuleForm | None = None
    approvals: ApprovalForm | None = None
    transfers: TransferRuleForm | None = None
    deviations: DeviationRuleForm | None = None


AS_IT_STANDS = TypedRules()


def show_windows(request: Request, cycle: Cycle, typed: TypedRules = AS_IT_STANDS, status: int = 200) -> HttpResponse:
    """The page of the windows, with the rules of the year as they stand or as they were typed."""
    may_move = request.actor.may(Can.RUN_CYCLE) and cycle.state in CYCLE.editable
    is_to_publish = may_move and cycle.state == Cycle.State.DRAFT
    evaluations = dates_of(cycle, Stage.EVALUATION)
    context = {
        "cycle": cycle,
        "tone": CYCLE.tones[cycle.state],
        "rows": window_rows(cycle, request.today),
        "extensions": extensions(cycle),
        "may_move": may_move,
        "rule": DaysOffForm(initial={"seen": cycle.version, "moves": cycle.moves_to_working_day}),
        "is_draft": cycle.state == Cycle.State.DRAFT,
        "warnings": actions.warnings_of_year(cycle, request.today) if is_to_publish else [],
        "is_explained_later": evaluations is None or request.today < evaluations.opens_on,
        "may_extend": request.actor.may(Can.EXTEND_WINDOW) and cycle.state == Cycle.State.PUBLISHED,
        "next": _then_publish(cycle) if is_to_publish else None,
    }
    return render(request, "planning/cycles/windows.html", context | _rules(cycle, typed), status=status)


def _rules(cycle: Cycle, typed: TypedRules) -> dict[str, Form]:
    """The form of each rule, as it was typed or as the rule stands."""
    above = {"seen": cycle.version, "above": cycle.receipt_needed_above}
    second = {"seen": cycle.version, "above": cycle.second_approval_above}
    alone: dict[str, Decimal | int | None] = {"seen": cycle.version, "amount": cycle.small_transfer_limit}
    beyond = {"seen": cycle.version, "percent": cycle.deviation_to_explain}
    return {
        "receipts": typed.receipts or ReceiptRuleForm(initial=above),
        "approvals": typed.approvals or ApprovalForm(initial=second),
        "transfers": typed.transfers or TransferRuleForm(initial=alone),
        "deviations": typed.deviations or DeviationRuleForm(initial=beyond),
    }


def window_rows(cycle: Cycle, on: date) -> list[WindowRow]:
    """The five windows in order, with or without dates."""
    days = working_days()
    return [_row(stage, dates_of(cycle, stage), cycle, days, on) for stage in Stage]


def _row(stage: Stage, dates: StageWindow | None, cycle: Cycle, days: WorkingDays, on: date) -> WindowRow:
    if dates is None:
        return WindowRow(stage, None, "no", _("No dates yet"), False, [])
    state = window_state(dates, None, on)
    words = {
        "scheduled": _("Scheduled"),
        "open": pgettext("window", "Open"),
        "grace": _("Late work only"),
        "closed": _("Closed"),
    }
    tones = {"scheduled": "draft", "open": "sent", "grace": "back", "closed": "shut"}
    was_moved = dates.due_on != dates.first_due_on
    return WindowRow(stage, dates, tones[state], words[state], was_moved, pointed_out(dates, cycle, days))


def extensions(cycle: Cycle) -> list[tuple[Extension, Stage]]:
    """Who got more time, the latest first; everybody can see it."""
    granted = sorted(cycle.extensions.all(), key=lambda extension: extension.granted_at, reverse=True)
    return [(extension, Stage(extension.stage)) for extension in granted]


def _then_publish(cycle: Cycle) -> NextBox:
    """What comes after the dates of a new year."""
    button = Button(_("Check and publish"), cycle.get_absolute_url(), is_primary=True)
    return NextBox(
        _("Look at the dates, then publish the year"), _("Until then nobody owes anything."), buttons=[button]
    )
