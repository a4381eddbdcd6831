"""The funds: where the money comes from, how much, when, and what it may be spent on."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from budgets.drafting import actions
from budgets.drafting.actions import FundTerms
from budgets.models import Fund
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import LongText, Name, Number, YesNo
from sop_portal.workbook.list_sheet import ListSheet
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import as_day, as_figure, gone, refuse_later_change

KIND = "fund"
FIELDS = {
    "name": "name",
    "is_restricted": "is_restricted",
    "purpose": "purpose",
    "amount": "amount",
    "from": "starts_on",
    "until": "ends_on",
}


class FundsSheet(ListSheet):
    """One row a fund."""

    key = "funds"
    title = _("Funding sources")
    says = _("Where the money comes from, how much, when, and what it may be spent on.")
    also = ("fund", "funds", "funding", "grants", "资金来源", "资金", "基金")
    can = (Can.RUN_CYCLE, Can.COMPILE_BUDGET)
    columns = (
        Column(
            "name",
            _("Funding source"),
            _("What it is called."),
            _("City grant"),
            Name(),
            ("name", "fund", "source", "名称", "资金来源"),
            is_required=True,
        ),
        Column(
            "is_restricted",
            _("Restricted"),
            _("Yes where its money may serve its purpose only; then it names its purpose and its amount."),
            _("yes"),
            YesNo(),
            ("is restricted", "限定性", "是否限定"),
        ),
        Column(
            "purpose",
            _("Purpose"),
            _("What its money may be used for."),
            _("Reading in schools"),
            LongText(),
            ("use", "用途"),
        ),
        Column(
            "amount",
            _("Amount"),
            _("How much it holds; left blank, it is not limited."),
            "40000",
            Number(MONEY),
            ("total", "sum", "金额", "总额"),
            measure="money",
        ),
        Column(
            "from", _("From"), _("The first day of its period, where it has one."), "2027-01-01", Day(), ("start", "自")
        ),
        Column(
            "until",
            _("Until"),
            _("The last day of its period."),
            "2027-12-31",
            Day(),
            ("end", "deadline", "至", "截止日期"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """Every fund by name; funds belong to no year."""
        return [Kept(fund.pk, _values(fund)) for fund in Fund.objects.order_by("name")]

    def identity(self, values: Row, known: Known) -> Hashable:
        """The name."""
        return same_name(values["name"])

    def defaults(self, values: Row, known: Known) -> Row:
        """What is not said is not so."""
        return {"is_restricted": False}

    def notify(self, values: Row, known: Known) -> None:
        """A plan may speak of it."""
        known.funds.add(same_name(values["name"]))

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add the fund."""
        fund = actions.add_fund(_terms(values), by=acting.by, at=acting.at, can=_right(acting))
        return [Done(KIND, fund.pk, ADDED, called=fund.name)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Give it other terms."""
        fund = Fund.objects.get(pk=kept.pk)
        _change(fund, {**_values(fund), **changes}, acting)
        before = {key: kept.values.get(key) for key in changes}
        return [Done(KIND, fund.pk, WAS_CHANGED, before, changes, fund.name)]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take it out again, or give it back the terms it had."""
        fund = Fund.objects.filter(pk=done["pk"]).first()
        if fund is None:
            raise gone(done)
        if done["did"] == ADDED:
            actions.take_out_fund(fund, by=acting.by, at=acting.at, can=_right(acting))
            return
        now = _values(fund)
        refuse_later_change(done, {key: now.get(key) for key in done["after"]})
        before = dict(done["before"])
        before |= {key: as_day(before[key]) for key in ("from", "until") if key in before}
        before |= {"amount": as_figure(before["amount"])} if "amount" in before else {}
        _change(fund, {**now, **before}, acting)


def _values(fund: Fund) -> Row:
    """A fund as the sheet has it; what is blank is left out."""
    return {key: value for key, field in FIELDS.items() if (value := getattr(fund, field)) not in (None, "")}


def _terms(values: Row) -> FundTerms:
    said = {FIELDS[key]: value for key, value in values.items() if value is not None}
    return FundTerms(**said)


def _change(fund: Fund, wanted: Row, acting: Acting) -> None:
    actions.change_fund(fund, _terms(wanted), by=acting.by, at=acting.at, seen=fund.version, can=_right(acting))


def _right(acting: Acting) -> Can:
    """The right in which a fund is brought in: that of finance, or of whoever sets the year up."""
    return acting.right_of(Can.COMPILE_BUDGET, Can.RUN_CYCLE)
