"""How large a figure may be: one bound for every kind of figure, which forms, actions and files share."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate

ZERO = Decimal(0)
Figure = Decimal | int


@dataclass(frozen=True, slots=True)
class Bound:
    """From which figure to which a kind of figure goes, and with how many decimals it is kept."""

    most: Decimal
    places: int = 0
    least: Decimal = ZERO

    def at_least(self, least: Decimal | int) -> "Bound":
        """This bound with another least figure."""
        return replace(self, least=Decimal(least))

    @property
    def above_zero(self) -> "Bound":
        """This bound without zero: from the smallest figure on that is stored."""
        return self.at_least(Decimal(1).scaleb(-self.places))

    def up_to(self, most: Decimal) -> "Bound":
        """This bound with a lower largest figure, for a record that holds less."""
        return replace(self, most=min(self.most, most))

    @property
    def largest(self) -> str:
        """The largest figure there can be, as it is printed."""
        return number(self.most, self.places if self.most % 1 else 0)


# Activities, participants: of a period, of a year, of the past.
COUNT = Bound(Decimal(100_000_000))
# Hours, days, pieces, the values of an indicator.
QUANTITY = Bound(Decimal(100_000_000), 2)
# Amounts in any currency, also in one whose smallest note is a hundred thousand.
MONEY = Bound(Decimal(1_000_000_000_000), 2)
# The row of a file, the number of a line.
ROW = Bound(Decimal(10_000_000), least=Decimal(1))
# Importance, urgency, evidence.
SCORE = Bound(Decimal(5), least=Decimal(1))
PERCENT = Bound(Decimal(1000), least=Decimal(1))
HOUR = Bound(Decimal(23))
MONTH_OF_YEAR = Bound(Decimal(12), least=Decimal(1))


class Misfit(NamedTuple):
    """Why a figure cannot be, and what to enter instead."""

    sentence: str
    way_out: str


def misfit_of(label: StrOrPromise, figure: Figure | None, bound: Bound) -> Misfit | None:
    """What stands against a figure; nothing where it can be, and where it is not known."""
    if figure is None:
        return None
    said, way_out = _misfit(Decimal(figure), bound)
    return Misfit(interpolate(said, {"field": label}), way_out) if said else None


def refuse_beyond(label: StrOrPromise, figure: Figure | None, bound: Bound) -> None:
    """Refuse a figure that cannot be; one that is not known is none."""
    if misfit := misfit_of(label, figure, bound):
        raise NotReady(misfit.sentence, [], misfit.way_out).about(label)


def _misfit(figure: Decimal, bound: Bound) -> tuple[str, str]:
    if not figure.is_finite():
        return gettext("“%(field)s” is not a number."), gettext("Write digits only, for example 1234.50.")
    if figure < bound.least:
        words = {"least": number(bound.least, bound.places if bound.least % 1 else 0)}
        return gettext("“%(field)s” is less than it can be."), gettext("Enter %(least)s or more.") % words
    if figure > bound.most:
        words = {"most": bound.largest}
        return gettext("“%(field)s” is more than it can be."), gettext("Enter %(most)s or less.") % words
    if figure != round(figure, bound.places):
        return gettext("“%(field)s” has too many decimals."), _fewer_decimals(bound.places)
    return "", ""


def _fewer_decimals(places: int) -> str:
    if not places:
        return gettext("Enter a whole number.")
    text = ngettext("Enter at most %(places)s decimal.", "Enter at most %(places)s decimals.", places)
    return text % {"places": places}
