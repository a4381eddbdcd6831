"""Forms of the project list and of the history import."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from planning.projects.figures import bound_of
from planning.projects.imports.columns import COLUMNS, REQUIRED
from planning.projects.imports.reading import open_history
from planning.projects.models import Metric, Project
from planning.projects.queries import who_may_lead
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.money import QuantityField
from sop_portal.foundation.kit.sheets import MAX_BYTES, SheetRefused, column_letters
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User

LABELS = {
    "department": _("Department"),
    "project": _("Project"),
    "year": _("Year"),
    **{metric.value: metric.label for metric in Metric},
}


class ProjectFilter(ListFilter):
    """Which projects to show; kept in the address."""

    q = TypedNameField(label=_("Name contains"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Project.State.choices])

    def __init__(self, data: Mapping[str, Any], *, actor: Actor) -> None:
        super().__init__(data)
        departments = Department.objects.order_by("name")
        if not actor.sees_everything:
            departments = departments.filter(pk__in=actor.department_ids)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class ProjectChangeForm(forms.Form):
    """What a project is called, who leads it, and what it is for."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    name = TypedNameField(
        label=_("Name"), required=False, help_text=_("Its address and its figures of earlier years stay.")
    )
    lead = forms.ModelChoiceField(
        label=_("Project lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Only people with a role in the department can be chosen."),
    )
    purpose = TypedTextField(label=_("What it is for"), required=False, rows=4)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        project: Project,
        on: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["lead"].queryset = who_may_lead(project.department_id, on)  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """The version of the figures that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class CorrectionForm(SeenForm):
    """The figures of one year of one project as they should be, and why; blank is not known."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for metric in Metric:
            bound = bound_of(metric, currency)
            self.fields[metric.value] = QuantityField(label=metric.label, required=False, bound=bound)
        self.fields["reason"] = TypedTextField(
            label=_("Why"), help_text=_("It is shown beside the figure, with what was there before."), rows=2
        )


class HistoryUpload(forms.Form):
    """A spreadsheet of past years."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or a CSV file, up to 10 MB and 100,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        max_length=200,
        error_messages={"required": _("Choose the file.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse here what cannot be read at all."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(_("The file is larger than 10 MB. Split it and bring the parts one by one."))
        try:
            open_history(file.read(), file.name or "")
        except SheetRefused as refused:
            raise ValidationError(refused.sentence) from None
        file.seek(0)
        return file


class MappingForm(forms.Form):
    """Which column of the file is what."""

    create = forms.BooleanField(
        label=_("Create missing departments"),
        required=False,
        help_text=_("Otherwise a row of a department the portal does not know is a problem."),
    )

    replace = forms.BooleanField(
        label=_("Replace figures that are known already"),
        required=False,
        help_text=_("Otherwise a row of a year the history has already is a problem. Undoing brings them back."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        header: list[str],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        columns = [(str(place), f"{column_letters(place)}: {name or '–'}") for place, name in enumerate(header)]
        for column in COLUMNS:
            self.fields[column] = forms.TypedChoiceField(
                label=LABELS[column],
                choices=[("", _("– not in the file –")), *columns],
                coerce=int,
                required=column in REQUIRED,
                empty_value=None,
            )
        self.order_fields([*COLUMNS, "create", "replace"])

    def clean(self) -> dict[str, Any]:
        """One column is one thing."""
        cleaned = super().clean() or {}
        used: dict[int, str] = {}
        for column in COLUMNS:
            place = cleaned.get(column)
            if place is not None and used.setdefault(place, column) != column:
                self.add_error(column, _("This column is chosen twice."))
        return cleaned

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, as an address says it."""
        boxes = {name: "on" for name in ("create", "replace") if self.cleaned_data.get(name)}
        return {column: str(place) for column, place in self.mapping.items()} | boxes

    @property
    def rules(self) -> dict[str, bool]:
        """What the import may do besides adding rows."""
        return {"create_departments": self.cleaned_data["create"], "replace": self.cleaned_data["replace"]}

    @property
    def mapping(self) -> dict[str, int]:
        """The columns that were chosen."""
        return {column: place for column in COLUMNS if (place := self.cleaned_data.get(column)) is not None}
