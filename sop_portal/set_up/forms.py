"""What is typed on the first page, and about the organisation."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning.cycles.forms import MONTHS, clean_currency
from sop_portal.foundation.kit.sentences import typed as typed_as
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.workflow.forms import KnownField, ShownForm
from sop_portal.people.actions import DayTerms, Newcomer, OrganisationTerms
from sop_portal.set_up.days_table import as_kept, read_days, to_keep

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC")


class FirstAdministratorForm(forms.Form):
    """Who comes in first, and the code that lets them in."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("16 characters, shown where the portal was started. It works until somebody uses it."),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "class": "form-control--code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )
    name = TypedNameField(label=_("Your full name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=200,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. Three random words are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """A password that is neither short, common nor like the name."""
        typed = super().clean() or self.cleaned_data
        if "password" in typed:
            person = User(email=typed.get("email", ""), name=typed.get("name", ""))
            try:
                validate_password(typed["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return typed

    def newcomer(self) -> Newcomer:
        """Who is let in, in the language of the page."""
        typed = self.cleaned_data
        language = get_language() or settings.LANGUAGE_CODE
        return Newcomer(typed["name"], typed["email"], language=language, password=typed["password"])


class EndingForm(forms.Form):
    """When rights end, and who follows."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[("now", _("Now: with the next request")), ("today", _("From tomorrow: today is the last day"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    successor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Successor"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("They get the same roles, for as long as these were to last."),
    )

    def __init__(self, typed: QueryDict | None = None, *, person: User, is_access: bool = False) -> None:
        super().__init__(typed)
        self.is_access = is_access
        others = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name")
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]
        if is_access:
            # Whoever may no longer log in cannot do so from the next request on.
            del self.fields["when"]

    def is_at_once(self) -> bool:
        """Whether it ends now."""
        return bool(self.cleaned_data.get("when", "now") == "now")


class OrganisationForm(ShownForm):
    """The organisation: what new years, people and days begin with."""

    name = TypedNameField(label=_("Name of the organisation"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("New people begin with it; everybody chooses their own at any time."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages offered"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever chose another one before keeps it."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Deadlines end with the day there. Years that are set up keep theirs.")
    )
    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3, help_text=_("Three letters like USD. New years begin with it.")
    )
    planning_month = forms.TypedChoiceField(
        label=_("The plan year begins in"),
        coerce=int,
        choices=MONTHS,
        help_text=_("Forecasts are made in the three months from then on, the budget in the three after them."),
    )
    financial_month = forms.TypedChoiceField(
        label=_("The financial year begins in"),
        coerce=int,
        choices=MONTHS,
        help_text=_("Projects are carried out, and money is spent, in the twelve months from then on."),
    )

    working_weekdays = forms.MultipleChoiceField(
        label=_("Working days"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A deadline on any other day is pointed out; a year may move it to the next working day."),
    )

    def __init__(self, typed: QueryDict | None = None, *, organisation: Organisation) -> None:
        initial = {name: getattr(organisation, name) for name in OrganisationTerms.__dataclass_fields__}
        initial |= {
            "working_weekdays": list(organisation.working_weekdays),
            "languages": organisation.languages.split(","),
        }
        super().__init__(typed, initial=initial)
        self.show(organisation, OrganisationTerms.__dataclass_fields__)
        # The zone the environment names may be one nobody would choose; it stays until somebody does.
        known = {zone for zone in available_timezones() if zone.split("/")[0] in REGIONS}
        zones = [(zone, typed_as(zone.replace("_", " "))) for zone in sorted(known | {organisation.time_zone})]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        """Check that the currency exists."""
        return clean_currency(self.cleaned_data["currency"])

    def clean_languages(self) -> str:
        """The languages as they are kept."""
        return ",".join(code for code, _name in settings.LANGUAGES if code in self.cleaned_data["languages"])

    def clean(self) -> dict[str, Any]:
        """Check that the language new people begin with is offered."""
        typed = super().clean() or self.cleaned_data
        if typed.get("language") and typed.get("languages") and typed["language"] not in typed["languages"].split(","):
            self.add_error("languages", _("The language new people begin with is one of those offered."))
        return typed

    def clean_working_weekdays(self) -> str:
        """The working days in their order, as they are kept."""
        return "".join(sorted(self.cleaned_data["working_weekdays"]))

    def terms(self) -> OrganisationTerms:
        """The terms of the organisation, from the cleaned fields."""
        return OrganisationTerms(**self.cleaned_data)


class DaysForm(forms.Form):
    """The holidays and make-up days of a year, a line each."""

    days = TypedTextField(label=_("Days"), required=False, rows=14, max_length=20_000)
    held = KnownField(required=False)

    def __init__(
        self, typed: QueryDict | None = None, *, year: int, table: str = "", kept: Iterable[DayTerms] = ()
    ) -> None:
        super().__init__(typed, initial={"days": table, "held": to_keep(kept)})
        self.year = year
        self.fields["days"].help_text = _(
            "A line a day: %(year)s-05-01; Labour Day. A day that is worked: %(year)s-05-08; Make-up day; works. "
            "Columns pasted from a spreadsheet are read too."
        ) % {"year": year}

    def clean_days(self) -> list[DayTerms]:
        """The days of the table, each line read by itself."""
        return read_days(self.cleaned_data["days"], self.year)

    @property
    def shown(self) -> list[DayTerms]:
        """The days that were kept when the page was opened."""
        return as_kept(self.cleaned_data["held"])
