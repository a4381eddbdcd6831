"""Every act of the ledger as the portal carries it out: the same names, the portal's own actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from budgets.drafting import actions as budgets
from budgets.spending import actions as spending
from evaluations.reports import actions as reports
from evaluations.reviews import actions as reviews
from planning.cycles import actions as cycles
from planning.forecasts import actions as forecasts
from planning.models import Actual, Project
from planning.projects import actions as projects
from planning.requests import actions as requests
from sop_portal.foundation.organisation.models import User
from sop_portal.handover.actions import merge as merge_departments
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.tests.simulation import records
from sop_portal.tests.simulation.ledger.facts import Fund, LineKey, Pool, ProjectKey, Typed
from sop_portal.tests.simulation.records import NotThere

Figures = dict[str, Decimal | None]
NO = Decimal(0)


@dataclass
class Portal:
    """Acts at one moment after the other; `seen` is what stood on the page, an older version where it is stale."""

    at: datetime = datetime.min
    decision_before: str = ""

    def act(self, name: str, at: datetime, by: str, args: dict[str, Any]) -> None:
        """Carry an act out; raises what the portal raises."""
        self.at = at
        getattr(self, name)(records.person(by), **args)

    def _step(self, act: Callable[..., Any], record: Any, by: User, stale: bool = False, **more: Any) -> None:
        act(record, by=by, at=self.at, seen=record.version - stale, **more)

    # -- people and departments ---------------------------------------------------------------------------------------

    def add_department(self, by: User, key: str, name: str, head: str) -> None:
        made = people.add_department(name=name, slug=key, by=by, at=self.at)
        term = Term(self.at.date())
        people.give_role(records.person(head), role="head", department=made, term=term, by=by, at=self.at)

    def owe_newcomer(self, by: User, department: str) -> None:
        forecasts.owe_newcomer(records.department(department), by=by, at=self.at)

    def rename_department(self, by: User, department: str, name: str) -> None:
        people.change_department(records.department(department), name=name, by=by, at=self.at)

    def delegate(self, by: User, giver: str, deputy: str, role: str, until: date) -> None:
        term, who = Term(self.at.date(), until), records.person
        people.delegate(giver=who(giver), deputy=who(deputy), role=role, term=term, by=by, at=self.at)

    def merge(self, by: User, department: str, into: str) -> None:
        merge_departments(records.department(department), records.department(into), by=by, at=self.at)

    # -- the year, and what departments say they need -----------------------------------------------------------------

    def create_year(self, by: User, year: int, limit: Decimal | None, small: Decimal) -> None:
        plan = cycles.YearPlan(starts_month=1, second_approval_above=limit, small_transfer_limit=small)
        cycles.create_cycle(year=year, plan=plan, by=by, at=self.at)

    def publish_year(self, by: User, year: int) -> None:
        self._step(forecasts.publish_year, records.cycle(year), by)

    def close_year(self, by: User, year: int, stale: bool = False) -> None:
        self._step(cycles.close_year, records.cycle(year), by, stale)

    def extend(self, by: User, year: int, stage: str, department: str, until: date, reason: str) -> None:
        more = cycles.MoreTime(stage, records.department(department), until, reason)
        cycles.extend(records.cycle(year), more, by=by, at=self.at)

    def add_project(self, by: User, year: int, department: str, slug: str, name: str, lead: str) -> None:
        new = forecasts.NewProject(name, records.person(lead) if lead else None)
        forecasts.add_project(records.forecast(year, department), new, by=by, at=self.at)

    def type_figures(
        self, by: User, year: int, department: str, slug: str, typed: dict[str, Typed], stale: bool = False
    ) -> None:
        line = records.forecast_line((year, department, slug))
        said = {metric: forecasts.Typed(t.override, t.source, t.reason) for metric, t in typed.items()}
        forecasts.set_figures(line, said, by=by, at=self.at, seen=line.forecast.version - stale)

    def leave_out(self, by: User, year: int, department: str, slug: str, why: str, stale: bool = False) -> None:
        line = records.forecast_line((year, department, slug))
        forecasts.leave_out(line, why=why, by=by, at=self.at, seen=line.forecast.version - stale)

    def take_in(self, by: User, year: int, department: str, slug: str, stale: bool = False) -> None:
        line = records.forecast_line((year, department, slug))
        forecasts.take_in(line, by=by, at=self.at, seen=line.forecast.version - stale)

    def submit_forecast(self, by: User, year: int, department: str, comment: str = "", stale: bool = False) -> None:
        self._step(forecasts.submit, records.forecast(year, department), by, stale, comment=comment)

    def withdraw_forecast(self, by: User, year: int, department: str) -> None:
        self._step(forecasts.withdraw, records.forecast(year, department), by)

    def accept_forecast(self, by: User, year: int, department: str) -> None:
        self._step(forecasts.accept, records.forecast(year, department), by)

    def send_back_forecast(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(forecasts.send_back, records.forecast(year, department), by, comment=comment)

    def waive_forecast(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(forecasts.waive, records.forecast(year, department), by, comment=comment)

    def start_report(self, by: User, year: int, reason: str) -> None:
        forecasts.start_report(records.cycle(year), by=by, at=self.at, reason=reason)

    def publish_report(self, by: User, year: int) -> None:
        self._step(requests.publish_report, records.demand_report(year), by)

    def rename_project(self, by: User, year: int, department: str, slug: str, name: str, called: str) -> None:
        self._step(projects.rename_project, records.project((year, department, slug)), by, name=name)

    def correct_past(self, by: User, department: str, slug: str, year: int, figures: Figures) -> None:
        past = Actual.objects.filter(department__slug=department, slug=slug, year=year)
        actual = records.only(past.select_related("department"))
        projects.correct_figures(actual, figures, reason="Counted again", by=by, at=self.at, seen=actual.version)

    # -- requests and pools -------------------------------------------------------------------------------------------

    def add_pool(self, by: User, year: int, pool: Pool) -> None:
        requests.add_pool(records.cycle(year), pool.kind, self._terms(year, pool), by=by, at=self.at)

    def _terms(self, year: int, pool: Pool) -> requests.PoolTerms:
        return requests.PoolTerms(
            pool.name,
            "hours" if pool.kind == "people" else "USD",
            pool.capacity,
            rate=pool.rate,
            paid_from=records.pool(year, pool.payer) if pool.payer else None,
            is_paid_for=pool.kind != "money" and pool.rate is None,
            is_usual=pool.is_usual,
            takes_materials=pool.takes_materials,
        )

    def change_pool(
        self, by: User, year: int, name: str, capacity: Decimal, rate: Decimal | None, stale: bool = False
    ) -> None:
        found = records.pool(year, name)
        kept = ("name", "unit", "paid_from", "is_paid_for", "is_usual", "takes_materials")
        terms = requests.PoolTerms(capacity=capacity, rate=rate, **{field: getattr(found, field) for field in kept})
        requests.change_pool(found, terms, by=by, at=self.at, seen=found.version - stale)

    def ask(self, by: User, key: ProjectKey, name: str, asked: Any, why: str, stale: bool = False) -> None:
        found, of = records.request(*key[:2]), records.project(key)
        line = records.forecast_line(key) if asked.is_forecast else None
        said = requests.AskedLine(
            records.pool(key[0], asked.pool),
            name,
            asked.quantity,
            why=why,
            forecast_line=line,
            why_not_forecast="" if line else "Came up later",
        )
        requests.add_line(found, of, said, by=by, at=self.at, seen=found.version - stale)

    def change_asked(
        self, by: User, key: ProjectKey, name: str, quantity: Decimal, why: str, stale: bool = False
    ) -> None:
        line = records.asked((*key[:2], name))
        said = requests.AskedLine(
            line.pool, line.what, quantity, why, line.needed_on, line.forecast_line, line.why_not_forecast
        )
        requests.change_line(line, said, by=by, at=self.at, seen=line.request.version - stale)

    def remove_asked(self, by: User, key: ProjectKey, name: str, stale: bool = False) -> None:
        line = records.asked((*key[:2], name))
        requests.remove_line(line, by=by, at=self.at, seen=line.request.version - stale)

    def fill_in(self, by: User, year: int, department: str, chosen: dict[str, str]) -> None:
        found = records.request(year, department)
        pools = {metric: records.pool(year, name) for metric, name in chosen.items()}
        requests.fill_in(found, pools, by=by, at=self.at, seen=found.version)

    def submit_request(self, by: User, year: int, department: str, comment: str = "", stale: bool = False) -> None:
        self._step(requests.submit, records.request(year, department), by, stale, comment=comment)

    def withdraw_request(self, by: User, year: int, department: str) -> None:
        self._step(requests.withdraw, records.request(year, department), by)

    def send_back_request(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(requests.send_back, records.request(year, department), by, comment=comment)

    def waive_request(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(requests.waive, records.request(year, department), by, comment=comment)

    def grant(
        self, by: User, key: ProjectKey, name: str, decision: str, granted: Decimal, reason: str, stale: bool = False
    ) -> None:
        line = records.asked((*key[:2], name))
        before, self.decision_before = self.decision_before, line.decision_version
        if before == line.decision_version:
            # Nothing was decided since: what is stale was shown before that.
            before = "shown before"
        decided = requests.LineDecision(decision, granted, reason)
        seen = {"seen": line.request.version, "seen_decision": before if stale else None}
        requests.grant(line, decided, by=by, at=self.at, **seen)

    def allocate(self, by: User, year: int, department: str) -> None:
        self._step(requests.allocate, records.request(year, department), by)

    # -- the budget ---------------------------------------------------------------------------------------------------

    def compile_budget(self, by: User, year: int) -> None:
        budgets.compile_budget(records.cycle(year), by=by, at=self.at)

    def take_in_new(self, by: User, year: int) -> None:
        self._step(budgets.take_in_new, records.budget(year), by)

    def set_line(self, by: User, key: LineKey, given: dict[str, Any], stale: bool = False) -> None:
        line = records.line(key)
        amounts = budgets.LineAmounts(
            *given["quarters"],
            category=given.get("category"),
            fund=records.fund(given["fund"]) if "fund" in given else None,
            more_reason=given.get("more_reason"),
            serves_purpose=given.get("serves"),
        )
        budgets.set_line(line, amounts, by=by, at=self.at, seen=line.budget.version - stale)

    def refuse_line(self, by: User, key: LineKey, why: str, stale: bool = False) -> None:
        line = records.line(key)
        budgets.leave_out(line, why=why, by=by, at=self.at, seen=line.budget.version - stale)

    def share(self, by: User, year: int, stale: bool = False) -> None:
        self._step(budgets.share, records.budget(year), by, stale)

    def confirm(self, by: User, year: int, department: str, stale: bool = False) -> None:
        self._step(budgets.confirm, records.confirmation(year, department), by, stale)

    def contest(self, by: User, year: int, department: str, key: LineKey, wanted: Decimal, reason: str) -> None:
        contested = {records.line(key).pk: (wanted, reason)}
        self._step(budgets.contest, records.confirmation(year, department), by, contested=contested)

    def settle(self, by: User, year: int, department: str, amounts: dict[LineKey, Decimal]) -> None:
        new = {records.line(key).pk: amount for key, amount in amounts.items()}
        self._step(budgets.settle, records.confirmation(year, department), by, amounts=new)

    def overrule(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(budgets.overrule, records.confirmation(year, department), by, comment=comment)

    def pass_over(self, by: User, year: int, department: str, comment: str) -> None:
        self._step(budgets.pass_over, records.confirmation(year, department), by, comment=comment)

    def propose(self, by: User, year: int, stale: bool = False) -> None:
        self._step(budgets.propose, records.budget(year), by, stale)

    def endorse(self, by: User, year: int) -> None:
        self._step(budgets.endorse, records.budget(year), by)

    def approve(self, by: User, year: int, stale: bool = False) -> None:
        self._step(budgets.approve, records.budget(year), by, stale)

    def put_in_force(self, by: User, year: int) -> None:
        self._step(budgets.put_in_force, records.budget(year), by)

    def send_back_budget(self, by: User, year: int, comment: str) -> None:
        self._step(budgets.send_back, records.budget(year), by, comment=comment)

    def amend(self, by: User, year: int, reason: str) -> None:
        budgets.amend(records.budget(year, "approved"), reason=reason, by=by, at=self.at)

    def drop(self, by: User, year: int) -> None:
        budget = records.budget(year)
        budgets.drop(budget, by=by, at=self.at, seen=budget.version)

    def set_fund(self, by: User, name: str, fund: Fund, is_new: bool, stale: bool = False) -> None:
        terms = budgets.FundTerms(
            fund.name, fund.is_restricted, fund.purpose, fund.amount, starts_on=fund.starts, ends_on=fund.ends
        )
        if is_new:
            budgets.add_fund(terms, by=by, at=self.at)
        else:
            found = records.fund(name)
            budgets.change_fund(found, terms, by=by, at=self.at, seen=found.version - stale)

    # -- execution ----------------------------------------------------------------------------------------------------

    def post(self, by: User, key: LineKey, name: str, amount: Decimal, on: date, leave: str = "") -> None:
        payment = spending.Payment(amount, on, name)
        given = records.leave(leave) if leave else None
        spending.post(records.approved(key), payment, by=by, at=self.at, exception=given)

    def undo_expense(self, by: User, name: str, why: str) -> None:
        spending.correct(records.expense(name), why=why, by=by, at=self.at)

    def ask_leave(
        self, by: User, key: LineKey, name: str, amount: Decimal, on: date, why: str, another: bool = False
    ) -> None:
        line, payment = records.approved(key), spending.Payment(amount, on, name)
        spending.ask_exception(line, payment, why=why, by=by, at=self.at, is_another=another)

    def decide_leave(self, by: User, name: str, granted: bool, comment: str) -> None:
        self._step(spending.grant if granted else spending.refuse, records.leave(name), by, comment=comment)

    def start(self, by: User, key: ProjectKey, stale: bool = False) -> None:
        self._step(reports.activate, records.project(key), by, stale)

    def hold(self, by: User, key: ProjectKey, why: str) -> None:
        self._step(spending.hold, records.project(key), by, comment=why)

    def resume(self, by: User, key: ProjectKey) -> None:
        self._step(spending.resume, records.project(key), by)

    def cancel(self, by: User, key: ProjectKey, why: str) -> None:
        self._step(spending.cancel, records.project(key), by, comment=why)

    def complete(self, by: User, key: ProjectKey) -> None:
        self._step(reviews.complete, records.project(key), by)

    def write_report(
        self, by: User, key: ProjectKey, month: date, held: int, reached: int, said: str, stale: bool = False
    ) -> None:
        content = reports.ReportContent(held, reached, "None", "More", said)
        self._step(reports.write, records.report(key, month), by, stale, content=content)

    def submit_report(self, by: User, key: ProjectKey, month: date, comment: str = "") -> None:
        self._step(reports.submit, records.report(key, month), by, comment=comment)

    def decide_report(self, by: User, key: ProjectKey, month: date, accepted: bool, comment: str) -> None:
        act = reports.accept if accepted else reports.send_back
        self._step(act, records.report(key, month), by, comment=comment)

    def correct_count(self, by: User, key: ProjectKey, month: date, metric: str, becomes: int, why: str) -> None:
        reports.correct_count(records.report(key, month), metric, becomes, reason=why, by=by, at=self.at)

    def decide_count(self, by: User, key: ProjectKey, month: date, metric: str, confirmed: bool, comment: str) -> None:
        act = reports.confirm if confirmed else reports.decline
        self._step(act, records.asked_correction(key, month, metric), by, comment=comment)

    def withdraw_count(self, by: User, key: ProjectKey, month: date, metric: str) -> None:
        self._step(reports.withdraw, records.asked_correction(key, month, metric), by)

    def write_evaluation(
        self, by: User, key: ProjectKey, hours: Decimal | None, said: str, stale: bool = False
    ) -> None:
        words = dict.fromkeys(("reached", "problems", "better", "explanation"), said)
        self._step(reviews.write, records.evaluation(key), by, stale, people_used=hours, **words)

    def submit_evaluation(self, by: User, key: ProjectKey, comment: str = "") -> None:
        self._step(reviews.submit, records.evaluation(key), by, comment=comment)

    def decide_evaluation(self, by: User, key: ProjectKey, reviewed: bool, comment: str) -> None:
        act = reviews.review if reviewed else reviews.send_back
        self._step(act, records.evaluation(key), by, comment=comment)


__all__ = ["NotThere", "Portal", "Project"]
