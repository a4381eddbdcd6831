"""SECURITY.md and the walk through ASVS 5.0 say what is there: every test they name exists, no number is missing."""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HOUSE = ("sop_portal", "planning", "budgets", "evaluations")
PAPERS = ("SECURITY.md", "docs/security/asvs.md")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
# The requirements of ASVS 5.0.0 at levels 1 and 2, section by section.
REQUIREMENTS = {
    "1.1": (1, 2),
    "1.2": range(1, 10),
    "1.3": range(1, 12),
    "1.4": (1, 2, 3),
    "1.5": (1, 2),
    "2.1": (1, 2, 3),
    "2.2": (1, 2, 3),
    "2.3": (1, 2, 3, 4),
    "2.4": (1,),
    "3.2": (1, 2),
    "3.3": (1, 2, 3, 4),
    "3.4": range(1, 7),
    "3.5": range(1, 6),
    "3.7": (1, 2),
    "4.1": (1, 2, 3),
    "4.2": (1,),
    "4.3": (1, 2),
    "4.4": (1, 2, 3, 4),
    "5.1": (1,),
    "5.2": (1, 2, 3),
    "5.3": (1, 2),
    "5.4": (1, 2, 3),
    "6.1": (1, 2, 3),
    "6.2": range(1, 13),
    "6.3": (1, 2, 3, 4),
    "6.4": (1, 2, 3, 4),
    "6.5": range(1, 6),
    "6.6": (1, 2, 3),
    "6.8": (1, 2, 3, 4),
    "7.1": (1, 2, 3),
    "7.2": (1, 2, 3, 4),
    "7.3": (1, 2),
    "7.4": range(1, 6),
    "7.5": (1, 2),
    "7.6": (1, 2),
    "8.1": (1, 2),
    "8.2": (1, 2, 3),
    "8.3": (1,),
    "8.4": (1,),
    "9.1": (1, 2, 3),
    "9.2": (1, 2, 3, 4),
    "10.1": (1, 2),
    "10.2": (1, 2),
    "10.3": (1, 2, 3, 4),
    "10.4": range(1, 12),
    "10.5": range(1, 6),
    "10.6": (1, 2),
    "10.7": (1, 2, 3),
    "11.1": (1, 2),
    "11.2": (1, 2, 3),
    "11.3": (1, 2, 3),
    "11.4": (1, 2, 3, 4),
    "11.5": (1,),
    "11.6": (1,),
    "12.1": (1, 2, 3),
    "12.2": (1, 2),
    "12.3": (1, 2, 3, 4),
    "13.1": (1,),
    "13.2": range(1, 6),
    "13.3": (1, 2),
    "13.4": range(1, 6),
    "14.1": (1, 2),
    "14.2": (1, 2, 3, 4),
    "14.3": (1, 2, 3),
    "15.1": (1, 2, 3),
    "15.2": (1, 2, 3),
    "15.3": range(1, 8),
    "16.1": (1,),
    "16.2": range(1, 6),
    "16.3": (1, 2, 3, 4),
    "16.4": (1, 2, 3),
    "16.5": (1, 2, 3),
    "17.1": (1,),
    "17.2": (1, 2, 3, 4),
    "17.3": (1, 2),
}


@cache
def known_tests() -> set[str]:
    """The name of every test in the house."""
    files = [path for package in HOUSE for path in (ROOT / package).rglob("test_*.py")]
    return {name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_test_that_a_paper_names_is_there(paper: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / paper).read_text()))
    assert (sorted(named - known_tests()), len(named) > 10) == ([], True)


def test_every_promise_of_the_paper_names_the_test_that_keeps_it() -> None:
    table = (ROOT / "SECURITY.md").read_text().split("## What holds, and where")[1].split("\n\n")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert [row for row in rows if "`test_" not in row.rsplit(" | ", 1)[1]] == []


def test_no_requirement_of_asvs_is_missing_and_each_is_kept_or_said_not_to_be() -> None:
    rows = ROW.findall((ROOT / "docs/security/asvs.md").read_text())
    asked = [f"{section}.{number}" for section, numbers in REQUIREMENTS.items() for number in numbers]
    assert [number for number, *_rest in rows] == asked
    assert len(asked) == 253
    levels = [level for _number, level, *_rest in rows]
    assert (levels.count("1"), levels.count("2")) == (70, 183)
    silent = [number for number, _level, _words, kept in rows if not re.search(r"`|\*\*(Deviation|Not here)|“", kept)]
    assert silent == []


def bill() -> dict[str, Any]:
    """The bill of materials, as `make sbom` writes it."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "tools" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Any] = module.bill()
    return found


def test_the_bill_of_materials_names_every_package_with_its_hash() -> None:
    components = {part["purl"]: part for part in bill()["components"]}
    locked = re.findall(
        r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    in_browser = {
        f"pkg:npm/{place.removeprefix('node_modules/').replace('@', '%40')}@{package['version']}"
        for place, package in packages.items()
        if place and not package.get("dev")
    }
    assert set(components) == {f"pkg:pypi/{name}@{version}" for name, version in locked} | in_browser
    assert [purl for purl, part in components.items() if not part["externalReferences"][0]["hashes"]] == []
    assert [purl for purl, part in components.items() if "AGPL" in str(part.get("licenses", ""))] == []
