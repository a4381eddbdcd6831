"""The handbook as everybody reads it: how the year works, one chapter per stage, the roles; and confirming it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from evaluations.proposals.queries import told_by
from planning.models import Cycle
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import ROLES, Can
from sop_portal.handbook import actions, links, queries
from sop_portal.handbook.chapters import chapters, record_section, workflows_of
from sop_portal.handbook.markdown import rendered
from sop_portal.handbook.models import Acknowledgement, Edition
from sop_portal.handbook.policy import policy_rows
from sop_portal.handbook.raci import raci_matrix
from sop_portal.stages import YEAR_WORKFLOWS


@page(Can.SEE_RECORDS)
def handbook(request: Request) -> HttpResponse:
    """How the year works, the five stages, and what changed since the version one has read."""
    context = {
        **page_context(request, "start"),
        "chapters": chapters(),
        "kind": record_section(YEAR_WORKFLOWS[0]),
    }
    return render(request, "handbook/handbook.html", context)


@page(Can.SEE_RECORDS)
def stage(request: Request, stage: str) -> HttpResponse:
    """One chapter: what to do, who, by when, what is checked, who is told."""
    contents = chapters()
    chapter = next((chapter for chapter in contents if chapter.slug == stage), None)
    if chapter is None:
        raise Http404
    context = {
        **page_context(request, stage),
        **year_context(request, stage),
        "chapters": contents,
        "chapter": chapter,
        "raci": raci_matrix(workflows_of(stage)),
    }
    return render(request, "handbook/stage.html", context)


def year_context(request: Request, slug: str) -> dict[str, Any]:
    """What the newest year adds to a chapter: by when, where, and the spreadsheets."""
    year = Cycle.objects.visible_to(request.actor).exclude(state=Cycle.State.DRAFT).first()
    return {
        "year": year,
        "window": year.windows.filter(stage=slug).first() if year else None,
        "place": links.stage_page(slug, year.year) if year else "",
        "sheets": links.form_templates(slug, year.year, request.actor) if year else [],
    }


@page(Can.SEE_RECORDS)
def roles(request: Request) -> HttpResponse:
    """The policy: every role, how far it reaches and what it may do."""
    context = {**page_context(request, "roles"), "policies": ROLES.items(), "rows": policy_rows()}
    return render(request, "handbook/roles.html", context)


@act(Can.ACKNOWLEDGE)
def acknowledge(request: Request) -> HttpResponse:
    """Confirm the version that was on the page."""
    number = request.POST.get("edition", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    edition = get_object_or_404(Edition.objects.visible_to(request.actor), number=int(number))
    actions.acknowledge(edition, by=request.user, at=request.moment)
    messages.success(request, _("Thank you. It is noted that you read version %(number)s.") % {"number": number})
    return redirect("handbook")


def page_context(request: Request, name: str) -> dict[str, Any]:
    """What every page shows: the version, whether it is confirmed, what changed since, and the written guide."""
    edition, mine = queries.edition_in_force(), queries.last_acknowledgement(request.user)
    is_behind = bool(edition and mine and mine.edition.number < edition.number)
    news = list(queries.editions_since(mine.edition.number)) if mine and is_behind else []
    return {
        "edition": edition,
        "mine": mine,
        "next": confirmation_box(edition, mine),
        "guide": rendered(queries.guide_text(edition, name)),
        "is_behind": queries.is_behind(edition, name),
        "waiting": queries.written_edition() if may_read_written(request) else None,
        "news": news,
        "told": told_by([entry.number for entry in news]),
        "revised": queries.revisions(mine.edition, edition) if edition and mine and is_behind else [],
        "share": queries.share_read(edition, request.today) if edition else None,
        "may_keep": request.actor.may(Can.KEEP_HANDBOOK),
    }


def may_read_written(request: Request) -> bool:
    """Whether somebody sees the version that is not in force yet."""
    return request.actor.may(Can.KEEP_HANDBOOK) or request.actor.may(Can.DECIDE_CHANGE)


def confirmation_box(edition: Edition | None, mine: Acknowledgement | None) -> NextBox | None:
    """The box: confirm this version, or nothing once it is confirmed."""
    if edition is None or (mine and mine.edition_id == edition.pk):
        return None
    confirm = Button(
        _("I have read and understood"),
        reverse("handbook-acknowledge"),
        is_primary=True,
        method="post",
        fields=[("edition", edition.number)],
    )
    title = _("Confirm that you read version %(number)s") % {"number": edition.number}
    if mine is None:
        return NextBox(title, _("Every role confirms each version once."), icon="book", buttons=[confirm])
    confirmed = {"number": mine.edition.number, "day": day_of_year(mine.on)}
    text = _("You confirmed version %(number)s on %(day)s.") % confirmed
    what_changed = Button(_("What changed"), f"{reverse('handbook')}#changed")
    return NextBox(title, text, icon="book", buttons=[confirm, what_changed])
