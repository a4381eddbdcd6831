"""Long tables and long choices, written in one go: a page of fifty rows is mostly the cost of writing them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape as escape_text
from typing import Any

from django.forms import Field, ModelChoiceField
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, TextNode, Token
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

register = Library()

PLACE = re.compile(r"\[\[(\w+)\]\]")

# What a row is written from, once the page's own parts are rendered: text, the name of an attribute, or a choice
# between two such lists by whether an attribute says something.
Part = str | tuple[str, ...] | tuple[str, list[Any], list[Any]]


class EachNode(Node):
    """Renders what all rows share once, and fills in what is the row's own for every row."""

    def __init__(self, rows: FilterExpression, pieces: NodeList) -> None:
        self.rows = rows
        self.pieces = pieces

    def render(self, context: Context) -> SafeString:
        """Write every row; what is not marked safe is escaped."""
        rows = self.rows.resolve(context)
        if not rows:
            return SafeString("")
        parts = parts_of(self.pieces, context)
        out: list[str] = []
        for row in rows:
            write(row, parts, out)
        # The parts come from the template; everything of a row was escaped.
        return mark_safe("".join(out))


class WhenNode(Node):
    """What is written only for rows of which something holds, and what for the others."""

    child_nodelists = ("yes", "no")

    def __init__(self, name: str, yes: NodeList, no: NodeList) -> None:
        self.name = name
        self.yes = yes
        self.no = no

    def render(self, context: Context) -> SafeString:
        """A choice by row has no meaning outside of rows."""
        raise TemplateSyntaxError("{% when %} stands directly in {% each %}.")


def parts_of(nodes: NodeList, context: Context) -> list[Part]:
    """The parts of a row, with everything rendered that is the same for all rows."""
    parts: list[Part] = []
    for node in nodes:
        if isinstance(node, WhenNode):
            parts.append((node.name, parts_of(node.yes, context), parts_of(node.no, context)))
        elif isinstance(node, TextNode):
            texts = PLACE.split(node.s)
            parts += [(text,) if n % 2 else text for n, text in enumerate(map(str, texts))]
        else:
            parts.append(str(node.render_annotated(context)))
    return joined(parts)


def joined(parts: list[Part]) -> list[Part]:
    """The same parts with neighbouring texts as one."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found


def write(row: Any, parts: list[Part], out: list[str]) -> None:
    """Write one row."""
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif len(part) == 1:
            out.append(shown(getattr(row, part[0])))
        else:
            name, yes, no = part
            write(row, yes if getattr(row, name) else no, out)  # type: ignore[arg-type]


def shown(value: Any) -> str:
    """The text of a cell, escaped; most are plain words and figures, which need no closer look."""
    if type(value) is str:
        return escape_text(value)
    return value if type(value) is SafeString else conditional_escape(value)


@register.tag
def each(parser: Parser, token: Token) -> EachNode:
    """Read {% each rows %}<td>[[name]]</td>{% endeach %}: [[name]] is the row's attribute, all else the page's."""
    rows = parser.compile_filter(token.split_contents()[1])
    pieces = parser.parse(("endeach",))
    parser.delete_first_token()
    return EachNode(rows, pieces)


@register.tag
def when(parser: Parser, token: Token) -> WhenNode:
    """Read {% when is_late %}…{% otherwise %}…{% endwhen %} in {% each %}: by the row's attribute."""
    name = token.split_contents()[1]
    yes, no = parser.parse(("otherwise", "endwhen")), NodeList()
    if parser.next_token().contents == "otherwise":
        no = parser.parse(("endwhen",))
        parser.delete_first_token()
    return WhenNode(name, yes, no)


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
def written_options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
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
    marked = f"{classes} is-invalid" if field.errors else classes
    attrs = {"name": field.html_name, "id": field.auto_id, "class": marked, **field.field.widget.attrs}
    chosen = str(field.value() if field.value() is not None else "")
    choices = tuple((str(value), str(label)) for value, label in choices_of(field.field))
    opened = flatatt(field.build_widget_attrs(attrs, field.field.widget))
    return mark_safe(f"<select{opened}>{written_options(choices, chosen)}</select>")
