"""Parts of forms: the key that a form is sent with, and selects with hundreds of choices."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.forms import Field, ModelChoiceField
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template import Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = Library()


@register.simple_tag
def key_field() -> SafeString:
    """Give a form its key, so that sending it twice does it once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


def choices_of(field: Field) -> Iterable[tuple[Any, Any]]:
    """Value and label of every choice; rows are asked for once and without a cursor kept open for them.

    Of a model that is called by one of its columns, and says which in `called_by`, nothing else is read.
    """
    if not isinstance(field, ModelChoiceField) or field.queryset is None:
        yield from field.choices  # type: ignore[attr-defined]
        return
    if field.empty_label is not None:
        yield "", field.empty_label
    column = getattr(field.queryset.model, "called_by", "")
    if column and type(field) is ModelChoiceField:
        yield from field.queryset.values_list(field.to_field_name or "pk", column)
        return
    for row in field.queryset:
        yield field.prepare_value(row), field.label_from_instance(row)


# Hundreds of departments stand in the choice above many lists; the same choices are written the same way.
@lru_cache(maxsize=100)
def options_html(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """Write the options of a select."""
    return mark_safe(
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
            for value, label in choices
        )
    )


@register.simple_tag
def select_box(field: BoundField, classes: str = "form-select") -> SafeString:
    """Write a field with choices as a select."""
    css = f"{classes} is-invalid" if field.errors else classes
    attrs = {"name": field.html_name, "id": field.auto_id, "class": css, **field.field.widget.attrs}
    chosen = str(field.value() if field.value() is not None else "")
    choices = tuple((str(value), str(label)) for value, label in choices_of(field.field))
    opened = flatatt(field.build_widget_attrs(attrs, field.field.widget))
    return mark_safe(f"<select{opened}>{options_html(choices, chosen)}</select>")
