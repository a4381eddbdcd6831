"""The handbook: how the year works, one chapter per stage, the roles, and who has read it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import ROLES, Can
from sop_portal.handbook import actions, links, pages, reading
from sop_portal.handbook.forms import EditionForm
from sop_portal.handbook.models import Edition, Guide
from sop_portal.handbook.prose import rendered

Stages = Sequence[Any]


@page(Can.SEE_RECORDS)
def handbook(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """How the year works, the five stages, and what changed since the version I read."""
    context = {
        **around(request, stages, "start"),
        "chapters": pages.chapters(stages),
        "kind": pages.kind_page(year_records.workflow),
    }
    return render(request, "handbook/handbook.html", context)


@page(Can.SEE_RECORDS)
def stage(request: Request, *, stage: str, stages: Stages, year_records: Any) -> HttpResponse:
    """One chapter: what to do, who, by when, what is checked, who is told."""
    found = next((s for s in stages if s.slug == stage), None)
    if found is None:
        raise Http404
    year = year_records.model.objects.visible_to(request.actor).exclude(state="draft").first()
    chapters = pages.chapters(stages)
    context = {
        **around(request, stages, stage),
        "chapters": chapters,
        "chapter": next(c for c in chapters if c.slug == stage),
        "raci": pages.raci([records.workflow for records in found.records]),
        "year": year,
        "window": year.windows.filter(stage=stage).first() if year else None,
        "place": links.place(stage, year.year) if year else "",
        "sheets": links.sheets(stage, year.year, request.actor) if year else [],
    }
    return render(request, "handbook/stage.html", context)


@page(Can.SEE_RECORDS)
def roles(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """The policy: every role, how far it reaches and what it may do."""
    context = {**around(request, stages, "roles"), "policies": ROLES.items(), "rows": pages.policy_rows()}
    return render(request, "handbook/roles.html", context)


@page(Can.KEEP_HANDBOOK)
def readers(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """Who confirmed the version in force, and who has not."""
    edition = reading.in_force()
    read, unread = reading.readers(edition, request.today) if edition else ([], [])
    return render(request, "handbook/readers.html", {"edition": edition, "read": read, "unread": unread})


@act(Can.ACKNOWLEDGE)
def acknowledge(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """Confirm the version that was on the page."""
    number = request.POST.get("edition", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    edition = get_object_or_404(Edition.objects.visible_to(request.actor), number=int(number))
    actions.acknowledge(edition, by=request.user, at=request.moment)
    messages.success(request, _("Thank you. It is noted that you read version %(number)s.") % {"number": number})
    return redirect("handbook")


@page(Can.KEEP_HANDBOOK)
def edit_form(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """All guides in both languages, to be changed."""
    edition = reading.in_force()
    written = Guide.objects.filter(edition=edition)
    texts = {f"{g.page}-{lang}": text for g in written for lang, text in (("en", g.text_en), ("zh", g.text_zh))}
    seen = {"seen": edition.number if edition else 0}
    form = EditionForm(initial=seen | texts, titles=reading.page_titles(stages))
    return render(request, "handbook/edit.html", {"form": form})


@act(Can.KEEP_HANDBOOK)
def publish(request: Request, *, stages: Stages, year_records: Any) -> HttpResponse:
    """Publish a new version."""
    form = EditionForm(request.POST, titles=reading.page_titles(stages))
    if not form.is_valid():
        return render(request, "handbook/edit.html", {"form": form}, status=422)
    note, seen = form.cleaned_data["note"], form.cleaned_data["seen"]
    edition = actions.publish_edition(form.texts(), note=note, seen=seen, by=request.user, at=request.moment)
    messages.success(request, _("Version %(number)s is in force; everybody was told.") % {"number": edition.number})
    return redirect("handbook")


edit = either(edit_form, publish)


def around(request: Request, stages: Stages, name: str) -> dict[str, Any]:
    """What surrounds every page: the version, whether I read it, what changed since, and the written guide."""
    edition, mine = reading.in_force(), reading.last_read(request.user)
    is_behind = bool(edition and mine and mine.edition.number < edition.number)
    titles = reading.page_titles(stages)
    return {
        "edition": edition,
        "mine": mine,
        "next": confirmation(edition, mine, request),
        "guide": rendered(reading.text_of(edition, name)),
        "news": reading.notes_since(mine.edition.number) if mine and is_behind else [],
        "revised": reading.revised(mine.edition, edition, titles) if edition and mine and is_behind else [],
        "share": reading.share_read(edition, request.today) if edition else None,
        "may_keep": request.actor.may(Can.KEEP_HANDBOOK),
    }


def confirmation(edition: Edition | None, mine: Any, request: Request) -> NextBox | None:
    """The box: confirm this version, or nothing once it is confirmed."""
    if edition is None or (mine and mine.edition_id == edition.pk):
        return None
    text = _("Every role confirms each version once.")
    confirm = Button(
        _("I have read and understood"), reverse("handbook-acknowledge"), is_primary=True, method="post",
        fields=[("edition", edition.number)],
    )  # fmt: skip
    buttons = [confirm]
    if mine:
        words = {"number": mine.edition.number, "day": day_of_year(mine.on)}
        text = _("You confirmed version %(number)s on %(day)s.") % words
        buttons.append(Button(_("What changed"), f"{reverse('handbook')}#changed"))
    title = _("Confirm that you read version %(number)s") % {"number": edition.number}
    return NextBox(title, text, icon="book", buttons=buttons)
