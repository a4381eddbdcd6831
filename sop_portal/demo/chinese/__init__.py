"""The demonstration in Chinese: every word that is typed in it, under the English one that stands in the code."""

from django.utils.translation import get_language

from sop_portal.demo.chinese.money import MONEY
from sop_portal.demo.chinese.names import NAMES
from sop_portal.demo.chinese.plans import PLANS
from sop_portal.demo.chinese.review import REVIEW
from sop_portal.demo.chinese.work import WORK

CHINESE = NAMES | PLANS | MONEY | WORK | REVIEW
# The money of the demonstration, as a visitor expects it; the figures are the same.
CURRENCY = {"en": "USD", "zh-hans": "CNY"}


def is_chinese() -> bool:
    """Whether the demonstration is being made in Chinese."""
    return get_language() == "zh-hans"


def said(english: str) -> str:
    """What is typed in the language the demonstration is made in; a word that has no Chinese yet stops it."""
    return CHINESE[english] if is_chinese() and english else english


def currency() -> str:
    """In which money the demonstration counts."""
    return CURRENCY["zh-hans" if is_chinese() else "en"]
