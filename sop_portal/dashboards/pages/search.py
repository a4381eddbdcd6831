"""The page of the search over what a person may see: lines, projects, people, records, lessons, the handbook."""

import re
from collections import Counter

from django.db.models import BooleanField, ExpressionWrapper, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.models import Lesson
from planning.models import Cycle, Project
from sop_portal.dashboards.queries.search_records import MOST, MOST_WORDS, Hit, handbook, lines, records
from sop_portal.dashboards.shell import year_of_work
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.filters import refuse_unknown
from sop_portal.foundation.kit.formats import joined
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, DepartmentName, Membership
from sop_portal.foundation.papers.queries import visible_papers
from sop_portal.foundation.trail.wording import kind_called

YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@page(None)
def search(request: Request) -> HttpResponse:
    """Find lines, projects, departments, people, records, lessons and pages of the handbook."""
    refuse_unknown(request.GET, "q")
    words = printable(request.GET.get("q", ""))
    hits = hits_of(request.actor, words)
    context = {"words": words, "hits": hits, "is_cut": is_cut(hits), "most": MOST}
    return render(request, "dashboards/search.html", context)


def printable(typed: str) -> str:
    """What was typed, without what no name contains (control characters, lone surrogates)."""
    return "".join(letter for letter in typed if letter.isprintable())[:100].strip()


def hits_of(actor: Actor, words: str) -> list[Hit]:
    """Up to twenty hits of each kind, only among what the person may see."""
    if len(words) < 2 or not actor.grants:
        return []
    found = [*lines(actor, words), *departments(actor, words), *projects(actor, words), *people(actor, words)]
    return [*found, *records(actor, words), *papers(actor, words), *lessons(actor, words), *handbook(words)]


def is_cut(hits: list[Hit]) -> bool:
    """Whether there may be more of a kind than is shown."""
    return max(Counter(hit.kind for hit in hits).values(), default=0) >= MOST


def projects(actor: Actor, words: str) -> list[Hit]:
    """Projects whose name, department or year has every word, newest year first."""
    rows = Project.objects.visible_to(actor).order_by("-cycle__year", "name", "department__name")
    for word, places in departments_by(words.split()[:MOST_WORDS]).items():
        # By number, so that the index of parts of names serves for the rest.
        named = Q(name__icontains=word) | Q(department_id__in=places)
        rows = rows.filter(named | Q(cycle__year=int(word)) if YEAR.fullmatch(word) else named)
    found = rows.values_list("name", "slug", "department__name", "department__slug", "cycle__year")[:MOST]
    return [
        Hit(_("Project"), name, joined([department, year]), f"{address('projects', year)}{place}/{slug}/")
        for name, slug, department, place, year in found
    ]


def departments_by(words: list[str]) -> dict[str, list[int]]:
    """For every word the departments whose name has it, or one they had before; two queries."""
    has = {f"has_{n}": ExpressionWrapper(Q(name__icontains=word), BooleanField()) for n, word in enumerate(words)}
    rows = list(Department.objects.annotate(**has).order_by().values_list("pk", *has))
    former = list(DepartmentName.objects.annotate(**has).order_by().values_list("department_id", *has))
    return {word: [pk for pk, *found in [*rows, *former] if found[n]] for n, word in enumerate(words)}


def departments(actor: Actor, words: str) -> list[Hit]:
    """Departments by name; their projects are what one wants to see."""
    former = DepartmentName.objects.filter(name__icontains=words).values("department_id")
    rows = Department.objects.filter(Q(name__icontains=words) | Q(pk__in=former))
    if not actor.sees_everything:
        rows = rows.filter(pk__in=actor.department_ids)
    published = Cycle.objects.visible_to(actor).exclude(state="draft").annotate(first_day=Min("windows__opens_on"))
    newest = year_of_work(list(published.order_by("-year")), actor.on)
    url = f"{address('projects', newest)}?department=" if newest else ""
    found = rows.order_by("name").values_list("name", "slug")[:MOST]
    return [Hit(_("Department"), name, "", f"{url}{slug}" if url else "") for name, slug in found]


def people(actor: Actor, words: str) -> list[Hit]:
    """Colleagues by name, with their role: of the own departments and of the whole organisation."""
    held = Membership.objects.on(actor.on).filter(person__name__icontains=words, person__is_active=True)
    if not actor.sees_everything:
        held = held.filter(Q(department_id__in=actor.department_ids) | Q(department__isnull=True))
    rows = held.select_related("person", "department").order_by("person__name")[:MOST]
    return [
        Hit(_("Person"), member.person.name, f"{member.get_role_display()} {member.place or ''}".strip(), "")
        for member in rows
    ]


def papers(actor: Actor, words: str) -> list[Hit]:
    """Papers by what they are called, the latest first: of records this person sees."""
    called = Q(name__icontains=words) | Q(description__icontains=words)
    rows = visible_papers(actor).current().filter(called).order_by("-at", "-pk")[:MOST]
    return [
        Hit(pgettext("paper", "Paper"), one.description or one.name, str(kind_called(one.kind)), one.get_absolute_url())
        for one in rows
    ]


def lessons(actor: Actor, words: str) -> list[Hit]:
    """Published lessons by their words."""
    rows = Lesson.objects.visible_to(actor).exclude(published="").filter(published__icontains=words)
    found = rows.values_list("published", "department__name", "year", "evaluation__cycle__year")[:MOST]
    return [
        Hit(_("Lesson"), lesson, joined([department, year]), address("lessons", read_in))
        for lesson, department, year, read_in in found
    ]
