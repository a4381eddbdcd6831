"""What a pool says of itself, and what it cannot say: who pays for it, and what is usual for its kind."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest, bound_of_kind, quantity_text
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import Changed, Difference, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.text import same_name

# While a line of it is submitted or allocated, what one unit costs and who pays stays.
PAYING = ("rate", "paid_from", "is_paid_for")
USUAL = ("is_usual", "takes_materials")
DECIDED_ON = (ResourceRequest.State.SUBMITTED, ResourceRequest.State.ALLOCATED)


@dataclass(frozen=True)
class PoolTerms:
    """What a pool is called, how much of it there is in which unit, who pays for it, and what it is usual for.

    People and materials say their rate and the money pool that pays it, or that they are paid for already; money says
    neither. A usual pool gets the forecast's figures of its kind, and money may be usual for materials as well.
    """

    name: str
    unit: str
    capacity: Decimal
    rate: Decimal | None = None
    paid_from: Pool | None = None
    is_paid_for: bool = False
    is_usual: bool = False
    takes_materials: bool = False


def differing(pool: Pool, terms: PoolTerms) -> list[str]:
    """The names of what the terms say otherwise than the pool does."""
    return [name for name, value in vars(terms).items() if getattr(pool, name) != value]


def refuse_misfit(cycle: Cycle, kind: str, terms: PoolTerms) -> None:
    """Refuse terms that no pool of this kind can have."""
    if kind not in ResourceKind.values or not terms.name.strip() or not terms.unit.strip():
        missing = "unit" if terms.name.strip() and kind in ResourceKind.values else "name"
        raise NotReady(_("A pool has a name, a kind and a unit."), [], _("Enter what is missing.")).about(missing)
    refuse_beyond(_("Capacity in the year"), terms.capacity, bound_of_kind(kind))
    says_rate = terms.rate is not None or terms.paid_from is not None
    if kind == ResourceKind.MONEY:
        if says_rate or terms.is_paid_for:
            sentence = _("Money pays for others: it has neither a rate nor a pool that pays for it.")
            raise NotReady(sentence, [], _("Leave both blank.")).about("rate", "paid_from")
        return
    if terms.takes_materials:
        sentence = _("Only a money pool pays for materials that were forecast as an amount.")
        raise NotReady(sentence, [], _("Take the mark away here, and set it at a money pool.")).about("takes_materials")
    if terms.is_paid_for and says_rate:
        sentence = _("%(pool)s is either already paid for, or has a cost of one unit and a money pool that pays it.")
        refusal = NotReady(interpolate(sentence, {"pool": terms.name}), [], _("Leave one of the two blank."))
        raise refusal.about("is_paid_for")
    if not terms.is_paid_for:
        _refuse_unpaid(cycle, terms)


def refuse_other_currency(cycle: Cycle, kind: str, unit: str) -> None:
    """Refuse a money pool in another currency than its year's: currencies are never added together."""
    if kind == ResourceKind.MONEY and unit != cycle.currency:
        words = {"year": cycle, "currency": cycle.currency}
        raise NotReady(
            interpolate(_("Money of the year %(year)s is counted in %(currency)s."), words),
            [],
            interpolate(_("Enter what it comes to in %(currency)s, with %(currency)s as its unit."), words),
        ).about("unit")


def _refuse_unpaid(cycle: Cycle, terms: PoolTerms) -> None:
    words = {"pool": terms.name, "unit": terms.unit}
    refuse_beyond(_("Cost of one unit"), terms.rate, money_in(cycle.currency).above_zero)
    if terms.rate is None or terms.rate <= 0 or terms.paid_from is None:
        sentence = _("Say what one unit (%(unit)s) of %(pool)s costs and which money pool pays it.")
        way_out = _("Where it takes no money, such as salaried hours, mark it as already paid for.")
        missing = "paid_from" if terms.rate else "rate"
        raise NotReady(interpolate(sentence, words), [], way_out).about(missing)
    if terms.paid_from.cycle_id != cycle.pk or terms.paid_from.kind != ResourceKind.MONEY:
        sentence = _("%(pool)s is paid from a money pool of the same year.")
        raise NotReady(interpolate(sentence, words), [], _("Choose one, or add it first.")).about("paid_from")


