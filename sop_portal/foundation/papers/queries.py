"""The papers a person may see, what they rest with, and how much there is of them."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.papers.models import Paper, Papers, WaitingPaper
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.models import Entry

# Acts that say nothing about what stands beside a record.
NO_DECISION = (
    "attach-paper",
    "comment",
    "create",
    "edit",
    "replace-paper",
    "take-back-paper",
)
# By kind of record: what its writer does to have it decided by others, or to write on. It fixes none of the writer's
# own papers; every other act does, whoever did it.
HANDS_IN: dict[str, tuple[str, ...]] = {
    "forecast": ("submit", "withdraw", "carry-over", "follow-history", "fill-in"),
    "request": ("submit", "withdraw", "fill-in"),
    "budget": ("share", "propose", "bring", "bring-again"),
    "confirmation": ("contest",),
    "project": ("change-plan",),
    "audit": ("ask",),
    "finding": ("answer", "remedy"),
    "report": ("submit",),
    "evaluation": ("submit",),
    "measure": ("finish",),
    "issue": ("resolve",),
    "meeting": ("call", "invite", "reply", "send", "correct"),
    "training": ("invite", "reply"),
}


def kind_of(record: Model) -> str:
    """The kind under which a record stands in the trail; KeyError for what is no record."""
    return next(kind.kind for kind in KINDS.values() if kind.model is type(record))


def record_of(paper: Paper) -> Model:
    """The record a paper stands beside."""
    found: Model = KINDS[paper.kind].model._default_manager.get(pk=paper.record_id)
    return found


def find_paper(actor: Actor, pk: int) -> Paper:
    """A paper, for whoever sees its record; for everybody else there is none (404)."""
    paper = get_object_or_404(Paper.objects.select_related("file", "by"), pk=pk)
    if not sees_paper(actor, paper):
        raise Http404
    return paper


def sees_paper(actor: Actor, paper: Paper) -> bool:
    """Whether a person may see a paper: whether they may see its record, and it is not withheld from them yet."""
    known = KINDS.get(paper.kind)
    if known is None or not known.model.objects.visible_to(actor).filter(pk=paper.record_id).exists():
        return False
    return actor.sees_everything or Paper.objects.filter(pk=paper.pk).told_to(actor, [paper.kind]).exists()


def visible_papers(actor: Actor) -> Papers:
    """All papers of records a person may see, but for those that are withheld from them yet."""
    seen = (
        Q(kind=kind.kind, record_id__in=kind.model.objects.visible_to(actor).order_by().values("pk"))
        for kind in KINDS.values()
        if hasattr(kind.model.objects, "visible_to")
    )
    return Paper.objects.filter(reduce(or_, seen, Q(pk__in=[]))).told_to(actor)


def has_paper(kind: str, record_id: int, only: Q) -> bool:
    """Whether a record has a paper that was not taken back, of those that show what is asked for."""
    return Paper.objects.of(kind, record_id).there().filter(only).exists()


def with_paper(kind: str) -> Exists:
    """The condition that a row of this kind has a paper, for lists and sums."""
    return Exists(Paper.objects.filter(kind=kind, record_id=OuterRef("pk"), taken_back_at=None))


def is_current(paper: Paper) -> bool:
    """Whether a paper holds: not taken back, and no newer version in its place."""
    return Paper.objects.current().filter(pk=paper.pk).exists()


def versions_of(older: Mapping[int, int | None]) -> list[list[int]]:
    """The keys of papers, each current one before the versions it replaced, by the key of which each replaces."""
    replaced, found = {*older.values()}, []
    for key in older:
        if key not in replaced:
            chain, before = [key], older[key]
            while before is not None and before in older:
                chain.append(before)
                before = older[before]
            found.append(chain)
    return found


def all_versions(paper: Paper, actor: Actor) -> list[int]:
    """The keys of all versions of a paper that this person sees, the newest first; none where it was taken back."""
    rows = Paper.objects.of(paper.kind, paper.record_id).there().told_to(actor, [paper.kind])
    chains = versions_of(dict(rows.values_list("pk", "replaces_id")))
    return next((chain for chain in chains if paper.pk in chain), [])


def decisions_since(kind: str, record_id: int) -> QuerySet[Entry]:
    """What people did on a record but write, talk and attach: the acts with which its papers become fixed."""
    entries = Entry.objects.filter(kind=kind, record_id=record_id, by_id__isnull=False)
    return entries.exclude(verb__in=NO_DECISION).exclude(verb__startswith="refused-").order_by("position")


def is_decided_by(act: Entry, paper: Paper) -> bool:
    """Whether such an act fixes a paper: it came later, and is more than handing in what one attached oneself."""
    hands_in = act.by_id == paper.by_id and act.verb in HANDS_IN.get(paper.kind, ())
    return act.position > paper.position and not hands_in


def decided_with(paper: Paper) -> Entry | None:
    """The first decision on the record since the paper is there; from then on it stays, also for whoever decided."""
    acts = decisions_since(paper.kind, paper.record_id).filter(position__gt=paper.position)
    return next((act for act in acts if is_decided_by(act, paper)), None)


def decision_told(paper: Paper, actor: Actor) -> Entry | None:
    """The decision that rests on a paper, once this person reads what was decided."""
    act = decided_with(paper)
    if act is None or actor.sees_everything:
        return act
    return Entry.objects.filter(pk=act.pk).not_withheld([paper.kind]).first()


def waiting_of(actor: Actor, tokens: Sequence[UUID]) -> list[WaitingPaper]:
    """The files with these tokens that wait for this person, in the order of the tokens."""
    waiting = WaitingPaper.objects.filter(person=actor.user).select_related("file").defer("file__small")
    found = waiting.in_bulk(tokens)
    return [found[token] for token in tokens if token in found]
