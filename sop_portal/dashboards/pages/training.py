"""The page of training: who still needs what, the warning before a window opens, and the sessions of the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.models import TrainingNeed, TrainingSession
from evaluations.training.figures import NeedState
from evaluations.training.models import clock_of
from evaluations.training.queries import (
    PersonRow,
    TrainingMatrix,
    departments_owing,
    matrix_of,
    sessions_with_places,
    years_under_way,
)
from evaluations.training.workflow import TRAINING
from planning.cycles.queries import cycle_of, may_in
from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Button, Cell, NextBox
from sop_portal.foundation.kit.filters import BESIDE, one_of, refuse_unknown
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook.models import Edition
from sop_portal.handbook.queries import edition_in_force, read_on


@dataclass(frozen=True)
class TrainingRow:
    """A person of the matrix, written out."""

    name: str
    roles: str
    cells: list[tuple[str, Cell]]


@dataclass(frozen=True)
class SessionRow:
    """A session of the list, written out."""

    url: str
    title: str
    when: str
    place: str
    trainer: str
    places: str
    state: SafeString


@page()
def training(request: Request, *, year: int) -> HttpResponse:
    """Who needs what, and the sessions of the year."""
    cycle, edition = cycle_of(request, year), edition_in_force()
    refuse_unknown(request.GET, "show", *BESIDE)
    matrix, is_whole = matrix_of(request.actor, request.today), bool(one_of(request.GET, "show", ("all",)))
    read = read_on(edition, [row.person.pk for row in matrix.rows]) if edition else {}
    with_gap = [row for row in matrix.rows if row.has_gap or (edition and row.person.pk not in read)]
    shown = paginate_list(list(matrix.rows) if is_whole else with_gap, request.GET)
    columns = heads(matrix, edition, request.today)
    may_keep = may_in(request, cycle, Can.KEEP_TRAINING)
    context = {
        "cycle": cycle,
        "next": warning(matrix, request.today, cycle) if may_keep else None,
        "met": met_of(matrix, read, edition),
        "heads": columns,
        "rows": [training_row(row, matrix, columns, read, request.today) for row in shown.rows],
        "shown": shown,
        "is_whole": is_whole,
        "gap_sentence": gap_sentence(len(with_gap), len(matrix.rows)),
        "sessions": sessions(cycle, request.today),
        "may_keep": may_keep,
    }
    return render(request, "dashboards/training.html", context)


def met_of(matrix: TrainingMatrix, read: Mapping[int, date], edition: Edition | None) -> tuple[int, int]:
    """How much of all that the table asks is known: the needs, and the handbook in force of everybody."""
    known, asked = matrix.met
    return (known + len(read), asked + len(matrix.rows)) if edition else (known, asked)


def gap_sentence(with_gap: int, people: int) -> str:
    """ "6 of 31 people have a gap." """
    sentence = ngettext("%(gap)s of %(count)s person has a gap.", "%(gap)s of %(count)s people have a gap.", people)
    return sentence % {"gap": with_gap, "count": people}


def heads(matrix: TrainingMatrix, edition: Edition | None, today: date) -> list[tuple[str, str]]:
    """A column for the handbook in force, and one for each need: until when it is to be known."""
    found = [(_("Handbook %(number)s") % {"number": edition.number}, "")] if edition else []
    for need in matrix.needs:
        window = matrix.windows.get(need.pk)
        note = _("before %(day)s") % {"day": formats.day_short(window[0], today)} if window else ""
        found.append((typed(need.title), note))
    return found


def training_row(
    row: PersonRow, matrix: TrainingMatrix, columns: Sequence[tuple[str, str]], read: dict[int, date], on: date
) -> TrainingRow:
    """One person: roles, the handbook where there is one, and every need, each under its name."""
    roles = [
        formats.joined([m.get_role_display(), typed(m.place)]) if m.place else m.get_role_display()
        for m in row.memberships
    ]
    cells = [handbook_cell(read.get(row.person.pk), on)]
    cells += [
        cell_of(state, need, on) if state else Cell(_("not needed"))
        for need, state in zip(matrix.needs, row.cells, strict=True)
    ]
    names = [name for name, _note in columns]
    return TrainingRow(row.person.name, formats.listed(roles), list(zip(names, cells[-len(names) :], strict=True)))


def handbook_cell(day: date | None, on: date) -> Cell:
    """Whether somebody confirmed the version in force."""
    if day is None:
        return Cell(_("To read"), "draft", url=address("handbook"))
    return Cell(formats.day_short(day, on), is_done=True)


def cell_of(state: NeedState, need: TrainingNeed, on: date) -> Cell:
    """Where somebody stands, in a word and a colour."""
    day = formats.day_short(state.on, on)
    match state.kind:
        case "done":
            return Cell(day, is_done=True)
        case "booked":
            return Cell(day, "review", icon="calendar3")
        case "now":
            return Cell(_("Needed now"), "back", icon="exclamation-triangle")
        case "expired":
            return Cell(_("Expired"), "late")
    return Cell(_("Open"), "draft")


def warning(matrix: TrainingMatrix, on: date, cycle: Cycle) -> NextBox | None:
    """The first need whose window is near, and that people do not meet who owe its step."""
    years = list(years_under_way().values_list("pk", flat=True))
    for need in matrix.needs:
        people = owing_untrained(matrix, need, years)
        if people and need.pk in matrix.windows:
            return warning_box(need, people, matrix.windows[need.pk], on, cycle)
    return None


def owing_untrained(matrix: TrainingMatrix, need: TrainingNeed, years: Sequence[int]) -> list[User]:
    """Who needs it now and still owes the step; before there are records to owe it on, everybody in the role."""
    owing = departments_owing(need, years)
    place = matrix.needs.index(need)
    rows = [row for row in matrix.rows if (cell := row.cells[place]) is not None and cell.kind == "now"]
    return [
        row.person
        for row in rows
        if owing is None or any(m.role == need.role and m.department_id in {*owing, None} for m in row.memberships)
    ]


def warning_box(need: TrainingNeed, people: list[User], window: tuple[date, date], on: date, cycle: Cycle) -> NextBox:
    """How many, until when, and the next thing to do about it."""
    words = {"count": len(people), "need": typed(need.title), "day": formats.day(window[1], on)}
    title = ngettext(
        "%(count)s person owes something by %(day)s and is not trained for it: %(need)s",
        "%(count)s people owe something by %(day)s and are not trained for it: %(need)s",
        len(people),
    )
    offered = sessions_with_places(need, on, window[1]).first()
    if offered is None:
        text = _("No session before that day has a free place.")
        button = Button(_("Plan a session"), address("training-new", cycle.year), is_primary=True)
    else:
        places = {"day": formats.day(offered.held_on, on), "free": offered.free}
        text = _("The session on %(day)s has %(free)s free places.") % places
        button = Button(_("Invite them"), f"{offered.get_absolute_url()}#trainees", is_primary=True)
    return NextBox(interpolate(title, words), text, "back", "exclamation-triangle", buttons=[button])


def sessions(cycle: Cycle, on: date) -> list[SessionRow]:
    """The sessions of the year, the newest first."""
    rows = TrainingSession.objects.filter(cycle=cycle).select_related("cycle", "need", "trainer")
    return [session_row(found, on) for found in rows]


def session_row(found: TrainingSession, on: date) -> SessionRow:
    """One session in words."""
    free = _("%(free)s of %(places)s free") % {"free": found.free, "places": found.places}
    is_finished = found.state in TRAINING.closed
    return SessionRow(
        url=found.get_absolute_url(),
        title=found.need.title,
        when=formats.joined([formats.day(found.held_on, on), clock_of(found.begins)]),
        place=found.place,
        trainer=found.trainer.name,
        places="" if is_finished else free,
        state=state(TRAINING.tones[found.state], TRAINING.states(found.state).label, is_finished),
    )
