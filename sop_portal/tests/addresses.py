"""Every address of the portal, found by walking the resolver, and every way to fill it with what exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

GUARD_THEMSELVES = ("allauth.", "django.contrib.staticfiles.", "django.views.static")
SAMPLES = {
    "NumberConverter": 1,
    "KeyConverter": 1,
    "YearConverter": 2027,
    "SlugConverter": "x",
    "StringConverter": "x",
    "PathConverter": "x",
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
}


@dataclass(frozen=True)
class Address:
    """One address: its route, its name, its view, and the converters of what is to be filled in."""

    route: str
    name: str
    view: Any
    converters: dict[str, Any]
    given: dict[str, Any]

    @property
    def access(self) -> tuple[str, Any] | None:
        """Who may use it, as the view declares; None for one that does not."""
        declared: tuple[str, Any] | None = getattr(self.view, "access", None)
        return declared

    @property
    def is_a_librarys(self) -> bool:
        """Whether the view belongs to a library that guards itself."""
        module: str = self.view.__module__
        return module.startswith(GUARD_THEMSELVES)

    @property
    def shows_and_acts(self) -> bool:
        """Whether one address shows a form and carries it out."""
        return bool(self.view.__name__ == "both")

    def filled(self, **values: Any) -> str:
        """The path, with these values and samples for the rest."""
        path = f"/{self.route}"
        for name, converter in self.converters.items():
            sample = values.get(name, SAMPLES.get(type(converter).__name__, "x"))
            # A word stands as it is typed, even where no link of the portal would lead there.
            text = sample if isinstance(sample, str) else converter.to_url(sample)
            path = path.replace(f"<{kind_of(path, name)}{name}>", text)
        return path


def kind_of(path: str, name: str) -> str:
    """The converter's prefix as it stands in the route: "int:" or nothing."""
    return next(
        (f"{kind}:" for kind in ("number", "key", "year", "slug", "str", "path", "uuid") if f"<{kind}:{name}>" in path),
        "",
    )


def addresses() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return list(walked(get_resolver().url_patterns, "", {}, {}))


def walked(patterns: list[Any], before: str, converters: dict[str, Any], given: dict[str, Any]) -> Iterator[Address]:
    """The addresses under a list of patterns."""
    for entry in patterns:
        route = before + str(entry.pattern)
        found = converters | entry.pattern.converters
        if isinstance(entry, URLResolver):
            yield from walked(entry.url_patterns, route, found, given | entry.default_kwargs)
        elif isinstance(entry, URLPattern):
            more = given | entry.default_args
            yield Address(route, entry.name or "", entry.callback, found, more)


def of_house() -> list[Address]:
    """Those whose views are our own."""
    return [address for address in addresses() if not address.is_a_librarys]


def each(found: list[Address]) -> pytest.MarkDecorator:
    """A test of its own for each of these addresses, called by its route."""
    return pytest.mark.parametrize("address", [pytest.param(address, id=address.route or "/") for address in found])
