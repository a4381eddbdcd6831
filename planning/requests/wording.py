"""How quantities of pools are written."""

from decimal import Decimal

from sop_portal.kit.formats import number


def quantity_text(quantity: Decimal | None) -> str:
    """A quantity without decimals where it is whole."""
    if quantity is None:
        return number(None)
    return number(quantity, 0 if quantity == quantity.to_integral_value() else 2)


def in_unit(quantity: Decimal, unit: str) -> str:
    """A quantity and its unit, kept on one line."""
    return f"{quantity_text(quantity)}\N{NO-BREAK SPACE}{unit}"
