"""Every act has another one that takes it back, tried to the last figure, or it is said why it stays."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace

import pytest

from evaluations.models import Evaluation
from evaluations.reviews import actions as reviews
from evaluations.reviews.actions import GoalFigures
from planning.projects import actions as projects
from sop_portal.tests import rows
from sop_portal.tests import test_do_and_undo as tried
from sop_portal.tests.every_act import every_act
from sop_portal.tests.test_do_and_undo import Pair, last_stages, now, undone

__all__ = ["last_stages"]


def draft_of(world: SimpleNamespace) -> Evaluation:
    """An evaluation that is still written."""
    found: Evaluation = Evaluation.objects.get(department=world.arts)
    Evaluation.objects.filter(pk=found.pk).update(
        state="draft", submitted_at=None, submitted_by=None, reviewed_at=None, reviewed_by=None
    )
    world.before = tried.every_row(but=LEFT, with_stamps=False)
    return now(found)  # type: ignore[no-any-return]


def write_a_lesson_and_remove_it(world: SimpleNamespace) -> Iterator[None]:
    evaluation = draft_of(world)
    lesson = reviews.write_lesson(evaluation, "Book early", by=world.cast.amina, at=world.at, seen=evaluation.version)
    yield
    reviews.remove_lesson(evaluation, lesson, by=world.cast.amina, at=world.at, seen=now(evaluation).version)


def add_a_goal_and_remove_it(world: SimpleNamespace) -> Iterator[None]:
    evaluation = draft_of(world)
    figures = GoalFigures(target=Decimal(5))
    goal = reviews.add_goal(evaluation, "Smiles", figures, by=world.cast.amina, at=world.at, seen=evaluation.version)
    yield
    reviews.remove_goal(evaluation, goal, by=world.cast.amina, at=world.at, seen=now(evaluation).version)


def write_an_evaluation_and_write_it_back(world: SimpleNamespace) -> Iterator[None]:
    evaluation = draft_of(world)
    before = evaluation.problems
    reviews.write(evaluation, by=world.cast.amina, at=world.at, seen=evaluation.version, problems="Rain")
    yield
    reviews.write(evaluation, by=world.cast.amina, at=world.at, seen=now(evaluation).version, problems=before)


def rename_a_project_and_name_it_back(world: SimpleNamespace) -> Iterator[None]:
    project = world.cycle.projects.get(state="active", department=world.arts)
    for name in ("Evening tales", project.name):
        now(project)
        projects.rename_project(project, name=name, by=world.cast.amina, at=world.at, seen=project.version)
        if name == "Evening tales":
            yield


def change_a_project_and_change_it_back(world: SimpleNamespace) -> Iterator[None]:
    project = world.cycle.projects.get(state="active", department=world.arts)
    before = project.purpose
    for purpose in ("Tales", before):
        now(project)
        said = {"lead": project.lead, "purpose": purpose}
        projects.change_project(project, **said, by=world.cast.amina, at=world.at, seen=project.version)
        if purpose == "Tales":
            yield


PAIRS = (
    write_a_lesson_and_remove_it,
    add_a_goal_and_remove_it,
    write_an_evaluation_and_write_it_back,
    rename_a_project_and_name_it_back,
    change_a_project_and_change_it_back,
)
LEFT: frozenset[str] = frozenset()
# Whichever name of a project a file uses, it is found.
GROWS = ("planning.projectname",)

DECIDED = "a decision; whoever took it sends back what came of it, or the next one changes it"
ASKED_FOR = "the question stays with its answer; whoever asked withdraws it before"
PAST = "it took place"
BROUGHT_AGAIN = "it was brought in by mistake; it is added or brought in anew"
# By the act that takes it back; the pair that tries it, or why it stays.
ACTS: dict[str, Callable[..., object] | str] = {
    "budgets.audits.answer": "reopen of the finding asks anew; what was answered stays readable",
    "budgets.audits.ask": "answers are asked for once; further findings belong to another audit",
    "budgets.audits.begin": PAST,
    "budgets.audits.close": DECIDED,
    "budgets.audits.find": "a finding is answered, never deleted",
    "budgets.audits.plan": "it is begun and closed; the year shows what was planned",
    "budgets.audits.remedy": "reopen of the finding asks anew; what was said stays readable",
    "budgets.audits.reopen": "answer and remedy lead back",
    "budgets.audits.verify": DECIDED,
    "budgets.drafting.add_fund": "change_fund, while nothing is spent from it",
    "budgets.drafting.amend": tried.test_an_amendment_that_is_given_up_leaves_nothing,
    "budgets.drafting.ask_for_change": "a comment stays; another one takes it back",
    "budgets.drafting.approve": "an amendment changes it; the approved version stays",
    "budgets.drafting.bring_again": "return_plan",
    "budgets.drafting.bring_plan": "take_plan_back, while nobody has confirmed it",
    "budgets.drafting.change_fund": "change_fund changes it back",
    "budgets.drafting.compile_budget": "its lines are changed or left out until it is shared",
    "budgets.drafting.confirm": "finance asks again once the lines change; management sends the budget back",
    "budgets.drafting.confirm_plan": "an amendment changes it; the version in force stays",
    "budgets.drafting.contest": "settle answers it with the lines as they are wanted; then the department confirms",
    "budgets.drafting.drop": "amend begins another one",
    "budgets.drafting.endorse": "send_back",
    "budgets.drafting.leave_out": "set_line budgets it after all",
    "budgets.drafting.overrule": DECIDED,
    "budgets.drafting.pass_over": DECIDED,
    "budgets.drafting.propose": "send_back",
    "budgets.drafting.put_in_force": "an amendment changes it; the version in force stays",
    "budgets.drafting.return_plan": "bring_again",
    "budgets.drafting.send_back": "share and propose lead back",
    "budgets.drafting.set_line": "set_line sets it back",
    "budgets.drafting.settle": "set_line and the answer of the department",
    "budgets.drafting.share": "the lines change while it is shared; whoever answered is asked again",
    "budgets.drafting.take_in_new": "leave_out, with a reason",
    "budgets.drafting.take_out_fund": BROUGHT_AGAIN,
    "budgets.drafting.take_plan_back": BROUGHT_AGAIN,
    "budgets.spending.ask_exception": ASKED_FOR,
    "budgets.spending.cancel": "a cancelled project has given back what others use; a new one is planned",
    "budgets.spending.correct": "the expense is posted anew; neither entry is deleted",
    "budgets.spending.grant": "it is used once, or not",
    "budgets.spending.hold": tried.hold_a_project_and_resume_it,
    "budgets.spending.post": tried.test_a_counter_entry_takes_back_what_was_spent,
    "budgets.spending.refuse": DECIDED,
    "budgets.spending.resume": tried.hold_a_project_and_resume_it,
    "evaluations.feedback.answer": DECIDED,
    "evaluations.feedback.answer_stage": "nobody knows whose answer it was; what else there is to say is feedback",
    "evaluations.feedback.give": "what a department said stays; it is answered",
    "evaluations.feedback.say_if_it_helped": "say_if_it_helped says it anew",
    "evaluations.improvements.adopt": DECIDED,
    "evaluations.improvements.decline": DECIDED,
    "evaluations.improvements.finish": tried.report_a_measure_as_done_and_open_it_again,
    "evaluations.improvements.propose": "decline",
    "evaluations.improvements.reopen": tried.report_a_measure_as_done_and_open_it_again,
    "evaluations.improvements.verify": DECIDED,
    "evaluations.meetings.call_planned": "people were invited; the meeting is moved or cancelled",
    "evaluations.meetings.change_series": "change_series changes it back",
    "evaluations.meetings.end_series": "plan_series plans another one",
    "evaluations.meetings.plan_series": "end_series",
    "evaluations.meetings.add_point": "its minutes say that it fell away",
    "evaluations.meetings.call": "people were invited; its minutes say that it fell away",
    "evaluations.meetings.cancel": "people were told; another meeting is called, and the points stand on it",
    "evaluations.meetings.confirm": "a correction of the minutes asks for it anew",
    "evaluations.meetings.correct": "send",
    "evaluations.meetings.drop_point": "add_point",
    "evaluations.meetings.hold": PAST,
    "evaluations.meetings.move": "move moves it back; everybody invited is told",
    "evaluations.meetings.note_teams": "note_teams notes it anew until the minutes are sent",
    "evaluations.meetings.order_point": "order_point the other way",
    "evaluations.meetings.raise_point": "drop_point",
    "evaluations.meetings.reply": "reply changes it until the meeting begins",
    "evaluations.meetings.send": "correct",
    "evaluations.meetings.minute": "minute writes it anew until the minutes are closed",
    "evaluations.meetings.note_attendance": "note_attendance notes it anew until the minutes are closed",
    "evaluations.proposals.adopt": "give_up",
    "evaluations.proposals.carry_out": "another proposal changes it back",
    "evaluations.proposals.decline": DECIDED,
    "evaluations.proposals.give_up": DECIDED,
    "evaluations.proposals.propose_change": "decline",
    "evaluations.reports.accept": "what was booked since stands in the next report; correct_count corrects a count",
    "evaluations.reports.activate": "hold, or cancel",
    "evaluations.reports.confirm": "correct_count corrects it once more",
    "evaluations.reports.correct_count": "withdraw, until it is decided; then the question stays with its answer",
    "evaluations.reports.decline": DECIDED,
    "evaluations.reports.raise_issue": "resolve, which says that it was none",
    "evaluations.reports.raise_to_meeting": "the meeting says that it needs none",
    "evaluations.reports.reopen": tried.resolve_an_issue_and_open_it_again,
    "evaluations.reports.resolve": tried.resolve_an_issue_and_open_it_again,
    "evaluations.reports.send_back": "submit leads back",
    "evaluations.reports.submit": "send_back",
    "evaluations.reports.verify": DECIDED,
    "evaluations.reports.withdraw": "correct_count asks anew; the question stays with who withdrew it",
    "evaluations.reports.write": "write writes it back",
    "evaluations.reviews.add_goal": add_a_goal_and_remove_it,
    "evaluations.reviews.complete": "late invoices come by exception; the evaluation is under way",
    "evaluations.reviews.remove_goal": add_a_goal_and_remove_it,
    "evaluations.reviews.remove_lesson": write_a_lesson_and_remove_it,
    "evaluations.reviews.review": "correct_figures of the past corrects what it wrote down",
    "evaluations.reviews.send_back": "submit leads back",
    "evaluations.reviews.submit": "send_back",
    "evaluations.reviews.write": write_an_evaluation_and_write_it_back,
    "evaluations.reviews.write_lesson": write_a_lesson_and_remove_it,
    "evaluations.training.add_need": "change_need, which asks it of nobody any more",
    "evaluations.training.cancel": "people were told; another session is planned",
    "evaluations.training.change_need": "change_need changes it back",
    "evaluations.training.hold": PAST,
    "evaluations.training.invite": "people were told; whoever cannot come replies so",
    "evaluations.training.move": "move moves it back; everybody invited is told",
    "evaluations.training.plan": "cancel",
    "evaluations.training.reply": "reply changes it until the session begins",
    "planning.cycles.close_year": "a closed year does not change",
    "planning.cycles.create_cycle": "move_window until it is published",
    "planning.cycles.extend": "a day that was promised stays; extend moves it further",
    "planning.cycles.move_to_working_days": "move_to_working_days sets it back; what was due meanwhile stays",
    "planning.cycles.move_window": "move_window moves it back, with a reason",
    "planning.extensions.ask": "withdraw",
    "planning.extensions.grant": "a day that was promised stays",
    "planning.extensions.refuse": "it is asked again, for another day",
    "planning.extensions.withdraw": "it is asked again",
    "planning.forecasts.accept": "send_back",
    "planning.forecasts.add_project": "leave_out says why not this year",
    "planning.forecasts.leave_out": tried.leave_a_project_out_and_take_it_in,
    "planning.forecasts.change_plan": "change_plan changes it back",
    "planning.forecasts.give_up_plan": BROUGHT_AGAIN,
    "planning.forecasts.plan_ahead": "give_up_plan",
    "planning.forecasts.publish_year": "the departments were told; the year is closed or waived",
    "planning.forecasts.send_back": tried.submit_and_send_back_a_forecast,
    "planning.forecasts.set_figures": tried.override_a_figure_and_take_the_proposal_again,
    "planning.forecasts.start_report": "it is published, or stays in the making",
    "planning.forecasts.submit": tried.submit_and_withdraw_a_forecast,
    "planning.forecasts.take_in": tried.leave_a_project_out_and_take_it_in,
    "planning.forecasts.waive": "a department that was excused is not asked again in this year",
    "planning.forecasts.withdraw": tried.submit_and_withdraw_a_forecast,
    "planning.projects.change_project": change_a_project_and_change_it_back,
    "planning.projects.correct_figures": tried.correct_a_figure_and_take_it_back,
    "planning.projects.import_history": tried.import_and_undo,
    "planning.projects.rename_project": rename_a_project_and_name_it_back,
    "planning.projects.take_back_correction": tried.correct_a_figure_and_take_it_back,
    "planning.projects.undo_import": tried.import_and_undo,
    "planning.requests.add_line": tried.ask_for_more_and_take_it_away,
    "planning.requests.add_pool": "change_pool, down to what is granted",
    "planning.requests.allocate": "an amendment of the budget, once departments have read it",
    "planning.requests.change_line": "change_line changes it back",
    "planning.requests.change_pool": "change_pool changes it back",
    "planning.requests.fill_in": "remove_line",
    "planning.requests.grant": tried.decide_a_line_and_open_it_again,
    "planning.requests.open_requests": "the departments were told; waive",
    "planning.requests.publish_report": "a report is frozen; a new version says what changed",
    "planning.requests.remove_line": tried.ask_for_more_and_take_it_away,
    "planning.requests.set_importance": "set_importance sets it back",
    "planning.requests.score_line": tried.score_a_line_and_score_it_back,
    "planning.requests.send_back": tried.grant_a_line_and_send_the_request_back,
    "planning.requests.submit": tried.submit_and_withdraw_a_request,
    "planning.requests.take_out_pool": BROUGHT_AGAIN,
    "planning.requests.waive": "a department that was excused is not asked again in this year",
    "planning.requests.withdraw": tried.submit_and_withdraw_a_request,
    "sop_portal.foundation.notices.send_again": PAST,
    "planning.cycles.approve_by_two": "approve_by_two with the amount before",
    "planning.cycles.need_receipts": "need_receipts with the amount before",
    "planning.cycles.transfer_up_to": "transfer_up_to with the amount before",
    "planning.cycles.explain_beyond": "explain_beyond with the percentage before",
    "sop_portal.foundation.papers.attach": "take_back, until somebody decided with it",
    "sop_portal.foundation.papers.bring": "leave_waiting forgets it, as the next day does",
    "sop_portal.foundation.papers.replace": "take_back of the newer version, and the older one holds again",
    "sop_portal.foundation.papers.take_back": "attach",
    "sop_portal.handbook.acknowledge": PAST,
    "sop_portal.handbook.drop_written": "write_edition writes it again",
    "sop_portal.handbook.write_edition": "drop_written",
    "sop_portal.handbook.publish_edition": "a later edition replaces it; whoever read it read it",
    "sop_portal.handover.hand_over": "it is handed back in the same way",
    "sop_portal.handover.merge": "people and figures of both are one series since; a new department is added",
    "sop_portal.operations.release_mail": PAST,
    "sop_portal.people.add_department": "change_department, which takes it out",
    "sop_portal.people.add_former_name": "forget_former_name",
    "sop_portal.people.forget_former_name": "add_former_name",
    "sop_portal.people.record_merger": "forget_merger",
    "sop_portal.people.forget_merger": "record_merger",
    "sop_portal.people.add_person": "change_person, who may no longer log in",
    "sop_portal.people.ask_recovery": "decide_recovery declines it",
    "sop_portal.people.decide_recovery": "the person adds a new second factor",
    "sop_portal.people.erase_person": "who somebody was is not kept; they are added anew",
    "sop_portal.people.invite_again": "a mail that left cannot be called back; change_person ends the access",
    "sop_portal.people.change_department": tried.close_a_department_and_open_it_again,
    "sop_portal.people.change_person": "change_person changes it back",
    "sop_portal.people.delegate": tried.delegate_and_end_before_it_begins,
    "sop_portal.people.end_delegation": tried.delegate_and_end_before_it_begins,
    "sop_portal.people.end_delegation_now": "delegate names the deputy anew",
    "sop_portal.people.end_rights": "give_role gives the roles anew, change_person the access",
    "sop_portal.people.end_role_now": "give_role gives it anew",
    "sop_portal.people.end_role": "give_role gives it anew",
    "sop_portal.people.invite": "a mail that left cannot be called back; change_person ends the access",
    "sop_portal.people.send_test_mail": "a mail that left cannot be called back",
    "sop_portal.people.set_days_off": "set_days_off sets it back; what was due meanwhile stays as it was",
    "sop_portal.people.remove_logo": "set_logo adds it again",
    "sop_portal.people.set_logo": "remove_logo removes it",
    "sop_portal.people.set_organisation": "set_organisation sets it back",
    "sop_portal.people.name_back": "change_department",
    "sop_portal.people.take_out_department": BROUGHT_AGAIN,
    "sop_portal.people.take_out_person": BROUGHT_AGAIN,
    "sop_portal.people.take_out_role": BROUGHT_AGAIN,
    "sop_portal.people.set_term": "set_term sets it back",
    "sop_portal.people.give_role": "end_role; the days on which it was held stay",
    "sop_portal.workbook.take_back": BROUGHT_AGAIN,
    "sop_portal.reminders.set_schedule": "set_schedule sets it back",
}


def test_every_act_is_taken_back_by_another_or_says_why_it_stays() -> None:
    assert set(every_act()) - set(ACTS) == set(), (
        "Write into ACTS of sop_portal/tests/test_acts_and_inverses.py which pair tries its inverse, or why it stays."
    )
    assert set(ACTS) - set(every_act()) == set()
    pairs = {*PAIRS, *tried.FIRST, *tried.SECOND, *tried.LAST}
    alone = {each for each in ACTS.values() if callable(each) and each.__name__.startswith("test_")}
    assert {each for each in ACTS.values() if callable(each)} <= pairs | alone


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_undone(last_stages: SimpleNamespace, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "GROWS", {*rows.GROWS, *GROWS})
    undone(pair, last_stages, LEFT)
