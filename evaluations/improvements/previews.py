"""What is decided on an improvement measure: what was promised, whose it is, and what shows that it was done."""

from django.utils.translation import gettext as _

from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import NOTHING, day_of_year, joined
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import Reader, StepPreview, person_and_day


@MEASURE.preview("adopt", "decline", "finish", "verify", "reopen")
def measure(record: Measure, reader: Reader) -> StepPreview:
    """The promise, the evidence, and where the measure comes from."""
    figures = [
        Tile(_("Department"), typed(record.department)),
        Tile(_("Owner"), typed(record.owner) if record.owner else NOTHING),
        Tile(_("Due"), day_of_year(record.due)),
    ]
    answers = [
        Answer(_("Promised"), "", typed=record.what),
        Answer(_("Comes from"), record.get_origin_display(), url=record.origin_url),
    ]
    if record.way != Measure.Way.WORK:
        parts = [record.get_way_display(), record.get_stage_display()] if record.stage else [record.get_way_display()]
        answers.append(Answer(_("Carried out as"), joined(parts)))
    if record.evidence:
        done = person_and_day(record.done_by, record.done_at)
        answers.insert(1, Answer(_("What shows that it was done"), "", done, record.evidence))
    return StepPreview(figures, answers, effects=_effects(record, reader))


def _effects(record: Measure, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "reopen" and record.owner:
        return [interpolate(_("%(owner)s carries it out again, until the day you give."), {"owner": record.owner})]
    if reader.step == "decline":
        return [_("It is closed; the department reads why.")]
    if reader.step == "verify":
        return [_("It no longer appears on the forecasts of the department.")]
    return []
