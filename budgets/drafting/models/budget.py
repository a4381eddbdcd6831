"""One numbered version of a year's budget, and who sees it."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from planning.cycles.queries import dates_of
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Contributor, Record

Person = settings.AUTH_USER_MODEL


def begun_by(actor: Actor) -> QuerySet[Contributor, int]:
    """The budgets a person worked on, such as the amendment a head started."""
    return Contributor.objects.filter(kind="budget", person_id=actor.user.pk).values_list("record_id", flat=True)


class Budgets(Shared["Budget"]):
    """Budgets; a draft is seen by roles of the whole organisation and by the head who started it."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything from the moment it is shared; drafts only where one works on them."""
        seen = super().visible_to(actor)
        if actor.sees_everything:
            return seen
        return seen.filter(~Q(state="draft") | Q(kind="amendment", pk__in=begun_by(actor)))


class Budget(Record):
    """One numbered version of a cycle's budget. Once approved it never changes; amendments are new versions."""

    class State(models.TextChoices):
        BROUGHT = "brought", _("Brought in, not confirmed")
        RETURNED = "returned", _("Brought in, sent back")
        DRAFT = "draft", _("Draft")
        SHARED = "shared", _("Shared with departments")
        PROPOSED = "proposed", _("Proposed")
        ENDORSED = "endorsed", _("Approved by a first manager")
        APPROVED = "approved", _("Approved")
        SUPERSEDED = "superseded", _("Superseded")

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Budget of the year")
        AMENDMENT = "amendment", _("Amendment")
        BROUGHT = "brought", _("Plan approved outside the portal")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="budgets")
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ORIGINAL)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    # Of a plan that was brought in: on which day and by whom it was approved, elsewhere.
    outside_on = models.DateField(_("approved outside on"), null=True, blank=True)
    outside_by = models.CharField(_("approved outside by"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Budgets.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="one_budget_per_number"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(state="approved"), name="one_budget_in_force"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(state__in=["brought", "returned", "draft", "shared", "proposed", "endorsed"]),
                name="one_budget_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["original", "brought"], based_on__isnull=True)
                | (Q(kind="amendment", based_on__isnull=False) & ~Q(reason="")),
                name="amendment_names_base_and_reason",
            ),
            models.CheckConstraint(
                condition=(Q(kind="brought", outside_on__isnull=False) & ~Q(outside_by=""))
                | (~Q(kind="brought") & Q(outside_on__isnull=True, outside_by="")),
                name="brought_plan_says_who_approved",
                violation_error_message=_("A plan that is brought in says on which day and by whom it was approved."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["brought", "returned"]) | Q(kind="brought"),
                name="only_a_brought_plan_is_confirmed",
            ),
            stamped(state_field="state", states=["returned"], stamp="returned", name="plan_returned"),
            stamped(state_field="state", states=["shared"], stamp="shared", name="budget_shared"),
            stamped(
                state_field="state",
                states=["brought", "returned", "proposed", "endorsed", "approved", "superseded"],
                stamp="proposed",
                name="budget_proposed",
            ),
            stamped(state_field="state", states=["endorsed"], stamp="endorsed", name="budget_endorsed"),
            stamped(state_field="state", states=["approved", "superseded"], stamp="approved", name="budget_approved"),
            not_same("proposed_by", "approved_by", "budget_approved_by_another"),
            not_same("endorsed_by", "approved_by", "second_approval_by_another"),
            not_same("proposed_by", "endorsed_by", "budget_endorsed_by_another"),
        ]

    def __str__(self) -> str:
        return _("Budget %(year)s, version %(number)s") % {"year": self.cycle.year, "number": self.number}

    @property
    def gist(self) -> str:
        """Why it is amended."""
        return typed(Truncator(self.reason).words(9)) if self.reason else ""

    def get_absolute_url(self) -> str:
        """The budget sheet."""
        return reverse("budget", args=[self.cycle.year, self.number])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.cycle.year, "number": self.number}

    @property
    def department_id(self) -> None:
        """The budget belongs to the whole organisation; its lines to departments."""
        return

    @property
    def outside_said(self) -> str:
        """That the plan was brought in, on which day and by whom it was approved, and whether it is in force."""
        words = {"year": self.cycle, "day": day_of_year(self.outside_on), "by": typed(self.outside_by)}
        sentence = _("The plan of %(year)s was brought in: approved outside on %(day)s by %(by)s.")
        if self.state in (self.State.BROUGHT, self.State.RETURNED):
            sentence = _(
                "The plan of %(year)s was brought in: approved outside on %(day)s by %(by)s. It is not in force until "
                "a manager who did not bring it confirms it."
            )
        return interpolate(sentence, words)

    @property
    def due_on(self) -> date | None:
        """Until when the budget of the year is to be approved; an amendment and a plan brought in have no such day."""
        window = dates_of(self.cycle, Stage.BUDGET)
        return window.due_on if window and self.kind == self.Kind.ORIGINAL else None

    @property
    def due_moved_from(self) -> date | None:
        """The day off from which that day was moved."""
        window = dates_of(self.cycle, Stage.BUDGET)
        return window.moved_from if window and self.kind == self.Kind.ORIGINAL else None
