"""The papers of a record, on whichever page shows it; and the field for papers in a form."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template import Context, Library
from django.urls import reverse
from django.utils.translation import gettext

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.templatetags.layout import unique_id
from sop_portal.foundation.papers.bringing import brought_by, shown_by
from sop_portal.foundation.papers.forms import PaperForm
from sop_portal.foundation.papers.places import is_part_of, part_of, parts_of
from sop_portal.foundation.papers.queries import kind_of
from sop_portal.foundation.papers.shown import accepted, attach_url, is_read_later, shown_papers, why_not_attached
from sop_portal.foundation.papers.wording import size_in_words

register = Library()


@register.inclusion_tag("components/papers.html", takes_context=True)
def papers(
    context: Context, record: Model, about: Model | str = "", title: StrOrPromise = "", is_folded: bool = False
) -> dict[str, Any]:
    """The papers beside a record, or about one line of it, and the form to attach more.

    The form is folded where something else is decided on the page.
    """
    request, kind = context["request"], kind_of(record)
    part = part_of(about) if isinstance(about, Model) else about
    closed, form = why_not_attached(kind, record, request.actor), context.get("form")
    return {
        "request": request,
        "today": request.today,
        "csrf_token": context.get("csrf_token"),
        "papers": shown_papers(kind, record, request.actor, part),
        "title": title or gettext("Papers"),
        "part": part,
        "parts": parts_within(kind, record, part) if not closed else {},
        "closed": closed,
        "may_attach": not closed,
        "is_read_later": not closed and is_read_later(kind, record, request.actor),
        "is_folded": is_folded,
        "attach_url": attach_url(kind, record),
        "back": request.get_full_path() if request.method == "GET" else request.POST.get("back", ""),
        "brought": brought_by(request),
        "errors": form.errors.get("description", ()) if isinstance(form, PaperForm) else (),
        "description": request.POST.get("description", ""),
        "chosen_part": request.POST.get("part", ""),
        "id": unique_id("papers"),
    }


def parts_within(kind: str, record: Model, part: str) -> dict[str, str]:
    """What a paper can be about on a page: the parts of its record, or what is on the line that the page shows."""
    parts = parts_of(kind, record)
    return {key: name for key, name in parts.items() if key != part and (not part or is_part_of(key, part))}


@register.inclusion_tag("components/papers_field.html", takes_context=True)
def papers_field(
    context: Context, label: StrOrPromise = "", hint: StrOrPromise = "", is_preserved: bool = False
) -> dict[str, Any]:
    """The field of a form in which papers are chosen; what was brought already stands in it.

    It is preserved where a part of the page around it comes anew while somebody types.
    """
    return {
        "brought": shown_by(context["request"]),
        "label": label or gettext("Papers"),
        "hint": hint,
        "is_preserved": is_preserved,
        "id": unique_id("papers"),
        "accept": accepted(),
        "largest": size_in_words(settings.PAPERS_LARGEST),
        "bring_url": reverse("paper-bring"),
    }


@register.inclusion_tag("components/papers_carried.html", takes_context=True)
def papers_carried(context: Context) -> dict[str, Any]:
    """The papers of another form of the page, in a form that looks at what was typed and shows the page anew."""
    return {"brought": shown_by(context["request"])}


@register.filter
def file_size(size: int) -> str:
    """How large a file is, in words."""
    return size_in_words(size)
