"""Holidays and make-up days of countries, as the library `holidays` knows them. It is loaded when somebody asks."""

from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from sop_portal.people.actions import DayTerms
from sop_portal.set_up.days_table import LONGEST_NAME

# How the library calls the languages of the portal.
LANGUAGES = {"en": ("en_US", "en_GB"), "zh-hans": ("zh_CN", "zh_TW", "zh")}


def countries() -> list[tuple[str, str]]:
    """Every country whose holidays are known, by its name in the language of the page."""
    from babel import Locale
    from holidays import list_supported_countries

    names = Locale.parse(to_locale(get_language() or "en")).territories
    codes = [code for code in list_supported_countries(include_aliases=False) if code in names]
    return sorted(((code, names[code]) for code in codes), key=lambda country: country[1])


def known_days(country: str, year: int) -> list[DayTerms]:
    """The holidays of a country in a year, named in the language of the page where possible, and its make-up days."""
    from holidays import country_holidays

    supported = getattr(country_holidays(country), "supported_languages", ())
    wanted = LANGUAGES.get(get_language() or "en", ())
    language = next((name for name in wanted if name in supported), None)
    found = country_holidays(country, years=year, language=language)
    off = [DayTerms(on, plain(name)) for on, name in found.items() if on.year == year]
    made_up = [on for on in found.weekend_workdays if on.year == year]
    return sorted(off + [DayTerms(on, _("Make-up working day"), True) for on in made_up], key=lambda day: day.on)


def plain(name: str) -> str:
    """The name as it stands in a table whose columns are parted by semicolons."""
    return name.replace(";", ",")[:LONGEST_NAME].strip()
