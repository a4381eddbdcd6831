"""Feedback from departments: said, answered, and what followed; and how hard people found a stage."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from planning.cycles.calendar import DueDay, counted_due
from planning.cycles.queries import days_that_move
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.constraints import not_same, one_of, stamped
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.organisation.working_days import WorkingDays
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
ANSWERED_WITHIN = timedelta(days=14)


class Feedback(Record):
    """What a department reports about its progress, its problems or the process; management answers."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")

    class Kind(models.TextChoices):
        PROBLEM = "problem", _("Problem")
        IDEA = "idea", _("Idea")
        PRAISE = "praise", _("Praise")
        QUESTION = "question", _("Question")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="feedback")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PROBLEM)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what we experienced"), max_length=2000)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # What whoever gave it says of the answer; nothing until they do.
    helped = models.BooleanField(_("the answer helped"), null=True, blank=True)

    objects = Scoped["Feedback"].as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        indexes: ClassVar = [
            models.Index(fields=["cycle", "given_at", "id"], name="feedback_by_moment"),
            models.Index(fields=["cycle", "department", "given_at", "id"], name="department_feedback_by_moment"),
        ]
        constraints: ClassVar = [
            stamped(state_field="state", states=["answered"], stamp="answered", name="feedback_answered"),
            not_same("given_by", "answered_by", "feedback_answered_by_another"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="feedback_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["problem", "idea", "praise", "question"]), name="feedback_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(helped__isnull=True) | Q(state="answered"), name="only_an_answer_can_have_helped"
            ),
        ]

    def __str__(self) -> str:
        return typed(self.title)

    def get_absolute_url(self) -> str:
        """The feedback's page."""
        return reverse("feedback-entry", args=[self.cycle.year, self.pk])

    @property
    def gist(self) -> str:
        """The beginning of what was said."""
        return typed(Truncator(self.text.strip().rstrip(".。")).words(9))

    @cached_property
    def due_day(self) -> DueDay:
        """The day by which it is answered, and the day off from which the year moved it; `with_days` asks for many."""
        return self.counted(days_that_move(self.cycle))

    def counted(self, days: WorkingDays | None) -> DueDay:
        """The same, where the working days to which its year moves deadlines are known."""
        return counted_due(self.cycle.day(self.given_at) + ANSWERED_WITHIN, days)

    @property
    def answer_by(self) -> date:
        """Until when management answers."""
        return self.due_day.on

    @property
    def due_on(self) -> date:
        """The day by which it is answered."""
        return self.answer_by

    @property
    def is_in_time(self) -> bool:
        """Whether it was answered by the day the answer was due."""
        return self.answered_at is not None and self.cycle.day(self.answered_at) <= self.answer_by

    def is_late(self, on: date) -> bool:
        """Whether the answer came after its day, or has not come although its day is over."""
        return self.answer_by < on if self.answered_at is None else not self.is_in_time

    @property
    def lead_id(self) -> int:
        """The person who gave the feedback, in the place of a lead."""
        return self.given_by_id


class StageAnswers(models.Model):
    """How hard people found a stage of a year, all answers together and none by itself.

    Answers are only counted, and the words beside them stand in the order of the alphabet: no row, no order and no
    moment leads from one of them to whoever gave it.
    """

    class Answer(models.TextChoices):
        EASY = "easy", _("Easy")
        FINE = "fine", _("All right")
        HARD = "hard", _("Hard")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="stage_answers")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    easy = models.PositiveIntegerField(_("easy"), default=0)
    fine = models.PositiveIntegerField(_("all right"), default=0)
    hard = models.PositiveIntegerField(_("hard"), default=0)
    words = models.JSONField(_("words beside the answers"), default=list, blank=True)

    objects = Shared["StageAnswers"].as_manager()

    class Meta:
        verbose_name = _("answers about a stage")
        verbose_name_plural = _("answers about stages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "stage"], name="answers_once_per_stage"),
            one_of("stage", Stage, "answers_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.stage}"

    @property
    def count(self) -> int:
        """How many have answered."""
        return self.easy + self.fine + self.hard


class AnswerMark(models.Model):
    """That somebody has answered, so that nobody answers twice: a keyed mark from which no name can be read."""

    answers = models.ForeignKey(StageAnswers, models.PROTECT, related_name="marks")
    mark = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("mark of an answer")
        verbose_name_plural = _("marks of answers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["answers", "mark"], name="one_answer_per_mark")]

    def __str__(self) -> str:
        return self.mark
