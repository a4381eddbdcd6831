"""What is typed about training: what is needed, when a session is held, who is invited, who comes and came."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.training.actions import NeedTerms, SessionTerms
from evaluations.training.models import TrainingNeed, TrainingSession
from evaluations.training.queries import needs_asked, steps_to_learn, who_can_be_invited, who_can_train
from evaluations.training.workflow import TRAINING
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.formats import under
from sop_portal.foundation.kit.text import TypedNameField
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.forms import ShownForm
from sop_portal.foundation.workflow.seen import SeenField, SeenVersion


class NeedForm(ShownForm):
    """What everybody in a role needs to know before a window opens."""

    title = TypedNameField(label=_("What is to be known?"), help_text=_("For example: Write a request"))
    role = forms.ChoiceField(label=_("Who needs it?"), choices=Role.choices)
    step = forms.ChoiceField(label=_("For which step?"))
    stage = forms.ChoiceField(label=_("Before the window of"), choices=Stage.choices)
    holds_years = forms.IntegerField(label=_("Years it holds"), min_value=1, max_value=10, initial=2)
    is_asked = forms.BooleanField(label=_("It is asked of everybody in the role"), required=False, initial=True)

    def __init__(self, typed: QueryDict | None = None, *, need: TrainingNeed | None = None) -> None:
        initial = {name: getattr(need, name) for name in NeedTerms.__dataclass_fields__} if need else {}
        super().__init__(typed, initial=initial)
        choices = [(name, under(table.label, step.label)) for name, (table, step) in steps_to_learn().items()]
        self.fields["step"].choices = choices  # type: ignore[attr-defined]
        self.show(need, NeedTerms.__dataclass_fields__)

    @property
    def terms(self) -> NeedTerms:
        """What the actions are given."""
        return NeedTerms(**self.cleaned_data)


class SessionForm(forms.Form):
    """When, where, by whom and with what a session is held."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    need = forms.ModelChoiceField(TrainingNeed.objects.none(), label=_("What it teaches"))
    held_on = DayField(label=_("Date"))
    begins = forms.TimeField(
        label=_("Begins"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("For example 14:00"),
    )
    lasts = forms.IntegerField(label=_("Length in minutes"), min_value=5, max_value=960, initial=60)
    place = TypedNameField(label=_("Place or link"), max_length=200)
    trainer = forms.ModelChoiceField(User.objects.none(), label=_("Trainer"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=1000, initial=12)
    material = TypedNameField(label=_("Material"), max_length=300, required=False, help_text=_("Where it is found."))

    def __init__(
        self, typed: QueryDict | None = None, *, cycle: Cycle, on: date, session: TrainingSession | None = None
    ) -> None:
        names = ("need", *SessionTerms.__dataclass_fields__)
        initial = {name: getattr(session, name) for name in names} | {"seen": session.version} if session else {}
        super().__init__(typed, initial=initial)
        limit_to_span(self, days_to_meet(cycle, on), "held_on")
        self.fields["trainer"].queryset = who_can_train(on)  # type: ignore[attr-defined]
        self.fields["need"].queryset = needs_asked()  # type: ignore[attr-defined]
        if session is not None:
            del self.fields["need"]

    @property
    def terms(self) -> SessionTerms:
        """What the actions are given."""
        typed = self.cleaned_data
        return SessionTerms(**{name: typed[name] for name in SessionTerms.__dataclass_fields__})


class InviteForm(forms.Form):
    """Who is invited to a session."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Who needs it"), widget=forms.CheckboxSelectMultiple, required=False
    )
    other = forms.ModelChoiceField(
        User.objects.none(), label=_("Somebody else"), required=False, empty_label=_("Nobody else")
    )

    def __init__(
        self, typed: QueryDict | None = None, *, session: TrainingSession, needing: list[int], on: date
    ) -> None:
        super().__init__(typed, initial={"seen": session.version, "people": needing[: session.free]})
        can = who_can_be_invited(session, on)
        self.fields["people"].queryset = can.filter(pk__in=needing)  # type: ignore[attr-defined]
        self.fields["other"].queryset = can.exclude(pk__in=needing)  # type: ignore[attr-defined]
        if not needing:
            del self.fields["people"]

    @property
    def chosen(self) -> list[User]:
        """Everybody who was chosen."""
        other = self.cleaned_data["other"]
        return [*self.cleaned_data.get("people", ()), *([other] if other else [])]


class ReplyForm(forms.Form):
    """Whether one comes."""

    comes = forms.ChoiceField(
        label=_("Your reply"), choices=[("yes", _("I come")), ("no", _("I cannot come"))], widget=forms.RadioSelect
    )


class AttendanceForm(forms.Form):
    """Who came to a session."""

    seen = SeenField()
    came = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Who came"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, typed: QueryDict | None = None, *, session: TrainingSession) -> None:
        coming = session.trainees.exclude(reply="away").values_list("person_id", flat=True)
        super().__init__(typed, initial={"seen": SeenVersion.on(TRAINING, session), "came": list(coming)})
        people = User.objects.filter(pk__in=session.trainees.values("person_id")).order_by("name", "pk")
        self.fields["came"].queryset = people  # type: ignore[attr-defined]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for `actions.hold`, from the cleaned fields."""
        return {"came": [person.pk for person in self.cleaned_data["came"]], "seen": self.cleaned_data["seen"]}
