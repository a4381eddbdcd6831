"""What is called, sent, closed or called off with a meeting: its points, what was said and decided, and the seats."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.meetings.actions import agenda_to_come
from evaluations.meetings.models import AgendaPoint, Meeting
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_short, number, sentences
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.preview import PreviewRow, Reader, StepPreview, table


@MEETING.preview("call")
def call(record: Meeting, reader: Reader) -> StepPreview:
    """What is open now and so stands on the agenda, and how many departments are invited."""
    found = agenda_to_come(record, record.cycle.day(reader.at))
    points = [point for point in found if may_read(point, reader.actor)]
    figures = [
        date_tile(record, reader),
        Tile(_("Departments"), number(Department.objects.filter(is_active=True).count())),
    ]
    return StepPreview(figures, tables=[table(_("Agenda"), (_("Point"),), [PreviewRow((str(p),)) for p in points])])


def may_read(point: AgendaPoint, actor: Actor) -> bool:
    """Whether somebody reads a point that is not on the agenda yet."""
    return not point.is_private or actor.sees_everything or point.department_id in actor.department_ids


def date_tile(record: Meeting, reader: Reader) -> Tile:
    """When and where it is held."""
    return Tile(_("Date"), day_short(record.held_on, record.cycle.day(reader.at)), note=typed(record.place))


@MEETING.preview("send", "hold", "correct", "cancel")
def meeting(record: Meeting, reader: Reader) -> StepPreview:
    """The points with their minutes, and the seats."""
    points = list(record.points.visible_to(reader.actor).order_by("position"))
    seats = [seat for seat in record.attendance.all() if seat.department_id]
    figures = [
        date_tile(record, reader),
        Tile(_("Departments present"), f"{number(sum(seat.was_present for seat in seats))} / {number(len(seats))}"),
        Tile(pgettext("meeting", "Decisions"), number(sum(bool(point.decision) for point in points))),
    ]
    rows = [
        PreviewRow((str(point), typed(point.decision) if point.decision else "–"), sentences([typed(point.minutes)]))
        for point in points
    ]
    return StepPreview(figures, tables=[table(_("Agenda"), (_("Point"), pgettext("meeting", "Decision")), rows)])
