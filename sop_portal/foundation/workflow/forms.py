"""The forms every step shares: which version was seen, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.text import TypedTextField
from sop_portal.foundation.workflow.table import Step


class StepForm(forms.Form):
    """What a step asks for: a comment, required where the other side must read why."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    comment = TypedTextField(label=_("Comment"), required=False)

    def __init__(self, *args: Any, step: Step[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = step.comment
        if step.comment:
            self.fields["comment"].label = step.asks or _("Why")
            self.fields["comment"].help_text = _("The other side will read it.")


class CommentForm(forms.Form):
    """A comment on a record."""

    text = TypedTextField(label=_("Write a comment, @ to mention"))
