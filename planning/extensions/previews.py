"""What is decided on a request for more time: until when, why, and which deadline moves."""

from django.utils.translation import gettext as _

from planning.cycles.queries import due_for, extension_of
from planning.extensions.models import ExtensionRequest
from planning.extensions.workflow import EXTENSION_REQUEST
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_of_year, days
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate
from sop_portal.foundation.workflow.preview import Reader, StepPreview, person_and_day, written


@EXTENSION_REQUEST.preview("grant", "refuse", "withdraw")
def more_time(asked: ExtensionRequest, reader: Reader) -> StepPreview:
    """The day the department has, the day it asks for, and why."""
    due_on = due_for(asked.cycle, asked.stage, asked.department_id)
    more = (asked.until_on - due_on).days if due_on else 0
    figures = [
        Tile(asked.get_stage_display(), str(asked.cycle.year), note=asked.department.name),
        Tile(_("Due now"), day_of_year(due_on)),
        Tile(_("Asked for"), day_of_year(asked.until_on), note=days(more)),
    ]
    label = {"reason": _("Why more time is needed")}
    by = Tile(_("Asked by"), person_and_day(asked.asked_by, asked.asked_at))
    return StepPreview([*figures, by], written(label, asked), effects=_effects(asked, reader))


def _effects(asked: ExtensionRequest, reader: Reader) -> list[StrOrPromise]:
    words = {"department": asked.department, "stage": asked.get_stage_display(), "day": day_of_year(asked.until_on)}
    if reader.step == "grant":
        sentence = _("“%(stage)s” is due on %(day)s for %(department)s; the other departments keep their day.")
        return [interpolate(sentence, words)]
    before = extension_of(asked.cycle, asked.stage, asked.department_id)
    kept = due_for(asked.cycle, asked.stage, asked.department_id)
    return [
        _("The due day stays %(day)s.") % {"day": day_of_year(kept)},
        *([_("The department has an extension already.")] if before else []),
    ]
