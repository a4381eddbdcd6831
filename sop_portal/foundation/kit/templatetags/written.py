"""Filters that write figures, days and moments in the page's language."""

from django.template import Library

from sop_portal.foundation.kit import formats

register = Library()

for written in (
    formats.clock,
    formats.day,
    formats.day_long,
    formats.day_of_year,
    formats.day_short,
    formats.days,
    formats.due_phrase,
    formats.late,
    formats.listed,
    formats.moment,
    formats.moment_long,
    formats.money,
    formats.month,
    formats.number,
    formats.percent,
    formats.signed,
    formats.signed_percent,
    formats.until,
    formats.waited,
):
    register.filter(written.__name__, written)


@register.simple_tag
def comma(between: str = "clauses") -> str:
    """Write the comma of the page's language: between clauses, or between the members of a list."""
    return (formats.BETWEEN_NAMES if between == "list" else formats.BETWEEN_CLAUSES)[formats.tongue()]


@register.simple_tag
def colon() -> str:
    """Write the colon of the page's language."""
    return formats.COLON[formats.tongue()]


@register.simple_tag
def stop() -> str:
    """Write the full stop of the page's language, with what stands between two sentences."""
    return formats.FULL_STOP[formats.tongue()] + formats.BETWEEN_SENTENCES[formats.tongue()]


@register.simple_tag
def blank() -> str:
    """Write what stands between two sentences of the page's language: a blank, or in Chinese nothing."""
    return formats.BETWEEN_SENTENCES[formats.tongue()]
