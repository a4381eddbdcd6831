"""Change proposals: what should be otherwise in the process itself, decided, carried out, and told in the handbook."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Stage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import not_same, one_of, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Area(models.TextChoices):
    """What a proposal wants to change."""

    GUIDE = "guide", _("A guide of the handbook")
    RULE = "rule", _("A rule or a role")
    WINDOW = "window", _("A window or a deadline")
    THRESHOLD = "threshold", _("A limit or a threshold")
    FORM = "form", _("A form or a template")


class Setting(models.TextChoices):
    """What the portal itself can change when a proposal is carried out."""

    NONE = "", _("Nothing by itself")
    OPENS = "opens", _("The day a stage opens")
    DUE = "due", _("The due day of a stage")
    GRACE = "grace", _("The day until which late work of a stage is accepted")
    DAYS_OFF = "days-off", _("Deadlines on a day off move to the next working day")
    RECEIPTS = "receipts", _("The amount above which an expense needs a receipt")
    APPROVALS = "approvals", _("The amount above which a second manager approves the budget")
    TRANSFERS = "transfers", _("The amount up to which finance puts transfers in force alone")
    DEVIATIONS = "deviations", _("The deviation in percent beyond which a result is explained")


# What each of them is set to: a day of a stage, an amount, or nothing more.
OF_A_STAGE = (Setting.OPENS, Setting.DUE, Setting.GRACE)
# The limit of a year that each of them is.
LIMIT_OF = {
    Setting.RECEIPTS: "receipt_needed_above",
    Setting.APPROVALS: "second_approval_above",
    Setting.TRANSFERS: "small_transfer_limit",
    Setting.DEVIATIONS: "deviation_to_explain",
}
AMOUNTS = tuple(LIMIT_OF)
# What stays once the year is published: it says who decides on money.
UNTIL_PUBLISHED = (Setting.APPROVALS, Setting.TRANSFERS)
SETTING_IS_WHOLE = (
    Q(setting="", setting_of__isnull=True, stage="", due_on__isnull=True, amount__isnull=True)
    | Q(setting="days-off", setting_of__isnull=False, stage="", due_on__isnull=True, amount__isnull=True)
    | Q(
        setting__in=["opens", "due", "grace"],
        setting_of__isnull=False,
        stage__in=Stage.values,
        due_on__isnull=False,
        amount__isnull=True,
    )
    | Q(
        setting__in=["receipts", "approvals", "transfers", "deviations"],
        setting_of__isnull=False,
        stage="",
        due_on__isnull=True,
        amount__isnull=False,
    )
)
SETTING_WORDS = {
    Setting.OPENS: _("%(stage)s %(year)s, opens"),
    Setting.DUE: _("%(stage)s %(year)s, due"),
    Setting.GRACE: _("%(stage)s %(year)s, late work accepted until"),
    Setting.DAYS_OFF: _("Deadlines of %(year)s on a day off"),
    Setting.RECEIPTS: _("An expense of %(year)s needs a receipt above"),
    Setting.APPROVALS: _("A second manager approves the budget of %(year)s above"),
    Setting.TRANSFERS: _("Finance puts transfers of %(year)s in force alone up to"),
    Setting.DEVIATIONS: _("Results of %(year)s are explained beyond"),
}


class ChangeProposal(Record):
    """A change of the process that somebody proposes; everybody who takes part reads it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("measure", "Proposed")
        ADOPTED = "adopted", _("Adopted")
        DECLINED = "declined", _("Declined")
        IN_FORCE = "in_force", _("In force")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField(_("number"))
    area = models.CharField(_("what it changes"), max_length=20, choices=Area.choices)
    title = models.CharField(_("title"), max_length=120)
    what = models.TextField(_("what should change"), max_length=2000)
    because = models.TextField(_("because of"), max_length=2000)
    origin_url = models.CharField(max_length=300, blank=True)
    # A setting that changes with it: of which year, and to what; and what it was before.
    setting = models.CharField(_("setting"), max_length=20, choices=Setting.choices, blank=True)
    setting_of = models.ForeignKey(Cycle, models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    was = models.CharField(_("before"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PROPOSED)
    # The version of the handbook that tells everybody of it, once there is one.
    edition = models.PositiveIntegerField(_("handbook version"), null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)
    in_force_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["ChangeProposal"].as_manager()

    class Meta:
        verbose_name = _("change proposal")
        verbose_name_plural = _("change proposals")
        ordering: ClassVar = ["-cycle__year", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="one_proposal_per_number"),
            one_of("area", Area, "proposal_area_known"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(what="") & ~Q(because=""), name="proposal_says_what_and_why"
            ),
            models.CheckConstraint(condition=SETTING_IS_WHOLE, name="proposal_setting_is_whole"),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(state="in_force"), name="only_what_is_in_force_is_in_the_handbook"
            ),
            stamped(state_field="state", states=["adopted", "in_force"], stamp="adopted", name="proposal_adopted"),
            stamped(state_field="state", states=["declined"], stamp="declined", name="proposal_declined"),
            stamped(state_field="state", states=["in_force"], stamp="in_force", name="proposal_in_force"),
            not_same("proposed_by", "adopted_by", "proposal_adopted_by_another"),
            not_same("proposed_by", "declined_by", "proposal_declined_by_another"),
        ]

    def __str__(self) -> str:
        words = {"number": self.number, "title": typed(self.title)}
        return interpolate(_("Change proposal %(number)s, %(title)s"), words)

    def get_absolute_url(self) -> str:
        """The proposal's page."""
        return reverse("proposal", args=[self.cycle.year, self.number])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"number": self.number, "title": typed(self.title)}

    @property
    def setting_words(self) -> str:
        """ "Resource planning 2027, due: 27 December → 3 January"; empty where nothing is set."""
        if not self.setting or self.setting_of is None:
            return ""
        words = {"stage": Stage(self.stage).label if self.stage else "", "year": self.setting_of.year}
        what = SETTING_WORDS[Setting(self.setting)] % words
        if self.is_too_late:
            return gettext("%(setting)s (not set: %(year)s is closed)") % {
                "setting": formats.under(what, self.wanted_words),
                "year": self.setting_of.year,
            }
        was = self.was_words
        return formats.under(what, f"{was} → {self.wanted_words}" if was else self.wanted_words)

    @property
    def is_too_late(self) -> bool:
        """Whether its year was closed before it was carried out: the change is in force, and nothing is set."""
        closed_at = self.setting_of.closed_at if self.setting_of else None
        return closed_at is not None and (self.in_force_at is None or closed_at < self.in_force_at)

    @property
    def was_words(self) -> str:
        """What the setting was before, if it was anything."""
        if not self.was:
            return ""
        try:
            before = date.fromisoformat(self.was) if self.due_on else Decimal(self.was)
        except (ValueError, InvalidOperation):
            # Earlier versions kept it as whoever carried it out read it.
            return self.was
        return formats.day_of_year(before) if isinstance(before, date) else self._amount(before)

    @property
    def wanted_words(self) -> str:
        """What the setting is to be."""
        if self.setting == Setting.DAYS_OFF:
            return gettext("the next working day")
        return formats.day_of_year(self.due_on) if self.due_on else self._amount(self.amount)

    def _amount(self, amount: Decimal | None) -> str:
        is_percent = self.setting == Setting.DEVIATIONS and amount is not None
        return formats.percent(amount) if is_percent else formats.money(amount, 2)

    @property
    def department_id(self) -> None:
        """A proposal is about the whole organisation."""
        return
