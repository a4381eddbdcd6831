"""What is answered: what a department experienced."""

from django.utils.translation import gettext as _

from evaluations.feedback.models import Feedback
from evaluations.feedback.workflow import FEEDBACK
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.workflow.preview import Reader, StepPreview, person_and_day


@FEEDBACK.preview("answer")
def feedback(record: Feedback, reader: Reader) -> StepPreview:
    """The words of the department."""
    said_by = person_and_day(record.given_by, record.given_at)
    return StepPreview(
        [Tile(_("Department"), typed(record.department))],
        [Answer(_("What we experienced"), "", said_by, record.text)],
    )
