"""Truths about one row, as check constraints that the database keeps whatever the way in."""

from collections.abc import Iterable

from django.db.models import CheckConstraint, Choices, F, Q
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import StrOrPromise

LONGEST_NAME = 63


def stamped(
    *, state_field: str, states: Iterable[str], stamp: str, name: str, message: StrOrPromise = ""
) -> CheckConstraint:
    """Moment and person of a step are both known or both unknown, and known in these states."""
    at, by = f"{stamp}_at__isnull", f"{stamp}_by__isnull"
    in_states = Q(**{f"{state_field}__in": [str(state) for state in states]})
    condition = Q(**{at: False, by: False}) | (Q(**{at: True, by: True}) & ~in_states)
    return _check(condition, name, message or _("A record in this state says who took the step and when."))


def not_same(field_a: str, field_b: str, name: str, message: StrOrPromise = "") -> CheckConstraint:
    """Four eyes: two people on a row are never one."""
    condition = Q(**{f"{field_a}__isnull": True}) | Q(**{f"{field_b}__isnull": True}) | ~Q(**{field_a: F(field_b)})
    return _check(condition, name, message or _("Nobody decides on their own work: somebody else must take this step."))


def positive(field: str, name: str = "", message: StrOrPromise = "") -> CheckConstraint:
    """The figure is more than zero."""
    return _check(
        Q(**{f"{field}__gt": 0}),
        name or f"%(app_label)s_%(class)s_{field}_positive",
        message or _("The figure must be more than zero."),
    )


def in_order(earlier: str, later: str, name: str, message: StrOrPromise = "") -> CheckConstraint:
    """The later date or moment does not come before the earlier one; either may be unknown."""
    return _check(Q(**{f"{later}__gte": F(earlier)}), name, message or _("The dates are in the wrong order."))


def moved_later(field: str, name: str) -> CheckConstraint:
    """A deadline that fell on a day off was moved to a later day."""
    condition = Q(moved_from__isnull=True) | Q(moved_from__lt=F(field))
    return _check(condition, name, _("A deadline on a day off moves to a later day."))


def one_of(field: str, choices_class: type[Choices], name: str, message: StrOrPromise = "") -> CheckConstraint:
    """The word is one of those the software knows."""
    values = [value for value in choices_class.values if value is not None]
    return _check(Q(**{f"{field}__in": values}), name, message or _("This is not one of the possible choices."))


def _check(condition: Q, name: str, message: StrOrPromise) -> CheckConstraint:
    if len(name.replace("%(app_label)s", "").replace("%(class)s", "")) > LONGEST_NAME:
        raise ValueError(f"{name} is longer than the {LONGEST_NAME} characters a constraint's name may have.")
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)
