"""What is typed beside a paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.text import TypedNameField


class PaperForm(forms.Form):
    """A few words about the papers that are attached, and the part of the record they are about."""

    description = TypedNameField(label=_("What it is, in a few words"), required=False, max_length=200)
    part = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
