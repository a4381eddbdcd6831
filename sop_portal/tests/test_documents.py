"""The documents say what is there: every path, module, command and component they name exists."""

import dataclasses
import os
import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.template import engines

from sop_portal.foundation.kit import charts, components

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for place in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md", "benchmarks/*.md")
    for path in ROOT.glob(place)
)
HOUSE = ("sop_portal", "planning", "budgets", "evaluations")
NOT_TRACKED = {".git", ".venv", "node_modules", "var", "build", "__pycache__", ".mypy_cache", ".hypothesis"}
# Made by `make`, by the portal while it runs, or by whoever runs it.
MADE = (".venv", ".env", "node_modules/", "var/", "static/build/")
# What a decision speaks of that is not there any more, or never was.
NOT_THERE = {"docs/adr/0001-a-stage-is-a-folder.md": {"services.py", "services/"}}
SUFFIXES = "py|html|css|js|md|txt|toml|ini|json|po|svg|in|lock"
PATH = re.compile(rf"(?:[\w.-]+/)+(?:[\w.-]+\.(?:{SUFFIXES})|[\w-]*)|[\w-]+\.(?:{SUFFIXES})")
DOTTED = re.compile(rf"(?:{'|'.join(HOUSE)}|kit)(?:\.\w+)+")
COMPONENT = re.compile(r"([A-Z]\w+)\(([\w, ]+)\)")
BRACES = re.compile(r"\{([\w,]+)\}")


def text_of(document: str) -> str:
    return (ROOT / document).read_text()


def spans(document: str) -> list[str]:
    """What stands in a document as code: what is between strokes, and each word of a block of several lines."""
    text = text_of(document)
    words = [word for block in re.findall(r"```(.*?)```", text, re.DOTALL) for word in block.split()]
    return [*re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)), *words]


@cache
def tree() -> set[str]:
    """Every file of the product, and every folder with a stroke at its end, from the root."""
    found = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_TRACKED]
        place = Path(folder).relative_to(ROOT)
        found |= {str(place / name) for name in files} | {f"{place / name}/" for name in folders}
    return found


def is_there(path: str) -> bool:
    """Whether a path leads somewhere, from the root or from some folder, as `kit/bounds.py` does."""
    return path.startswith(MADE) or any(
        f"/{place}".endswith((f"/{path}", f"/{path.rstrip('/')}/", f"/{path.rstrip('/')}.py")) for place in tree()
    )


def paths_in(span: str) -> list[str]:
    """The paths that a span is; of `actions/{lines,pools}.py` each."""
    if braces := BRACES.search(span):
        return [path for name in braces[1].split(",") for path in paths_in(span.replace(braces[0], name, 1))]
    path = span.removeprefix("…/").removeprefix("<app>/")
    return [path] if PATH.fullmatch(path) else []


def is_named(name: str) -> bool:
    """Whether a dotted name leads to a module or to something in one; what no name is asked of is not loaded."""
    whole = name.replace("kit.", "sop_portal.foundation.kit.", 1) if name.startswith("kit.") else name
    parts, known = whole.split("."), 1
    while known < len(parts) and find_spec(".".join(parts[: known + 1])):
        known += 1
        if not (ROOT / "/".join(parts[:known])).is_dir():
            break
    found: object = import_module(".".join(parts[:known])) if parts[known:] else None
    for part in parts[known:]:
        found = getattr(found, part, None)
    return not parts[known:] or found is not None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    paths = {path for span in spans(document) for path in paths_in(span)} - NOT_THERE.get(document, set())
    assert sorted(path for path in paths if not is_there(path)) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(document))
    ours = [link for link in links if not re.match(r"\w+:", link)]
    assert [link for link in ours if not ((ROOT / document).parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_that_a_document_names_exists(document: str) -> None:
    modules = {match[0] for span in spans(document) if (match := DOTTED.match(span))}
    assert sorted(name for name in modules if not is_named(name)) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_that_a_document_names_exists(document: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = set(re.findall(r"(?:^|`|\n|&& )(?:\w+=\S+ )*make ([a-z][\w-]*)", text_of(document)))
    assert asked - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_a_document_names_exists(document: str) -> None:
    asked = set(re.findall(r"manage\.py ([a-z]\w*)", text_of(document)))
    assert asked - set(get_commands()) == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_tag_that_a_document_names_exists(document: str) -> None:
    engine = engines["django"].engine
    known = {tag for library in engine.template_builtins for tag in library.tags} | {"endcapture"}
    asked = {tag for span in spans(document) for tag in re.findall(r"\{% (\w+)", span)}
    assert asked - known == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_part_of_a_component_that_a_document_names_exists(document: str) -> None:
    unknown = []
    for span in spans(document):
        for name, parts in COMPONENT.findall(span):
            kind = getattr(components, name, None) or getattr(charts, name, None)
            fields = {field.name for field in dataclasses.fields(kind)} if kind else set()
            unknown += [f"{name}.{part}" for part in re.findall(r"\w+", parts) if part not in fields]
    assert unknown == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_chart_that_a_document_names_is_built_as_it_says(document: str) -> None:
    unknown = []
    for span in spans(document):
        name, _stroke, asked = span.partition("(")
        if name in charts.__all__ and name.islower():
            words = re.findall(r"\w+", re.sub(r"[A-Z]\w+\([^)]*\)", "", asked))
            unknown += [f"{name}: {word}" for word in words if word not in signature(getattr(charts, name)).parameters]
    assert unknown == []
