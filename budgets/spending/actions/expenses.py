"""What people do with approved money: post an expense, and correct it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import F, Model
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation, BroughtRow
from budgets.drafting.workflow import BROUGHT_ROW
from budgets.spending.actions.releasing import release_corrected
from budgets.spending.actions.warnings import store_warnings
from budgets.spending.figures import Payment, over
from budgets.spending.models import Expense, SpendingException, receipt_key_of
from budgets.spending.queries import POSTED_ON, likely_duplicate, verdict_on
from budgets.spending.workflow import EXPENSE, missing_receipt, why_not_corrected
from planning.models import Cycle, Project
from planning.projects.actions import after_reports, projects_changed
from planning.requests import actions as requests
from sop_portal.foundation.kit.bounds import ROW, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unfit, save_new
from sop_portal.foundation.kit.formats import day_of_year, sentences
from sop_portal.foundation.kit.money import STORED_PLACES, money_in
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.actions import in_languages
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.actions import NewPaper, attach
from sop_portal.foundation.papers.models import Paper, WaitingPaper
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import hold_open_year


# What is paid, by whom, when, by which right, with which papers and which exception: all of it decides.
def post(  # noqa: PLR0913
    appropriation: Appropriation,
    payment: Payment,
    *,
    by: User,
    at: datetime,
    exception: SpendingException | None = None,
    papers: Sequence[WaitingPaper] = (),
    can: Can = Can.POST_EXPENSE,
) -> Expense:
    """Post an expense with its papers against an approved line; the guard stops what the line does not hold.

    Whoever sets the year up may bring expenses in with a file, which `can` says.
    """
    with transaction.atomic():
        grant = may_post(appropriation, by, at, can)
        hold_open_year(EXPENSE.kind, appropriation, "post")
        refuse_unreadable(payment, appropriation.cycle.currency)
        line = Appropriation.objects.select_related("cycle", "project", "line", "fund").get(pk=appropriation.pk)
        refuse_without_receipt(line.cycle, payment.amount, has_paper=bool(papers))
        if exception is not None:
            exception = _usable(exception, line, payment, at)
        today, amount, spent_on = line.cycle.day(at), payment.amount, payment.spent_on
        judge = partial(
            verdict_on, line, amount, spent_on, today, is_excepted=exception is not None or payment.is_excepted
        )
        verdict = judge()
        if verdict.stop is not None:
            raise NotReady(verdict.stop, way_out=verdict.way_out)
        if _take(line, amount) == Project.State.COMPLETED:
            # It is looked back on: whoever decides on that sees this expense first.
            projects_changed([line.project_id], by=by, at=at)
        expense = _new_expense(line, payment, by=by, at=at)
        expense.exception = exception
        duplicate = likely_duplicate(line, payment, Actor.of(by, at))
        expense.warnings = _in_each_language(lambda: sentences([judge().warnings, duplicate and str(duplicate.said)]))
        save_new(expense)
        _store_warnings_of(line, at)
        _note(expense, "post", by, at, grant)
        for waiting in papers:
            attach(EXPENSE.kind, expense, NewPaper(waiting), by=by, at=at)
    return expense


def refuse_without_receipt(cycle: Cycle, amount: Decimal, *, has_paper: bool) -> None:
    """Refuse an expense above the year's limit that has no paper."""
    missing = missing_receipt(cycle, amount)
    if missing and not has_paper:
        sentence = _("An expense of this size needs its receipt.")
        raise NotReady(sentence, [missing], _("Attach a photo or the PDF of it."))


def refuse_last_receipt(paper: Paper, record: Model) -> None:
    """Refuse to take back the last paper of an expense that needs one."""
    if isinstance(record, Expense) and missing_receipt(record.cycle, record.amount):
        others = Paper.objects.of(EXPENSE.kind, record.pk).there().exclude(pk=paper.pk)
        if not others.exists():
            sentence = _("An expense of this size needs its receipt.")
            raise NotReady(sentence, [], _("Attach the right one first, then take this one back."))


def _new_expense(line: Appropriation, payment: Payment, *, by: User, at: datetime) -> Expense:
    return Expense(
        cycle=line.cycle,
        department_id=line.department_id,
        project=line.project,
        appropriation=line,
        fund=line.fund,
        category=line.category,
        amount=payment.amount,
        spent_on=payment.spent_on,
        what=payment.what.strip(),
        receipt=payment.receipt.strip(),
        receipt_key=receipt_key_of(payment.receipt),
        brought_row=_row_of(line, payment),
        posted_at=after_reports([line.project_id], at),
        posted_by=by,
    )


def _row_of(line: Appropriation, payment: Payment) -> BroughtRow | None:
    """The row of the file that says so."""
    place = payment.place
    if place is None:
        return None
    refuse_beyond(_("Row"), place.row, ROW)
    where = {"file_name": place.file_name[:200], "sheet": place.sheet[:120], "number": place.row}
    said = {"what": payment.what.strip(), "amount": payment.amount, "excepted_because": payment.excepted_because}
    row = save_new(BroughtRow(cycle_id=line.cycle_id, **said, **where))
    seal_rows(BROUGHT_ROW, [row.pk])
    return row


def _in_each_language(said: Callable[[], str]) -> dict[str, str]:
    """The warnings in every language, where there are any."""
    return in_languages(lambda _all: said(), [None])[0] if said() else {}


