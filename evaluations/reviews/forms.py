"""What is typed into an evaluation, its review, and the filters of the two lists."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.forms import MeasureProposalForm
from evaluations.improvements.queries import LIKE_ANOTHER, open_measure_like
from evaluations.reviews.actions import GoalFigures
from evaluations.reviews.figures import GoalFact
from evaluations.reviews.models import ANSWERS, COUNTED, QUESTIONS, Evaluation, Lesson
from evaluations.reviews.queries import departments_of
from evaluations.reviews.workflow import EVALUATION
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.money import QuantityField
from sop_portal.foundation.kit.text import AskedTextField, TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.conflicts import Place
from sop_portal.foundation.workflow.forms import SharedForm
from sop_portal.foundation.workflow.seen import SeenField, SeenVersion

LONGEST_ANSWER = 4000
ASKED = ("reached", "problems", "better", "people_used", "explanation")
FIGURE = {"class": "form-control--num"}


class ResultField(QuantityField):
    """The result of a goal: a draft may leave it empty, submitting asks for it."""

    is_asked = True


class EvaluationForm(SharedForm):
    """The three questions, the hours, the results of the department's own goals, and why it differs from the plan."""

    reached = AskedTextField(label=QUESTIONS["reached"], max_length=LONGEST_ANSWER)
    problems = AskedTextField(label=QUESTIONS["problems"], max_length=LONGEST_ANSWER)
    better = AskedTextField(label=QUESTIONS["better"], max_length=LONGEST_ANSWER)
    people_used = QuantityField(
        label=_("Hours worked"),
        required=False,
        help_text=_("Leave it empty if nobody counted: that is not zero."),
        widget=forms.TextInput(attrs=FIGURE),
    )
    explanation = TypedTextField(label=ANSWERS["explanation"], max_length=LONGEST_ANSWER, required=False)

    def __init__(self, typed: QueryDict | None, *, evaluation: Evaluation, goals: list[GoalFact]) -> None:
        super().__init__(typed)
        self.own = [fact.goal for fact in goals if not fact.goal.is_counted]
        for goal in self.own:
            label = _("Result: %(indicator)s") % {"indicator": goal.indicator}
            figure = forms.TextInput(attrs=FIGURE)
            self.fields[f"goal_{goal.pk}"] = ResultField(label=label, required=False, widget=figure)
        results = {f"goal_{goal.pk}": goal.actual for goal in self.own}
        self.share(EVALUATION, evaluation, {name: getattr(evaluation, name) for name in ASKED} | results)

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the department's answers."""
        return [self[name] for name in ASKED]

    @property
    def results(self) -> list[dict[str, Any]]:
        """The department's own goals, each with the field of its result."""
        return [{"goal": goal, "field": self[f"goal_{goal.pk}"]} for goal in self.own]

    def places(self, name: str) -> list[Place]:
        """The trail notes a result under the indicator of its goal."""
        return [(goal.indicator, "actual") for goal in self.own if name == f"goal_{goal.pk}"] or [("", name)]

    def answers(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The answers for `actions.write`, from the cleaned fields."""
        goals = {goal.pk: values[f"goal_{goal.pk}"] for goal in self.own}
        return {name: values[name] for name in ASKED} | {"goals": goals}


class GoalForm(forms.Form):
    """A goal of the department's own."""

    indicator = TypedNameField(label=_("Indicator"))
    baseline = QuantityField(label=_("Baseline value"), required=False, widget=forms.TextInput(attrs=FIGURE))
    target = QuantityField(label=_("Target"), widget=forms.TextInput(attrs=FIGURE))
    actual = QuantityField(label=_("Result"), required=False, widget=forms.TextInput(attrs=FIGURE))

    def clean_indicator(self) -> str:
        """The portal's own two indicators are not added again."""
        indicator = str(self.cleaned_data["indicator"])
        if indicator in COUNTED:
            raise forms.ValidationError(_("The portal counts activities and participants itself."))
        return indicator

    @property
    def figures(self) -> GoalFigures:
        """What `actions.add_goal` takes beside the indicator."""
        typed = self.cleaned_data
        return GoalFigures(typed["baseline"], typed["target"], typed["actual"])


class LessonForm(forms.Form):
    """One lesson in one's own words."""

    lesson = TypedTextField(
        label=_("Another lesson"),
        max_length=1000,
        rows=3,
        help_text=_("One thing the planners of the next year should know, in one or two sentences."),
    )


class EvaluationForms:
    """Everything that can be typed on an evaluation at once: the answers, and one more lesson, goal and measure."""

    def __init__(self, evaluation: Evaluation, goals: list[GoalFact], typed: QueryDict | None = None) -> None:
        extra: dict[str, Any] = {"data": typed, "empty_permitted": True, "use_required_attribute": False}
        self.department = evaluation.department
        self.answers = EvaluationForm(typed, evaluation=evaluation, goals=goals)
        self.lesson, self.goal, self.measure = LessonForm(**extra), GoalForm(**extra), MeasureProposalForm(**extra)
        self.measure.fields["what"].help_text = _("Management decides, and names an owner and a due date.")
        self.all = (self.answers, self.lesson, self.goal, self.measure)

    def is_valid(self) -> bool:
        """Whether all that was typed can be kept; every form is asked, so that every error is shown."""
        return not [form for form in self.all if not form.is_valid()] and not self._repeats_measure()

    def _repeats_measure(self) -> bool:
        """Whether the measure looks like one that is open, and nobody said that it is another one."""
        what: str = self.measure.cleaned_data.get("what") or ""
        return bool(what) and self.measure.asks_about_duplicate(open_measure_like(self.department, what), LIKE_ANOTHER)

    @property
    def waiting(self) -> list[str]:
        """What was begun and is written down by its own button only: a lesson, a goal, a measure."""
        begun = [form for form in (self.lesson, self.goal, self.measure) if form.has_changed()]
        return [str(next(iter(form.fields.values())).label) for form in begun]


class ReviewForm(forms.Form):
    """The wording in which each lesson is published, and a word to the department."""

    seen = SeenField()
    comment = TypedTextField(label=_("Comment"), required=False)

    def __init__(self, typed: QueryDict | None = None, *, evaluation: Evaluation) -> None:
        super().__init__(typed, initial={"seen": SeenVersion.on(EVALUATION, evaluation)})
        self.lessons = list(evaluation.lessons.order_by("pk"))
        for number, lesson in enumerate(self.lessons, start=1):
            label = _("Lesson %(number)s as published") % {"number": number}
            self.fields[f"lesson_{lesson.pk}"] = TypedTextField(
                label=label, max_length=1000, rows=3, initial=lesson.written
            )
        self.order_fields(["seen", *(f"lesson_{lesson.pk}" for lesson in self.lessons), "comment"])

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for `actions.review`, from the cleaned fields."""
        typed = self.cleaned_data
        lessons = {lesson.pk: typed[f"lesson_{lesson.pk}"] for lesson in self.lessons}
        return {"seen": typed["seen"], "comment": typed["comment"], "lessons": lessons}


class LessonFilter(ListFilter):
    """Which lessons are shown."""

    q = TypedNameField(label=_("Project or words"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    department = forms.ModelChoiceField(
        Department.objects.all(),
        label=_("Department"),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )

    def narrow(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """The lessons that were asked for."""
        wanted = self.wanted
        if "department" in wanted:
            rows = rows.filter(department=wanted["department"])
        if "q" in wanted:
            words = wanted["q"]
            of_project = Q(project_slug__iexact=words) | Q(evaluation__project__name__icontains=words)
            rows = rows.filter(of_project | Q(published__icontains=words))
        return rows


class EvaluationFilter(ListFilter):
    """Which evaluations are shown."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Evaluation.State.choices]
    )

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        self.fields["department"].queryset = departments_of(actor)  # type: ignore[attr-defined]
