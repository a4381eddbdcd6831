"""The words in which a process is written down: steps, and the workflow they make. Data, no effects."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.kinds import KINDS, RecordKind
from sop_portal.foundation.workflow.models import Record, wanted
from sop_portal.foundation.workflow.preview import Previewing

__all__ = ["Missing", "SealedRows", "Step", "WindowCheck", "Workflow", "workflow_of"]

R = TypeVar("R", bound=Record)
STILL_OPEN = _("%(record)s is open: %(state)s.")
STAYS = _("It stays as it is; what has to be added is written in a comment on it.")
Act = TypeVar("Act", bound=Callable[..., object])
Shown = TypeVar("Shown", bound=Previewing)


@dataclass(frozen=True)
class WindowCheck:
    """Whether a step is possible today: the sentence says why not, `is_late` marks a step taken in grace."""

    is_open: bool
    is_late: bool = False
    sentence: StrOrPromise = ""
    way_out: StrOrPromise = ""


@dataclass(frozen=True)
class SealedRows:
    """Rows that a finished record keeps as they are: their table, and the path from them to the record.

    Sealed are `only` these columns, or all but those `without`, and `beside` them what other rows say of them.
    """

    table: str
    path: str
    without: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step(Generic[R]):
    """One act on a record: its button, from where to where, who may, and what must be true first.

    `done` is the sentence of the trail and the mails ("%(person)s submitted the forecast").
    `authors` means that whoever takes the step becomes a contributor to the content.
    `says` explains the step on its page, `asks` is the question its comment answers where that is not "Why".
    `task` is what it asks for in one sentence, with the `task_words` of its record.
    `awaited` steps appear under "waits for me"; the others are possible but nobody waits for them.
    A step that is not `main` has no button: it is a part of another record's act.
    """

    name: str
    label: StrOrPromise
    sources: Iterable[str]
    target: str
    by: Can
    done: StrOrPromise
    stamps: str = ""
    four_eyes: bool = False
    authors: bool = False
    comment: bool = False
    awaited: bool = True
    main: bool = True
    missing: Callable[[R, datetime], list[Missing]] | None = None
    window: Callable[[R, datetime], WindowCheck] | None = None
    says: StrOrPromise = ""
    asks: StrOrPromise = ""
    task: StrOrPromise = ""

    def wanted(self, record: Record) -> str:
        """What it asks for on this record: "Submit the 2027 forecast of Arts"."""
        return wanted(self.task, self.label, record)


@dataclass(frozen=True, kw_only=True, eq=False)
class Workflow(RecordKind[R]):
    """Everything that may happen to one kind of record, on one screen.

    `editable_in` is the window outside of which the content rests. `rests_on` names other records (kind and key) whose
    authors do not decide on this one either. `keeps_open` are the states in which a record keeps its year from being
    closed, all but the closed ones unless said; `year` is the path to the year, `open_text` the sentence that names
    such a record, `instead` what is done where no step leads back to where it was edited. A record that is finished
    is sealed (`seals.py`), in the closed states or those it is `sealed_in`: its own row, without the columns that
    `still_moves` names, and the rows it is `sealed_with`. While it is open every act seals its own row and those it is
    `kept_with`. `acts` are the functions that carry the steps out; each names its step with `@TABLE.act("step")`.
    `really_wanted` names the step that is wanted of a record where that is another than the table awaits.
    `previews` are the functions that say what a step decides; each names its steps with `@TABLE.preview("step", …)`.
    """

    states: type[TextChoices]
    initial: str
    steps: tuple[Step[R], ...]
    closed: frozenset[str]
    tones: Mapping[str, str]
    editable: frozenset[str] = frozenset()
    editable_in: Callable[[R, datetime], WindowCheck] | None = None
    rests_on: Callable[[R], list[tuple[str, int]]] | None = None
    keeps_open: frozenset[str] | None = None
    year: str = "cycle"
    open_text: StrOrPromise = STILL_OPEN
    instead: StrOrPromise = STAYS
    sealed_in: frozenset[str] | None = None
    still_moves: frozenset[str] = frozenset()
    sealed_with: tuple[SealedRows, ...] = ()
    kept_with: tuple[SealedRows, ...] = ()
    really_wanted: Callable[[R, Step[R], datetime], str] | None = None
    acts: dict[str, Callable[..., object]] = field(default_factory=dict, init=False, repr=False)
    previews: dict[str, Previewing] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, name: str) -> Step[R]:
        """The step of this name; KeyError for an unknown one."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    @property
    def sealed_states(self) -> frozenset[str]:
        """The states in which what stands in a record is sealed."""
        return self.closed if self.sealed_in is None else self.sealed_in

    def verb_label(self, verb: str) -> StrOrPromise:
        """The button of a step."""
        return self[verb].label if verb in self.names else ""

    @property
    def names(self) -> list[str]:
        """The names of all steps, in order."""
        return [step.name for step in self.steps]

    def steps_from(self, state: str) -> list[Step[R]]:
        """The steps that lead out of a state, in the order of the table."""
        return [step for step in self.steps if state in step.sources]

    def awaited_in(self, state: str) -> Step[R] | None:
        """The step that is waited for in a state; the first one, where there are several."""
        return next((step for step in self.steps_from(state) if step.awaited), None)

    @property
    def awaiting(self) -> list[str]:
        """The states in which a step is waited for."""
        return [state for state in self.states.values if self.awaited_in(state)]

    def stamp_of(self, state: str) -> str:
        """The field that says since when a record is in a state; none where not every way into it sets the same."""
        stamps = {step.stamps for step in self.steps if step.target == state}
        return f"{stamps.pop()}_at" if len(stamps) == 1 and all(stamps) and state != self.initial else ""

    def open_in(self, year: Model) -> QuerySet[R]:
        """The records that keep a year from being closed."""
        states = set(self.states.values) - self.closed if self.keeps_open is None else self.keeps_open
        rows = self.model._default_manager.filter(**{self.year: year, "state__in": states})
        return rows.still_owed() if hasattr(rows, "still_owed") else rows

    def act(self, name: str) -> Callable[[Act], Act]:
        """Mark the function that carries out a step; it is called with the record and `by`, `at`, `seen`, `comment`.

        Raises ImproperlyConfigured for a step that the table does not know, or that has its act already.
        """
        if name not in self.names:
            raise ImproperlyConfigured(f"“{self.kind}” has no step “{name}”: write it in its workflow.py.")

        def marked(function: Act) -> Act:
            known = self.acts.setdefault(name, function)
            if known is not function:
                raise ImproperlyConfigured(f"Two functions carry out “{name}” of “{self.kind}”.")
            return function

        return marked

    def preview(self, *names: str) -> Callable[[Shown], Shown]:
        """Mark the function that says what these steps decide; it is called with the record and its `Reader`.

        Raises ImproperlyConfigured for a step that the table does not know, or that has its preview already.
        """

        def marked(function: Shown) -> Shown:
            for name in names:
                if name not in self.names or self.previews.setdefault(name, function) is not function:
                    raise ImproperlyConfigured(f"“{name}” of “{self.kind}” is unknown, or shown by two functions.")
            return function

        return marked

    def without_act(self) -> list[str]:
        """The steps with a button that nothing carries out."""
        return [step.name for step in self.steps if step.main and step.name not in self.acts]

    def has_own_page(self, name: str) -> bool:
        """Whether an act needs more than a comment, so that a page of its own asks for it."""
        parameters = list(inspect.signature(self.acts[name]).parameters.values())[1:]
        several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        asked = {p.name for p in parameters if p.kind not in several and p.default is p.empty}
        return not asked <= {"by", "at", "seen", "comment"}


def workflow_of(kind: str) -> Workflow[Any] | None:
    """The table of a kind of record, if it has one."""
    found = KINDS.get(kind)
    return found if isinstance(found, Workflow) else None
