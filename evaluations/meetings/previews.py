"""What is sent, closed or called off with a meeting: every point with what was said and decided, and who has a seat."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_of_year, number, sentences
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.workflow.preview import PreviewRow, Reader, StepPreview, table


@MEETING.preview("call", "send", "hold", "correct", "cancel")
def meeting(record: Meeting, reader: Reader) -> StepPreview:
    """The points with their minutes, and the seats."""
    points = list(record.points.visible_to(reader.actor).order_by("position"))
    seats = [seat for seat in record.attendance.all() if seat.department_id]
    figures = [
        Tile(_("Date"), day_of_year(record.held_on), note=typed(record.place)),
        Tile(_("Departments present"), f"{number(sum(seat.was_present for seat in seats))} / {number(len(seats))}"),
        Tile(pgettext("meeting", "Decisions"), number(sum(bool(point.decision) for point in points))),
    ]
    rows = [
        PreviewRow((str(point), typed(point.decision) if point.decision else "–"), sentences([typed(point.minutes)]))
        for point in points
    ]
    return StepPreview(figures, tables=[table(_("Agenda"), (_("Point"), pgettext("meeting", "Decision")), rows)])
