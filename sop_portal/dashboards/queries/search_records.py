"""Records and lines by their words and numbers, each kind within what a person may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from budgets.models import Audit, BudgetLine, Expense, Finding, SpendingException
from evaluations.models import ChangeProposal, CountCorrection, Feedback, Issue, Measure, Meeting
from planning.models import Project, RequestLine
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.formats import joined
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.handbook.models import Guide
from sop_portal.handbook.queries import edition_in_force, page_titles

MOST = 20
MOST_WORDS = 6
# Of a word that more projects are called by, the older ones are found by themselves.
MOST_PROJECTS = 100
PROJECT = "project"
# The number of a line as every page writes it: its year, a stroke, its place.
LINE = re.compile(r"([0-9]{4})-([0-9]{1,6})", re.ASCII)
BESIDE = {"start": "handbook", "roles": "handbook-roles"}


@dataclass(frozen=True)
class Hit:
    """One result of a search."""

    kind: StrOrPromise
    title: str
    note: str
    url: str


class Word(NamedTuple):
    """A word that is looked for, and the projects whose name has it."""

    text: str
    projects: list[int]


@dataclass(frozen=True)
class SearchedKind:
    """One kind of record: what it is called, its rows, the fields its words stand in, and what names it."""

    kind: StrOrPromise
    rows: QuerySet[Any]
    fields: tuple[str, ...]
    named_by: tuple[str, ...]

    def found(self, actor: Actor, words: list[Word]) -> list[Hit]:
        """The newest rows that have every word in one of their fields."""
        seen: QuerySet[Any] = self.rows.visible_to(actor)  # type: ignore[attr-defined]
        wanted = seen.filter(has_words(words, self.fields)).order_by("-pk")
        # Most kinds have none: what names a row is fetched for those that are found.
        newest = list(wanted.values_list("pk", flat=True).distinct()[:MOST])
        if not newest:
            return []
        rows = self.rows.filter(pk__in=newest).select_related(*self.named_by).order_by("-pk")
        return [self._hit(row) for row in rows]

    def _hit(self, row: Any) -> Hit:
        department = getattr(row, "department", None) or getattr(getattr(row, "request", None), "department", "")
        cycle = getattr(row, "cycle", None) or getattr(getattr(row, "request", None), "cycle", "")
        record = getattr(row, "request", row)
        return Hit(self.kind, str(row), joined([department, cycle]), record.get_absolute_url())


KINDS = (
    SearchedKind(
        pgettext_lazy("search", "Request"), RequestLine.objects.all(), ("what", "why", PROJECT),
        ("request__cycle", "request__department"),
    ),
    SearchedKind(
        gettext_lazy("Expense"), Expense.objects.all(), ("what", "receipt", PROJECT), ("cycle", "department")
    ),
    SearchedKind(
        gettext_lazy("Spending exception"), SpendingException.objects.all(), ("what", "why"), ("cycle", "department")
    ),
    SearchedKind(
        gettext_lazy("Correction of a count"), CountCorrection.objects.all(), ("reason", PROJECT),
        ("cycle", "department", "project", "report"),
    ),
    SearchedKind(
        gettext_lazy("Issue"), Issue.objects.all(), ("title", "text", PROJECT), ("cycle", "department")
    ),
    SearchedKind(
        gettext_lazy("Periodic audit"), Audit.objects.all(), ("title", PROJECT), ("cycle", "department")
    ),
    SearchedKind(
        gettext_lazy("Audit finding"), Finding.objects.all(), ("what", "audit__title"),
        ("audit__cycle", "audit__department"),
    ),
    SearchedKind(gettext_lazy("Improvement measure"), Measure.objects.all(), ("what",), ("cycle", "department")),
    SearchedKind(gettext_lazy("Feedback"), Feedback.objects.all(), ("title", "text"), ("cycle", "department")),
    SearchedKind(
        gettext_lazy("Review meeting"), Meeting.objects.all(), ("place", "points__title", "points__decision"),
        ("cycle",),
    ),
    SearchedKind(
        gettext_lazy("Change proposal"), ChangeProposal.objects.all(), ("title", "what", "because"), ("cycle",)
    ),
)  # fmt: skip


def has_words(words: list[Word], fields: tuple[str, ...]) -> Q:
    """Every word in one of these fields."""
    return reduce(and_, (reduce(or_, (has_word(word, field) for field in fields)) for word in words), Q())


def has_word(word: Word, field: str) -> Q:
    """This word in this field; of a project by its number, so that no other table is read for every row."""
    return Q(project_id__in=word.projects) if field == PROJECT else Q(**{f"{field}__icontains": word.text})


def words_of(actor: Actor, words: str) -> list[Word]:
    """What was typed, word by word, each with the newest projects that are called so."""
    named = Project.objects.visible_to(actor).order_by("-pk").values_list("pk", flat=True)
    return [Word(word, list(named.filter(name__icontains=word)[:MOST_PROJECTS])) for word in words.split()[:MOST_WORDS]]


def records(actor: Actor, words: str) -> Iterator[Hit]:
    """Requests, expenses, exceptions, corrections, issues, audits, measures, feedback, meetings, proposals by words."""
    asked = words_of(actor, words)
    for kind in KINDS:
        yield from kind.found(actor, asked)


def lines(actor: Actor, words: str) -> list[Hit]:
    """A line of the budget by its number, in the newest version the person may see."""
    number = LINE.fullmatch(words.strip())
    if number is None:
        return []
    year, place = map(int, number.groups())
    found = BudgetLine.objects.filter(budget__cycle__year=year, number=place).visible_to(actor)
    newest = found.select_related("project", "department", "budget__cycle").order_by("-budget__number").first()
    if newest is None:
        return []
    return [Hit(_("Line"), newest.where, str(newest.department), newest.get_absolute_url())]


def handbook(words: str) -> list[Hit]:
    """Pages of the handbook by their title, or by the words of their guide in the language of the page."""
    guides = {guide.page: guide.text for guide in Guide.objects.filter(edition=edition_in_force())}
    asked, titles = words.split()[:MOST_WORDS], page_titles()
    found = [
        page for page, title in titles.items() if all(says(f"{title} {guides.get(page, '')}", word) for word in asked)
    ]
    return [Hit(_("Handbook"), titles[page], "", page_address(page)) for page in found]


def says(text: str, word: str) -> bool:
    """Whether a word of the text begins so: “Arts” is not in “starts”. Chinese has no blanks between its words."""
    begins = r"\b" if word.isascii() else ""
    return re.search(begins + re.escape(word), text, re.IGNORECASE) is not None


def page_address(page: str) -> str:
    """Where a page of the handbook stands."""
    return address(BESIDE[page]) if page in BESIDE else address("handbook-stage", page)
