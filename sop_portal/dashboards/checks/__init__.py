"""A check that cannot read a row says so, and the other checks are asked all the same."""

from collections.abc import Callable, Iterable, Iterator

# What a value that no act writes does to arithmetic, days and look-ups; what the database refuses is none of it.
STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def everything_found(checks: Iterable[Callable[[], Iterator[str]]]) -> Iterator[str]:
    """What each check finds, a sentence each, and which of them came to no end."""
    for check in checks:
        try:
            yield from check()
        except STUMBLES as stumbled:
            name = check.__name__.replace("_", " ")
            yield f"The check of {name} came to no end, because of a value that it cannot read: {stumbled!r}."
