"""The parts of a page as tags; what each is given is described in sop_portal/foundation/kit/components.py."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sop_portal.foundation.kit.components import (
    Answer,
    Button,
    ConflictRow,
    DiffRow,
    FollowUp,
    Link,
    NextBox,
    Pair,
    Person,
    PoolCapacity,
    RailStage,
    Remark,
    TaskRow,
    Tile,
    TrailLine,
)
from sop_portal.foundation.kit.templatetags.icons import Text, icon
from sop_portal.foundation.kit.templatetags.layout import unique_id

register = Library()

TONE_ICONS = {"": "flag", "back": "arrow-return-left", "wait": "hourglass-split", "late": "clock", "done": "check-lg"}


@register.inclusion_tag("components/next.html")
def next_step(step: NextBox) -> dict[str, Any]:
    """The box under the title: the one thing to do, or who it waits for."""
    reasons: dict[Text, str] = {}
    for button in step.buttons:
        if button.is_disabled and button.why:
            reasons.setdefault(button.why, f"why{len(reasons) + 1}")
    return {
        "next": step,
        "icon_name": step.icon or TONE_ICONS[step.tone],
        "buttons": [(button, reasons.get(button.why, "")) for button in step.buttons],
        "reasons": reasons.items(),
    }


@register.inclusion_tag("components/task_group.html")
def task_group(title: Text, tasks: Sequence[TaskRow]) -> dict[str, Any]:
    """A heading with its count and the tasks under it; nothing when there are none."""
    return {"title": title, "tasks": tasks, "id": unique_id("g")}


@register.inclusion_tag("components/tasks.html")
def task_rows(tasks: Sequence[TaskRow], label: Text = "") -> dict[str, Any]:
    """Tasks as rows: what, why, until when, one button."""
    return {"tasks": tasks, "label": label}


@register.inclusion_tag("components/trail.html", takes_context=True)
def trail(context: Context, entries: Iterable[TrailLine], more_url: str = "", more_label: Text = "") -> dict[str, Any]:
    """A record's history, newest first."""
    return {"entries": entries, "more_url": more_url, "more_label": more_label, "today": today_of(context)}


@register.inclusion_tag("components/talk.html", takes_context=True)
def talk(context: Context, comments: Sequence[Remark], post_url: str = "", draft: str = "") -> dict[str, Any]:
    """The thread of a record and, with an address to post to, the field for a comment."""
    return {
        "comments": comments,
        "post_url": post_url,
        "draft": draft,
        "id": unique_id("talk"),
        "today": today_of(context),
    }


@register.inclusion_tag("components/people.html")
def people(people: Iterable[Person]) -> dict[str, Any]:
    """The people beside a record."""
    return {"people": people}


@register.inclusion_tag("components/chain.html")
def chain(links: Iterable[Link], classes: str = "") -> dict[str, Any]:
    """Where a figure comes from and where it goes."""
    return {"links": links, "classes": classes}


@register.inclusion_tag("components/rail.html")
def rail(stages: Iterable[RailStage]) -> dict[str, Any]:
    """The five stages of a project."""
    return {"stages": stages}


@register.inclusion_tag("components/tiles.html")
def tiles(tiles: Iterable[Tile], strip: bool = False, label: Text = "") -> dict[str, Any]:
    """Figures of the year; as a strip they share one panel."""
    return {"tiles": tiles, "strip": strip, "label": label}


@register.inclusion_tag("components/capacity.html")
def capacity(pools: Iterable[PoolCapacity]) -> dict[str, Any]:
    """Pools side by side: granted solid, in this draft hatched, free empty."""
    return {"pools": pools}


@register.inclusion_tag("components/nothing_here.html")
def nothing_here(title: Text, text: Text = "", picture: str = "work", buttons: Sequence[Button] = ()) -> dict[str, Any]:
    """What will be here and the next step. Pictures: work, lessons, history, search, talk."""
    return {"title": title, "text": text, "picture": picture, "buttons": buttons}


