"""What the page of an evaluation shows: the next step, the facts, the people, and where it stands in the year."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from evaluations.reviews.facts import Facts, facts_of
from evaluations.reviews.figures import places
from evaluations.reviews.forms import Written
from evaluations.reviews.models import ANSWERS, Evaluation
from evaluations.reviews.workflow import EVALUATION, missing_to_submit
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer, Button, Link, NextBox, Person
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.record_page import record_context

TEXTS: dict[str, Any] = {
    Evaluation.State.SUBMITTED: EVALUATION["review"].says,
    Evaluation.State.REVIEWED: gettext_lazy("The lessons are published, and the figures stand in the history."),
}


def around(request: Request, evaluation: Evaluation, facts: Facts) -> dict[str, Any]:
    """Everything on the page but the forms."""
    context = record_context(request, EVALUATION, evaluation, text=str(TEXTS.get(evaluation.state, "")))
    is_open = evaluation.state in EVALUATION.editable
    if is_open and request.actor.may(Can.WRITE_EVALUATION, evaluation):
        context["next"] = write_first(request, evaluation, context["next"].quote)
    return context | {
        "facts": facts,
        "cycle": evaluation.cycle,
        "lessons": list(evaluation.lessons.select_related("written_by").order_by("pk")),
        "measures": measures_of(evaluation),
        "people": people_of(request, evaluation),
        "chain": chain_of(evaluation),
        "is_finished": evaluation.state in EVALUATION.closed,
        "is_owed": is_open,
    }


def page_of(request: Request, evaluation: Evaluation, typed: Any = None) -> dict[str, Any]:
    """The page with its forms, for those who may write; for the others what was written."""
    facts = facts_of(evaluation)
    context = around(request, evaluation, facts)
    if evaluation.state in EVALUATION.editable and request.actor.may(Can.WRITE_EVALUATION, evaluation):
        written = typed or Written(evaluation, facts.goals)
        context |= {"written": written, "form": written.answers}
    return context


def write_first(request: Request, evaluation: Evaluation, quote: str) -> NextBox:
    """The next step of those who write: answer, check, submit."""
    missing = missing_to_submit(evaluation, request.moment)
    title = _("Look back on the project, then submit") if missing else _("Check the answers, then submit")
    is_back, is_late = evaluation.state == Evaluation.State.RETURNED, evaluation.due < request.today
    tone = "back" if is_back else "late" if is_late else ""
    buttons = [Button(_("Check answers"), f"{evaluation.get_absolute_url()}check/", is_primary=True)]
    due = formats.due_phrase(evaluation.due, request.today)
    return NextBox(title, due, tone, "", quote, missing, buttons)


def measures_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The measures that were proposed here."""
    found = Measure.objects.filter(cycle=evaluation.cycle_id, origin_url=evaluation.get_absolute_url())
    return [
        {"measure": m, "tone": MEASURE.tones[m.state], "is_finished": m.state in MEASURE.closed}
        for m in found.select_related("cycle", "owner").order_by("number")
    ]


def people_of(request: Request, evaluation: Evaluation) -> list[Person]:
    """Who leads the project and who submits."""
    lead = evaluation.project.lead
    heads = people_who_can(Can.SUBMIT_EVALUATION, evaluation, request.today)[:3]
    named = [Person(lead.name, lead.initials, Role.LEAD.label)] if lead else []
    return named + [Person(head.name, head.initials, Role.HEAD.label) for head in heads]


def chain_of(evaluation: Evaluation) -> list[Link]:
    """From the forecast to the lesson, and on to the next year."""
    project, year = evaluation.project, evaluation.cycle.year
    is_reviewed = evaluation.state == Evaluation.State.REVIEWED
    needed = _("needed %(amount)s") % {"amount": formats.money(project.needed)}
    budgeted = _("budgeted %(amount)s") % {"amount": formats.money(project.budgeted)}
    spent = _("spent %(amount)s") % {"amount": formats.money(project.spent)}
    lessons = f"{reverse('lessons', args=[year])}?q={project.slug}"
    return [
        Link(_("Project"), project.get_absolute_url(), needed),
        Link(_("Budget lines"), f"{reverse('appropriations', args=[year])}?project={project.pk}", budgeted),
        Link(_("Expenses"), f"{reverse('expenses', args=[year])}?project={project.pk}", spent),
        Link(_("Evaluation"), "", evaluation.get_state_display(), is_here=True),
        Link(_("Lessons"), lessons if is_reviewed else "", _("published with the review"), is_open=not is_reviewed),
        Link(_("Forecast %(year)s") % {"year": year + 1}, "", _("shows lessons and open measures"), is_open=True),
    ]


def answers_of(evaluation: Evaluation, facts: Facts) -> list[Answer]:
    """The answers to check before submitting."""
    page = evaluation.get_absolute_url()
    typed = [
        Answer(label, "", typed=getattr(evaluation, name), url=f"{page}#id_{name}")
        for name, label in ANSWERS.items()
        if name != "people_used"
    ]
    hours = (
        formats.number(evaluation.people_used, places(evaluation.people_used))
        if evaluation.people_used is not None
        else _("not counted")
    )
    goals = [
        Answer(
            fact.label,
            formats.number(fact.actual, fact.actual_places),
            _("of %(target)s") % {"target": formats.number(fact.planned, fact.planned_places)},
        )
        for fact in facts.goals
    ]
    lessons = evaluation.lessons.count()
    return [
        *goals, Answer(_("Hours worked"), hours, url=f"{page}#id_people_used"), *typed,
        Answer(_("Lessons"), formats.number(lessons), url=f"{page}#lessons"),
    ]  # fmt: skip
