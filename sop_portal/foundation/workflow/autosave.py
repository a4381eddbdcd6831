"""Saving a form that several people write in: by its button, or a moment after somebody typed.

An answer to what was saved as it was typed is JSON, and only one with `saved` means that everything is saved. What a
colleague wrote comes back in `taken`, for the page to show; what both wrote is `asked`; what cannot be read is `wrong`.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import ConflictRow
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import PartlySaved, Request, wants_json
from sop_portal.foundation.workflow.conflicts import FieldEdit, LastWriter, Merge, last_writers
from sop_portal.foundation.workflow.forms import SharedForm

MOST_TIMES = 10
Plural = Any  # a lazy message that counts
CHOOSE = (
    ngettext_lazy(
        "Choose %(count)s figure. The rest is saved.", "Choose %(count)s figures. The rest is saved.", "count"
    ),
    ngettext_lazy(
        "Choose %(count)s answer. The rest is saved.", "Choose %(count)s answers. The rest is saved.", "count"
    ),
)
NOT_SAVED = (
    ngettext_lazy("%(count)s figure is not saved: %(names)s.", "%(count)s figures are not saved: %(names)s.", "count"),
    ngettext_lazy("%(count)s answer is not saved: %(names)s.", "%(count)s answers are not saved: %(names)s.", "count"),
)
CHANGED = (
    ngettext_lazy(
        "%(person)s changed %(count)s figure while you were writing",
        "%(person)s changed %(count)s figures while you were writing",
        "count",
    ),
    ngettext_lazy(
        "%(person)s changed %(count)s answer while you were writing",
        "%(person)s changed %(count)s answers while you were writing",
        "count",
    ),
)
NOT_CARRIED = ("csrfmiddlewaretoken", "key", "seen", "known", "autosave")


class Write(Protocol):
    """Writes the merged values of a form into its record."""

    def __call__(self, values: dict[str, Any]) -> object: ...


@dataclass(frozen=True)
class SharedPage:
    """What a page does with its form: write it, show what is wrong with it, and go on when it is saved.

    `write_all` writes also what stands beside the shared fields and is not saved as it is typed; `waiting` names it.
    """

    form: SharedForm
    write: Write
    show_errors: Callable[[], HttpResponse]
    go_on: Callable[[], HttpResponse]
    write_all: Write | None = None
    is_valid: Callable[[], bool] | None = None
    waiting: Iterable[str] = field(default=())


def save(request: Request, read: Callable[[], SharedPage]) -> HttpResponse:
    """Save what does not clash; ask about what does. Where a colleague saves in the same moment, read once more."""
    for _time in range(MOST_TIMES):
        with suppress(Changed), transaction.atomic():
            return _save(request, read())
    return _save(request, read())


def _save(request: Request, page: SharedPage) -> HttpResponse:
    form = page.form
    is_valid = form.is_valid()
    if is_autosave(request) and "seen" not in form.errors:
        page.write(form.merged.values)
        return answer(request, page)
    if not (page.is_valid() if page.is_valid else is_valid):
        return page.show_errors()
    if form.merged.asked:
        return ask(request, form)
    (page.write_all or page.write)(form.merged.values)
    messages.success(request, _("Saved %(time)s.") % {"time": formats.clock(request.moment)})
    for entry in taken_fields(form):
        messages.info(request, f"{form.label(entry['name'])}: {entry['sentence']}")
    return page.go_on()


def is_autosave(request: Request) -> bool:
    """Whether the page saves what is typed, and nobody pressed a button."""
    return "autosave" in request.POST or wants_json(request)


def answer(request: Request, page: SharedPage) -> JsonResponse:
    """What the page is told; where something is not saved, in which field and why."""
    form = page.form
    payload: dict[str, Any] = {"seen": form.record.version}
    taken, asked = taken_fields(form), asked_fields(form)
    payload |= {name: found for name, found in (("taken", taken), ("asked", asked)) if found}
    if taken or asked:
        payload |= colleague_heading(form)
    if form.wrong:
        links = {name: formats.under(form.label(name), why) for name, why in form.wrong.items()}
        return PartlySaved(payload | {"refused": wrong_sentence(form), "wrong": form.wrong, "links": links}, status=422)
    if asked:
        return PartlySaved(payload | {"choose": counted(form, asked_names(form), *CHOOSE)}, status=409)
    time, waiting = formats.clock(request.moment), formats.listed(page.waiting)
    if waiting:
        sentence = _("Saved %(time)s. Not saved yet, press its button: %(names)s.")
        return JsonResponse({"saved": sentence % {"time": time, "names": waiting}, "waits": True} | payload)
    return JsonResponse({"saved": _("Saved %(time)s. You can leave and come back.") % {"time": time}} | payload)


def counted(form: SharedForm, fields: Sequence[str], figures: Plural, answers: Plural, **words: str) -> str:
    """A sentence about so many figures, or where words are among them, so many answers."""
    text = figures if all(form.is_figure(name) for name in fields) else answers
    return str(text % {"count": len(fields), **words})


def asked_names(form: SharedForm) -> list[str]:
    """The fields somebody has to choose in."""
    return [edit.name for edit in form.merged.asked]


def wrong_sentence(form: SharedForm) -> str:
    """ "1 figure is not saved: Materials. Everything else is saved." """
    names = list(form.wrong)
    wrong = counted(form, names, *NOT_SAVED, names=formats.listed(form.label(name) for name in names))
    rest = counted(form, asked_names(form), *CHOOSE) if form.merged.asked else _("Everything else is saved.")
    return formats.sentences([wrong, rest])


def colleague_heading(form: SharedForm) -> dict[str, str]:
    """Who changed how much meanwhile, and what became of it."""
    asked, taken = form.merged.asked, form.merged.taken
    [*_others, (_edit, writer)] = sorted(_with_writers(form, [*asked, *taken]), key=lambda found: str(found[1].at))
    names = [edit.name for edit in (*asked, *taken)]
    if asked and taken:
        text = _("Choose which stays where you changed it too. The rest was filled in for you. Nothing is lost.")
    elif asked:
        text = _("You changed it too: choose which stays. Nothing is lost.")
    else:
        text = _("It was filled in for you and is marked. Nothing is lost.")
    return {"heading": counted(form, names, *CHANGED, person=writer.name), "heading_text": text}


def taken_fields(form: SharedForm) -> list[dict[str, str]]:
    """What only a colleague changed: "Filled in by Ben Carter at 10:31. It was 242." """
    return [
        {
            "name": edit.name,
            "value": form.as_shown(edit.name, edit.theirs),
            "sentence": taken_sentence(form, edit, writer),
            "go": _("Go to %(field)s") % {"field": form.label(edit.name)},
        }
        for edit, writer in _with_writers(form, form.merged.taken)
    ]


def taken_sentence(form: SharedForm, edit: FieldEdit, writer: LastWriter) -> str:
    """Who filled the field in, and what stood there before."""
    before = form.in_words(edit.name, edit.mine)
    words = {"person": writer.name, "time": formats.clock(writer.at), "was": before}
    if not before:
        return interpolate(_("Filled in by %(person)s at %(time)s. It was empty."), words)
    if form.is_text(edit.name):
        return interpolate(_("Filled in by %(person)s at %(time)s. It was: “%(was)s”"), words)
    return interpolate(_("Filled in by %(person)s at %(time)s. It was %(was)s."), words)


def asked_fields(form: SharedForm) -> list[dict[str, str]]:
    """What both changed: what the colleague typed, and the two ways on."""
    return [_asked(form, edit, writer) for edit, writer in _with_writers(form, form.merged.asked)]


def _asked(form: SharedForm, edit: FieldEdit, writer: LastWriter) -> dict[str, str]:
    mine, theirs = form.in_words(edit.name, edit.mine), form.in_words(edit.name, edit.theirs)
    words = {"person": writer.name, "time": formats.clock(writer.at), "mine": mine, "theirs": theirs}
    is_text = form.is_text(edit.name)
    if not theirs:
        sentence, take = _("%(person)s emptied this at %(time)s."), _("Leave it empty, like %(person)s")
    elif is_text:
        sentence, take = _("%(person)s typed at %(time)s: “%(theirs)s”"), _("Take %(person)s’s words")
    else:
        sentence, take = _("%(person)s typed %(theirs)s at %(time)s."), _("Take %(person)s’s %(theirs)s")
    own = _("Leave it empty") if not mine else _("Keep my words") if is_text else _("Keep my %(mine)s")
    return {
        "name": edit.name,
        "value": form.as_shown(edit.name, edit.theirs),
        "sentence": interpolate(sentence, words),
        "keep": own % words,
        "take": interpolate(take, words),
        "go": _("Go to %(field)s") % {"field": form.label(edit.name)},
        "group": _("%(field)s, two answers") % {"field": form.label(edit.name)},
    }


def _with_writers(form: SharedForm, edits: Iterable[FieldEdit]) -> list[tuple[FieldEdit, LastWriter]]:
    found = list(edits)
    writers = last_writers(form.workflow.kind, form.record.pk, {edit.name: form.places(edit.name) for edit in found})
    return [(edit, writers[edit.name]) for edit in found]


def ask(request: Request, form: SharedForm) -> HttpResponse:
    """The page on which somebody chooses, for the button and for browsers without scripts. Nothing is saved yet."""
    writers = _with_writers(form, form.merged.asked)
    context = {
        "record": form.record,
        "rows": [_row(form, edit) for edit in form.merged.asked],
        "taken": [entry | {"label": form.label(entry["name"])} for entry in taken_fields(form)],
        "mine": carried(request, form, form.merged),
        "known": form.fields["known"].prepare_value(form.initial["known"]),
        "last": max((writer for _edit, writer in writers), key=lambda writer: str(writer.at or "")),
    }
    return render(request, "workflow/conflict.html", context, status=409)


def _row(form: SharedForm, edit: FieldEdit) -> ConflictRow:
    mine, theirs = form.in_words(edit.name, edit.mine), form.in_words(edit.name, edit.theirs)
    before = form.in_words(edit.name, edit.known[0]) if edit.known else ""
    return ConflictRow(form.label(edit.name), edit.name, mine, theirs, before)


def carried(request: Request, form: SharedForm, merged: Merge) -> list[tuple[str, str]]:
    """Everything that was typed, sent along with the choice; where only the colleague wrote, their words."""
    asked = {edit.name for edit in merged.asked}
    settled = {name: form.as_shown(name, merged.values[name]) for name in merged.values if name not in asked}
    typed = [(name, value) for name in request.POST for value in request.POST.getlist(name) if _is_carried(name)]
    return [(name, settled.get(name, value)) for name, value in typed if name not in settled] + list(settled.items())


def _is_carried(name: str) -> bool:
    return name not in NOT_CARRIED and not name.startswith("keep-")
