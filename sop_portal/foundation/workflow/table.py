"""The words in which a process is written down: steps, and the workflow they make. Data, no effects."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, TextChoices

from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.organisation.roles import Can

__all__ = ["Missing", "Step", "WindowCheck", "Workflow"]


@dataclass(frozen=True)
class WindowCheck:
    """Whether a step is possible today: the sentence says why not, `is_late` marks a step taken in grace."""

    is_open: bool
    is_late: bool = False
    sentence: Any = ""
    way_out: Any = ""


@dataclass(frozen=True)
class Step:
    """One act on a record: its button, from where to where, who may, and what must be true first.

    `done` is the sentence of the trail and the mails ("%(person)s submitted the forecast").
    `authors` means that whoever takes the step counts as a hand in the content.
    `says` explains the step on its page, `asks` is the question its comment answers where that is not "Why".
    `awaited` steps appear under "waits for me"; the others are possible but nobody waits for them.
    """

    name: str
    label: Any
    sources: Iterable[str]
    target: str
    by: Can
    done: Any
    stamps: str = ""
    four_eyes: bool = False
    authors: bool = False
    comment: bool = False
    awaited: bool = True
    main: bool = True
    missing: Callable[[Any, datetime], list[Missing]] | None = None
    window: Callable[[Any, datetime], WindowCheck] | None = None
    says: Any = ""
    asks: Any = ""


@dataclass(frozen=True)
class Workflow:
    """Everything that may happen to one kind of record, on one screen.

    `fields` says how what can change is called, `values` how the choices of such a field are called;
    `people` are fields of which the trail keeps the person's number, never the name.
    `withheld` finds the entries of its trail that a department does not read yet; `rests_on` names other records
    (kind and key) whose authors do not decide on this one either.
    """

    kind: str
    label: Any
    states: type[TextChoices]
    initial: str
    steps: tuple[Step, ...]
    closed: frozenset[str]
    tones: Mapping[str, str]
    editable: frozenset[str] = frozenset()
    edited: Any = ""
    created: Any = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    withheld: Callable[[], Q] | None = None
    rests_on: Callable[[Any], list[tuple[str, int]]] | None = None

    def __getitem__(self, name: str) -> Step:
        """The step of this name; KeyError for an unknown one."""
        return next(step for step in self.steps if step.name == name) if name in self.names else self._unknown(name)

    @property
    def names(self) -> list[str]:
        """The names of all steps, in order."""
        return [step.name for step in self.steps]

    def steps_from(self, state: str) -> list[Step]:
        """What may happen next, in order."""
        return [step for step in self.steps if state in step.sources]

    def _unknown(self, name: str) -> Step:
        raise KeyError(name)
