"""What a cell of a brought table can be, and where it stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell that holds no figure, whatever it looks like: an error, a formula nobody worked out, a percentage."""

    kind: str
    text: str

    def __str__(self) -> str:
        if self.kind != "percent":
            return self.text
        return f"{(Decimal(self.text) * 100).normalize():f}%"


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """Figures of one column that their number format shows with more than their value, or divided.

    Rows and columns are counted as those of the table; `first` is the first of these figures.
    """

    place: int
    before: str
    behind: str
    divisor: int
    first: Decimal
    runs: tuple[tuple[int, int], ...]

    @property
    def sample(self) -> str:
        """The first of them as it is shown, whatever its decimals."""
        figure = f"{(self.first / self.divisor).normalize():,f}"
        return f"{self.before}{' ' * self.before[-1:].isalnum()}{figure}{self.behind}"


CellValue = str | Decimal | date | Marked | None


def column_letters(place: int) -> str:
    """The name a spreadsheet program gives a column: A, B … Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
