"""Papers on a record: attached, replaced by a newer version, taken back as long as nobody decided on them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unfit, refuse_unknown, save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.transactions import write_now
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.actions.keeping import let_go, lock_space
from sop_portal.foundation.papers.models import Paper, StoredFile, WaitingPaper
from sop_portal.foundation.papers.places import WITHOUT_PAPERS, project_of, refuse_unknown_part
from sop_portal.foundation.papers.queries import decided_with, is_current, record_of
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import sees
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import PAPER, seal_rows
from sop_portal.foundation.workflow.years import hold_open_year

# What a stage says against taking a paper back: a rule that asks for one. stages.py fills it.
BEFORE_TAKING_BACK: list[Callable[[Paper, Model], None]] = []


@dataclass(frozen=True)
class NewPaper:
    """A file that was brought, in a few words, and the part of the record it is about, where it is about one."""

    waiting: WaitingPaper
    description: str = ""
    part: str = ""


def attach(kind: str, on: Model, new: NewPaper, *, by: User, at: datetime) -> Paper:
    """Put a paper beside a record that one may see; from now on it is seen by everybody who sees the record."""
    refuse_unknown(_("Kind"), kind, {name: known.label for name, known in KINDS.items() if name not in WITHOUT_PAPERS})
    refuse_unknown_part(kind, on, new.part)
    with transaction.atomic():
        may_attach(kind, on, by, at)
        hold_open_year(kind, on, "attach-paper")
        _hold(on)
        lock_space()
        if Paper.objects.of(kind, on.pk).current().count() >= settings.PAPERS_PER_RECORD:
            sentence = _("This record has as many papers as one can have, %(most)s.")
            raise NotReady(sentence % {"most": settings.PAPERS_PER_RECORD}, [], _("Put several into one PDF."))
        return _kept(kind, on, new, "attach-paper", by=by, at=at)


def replace(paper: Paper, new: NewPaper, *, by: User, at: datetime) -> Paper:
    """Put a newer version in the place of a paper; the old one stays readable behind it."""
    record = record_of(paper)
    refuse_unknown_part(paper.kind, record, new.part)
    with transaction.atomic():
        may_attach(paper.kind, record, by, at)
        hold_open_year(paper.kind, record, "replace-paper")
        _hold(record)
        lock_space()
        _refuse_old(paper)
        if new.waiting.file.sha256 == paper.sha256:
            raise NotReady(_("This is the same file."), [], _("Choose the newer one, or leave it as it is."))
        described = NewPaper(new.waiting, new.description, paper.part)
        return _kept(paper.kind, record, described, "replace-paper", by=by, at=at, replaces=paper)


def refuse_take_back(paper: Paper, *, by: User, at: datetime) -> None:
    """Refuse whoever may not take this paper back, before they are asked whether they want to."""
    may_attach(paper.kind, record_of(paper), by, at)
    _refuse_staying(paper, by)


def take_back(paper: Paper, *, by: User, at: datetime) -> Paper:
    """Take back a paper one attached oneself, before anybody decided on it; its name and hash stay in the trail.

    Whoever decides is somebody too: after one's own decision one's own papers stay.
    """
    record = record_of(paper)
    with transaction.atomic():
        may_attach(paper.kind, record, by, at)
        hold_open_year(paper.kind, record, "take-back-paper")
        _hold(record)
        lock_space()
        locked = Paper.objects.select_for_update(of=("self",)).select_related("file").get(pk=paper.pk)
        _refuse_staying(locked, by)
        for refuse_needed in BEFORE_TAKING_BACK:
            refuse_needed(locked, record)
        locked.file, locked.taken_back_at, locked.taken_back_by = None, at, by
        locked.save(update_fields=["file", "taken_back_at", "taken_back_by"])
        seal_rows(PAPER, [locked.pk])
        note(paper.kind, record, "take-back-paper", by=by, at=at, changes=[Change("paper", _marked(locked), "")])
        let_go(StoredFile.objects.filter(sha256=locked.sha256))
    return locked


def _hold(record: Model) -> None:
    """Wait for whoever decides on the record now, and keep others from deciding: a decision names its papers."""
    type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)


def _kept(  # noqa: PLR0913
    kind: str, on: Model, new: NewPaper, verb: str, *, by: User, at: datetime, replaces: Paper | None = None
) -> Paper:
    waiting = _still_waiting(new.waiting, by)
    paper = Paper(
        kind=kind,
        record_id=on.pk,
        part=new.part,
        department_id=getattr(on, "department_id", None),
        cycle_id=getattr(on, "cycle_id", None),
        project_id=project_of(kind, on, new.part),
        file=waiting.file,
        sha256=waiting.file.sha256,
        name=waiting.name,
        description=new.description.strip(),
        by=by,
        at=at,
        replaces=replaces,
    )
    refuse_unfit(paper, ["description"])
    change = Change("paper", _marked(replaces) if replaces else "", _marked(paper))
    note(kind, on, verb, by=by, at=at, changes=[change], comment=paper.description)
    write_now()
    # The entry just written: what stands behind it in the trail came after the paper.
    paper.position = Entry.objects.of(kind, on.pk).values_list("position", flat=True)[0]
    waiting.delete()
    seal_rows(PAPER, [save_new(paper).pk])
    return paper


def _marked(paper: Paper) -> str:
    """A paper as the trail keeps it: its name, and the hash by which it is known again."""
    return f"{paper.name} (sha256 {paper.sha256})"


def _still_waiting(waiting: WaitingPaper, by: User) -> WaitingPaper:
    """The file, locked, as long as it waits for whoever brought it: another form may have taken it."""
    found = WaitingPaper.objects.select_for_update(of=("self",)).select_related("file")
    locked = found.filter(token=waiting.token, person=by).first()
    if locked is None:
        raise NotNow(_("This file is no longer waiting."), _("Choose the file again."))
    return locked


def may_attach(kind: str, on: Model, by: User, at: datetime) -> None:
    """Refuse whoever may not attach papers to this record."""
    actor = Actor.of(by, at)
    if not (isinstance(on, KINDS[kind].model) and sees(actor, on) and actor.may(Can.COMMENT)):
        way_out = _("Ask the administrator for a role in this department.")
        raise NotYours(_("Your roles do not include attaching papers here."), way_out)


def _refuse_old(paper: Paper) -> None:
    if not is_current(paper):
        sentence = _("This paper was replaced or taken back already.")
        raise NotNow(sentence, _("Open the record again: it shows what there is now."))


def _refuse_staying(paper: Paper, by: User) -> None:
    """Refuse to take back what is not one's own, what is no longer there, and what somebody decided on."""
    _refuse_old(paper)
    if paper.by_id != by.pk:
        sentence = _("Only the person who attached a paper can take it back.")
        raise NotYours(sentence, _("Attach a newer version, or write a comment."))
    if decided_with(paper):
        sentence = _("Somebody decided on this record with the paper, so it stays.")
        raise NotNow(sentence, _("Attach a newer version: the old one stays beside it."))
