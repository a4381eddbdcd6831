"""Text on a page: figures, days and moments in its language, punctuation, and what people typed."""

import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.template import Library
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.dates import zone_called
from sop_portal.foundation.kit.sentences import marked

register = Library()

for format_filter in (
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
    formats.with_note,
    zone_called,
):
    register.filter(format_filter.__name__, format_filter)

register.filter("marked", marked)


@register.filter
def as_json(value: object) -> str:
    """What a script reads from an attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def listed_html(parts: Iterable[object]) -> SafeString:
    """Parts of a page one after the other, with the comma of its language between them."""
    return format_html_join(mark_safe(comma("list")), "{}", ((part,) for part in parts))


@register.filter
def linked(names: Iterable[tuple[str, object]]) -> SafeString:
    """Names that people gave one after the other, each a link; without an address it is only a name."""
    return listed_html(
        format_html('<a href="{}" translate="no">{}</a>', url, name)
        if url
        else format_html('<span translate="no">{}</span>', name)
        for url, name in names
    )


@register.simple_tag
def typed(text: object, lines: bool = False) -> SafeString:
    """Show what a person typed, which no browser may translate; lines keeps its paragraphs."""
    if lines:
        return format_html('<div translate="no">{}</div>', mark_safe(linebreaks(text, autoescape=True)))
    return format_html('<span translate="no">{}</span>', text)


@register.simple_tag
def comma(between: str = "clauses") -> str:
    """Write the comma of the page's language: between clauses, or between the members of a list."""
    return (formats.BETWEEN_NAMES if between == "list" else formats.BETWEEN_CLAUSES)[formats.language_code()]


@register.simple_tag
def colon() -> str:
    """Write the colon of the page's language."""
    return formats.COLON[formats.language_code()]


@register.simple_tag
def stop() -> str:
    """Write the full stop of the page's language, with what stands between two sentences."""
    return formats.FULL_STOP[formats.language_code()] + formats.BETWEEN_SENTENCES[formats.language_code()]


@register.simple_tag
def blank() -> str:
    """Write what stands between two sentences of the page's language: a blank, or in Chinese nothing."""
    return formats.BETWEEN_SENTENCES[formats.language_code()]
