"""What-if, side by side: the decisions so far beside two other ways of deciding, in words and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from planning.requests.figures import Ask, Outcome, importance_only, outcome, same_share
from sop_portal.foundation.kit.formats import NOTHING, joined, percent, signed


@dataclass(frozen=True)
class Comparison:
    """A table: what is compared, and a value for each way of deciding."""

    heads: list[Any]
    rows: list[tuple[Any, list[str]]]


def compare(asks: Sequence[Ask], free: dict[int, Decimal]) -> Comparison:
    """The decisions so far, the same share for all, and importance only."""
    draft = {ask.line: ask.granted for ask in asks}
    ways = [
        outcome(asks, draft),
        outcome(asks, same_share(asks, free), beside=draft),
        outcome(asks, importance_only(asks, free), beside=draft),
    ]
    rows: list[tuple[Any, list[str]]] = [
        (_("Granted of what was asked, average over the resources"), [percent(way.share) for way in ways]),
        (_("Lowest share of a department"), [_lowest(way) for way in ways]),
        (_("In full / in part / nothing"), [f"{way.full} / {way.part} / {way.nothing}" for way in ways]),
        (_("Who gains most, who loses most, in money"), [_moved(way) for way in ways]),
    ]
    return Comparison([_("Decided so far"), _("Same share for all"), _("Importance only")], rows)


def _lowest(way: Outcome) -> str:
    return f"{way.lowest[0]} {percent(way.lowest[1])}" if way.lowest else NOTHING


def _moved(way: Outcome) -> str:
    return joined(f"{name} {signed(change)}" for name, change in filter(None, (way.gains, way.loses))) or NOTHING
