"""The papers of a year, beside whichever record they stand, as far as one sees those."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from planning.cycles.queries import cycle_of
from planning.models import Cycle, Project
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.formats import moment
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.text import TypedNameField
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.papers.models import Paper, Papers
from sop_portal.foundation.papers.queries import visible_papers
from sop_portal.foundation.papers.wording import size_in_words
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.labels import records_called
from sop_portal.foundation.trail.wording import kind_called

SORTS = {"when": "at"}


class PaperFilter(ListFilter):
    """Which papers are shown."""

    kind = forms.ChoiceField(
        label=_("Kind of record"),
        required=False,
        choices=lambda: [("", _("All records")), *((kind.kind, kind.label) for kind in KINDS.values())],
    )
    project = TypedNameField(label=_("Project"), required=False, widget=forms.TextInput(attrs={"type": "search"}))

    def narrow(self, papers: Papers, cycle: Cycle, actor: Actor) -> Papers:
        """The papers of one kind of record, or of a project: by its short name, else by words of its name."""
        asked = self.chosen
        if asked.get("kind"):
            papers = papers.filter(kind=asked["kind"])
        if asked.get("project"):
            found = Project.objects.filter(cycle=cycle).visible_to(actor)
            exact = found.filter(slug=asked["project"])
            projects = exact if exact.exists() else found.filter(name__icontains=asked["project"])
            papers = papers.filter(project_id__in=projects.values("pk"))
        return papers


@dataclass(frozen=True)
class PaperRow:
    """A paper in the list."""

    url: str
    title: str
    name: str
    kind: str
    record: str
    record_url: str
    person: str
    when: str
    size: str


@page()
def papers(request: Request, year: int) -> HttpResponse:
    """Every paper of the year, the latest first."""
    cycle, narrowing = cycle_of(request, year), PaperFilter(request.GET)
    found = visible_papers(request.actor).there().filter(cycle_id=cycle.pk)
    found = narrowing.narrow(found, cycle, request.actor).select_related("file", "by").defer("file__small")
    turned = paginate(found, request.GET, SORTS, "-when")
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "turned": turned,
        "rows": paper_rows(turned.rows, request.actor, request.today),
    }
    return render(request, "dashboards/papers.html", context)


def paper_rows(found: Sequence[Paper], actor: Actor, on: date) -> list[PaperRow]:
    """Papers written out, each with the record it stands beside."""
    called = records_called(found, actor)
    return [
        PaperRow(
            url=one.get_absolute_url(),
            title=one.description or one.name,
            name=one.name if one.description else "",
            kind=str(kind_called(one.kind)),
            record=called.get((one.kind, one.record_id), ("", ""))[0],
            record_url=called.get((one.kind, one.record_id), ("", ""))[1],
            person=one.by.name,
            when=moment(one.at, on),
            size=size_in_words(one.file.size) if one.file else "",
        )
        for one in found
    ]