def refuse_second_name(cycle: Cycle, name: str, *, but: int | None = None) -> None:
    """One pool only has a name, whatever its capitals, blanks and the width of its letters."""
    others = Pool.objects.filter(cycle=cycle).exclude(pk=but or 0).order_by("pk").values_list("name", flat=True)
    if twin := next((other for other in others if same_name(other) == same_name(name)), None):
        sentence = _("There is a pool called “%(name)s” already.")
        way_out = _("Choose another name, or change that one.")
        raise NotReady(interpolate(sentence, {"name": twin}), [], way_out).about("name")


def refuse_second_usual(cycle: Cycle, kind: str, terms: PoolTerms, *, but: int | None = None) -> None:
    """One pool only is usual for a kind, and one for materials; a second one is refused with the name of the first."""
    pools = Pool.objects.filter(cycle=cycle).exclude(pk=but or 0).order_by("pk")
    first = pools.filter(kind=kind, is_usual=True).first() if terms.is_usual else None
    if terms.takes_materials or (terms.is_usual and kind == ResourceKind.MATERIALS):
        first = first or pools.filter(takes_materials=True).first()
        first = first or pools.filter(kind=ResourceKind.MATERIALS, is_usual=True).first()
    if first is not None:
        sentence = _("%(pool)s is the usual pool for this already.")
        way_out = _("Take the mark away there first.")
        marked = "is_usual" if terms.is_usual else "takes_materials"
        raise NotReady(interpolate(sentence, {"pool": first.name}), [], way_out).about(marked)


def refuse_unseen(pool: Pool, seen: int) -> None:
    """Refuse a change of a pool that somebody changed since it was opened."""
    if pool.version != seen:
        now = Difference(_("capacity"), "", f"{quantity_text(pool.capacity)} {pool.unit}")
        raise Changed(_("This pool changed since you opened it, so nothing was saved."), [now], _("Look at it again."))


def refuse_loss(pool: Pool, terms: PoolTerms) -> None:
    """Refuse a capacity below what is granted, and another name, unit or payer under what was decided on."""
    if terms.capacity < pool.committed:
        words = {"pool": pool.name, "unit": pool.unit, "committed": quantity_text(pool.committed)}
        raise NotReady(
            interpolate(
                _("%(committed)s %(unit)s of %(pool)s are granted already, so its capacity cannot go below that."),
                words,
            ),
            [],
            _("Take grants back first, or keep at least %(committed)s %(unit)s.") % words,
        ).about("capacity")
    if terms.unit != pool.unit and pool.lines.exists():
        sentence = _("Lines ask for %(pool)s in %(unit)s already, so its unit stays.")
        raise NotReady(
            interpolate(sentence, {"pool": pool.name, "unit": pool.unit}),
            [],
            _("Keep a second pool in the other unit."),
        ).about("unit")
    submitted = RequestLine.objects.filter(pool=pool, request__state__in=DECIDED_ON)
    paying = [name for name in PAYING if name in differing(pool, terms)]
    if paying and submitted.exists():
        sentence = _("Requests that are submitted ask for %(pool)s already, so what it costs and who pays it stays.")
        way_out = _("Send those requests back first, or keep a second pool with the other terms.")
        raise NotReady(interpolate(sentence, {"pool": pool.name}), [], way_out).about(*paying)
    if terms.name != pool.name and pool.committed:
        sentence = _("%(committed)s %(unit)s of %(pool)s are granted already, so it keeps its name.")
        words = {"pool": pool.name, "unit": pool.unit, "committed": quantity_text(pool.committed)}
        way_out = _("Add another pool for what is to come, or take the grants back first.")
        raise NotReady(interpolate(sentence, words), [], way_out).about("name")
