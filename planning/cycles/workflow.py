"""What may happen to a planning year, and whether a stage takes a department's work now."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from planning.cycles.calendar import window_state
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of, extension_of, years_of
from sop_portal.foundation.kit.formats import day_short
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, WindowCheck, Workflow
from sop_portal.foundation.workflow.years import rows_of_a_year, year_closed

State = Cycle.State


def missing_to_publish(cycle: Cycle, at: datetime) -> list[Missing]:
    """Every stage needs its window before the year is published."""
    have = {window.stage for window in cycle.windows.all()}
    return [
        Missing(_("The window of “%(stage)s” has no dates yet.") % {"stage": label})
        for stage, label in Stage.choices
        if stage not in have
    ]


# What keeps a year open: the tables of all its records. stages.py, which knows every stage, fills it at start-up.
KEEPS_OPEN: list[Workflow[Any]] = []
NAMED = 10


def missing_to_close(cycle: Cycle, at: datetime) -> list[Missing]:
    """Everything that is open in the year, stage by stage, each with its link; what lives on is not among it."""
    return [missing for workflow in KEEPS_OPEN for missing in _still_open(workflow, workflow.open_in(cycle))]


def _still_open(workflow: Workflow[Any], rows: QuerySet[Any]) -> Iterator[Missing]:
    """The first of them one by one, the rest as a number."""
    for record in rows.select_related(*_names_in(rows.model)).order_by("pk")[:NAMED]:
        words = {"record": record, "state": record.get_state_display()}
        yield Missing(str(workflow.open_text) % words, record.get_absolute_url())
    rest = rows.count() - NAMED
    if rest > 0:
        more = ngettext("%(kind)s: %(count)s more is open.", "%(kind)s: %(count)s more are open.", rest)
        yield Missing(more % {"kind": rows.model._meta.verbose_name_plural, "count": rest})


def _names_in(model: type[Model]) -> list[str]:
    """The relations that a record's title and address are made of."""
    fields = {field.name for field in model._meta.get_fields() if field.many_to_one or field.one_to_one}
    return ["audit__cycle"] if "audit" in fields else sorted(fields & {"cycle", "department", "project"})


CYCLE = Workflow(
    kind="cycle",
    model=Cycle,
    label=_("Planning cycle"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.CLOSED}),
    sealed_with=rows_of_a_year(),
    kept_with=(SealedRows("planning_stagewindow", "cycle"), SealedRows("planning_extension", "cycle")),
    tones={State.DRAFT: "draft", State.PUBLISHED: "sent", State.CLOSED: "shut"},
    editable=frozenset({State.DRAFT, State.PUBLISHED}),
    fields={
        "opens_on": _("opens"),
        "due_on": _("due"),
        "grace_until": _("late work accepted until"),
        "moved_from": _("moved from"),
        "moves_to_working_day": _("deadlines on a day off move to the next working day"),
        "second_approval_above": _("a second manager approves above"),
        "small_transfer_limit": _("finance may put transfers in force up to"),
        "deviation_to_explain": _("deviation to be explained, in percent"),
        "receipt_needed_above": _("an expense needs a receipt above"),
        "is_plan_outside": _("plan approved outside the portal"),
        "moved_days": _("deadlines of records that moved"),
        "starts_on": _("execution starts"),
        "ends_on": _("execution ends"),
        "extension": _("extension"),
        "opens": _("when a window opens"),
        "before": _("days before the due day"),
        "late": _("days late"),
        "late_every": _("afterwards every so many days"),
        "decisions": _("days a decision waits"),
    },
    places={**dict(Stage.choices), "reminders": _("Reminders")},
    steps=(
        Step(
            "publish", _("Publish the year"), [State.DRAFT], State.PUBLISHED, by=Can.RUN_CYCLE,
            done=_("%(person)s published the year"), stamps="published", missing=missing_to_publish,
            says=_(
                "Every active department gets a forecast to fill in, unless the plan was approved outside the portal."
            ),
        ),
        Step(
            "close", _("Close the year"), [State.PUBLISHED], State.CLOSED, by=Can.RUN_CYCLE,
            done=_("%(person)s closed the year"), stamps="closed", awaited=False, missing=missing_to_close,
        ),
    ),
)  # fmt: skip


def window_for(cycle: Cycle, stage: str, department: Department | int, at: datetime) -> WindowCheck:
    """Whether a stage takes this department's work at this moment; a refusal says who can give more time."""
    dates = dates_of(cycle, stage)
    if dates is None:
        sentence = gettext("“%(stage)s” has no dates yet.") % {"stage": Stage(stage).label}
        return WindowCheck(False, sentence=sentence, way_out=gettext("The administrator sets them."))
    extension = extension_of(cycle, stage, department)
    until, on = extension.until_on if extension else None, cycle.day(at)
    state = window_state(dates, until, on)
    if state == "scheduled":
        sentence = gettext("The window opens on %(day)s.") % {"day": day_short(dates.opens_on, on)}
        return WindowCheck(False, sentence=sentence, way_out=gettext("Until then you can prepare everything."))
    if state == "closed":
        last = max(dates.grace_until, until or dates.grace_until)
        sentence = gettext("The window closed on %(day)s.") % {"day": day_short(last, on)}
        return WindowCheck(False, sentence=sentence, way_out=lazy(who_extends, str)(on))
    return WindowCheck(True, is_late=state == "grace")


def who_extends(on: date) -> str:
    """Whom to ask for an extension, in a sentence: management first, else whoever may extend."""
    people = people_who_can(Can.EXTEND_WINDOW, None, on)
    managers = Membership.objects.on(on).filter(role=Role.MANAGEMENT).values("person_id")
    found = people.filter(pk__in=managers)[:2] or people[:2]
    if not found:
        return gettext("Nobody can extend it yet; ask the administrator.")
    return interpolate(gettext("Ask %(names)s for an extension."), {"names": concatenate(found, gettext(" or "))})


def only_for(request: Request, can: Can, record: Model | None = None) -> None:
    """Refuse a form early, and name who can: whoever may not carry it out is not shown what is wrong with it."""
    if not request.actor.may(can, record):
        raise NotYours(*who_instead(can, record, request.moment))


def refuse_form_of_closed_year(request: Request, named: Mapping[str, object]) -> None:
    """Say instead of a form that its year is closed, and what of it lives on."""
    for year in years_of(request):
        if year.year == named.get("year") and year.is_closed:
            raise year_closed(year)
