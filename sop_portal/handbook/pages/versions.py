"""The versions of the handbook, each as it was; the whole book to print; and looking for words in it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString

from evaluations.proposals.queries import told_by
from sop_portal.foundation.kit.filters import refuse_unknown
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook import queries
from sop_portal.handbook.chapters import chapters
from sop_portal.handbook.markdown import rendered
from sop_portal.handbook.models import Edition, Guide

AROUND = 80


@dataclass(frozen=True)
class WrittenPage:
    """One written page of a version."""

    page: str
    title: str
    text: SafeString


@dataclass(frozen=True)
class FoundPlace:
    """Where words stand in the handbook."""

    title: str
    url: str
    excerpt: str


@page(Can.SEE_RECORDS)
def versions(request: Request) -> HttpResponse:
    """Every version there was, the newest first."""
    editions = Edition.objects.visible_to(request.actor).select_related("published_by", "written_by")
    return render(request, "handbook/versions.html", {"editions": editions})


@page(Can.SEE_RECORDS)
def version(request: Request, number: int) -> HttpResponse:
    """One version as it was, and what it changed."""
    found = get_object_or_404(Edition.objects.visible_to(request.actor).select_related("published_by"), number=number)
    before = Edition.objects.filter(number__lt=number).order_by("-number").first()
    context = {
        "edition": found,
        "is_in_force": not Edition.objects.filter(number__gt=number).exists(),
        "pages": written_pages(found),
        "revised": queries.revisions(before, found) if before else [],
        "told": told_by([number]),
        "confirmed": found.acknowledgements.count(),
    }
    return render(request, "handbook/version.html", context)


def written_pages(edition: Edition) -> list[WrittenPage]:
    """The written pages in order, in the language of the page."""
    texts = {guide.page: guide.text for guide in Guide.objects.filter(edition=edition)}
    titles = queries.page_titles()
    return [WrittenPage(page, title, rendered(texts[page])) for page, title in titles.items() if page in texts]


@page(Can.SEE_RECORDS)
def book(request: Request) -> HttpResponse:
    """Everything the handbook says, on one page to print."""
    edition = queries.edition_in_force()
    context = {"edition": edition, "pages": written_pages(edition) if edition else [], "chapters": chapters()}
    return render(request, "handbook/book.html", context)


@page(Can.SEE_RECORDS)
def search(request: Request) -> HttpResponse:
    """Where words stand: in the written pages and in the steps."""
    refuse_unknown(request.GET, "q")
    words = request.GET.get("q", "").strip()[:100]
    found = [*in_guides(words), *in_steps(words)] if words else []
    return render(request, "handbook/search.html", {"words": words, "found": found})


def in_guides(words: str) -> list[FoundPlace]:
    """The written pages that hold these words, with what stands around them."""
    titles, edition = queries.page_titles(), queries.edition_in_force()
    places = []
    for guide in Guide.objects.filter(edition=edition):
        at = guide.text.casefold().find(words.casefold())
        if at >= 0 and guide.page in titles:
            excerpt = guide.text[max(at - AROUND, 0) : at + len(words) + AROUND]
            places.append(FoundPlace(titles[guide.page], page_url(guide.page), excerpt))
    return places


def in_steps(words: str) -> list[FoundPlace]:
    """The steps whose label or explanation holds these words."""
    return [
        FoundPlace(f"{kind.label}: {step.label}", f"{page_url(chapter.slug)}#{step.anchor}", step.says)
        for chapter in chapters()
        for kind in chapter.kinds
        for step in kind.steps
        if words.casefold() in f"{kind.label} {step.label} {step.says}".casefold()
    ]


def page_url(name: str) -> str:
    """Where a page of the handbook is."""
    fixed = {"start": "handbook", "roles": "handbook-roles"}
    return reverse(fixed[name]) if name in fixed else reverse("handbook-stage", args=[name])
