"""Taking back what a sheet changed: only where it still stands as the sheet left it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed


def refuse_later_change(done: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to take a change back that somebody has built on."""
    if any(as_kept(now[key]) != value for key, value in done["after"].items()):
        raise NotReady(
            interpolate(_("“%(name)s” was changed since."), {"name": typed(done["called"])}),
            way_out=_("Change it back by hand, or leave it as it is."),
        )


def gone(done: Mapping[str, Any]) -> NotReady:
    """The refusal to take something back that is no longer there."""
    sentence = interpolate(_("“%(name)s” is no longer there."), {"name": typed(done["called"])})
    return NotReady(sentence, [], _("Leave this sheet as it is; nothing of it is left to take back there."))


def as_kept(value: object) -> Any:
    """A value as it is kept beside the file."""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal(1)) if value == value.to_integral_value() else value)
    return value.isoformat() if isinstance(value, date) else value


def as_day(text: str | None) -> date | None:
    """A day that was kept."""
    return date.fromisoformat(text) if text else None


def as_figure(text: str | None) -> Decimal | None:
    """A figure that was kept."""
    return Decimal(text) if text else None
