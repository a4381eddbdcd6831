"""What is noted or called off with a training session: what it teaches, when, and who was invited."""

from django.utils.translation import gettext as _

from evaluations.training.models import Trainee, TrainingSession
from evaluations.training.workflow import TRAINING
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_of_year, number
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.workflow.preview import PreviewRow, Reader, StepPreview, table


@TRAINING.preview("hold", "cancel")
def session(record: TrainingSession, reader: Reader) -> StepPreview:
    """The session and everybody who was invited to it."""
    trainees = list(record.trainees.visible_to(reader.actor).select_related("person").order_by("person__name"))
    coming = sum(trainee.reply == Trainee.Reply.COMES for trainee in trainees)
    figures = [
        Tile(_("Date"), day_of_year(record.held_on), note=typed(record.place)),
        Tile(_("Invited"), number(len(trainees))),
        Tile(_("Come"), number(coming)),
    ]
    rows = [PreviewRow((typed(trainee.person), trainee.get_reply_display())) for trainee in trainees]
    return StepPreview(figures, tables=[table(_("Invited"), (_("Person"), _("Reply")), rows)])
