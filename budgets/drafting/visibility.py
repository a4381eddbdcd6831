"""Who sees which budgets, lines and confirmations: drafts belong to finance, a department sees its own lines only."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Contributor


def begun_by(actor: Actor) -> QuerySet[Contributor, int]:
    """The budgets a person has a hand in: the amendment a head started."""
    return Contributor.objects.filter(kind="budget", person_id=actor.user.pk).values_list("record_id", flat=True)


class Budgets(Shared[Any]):
    """Budgets; a draft is seen by roles of the whole organisation and by the head who started it."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything from the moment it is shared; drafts only where one works on them."""
        seen = super().visible_to(actor)
        if actor.sees_everything:
            return seen
        return seen.filter(~Q(state="draft") | Q(kind="amendment", pk__in=begun_by(actor)))


class BudgetLines(Scoped[Any]):
    """Lines; a department sees its own, and only once the budget was shared."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the own lines of budgets one sees."""
        seen = super().visible_to(actor)
        if actor.sees_everything:
            return seen
        return seen.filter(~Q(budget__state="draft") | Q(budget__kind="amendment", budget_id__in=begun_by(actor)))


class Confirmations(Scoped[Any]):
    """Confirmations; while a budget is being redrafted, departments see none."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the own ones of shared budgets."""
        seen = super().visible_to(actor)
        return seen if actor.sees_everything else seen.exclude(budget__state="draft")

    def begun(self, on: date) -> Self:
        """Those somebody owes something for: a budget that is no longer (or not again) shared waits for nobody."""
        return self.filter(budget__state="shared")
