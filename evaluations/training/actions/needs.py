"""What everybody in a role needs to know, and for how long it holds."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.training.models import TrainingNeed, TrainingSession
from evaluations.training.queries import roles_of_step, steps_to_learn
from evaluations.training.workflow import NEED
from sop_portal.foundation.kit.bounds import Bound, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_clashing, refuse_unfit, refuse_unknown
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import note

WHAT_FOR = ("title", "role", "step")
YEARS = Bound(Decimal(10), least=Decimal(1))


@dataclass(frozen=True)
class NeedTerms:
    """What is to be known, by whom, for which step ("forecast/submit"), before which window, for how many years."""

    title: str
    role: str
    step: str
    stage: str
    holds_years: int = 2
    is_asked: bool = True


@transaction.atomic
def add_need(terms: NeedTerms, *, by: User, at: datetime) -> TrainingNeed:
    """Ask everybody in a role to know something before a window opens."""
    grant = authority(Can.KEEP_TRAINING, None, by, at)
    need = TrainingNeed(**asdict(terms))
    _refuse(need)
    need.save()
    changes = [Change(name, "", str(value)) for name, value in asdict(terms).items()]
    note(NEED, need, "create", by=by, at=at, behalf=grant.behalf, changes=changes)
    return need


@transaction.atomic
def change_need(
    need: TrainingNeed, terms: NeedTerms, *, by: User, at: datetime, seen: Shown | None = None
) -> TrainingNeed:
    """Change what is needed, or ask it of nobody any more; what people learned stays learned.

    What somebody else changed since it was `seen` stays.
    """
    grant = authority(Can.KEEP_TRAINING, None, by, at)
    locked = TrainingNeed.objects.select_for_update().get(pk=need.pk)
    said = beside_theirs(NEED, locked, asdict(terms), seen)
    changes = [
        Change(name, str(getattr(locked, name)), str(value))
        for name, value in said.items()
        if getattr(locked, name) != value
    ]
    _refuse_other_need(locked, changes)
    for name, value in said.items():
        setattr(locked, name, value)
    _refuse(locked)
    locked.save()
    if changes:
        note(NEED, locked, "edit", by=by, at=at, behalf=grant.behalf, changes=changes)
    return locked


def _refuse_other_need(need: TrainingNeed, changes: list[Change]) -> None:
    """Whoever came to a session learned what the need was then, so it stays that."""
    if {change.field for change in changes}.isdisjoint(WHAT_FOR):
        return
    if need.sessions.filter(state=TrainingSession.State.HELD).exists():
        way_out = _("Add another training need, and stop asking for this one.")
        sentence = _("People learned this in a session already, so its title, role and step stay.")
        raise NotReady(sentence, [], way_out)


def _refuse(need: TrainingNeed) -> None:
    """A need names a step that exists and that its role takes."""
    need.title = need.title.strip()
    refuse_unfit(need, ["title", "role", "stage", "step"])
    refuse_unknown(_("Step"), need.step, {name: step.label for name, (_w, step) in steps_to_learn().items()})
    refuse_beyond(_("Years it holds"), need.holds_years, YEARS)
    if need.role not in roles_of_step(need.step):
        way_out = _("Choose a role that takes the step.")
        raise NotReady(_("Nobody in this role takes the step."), [way_out])
    refuse_clashing(need)
