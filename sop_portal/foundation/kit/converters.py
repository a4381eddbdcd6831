"""What may stand in an address: a year, a row's key, a number of a list. Anything else is no address at all (404)."""

from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR


class NumberConverter:
    """A number people read, such as that of a budget line: nine digits at most."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """As it stands in the address."""
        return str(value)


class KeyConverter(NumberConverter):
    """The key of a row: what a database of 64 bits holds."""

    regex = "[0-9]{1,18}"


class YearConverter(NumberConverter):
    """The year of a plan in an address: four digits."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        """The year; ValueError for one that no plan is made for."""
        year = int(value)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(value)
        return year


CONVERTERS = {"number": NumberConverter, "key": KeyConverter, "year": YearConverter}
