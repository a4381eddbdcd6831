"""The form in which the administrator writes a new version of the handbook."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.text import TypedTextField
from sop_portal.handbook.actions import LONGEST_GUIDE


class EditionForm(forms.Form):
    """Every guide in both languages, which version was seen, and what changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    seen_draft = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    note = TypedTextField(label=_("What changed"), help_text=_("Everybody reads this sentence first."), rows=2)

    def __init__(
        self,
        typed: QueryDict | None = None,
        *,
        titles: Mapping[str, str],
        initial: dict[str, str | int] | None = None,
    ) -> None:
        super().__init__(typed, initial=initial)
        self.titles = titles
        for page, title in titles.items():
            for language, name in (("en", _("in English")), ("zh", _("in Chinese"))):
                self.fields[f"{page}-{language}"] = TypedTextField(
                    label=_("%(page)s, %(language)s") % {"page": title, "language": name},
                    max_length=LONGEST_GUIDE,
                    rows=12,
                )

    def texts(self) -> dict[str, tuple[str, str]]:
        """The guides as typed: page to (English, Chinese)."""
        typed = self.cleaned_data
        return {page: (typed[f"{page}-en"], typed[f"{page}-zh"]) for page in self.titles}
