"""How quantities of pools are written, and what lines are called."""

from decimal import Decimal
from functools import cache

from django.conf import settings
from django.utils.translation import override

from planning.projects.models import Metric
from sop_portal.foundation.kit.formats import number


def quantity_text(quantity: Decimal | None) -> str:
    """A quantity without decimals where it is whole."""
    if quantity is None:
        return number(None)
    return number(quantity, 0 if quantity == quantity.to_integral_value() else 2)


def in_unit(quantity: Decimal, unit: str) -> str:
    """A quantity and its unit, kept on one line."""
    return f"{quantity_text(quantity)}\N{NO-BREAK SPACE}{unit}"


def own_name(what: str, metric: str) -> str:
    """A line's own name; nothing where it is called as its figure of the forecast is, in whatever language."""
    typed = what.strip()
    return "" if metric and typed in _names_of(metric) else typed


@cache
def _names_of(metric: str) -> set[str]:
    names = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            names.add(str(Metric(metric).label))
    return names