@register.inclusion_tag("components/banner.html")
def banner(
    sentence: Text, way_out: Text = "", tone: str = "", button: Button | None = None, icon_name: str = ""
) -> dict[str, Any]:
    """A gap (tone back) or a refusal (tone no) in words; plain otherwise."""
    names = {"back": "exclamation-triangle", "no": "x-octagon", "ok": "check-circle"}
    found = icon_name or names.get(tone, "info-circle")
    return {"sentence": sentence, "way_out": way_out, "tone": tone, "button": button, "icon_name": found}


@register.inclusion_tag("components/answers.html")
def answers(answers: Iterable[Answer]) -> dict[str, Any]:
    """Answers to check before submitting, each with its way back."""
    return {"answers": answers}


@register.inclusion_tag("components/done.html")
def done(title: Text, text: Text, steps: Sequence[FollowUp] = (), buttons: Sequence[Button] = ()) -> dict[str, Any]:
    """What was done, and what happens next, by whom, by when."""
    return {"title": title, "text": text, "steps": steps, "buttons": buttons}


@register.inclusion_tag("components/diff.html")
def diff(rows: Iterable[DiffRow], old: Text = "", new: Text = "") -> dict[str, Any]:
    """Changed fields, before and after."""
    return {"rows": rows, "old": old or gettext("Before"), "new": new or gettext("After")}


@register.inclusion_tag("components/conflict.html")
def conflict(rows: Iterable[ConflictRow], mine_note: Text = "", theirs_note: Text = "") -> dict[str, Any]:
    """Fields two people changed, each with a choice; posted as keep-<name> = mine or theirs."""
    return {"rows": rows, "mine_note": mine_note, "theirs_note": theirs_note, "id": unique_id("keep")}


@register.inclusion_tag("components/kv.html")
def kv(pairs: Iterable[Pair], wide: bool = False) -> dict[str, Any]:
    """Words and their values."""
    return {"pairs": pairs, "wide": wide}


@register.inclusion_tag("components/paging.html", takes_context=True)
def paging(context: Context, previous_url: str = "", next_url: str = "", text: Text = "") -> dict[str, Any]:
    """The way to the page before and after, and to all rows at once, as they are printed."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for place in ("after", "before", "from"):
        query.pop(place, None)
    query["rows"] = "all"
    return {"previous_url": previous_url, "next_url": next_url, "text": text, "all_url": f"?{query.urlencode()}"}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: "BaseForm | BaseFormSet[Any] | None") -> dict[str, Any]:
    """Everything that is wrong on the page, each with a link to its field."""
    return {"entries": [entry for form in forms if form for entry in _errors(form)]}


@register.simple_tag(takes_context=True)
def sort_header(context: Context, label: Text, by: str, figure: bool = False, starts: str = "up") -> SafeString:
    """A column's head that sorts: ?sort=name, and the other way round ?sort=-name."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    is_up, is_down = current == by, current == f"-{by}"
    query["sort"] = f"-{by}" if is_up or (starts == "down" and not is_down) else by
    for place in ("after", "before", "from"):
        query.pop(place, None)
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{} {}</a></th>',
        SafeString(' class="r"') if figure else "",
        SafeString(f' aria-sort="{"ascending" if is_up else "descending"}"') if is_up or is_down else "",
        query.urlencode(),
        label,
        icon("caret-up-fill" if is_up else "caret-down-fill") if is_up or is_down else "",
    )


def today_of(context: Context) -> date | None:
    """The day of the page, so that moments of other years are written with their year."""
    return getattr(context.get("request"), "today", None)


def _errors(form: "BaseForm | BaseFormSet[Any]") -> Iterable[tuple[str, str]]:
    if isinstance(form, BaseFormSet):
        yield from (("", str(error)) for error in form.non_form_errors())
        for row in form.forms:
            yield from _errors(row)
        return
    yield from (("", str(error)) for error in form.non_field_errors())
    for field in form:
        # A label that asks has its own sign at the end.
        sentence, label = gettext("%(label)s: %(error)s"), str(field.label).rstrip("?？")
        yield from ((_anchor(field), sentence % {"label": label, "error": error}) for error in field.errors)


def _anchor(field: BoundField) -> str:
    """Return the id to jump to: the field's own, or that of its first choice."""
    return field.id_for_label or f"{field.auto_id}_0"
