"""What a project waits for: the earliest report that is owed, else the acts that are possible."""

from datetime import datetime

from django.utils.translation import gettext as _

from evaluations.models import Evaluation, ProgressReport
from evaluations.reports.workflow import REPORT
from evaluations.reviews.workflow import EVALUATION
from planning.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import FULL_STOP, day_of_year, due_phrase, language_code, listed, sentences
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import offers

OWED = REPORT["submit"].sources


def project_box(page: ProjectPage, actor: Actor, at: datetime) -> NextBox:
    """The box under the title; starting, holding or ending the project is possible, never urgent."""
    possible = offers(PROJECT, page.project, actor, at)
    mine = [offer for offer in possible if offer.is_possible or (offer.is_yours and offer.missing)]
    buttons = [Button(offer.step.label, offer.url, is_disabled=not offer.is_possible, why=offer.why) for offer in mine]
    owed = next((report for report in reversed(page.reports) if report.is_owed), None)
    if owed is not None:
        return report_box(page, owed, actor, buttons)
    missing = [missing for offer in mine for missing in offer.missing]
    if page.project.state == Project.State.ACTIVE and page.project.ends_on < page.on:
        return over_box(page, actor, buttons)
    title = _("State of the project: %(state)s") % {"state": page.project.get_state_display()}
    coming = next_due(page)
    if coming is not None:
        title = _("Nothing is owed today")
    text = evaluation_due(page) if coming is None else due_of(coming, page)
    return NextBox(title, text, "wait", "check-lg", "", missing, buttons)


def due_of(record: ProgressReport | Evaluation, page: ProjectPage) -> str:
    """The sentence that names a record and its due day."""
    return sentences([concatenate([record, FULL_STOP[language_code()]], ""), due_phrase(record.due_on, page.on)])


def next_due(page: ProjectPage) -> ProgressReport | None:
    """The report of the month that runs now."""
    if page.project.state != Project.State.ACTIVE:
        return None
    coming = [report for report in page.all_reports if report.period_last >= page.on and report.state in OWED]
    return min(coming, key=lambda report: report.period_first, default=None)


def report_box(page: ProjectPage, owed: ProgressReport, actor: Actor, buttons: list[Button]) -> NextBox:
    """A report is owed: by this person, or by whom."""
    title, text = interpolate(_("Owed: %(report)s"), {"report": owed}), due_phrase(owed.due, page.on)
    if actor.may(Can.WRITE_REPORT, owed):
        tone = "late" if owed.due < page.on else ""
        write = Button(_("Write report"), owed.get_absolute_url(), is_primary=True)
        return NextBox(title, text, tone, "", "", (), [write, *buttons])
    names = listed(people_who_can(Can.WRITE_REPORT, owed, page.on)[:3])
    waits = interpolate(_("Waits for: %(names)s"), {"names": names})
    return NextBox(title, sentences([text, waits]), "wait", "", "", (), buttons)


def over_box(page: ProjectPage, actor: Actor, buttons: list[Button]) -> NextBox:
    """A project that still runs after its last day: by whom it is completed, and what follows."""
    words = {"day": day_of_year(page.project.ends_on)}
    text = _("Its last day was %(day)s. Once it is completed it is evaluated, and no longer late.") % words
    if actor.may(PROJECT["complete"].by, page.project):
        return NextBox(_("Owed: complete the project"), text, "late", "", "", (), buttons)
    names = listed(people_who_can(PROJECT["complete"].by, page.project, page.on)[:3])
    waits = interpolate(_("Waits for: %(names)s"), {"names": names})
    return NextBox(_("Owed: complete the project"), sentences([text, waits]), "wait", "", "", (), buttons)


def evaluation_due(page: ProjectPage) -> str:
    """Until when the evaluation is due, while it is open."""
    found = page.evaluation
    if found is None or found.state in EVALUATION.closed:
        return ""
    return due_of(found, page)
