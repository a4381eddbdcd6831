"""Forms of resource planning: lines and decisions, filling in, pools."""

from planning.requests.forms.filling_in import FillInForm
from planning.requests.forms.lines import (
    BoardFilter,
    GrantForm,
    RemoveLineForm,
    RequestFilter,
    RequestLineForm,
    ScoreForm,
)
from planning.requests.forms.pools import PoolChangeForm, PoolForm

__all__ = [
    "BoardFilter",
    "FillInForm",
    "GrantForm",
    "PoolChangeForm",
    "PoolForm",
    "RemoveLineForm",
    "RequestFilter",
    "RequestLineForm",
    "ScoreForm",
]
