"""The funding sources: what each is for, how much it holds and when, kept while lines are in force with its money."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from budgets.drafting.figures import days_of_fund
from budgets.drafting.models import Budget, Fund
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.funds import missing_to_change_fund
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.taking_out import take_out

OF_THE_PURPOSE = ("name", "is_restricted", "purpose")


@dataclass(frozen=True)
class FundTerms:
    """What a funding source is called, what it may be used for, how much it holds, and from when until when."""

    name: str
    is_restricted: bool = False
    purpose: str = ""
    amount: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def add_general_fund(by: User, at: datetime, grant: Grant) -> Fund:
    """The funding source on which lines begin, added where it is not there yet."""
    fund, is_new = Fund.objects.get_or_create(name=GENERAL_FUND)
    if is_new:
        changes = [Change("name", "", GENERAL_FUND)]
        note("fund", fund, "create", by=by, at=at, behalf=grant.behalf, changes=changes)
    return fund


def add_fund(terms: FundTerms, *, by: User, at: datetime, can: Can = Can.COMPILE_BUDGET) -> Fund:
    """Add a funding source; a restricted one names its purpose and its amount.

    Whoever sets the year up may bring the funding sources in with a file, which `can` says.
    """
    with transaction.atomic():
        grant = authority(can, None, by, at)
        fund = Fund(**vars(terms))
        _refuse_days(terms, Fund(), at)
        _refuse(fund)
        fund.save()
        changes = [Change(name, "", _text(value)) for name, value in vars(terms).items() if value not in ("", None)]
        note("fund", fund, "create", by=by, at=at, behalf=grant.behalf, changes=changes)
    return fund


def change_fund(
    fund: Fund, terms: FundTerms, *, by: User, at: datetime, seen: int, can: Can = Can.COMPILE_BUDGET
) -> Fund:
    """Give a funding source another amount or period, or, while nothing is spent from it, another name or purpose.

    Another name or purpose is a new version of every budget somebody works on: whoever has it open has not seen it.
    """
    with transaction.atomic():
        grant = authority(can, None, by, at)
        budgets = _lock_open_budgets()
        locked = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
        if locked.version != seen:
            way_out = _("Open the page again: it shows what there is now.")
            raise Changed(_("This changed since you opened it, so nothing was decided or saved."), [], way_out)
        changes = [
            Change(name, _text(getattr(locked, name)), _text(value))
            for name, value in vars(terms).items()
            if getattr(locked, name) != value
        ]
        _refuse_days(terms, locked, at)
        for name, value in vars(terms).items():
            setattr(locked, name, value)
        _refuse(locked)
        if changes:
            locked.version += 1
            # What its lines come to is not written: a version may be put in force in the same moment.
            locked.save(update_fields=[*vars(terms), "version"])
            note("fund", locked, "edit", by=by, at=at, behalf=grant.behalf, changes=changes)
            _follow_purpose(budgets, locked, changes, by, at)
    return locked


def _lock_open_budgets() -> list[Budget]:
    """The versions somebody works on; locked before a fund, as by whoever puts one in force."""
    found = Budget.objects.exclude(state__in=BUDGET.closed).select_related("cycle")
    return list(found.select_for_update(of=("self",)).order_by("pk"))


def _follow_purpose(budgets: list[Budget], fund: Fund, changes: list[Change], by: User, at: datetime) -> None:
    what = [Change(said.field, said.old, said.new, fund.called) for said in changes if said.field in OF_THE_PURPOSE]
    for budget in budgets if what else []:
        budget.version += 1
        budget.save(update_fields=["version"])
        note(BUDGET.kind, budget, "edit", by=by, at=at, changes=what)


def take_out_fund(fund: Fund, *, by: User, at: datetime, can: Can = Can.COMPILE_BUDGET) -> None:
    """Take a funding source out that came in by mistake and that no line rests on."""
    with transaction.atomic():
        authority(can, None, by, at)
        take_out("fund", fund, called=fund.name, by=by, at=at)


def _refuse_days(terms: FundTerms, known: Fund, at: datetime) -> None:
    span = days_of_fund(localdate(at), known.starts_on, known.ends_on)
    refuse_outside(_("From"), terms.starts_on, span)
    refuse_outside(_("Until"), terms.ends_on, span)


def _refuse(fund: Fund) -> None:
    refuse_unfit(fund, ("name", "purpose"))
    missing = missing_to_change_fund(fund)
    if missing:
        raise NotReady(_("The funding source cannot be like this."), [problem.sentence for problem in missing])


def _text(value: object) -> str:
    return "" if value is None else str(value)