def correct(expense: Expense, *, why: str, by: User, at: datetime, can: Can = Can.POST_EXPENSE) -> Expense:
    """Undo a posted expense by a counter-entry of its whole amount, once; the money is free on the line again.

    Whoever sets the year up may take back what came with a file, which `can` says.
    """
    with transaction.atomic():
        grant = may_post(expense.appropriation, by, at, can)
        hold_open_year(EXPENSE.kind, expense, "correct")
        if not why.strip():
            sentence = _("Say why the expense is corrected: the reason stays with it.")
            raise NotReady(sentence, [_("A reason is missing.")])
        requests.lock_requests_of(expense.project)
        _correctable(expense)
        entry = Expense.objects.create(
            cycle_id=expense.cycle_id,
            department_id=expense.department_id,
            project_id=expense.project_id,
            appropriation_id=expense.appropriation_id,
            fund_id=expense.fund_id,
            category=expense.category,
            amount=-expense.amount,
            spent_on=expense.spent_on,
            what=expense.what,
            receipt=expense.receipt,
            receipt_key=expense.receipt_key,
            corrects=expense,
            posted_at=after_reports([expense.project_id], at),
            posted_by=by,
        )
        Project.objects.filter(pk=expense.project_id).update(spent=_rounded(-expense.amount))
        if not release_corrected(expense, why.strip(), by=by, at=at):
            Appropriation.objects.filter(pk=expense.appropriation_id).update(spent=_rounded(-expense.amount))
        _store_warnings_of(expense.appropriation, at)
        projects_changed([expense.project_id], by=by, at=at)
        _note(entry, "correct", by, at, grant, why.strip())
    return entry


def may_post(appropriation: Appropriation, by: User, at: datetime, can: Can = Can.POST_EXPENSE) -> Grant:
    """The role in which a person posts on this line, or a refusal that names who can."""
    return checks.authority(can, appropriation, by, at)


def refuse_unreadable(payment: Payment, currency: str) -> None:
    refuse_beyond(_("Amount"), payment.amount, money_in(currency).above_zero)
    if not payment.what.strip():
        raise NotReady(_("Say what the money is spent for."), [], _("A few words are enough."))
    refuse_unfit(Expense(what=payment.what, receipt=payment.receipt), ("what", "receipt"))
    refuse_unfit(BroughtRow(excepted_because=payment.excepted_because), ("excepted_because",))


def _take(line: Appropriation, amount: Decimal) -> str:
    """Take the amount from the line in one conditional statement, so that nobody overspends; the project's state.

    The project is locked before its line, as everywhere. Rounded, because SQLite reckons in binary fractions.
    """
    running = Project.objects.select_for_update(of=("self",)).filter(pk=line.project_id, state__in=POSTED_ON)
    state: str | None = running.values_list("state", flat=True).first()
    if state is None:
        raise NotNow(_("The project was put on hold or closed meanwhile."), _("Nothing was posted."))
    holding = Appropriation.objects.annotate(left=Round(F("approved") - F("spent"), STORED_PLACES))
    if not holding.filter(pk=line.pk, left__gte=amount).update(spent=_rounded(amount)):
        line.refresh_from_db(fields=["approved", "spent"])
        stopped = over(str(line), line.approved - line.spent, amount)
        raise NotReady((stopped and stopped.stop) or "", way_out=stopped.way_out if stopped else "")
    Project.objects.filter(pk=line.project_id).update(spent=_rounded(amount))
    return state


def _store_warnings_of(line: Appropriation, at: datetime) -> None:
    store_warnings(line.cycle, Appropriation.objects.filter(pk=line.pk), at=at)


def _rounded(amount: Decimal) -> Round:
    return Round(F("spent") + amount, STORED_PLACES)


def _usable(exception: SpendingException, line: Appropriation, payment: Payment, at: datetime) -> SpendingException:
    """The granted exception, locked, if it is for this line, day and no less than this amount, not used, nor lapsed."""
    locked = SpendingException.objects.select_for_update().get(pk=exception.pk)
    if locked.state != SpendingException.State.GRANTED:
        raise NotNow(_("The exception is not granted."), _("Finance decides on it."))
    if locked.has_lapsed(line.cycle.day(at)):
        sentence = _("The exception lapsed: it could be used until %(day)s.")
        way_out = _("Ask for another one; finance decides on it.")
        raise NotNow(sentence % {"day": day_of_year(locked.usable_until)}, way_out)
    is_for_it = (locked.appropriation_id, locked.spent_on) == (line.pk, payment.spent_on)
    if not is_for_it or payment.amount > locked.amount:
        sentence = _("The exception was granted for another line, day or amount.")
        raise NotReady(sentence, [], _("Post what it was granted for, or ask for another one."))
    if Expense.objects.filter(exception=locked).exists():
        way_out = _("Ask for another one for another expense.")
        raise NotNow(_("The exception was used already; it holds for one expense."), way_out)
    return locked


def _correctable(expense: Expense) -> None:
    """Refuse a second counter-entry, one of a counter-entry, and one in a year that is over; locks the project."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=expense.project_id)
    if expense.corrects_id is not None:
        raise NotNow(_("This is a counter-entry itself."), _("Post the expense anew."))
    if Expense.objects.filter(corrects=expense).exists():
        sentence = _("This expense was corrected already; a counter-entry is made once.")
        raise NotNow(sentence, _("If it was right after all, post it anew."))
    if refusal := why_not_corrected(project):
        raise refusal


def _note(expense: Expense, verb: str, by: User, at: datetime, grant: Grant, comment: str = "") -> None:
    amount = Change("amount", "", format(expense.amount, "f"), where=str(expense.appropriation))
    note("expense", expense, verb, by=by, at=at, behalf=grant.behalf, changes=[amount], comment=comment)
