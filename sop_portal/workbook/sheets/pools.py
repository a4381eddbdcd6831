"""The pools of a year: what there is a limited amount of, and out of which money it is paid."""

from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Pool
from planning.projects.workflow import Wording
from planning.requests import actions
from planning.requests.actions import PoolTerms
from planning.requests.models import ResourceKind
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import Choice, Name, Number, PlanYear, YesNo
from sop_portal.workbook.list_sheet import CLOSED_YEAR, ListSheet, ReadRow, Wrong, settle_year
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import as_figure, gone, refuse_later_change

KIND = "pool"
MARKS = ("is_paid_for", "is_usual", "takes_materials")

KIND_STAYS = Wording(
    "kind", _("Row %(row)s, column %(column)s: the kind of a pool stays. Write the one it has, or bring another pool.")
)
NO_PAYER = Wording(
    "unknown-pool",
    _(
        "Row %(row)s, column %(column)s: there is no pool of money called “%(value)s” in this year. "
        "Write it on this sheet, or correct the name."
    ),
)


class PoolsSheet(ListSheet):
    """One row a pool and year."""

    key = "pools"
    title = _("Pools")
    says = _("What there is a limited amount of in a year: hours, materials, rooms, money; and what one unit costs.")
    told_by = MappingProxyType({"is_paid_for": "rate"})
    also = ("pool", "resources", "capacity", "资源", "资源池", "产能")
    can = (Can.RUN_CYCLE, Can.KEEP_POOLS)
    columns = (
        Column(
            "name",
            _("Resource"),
            _("What the pool is called."),
            _("Staff hours"),
            Name(),
            ("pool", "resource name", "名称", "资源名称"),
            is_required=True,
        ),
        Column(
            "kind",
            _("Kind"),
            _("People, materials or money."),
            ResourceKind.PEOPLE.label,
            Choice.of({kind.value: kind.label for kind in ResourceKind}, people="hours|staff", materials="material"),
            ("type", "类型", "类别"),
            is_required=True,
        ),
        Column(
            "unit",
            _("Unit"),
            _("In what it is counted: hours, pieces, days; for money its currency."),
            _("hours"),
            Name(),
            ("单位",),
            is_required=True,
        ),
        Column(
            "capacity",
            _("Capacity"),
            _("How much there is of it in the year. Nothing beyond it can be granted."),
            "5200",
            Number(MONEY),
            ("amount", "quantity", "available", "数量", "可用量"),
            is_required=True,
        ),
        Column(
            "rate",
            _("Cost of one unit"),
            _("For people and materials that take money: what one unit costs."),
            "31.50",
            Number(MONEY),
            ("rate", "hourly rate", "unit cost", "price", "单价", "小时费率"),
            measure="money",
        ),
        Column(
            "paid_from",
            _("Paid from"),
            _("The pool of money that pays it."),
            _("Programme money"),
            Name(),
            ("payer", "支付来源", "由何支付"),
            offers="pools",
        ),
        Column(
            "is_paid_for",
            _("Already paid for"),
            _("Yes where it takes no money of the plan, such as salaried hours."),
            _("no"),
            YesNo(),
            ("paid for", "salaried", "已付"),
        ),
        Column(
            "is_usual",
            _("Usual for its kind"),
            _("Yes for the one pool that forecasts of its kind go to."),
            _("yes"),
            YesNo(),
            ("usual", "默认"),
        ),
        Column(
            "takes_materials",
            _("Usual for materials"),
            _("Yes for the pool of money that pays for materials that were forecast as an amount."),
            _("no"),
            YesNo(),
        ),
        Column(
            "year",
            _("Plan year"),
            _("Left blank, the newest year that is not closed."),
            "2027",
            PlanYear(),
            ("year", "年度", "计划年度"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """The pools of a year, or of all; money first, for it pays."""
        found = Pool.objects.select_related("cycle", "paid_from").order_by("cycle__year", "kind", "name")
        if year is not None:
            found = found.filter(cycle__year=year)
        return sorted((_kept(pool) for pool in found), key=lambda kept: kept.values["kind"] != ResourceKind.MONEY)

    def identity(self, values: Row, known: Known) -> Hashable:
        """The year and the name."""
        return values["year"], same_name(values["name"])

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year it belongs to, and the money that pays it."""
        yield from settle_year(values, known)
        if values.get("rate") == 0:
            # What costs nothing takes no money of the plan: hours of volunteers, rooms that are lent.
            del values["rate"]
            if values["kind"] != ResourceKind.MONEY:
                values.pop("paid_from", None)
                values["is_paid_for"] = True
        if values["kind"] == ResourceKind.MONEY and values.get("year"):
            known.money_pools.add((values["year"], same_name(values["name"])))

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """Its kind stays, and a closed year does not change."""
        values = row.values
        if row.there is not None and values["kind"] != row.there.values["kind"]:
            yield Wrong("kind", KIND_STAYS)
        if known.years[values["year"]] == Cycle.State.CLOSED and row.changes:
            yield Wrong("year", CLOSED_YEAR, {"value": values["year"]})

    def missing_at_end(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """The money that pays may stand in a later row."""
        payer = row.values.get("paid_from")
        if payer is not None and (row.values["year"], same_name(payer)) not in known.money_pools:
            yield Wrong("paid_from", NO_PAYER, {"value": payer})

    def defaults(self, values: Row, known: Known) -> Row:
        """What is not said is not so; money, and what has a rate, is not paid for already."""
        return dict.fromkeys(MARKS, False)

    def order(self, row: ReadRow) -> int:
        """Money first, for it pays."""
        return int(row.values["kind"] != ResourceKind.MONEY)

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add the pool to its year."""
        cycle = Cycle.objects.get(year=values["year"])
        terms = _terms(values, cycle)
        can = _right(acting)
        pool = actions.add_pool(cycle, values["kind"], terms, by=acting.by, at=acting.at, can=can)
        return [Done(KIND, pool.pk, ADDED, called=pool.name)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Give it other terms."""
        pool = Pool.objects.get(pk=kept.pk)
        wanted = {**kept.values, **changes}
        # What is paid for already has no rate, and what gets a rate is no longer paid for.
        if changes.get("is_paid_for"):
            wanted |= {"rate": None, "paid_from": None}
        elif "rate" in changes or "paid_from" in changes:
            wanted["is_paid_for"] = False
        _change(pool, wanted, acting)
        pool.refresh_from_db()
        after = _kept(pool).values
        touched = {key for key in {*after, *kept.values} if after.get(key) != kept.values.get(key)}
        before = {key: kept.values.get(key) for key in touched}
        return [Done(KIND, pool.pk, WAS_CHANGED, before, {key: after.get(key) for key in touched}, pool.name)]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take it out again, or give it back the terms it had."""
        pool = Pool.objects.filter(pk=done["pk"]).select_related("cycle", "paid_from").first()
        if pool is None:
            raise gone(done)
        if done["did"] == ADDED:
            actions.take_out_pool(pool, by=acting.by, at=acting.at, can=_right(acting))
            return
        now = _kept(pool).values
        refuse_later_change(done, {key: now.get(key) for key in done["after"]})
        before = dict(done["before"])
        before |= {key: as_figure(before[key]) for key in ("capacity", "rate") if key in before}
        _change(pool, {**now, **before}, acting)


def _kept(pool: Pool) -> Kept:
    """A pool as the sheet has it; what is blank is left out."""
    said = {
        "name": pool.name,
        "kind": pool.kind,
        "unit": pool.unit,
        "capacity": pool.capacity,
        "rate": pool.rate,
        "paid_from": pool.paid_from.name if pool.paid_from else None,
        "is_paid_for": pool.is_paid_for,
        "is_usual": pool.is_usual,
        "takes_materials": pool.takes_materials,
        "year": pool.cycle.year,
    }
    return Kept(pool.pk, {key: value for key, value in said.items() if value is not None})


def _terms(values: Row, cycle: Cycle) -> PoolTerms:
    """The terms of a row; who pays is found by its name."""
    payer, called = None, values.get("paid_from")
    if called:
        pools = Pool.objects.filter(cycle=cycle, kind=ResourceKind.MONEY)
        payer = next((pool for pool in pools if same_name(pool.name) == same_name(called)), None)
    marks = {mark: bool(values.get(mark)) for mark in MARKS}
    return PoolTerms(
        values["name"], values["unit"], Decimal(values["capacity"]), rate=values.get("rate"), paid_from=payer, **marks
    )


def _change(pool: Pool, wanted: Row, acting: Acting) -> None:
    terms = _terms(wanted, pool.cycle)
    actions.change_pool(pool, terms, by=acting.by, at=acting.at, seen=pool.version, can=_right(acting))


def _right(acting: Acting) -> Can:
    """The right in which a pool is brought in: that of the resource team, or of whoever sets the year up."""
    return acting.right_of(Can.KEEP_POOLS, Can.RUN_CYCLE)
