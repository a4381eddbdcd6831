"""What is chosen on the pages of the workbook: the file, and which column is what."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sheets import MAX_BYTES, SheetRefused, read_table
from sop_portal.workbook.file_reading import COLUMN, LEAVE
from sop_portal.workbook.sheet import SheetReading


class WorkbookUpload(forms.Form):
    """A workbook, or one text table."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or a CSV file, up to 10 MB."),
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
            read_table(file.read(), file.name or "")
        except SheetRefused as refused:
            raise ValidationError(refused.sentence) from None
        file.seek(0)
        return file


class ColumnsForm(forms.Form):
    """Which column of a table is which of a sheet."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, reading: SheetReading) -> None:
        super().__init__(data, prefix=reading.prefix)
        self.reading = reading
        table = reading.table
        places = [
            (table.letters(place), f"{table.letters(place)}: {name or '–'}") for place, name in enumerate(table.header)
        ]
        for column in reading.sheet.columns:
            chosen = reading.mapping.get(column.key)
            self.fields[column.key] = forms.ChoiceField(
                label=column.name,
                choices=[(LEAVE, _("– not in the file –")), *places],
                initial=LEAVE if chosen is None else table.letters(chosen),
                required=False,
                widget=forms.Select(attrs={"translate": "no"}),
            )

    def answers(self) -> dict[str, str]:
        """What was chosen otherwise than it was suggested, as answers about the file."""
        return {
            f"{self.reading.prefix}.{COLUMN}{name}": self.cleaned_data[name]
            for name, field in self.fields.items()
            if self.cleaned_data.get(name) and self.cleaned_data[name] != field.initial
        }
