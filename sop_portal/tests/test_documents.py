"""The documents say what is there: every path, module, command and component they name exists."""

import dataclasses
import os
import re
from configparser import ConfigParser
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest
from django.conf import global_settings, settings
from django.core.management import get_commands
from django.template import engines
from django.urls import Resolver404, resolve

from sop_portal.foundation.kit import charts, components
from sop_portal.operations.pages.probes import PROBES

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for place in ("README*.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md", "benchmarks/*.md")
    for path in ROOT.glob(place)
)
HOUSE = ("sop_portal", "planning", "budgets", "evaluations")
GUIDES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("sop_portal/handbook/guides/*.md"))
# What a library asks of the settings; words of SQL and of mail, and variables of other programs.
OF_LIBRARIES = {"ALLAUTH_TRUSTED_PROXY_COUNT"}
NO_VARIABLES = {"RSET", "POSTGRES_PASSWORD", "SERVING_PASSWORD", "ALTER", "CREATE", "CRITICAL", "OWNER", "SCHEMA"}
# Folders of a machine, which begin like an address.
NO_ADDRESSES = ("/etc/", "/opt/", "/srv/", "/var/", "/tmp/", "/run/", "/usr/", "/dev/", "/root/")
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


def variables_known() -> set[str]:
    """What the settings read from the environment, and what `make` and the tools take."""
    read = re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", (ROOT / "sop_portal" / "settings.py").read_text())
    makefile = (ROOT / "Makefile").read_text()
    taken = re.findall(r"^([A-Z_]+) *\??:?=", makefile, re.MULTILINE)
    tools = [path.read_text() for path in sorted((ROOT / "tools").glob("*.py"))]
    asked = [name for text in tools for name in re.findall(r"""environ(?:\.get)?[\[(]["'](\w+)["']""", text)]
    return {*read, *taken, *asked}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_variable_that_a_document_names_is_read(document: str) -> None:
    named = {found for span in spans(document) for found in re.findall(r"^([A-Z][A-Z_]{3,})(?==|$)", span)}
    constants = {word for path in tree() if path.endswith(".py") for word in constants_in(path)}
    known = variables_known() | constants | NO_VARIABLES
    unknown = [name for name in sorted(named - known) if not (name.endswith("_") and is_beginning(name, known))]
    assert unknown == []


def is_beginning(name: str, known: set[str]) -> bool:
    """Whether variables begin so, all of which a document means: `OIDC_`."""
    return any(one.startswith(name) for one in known)


@cache
def constants_in(path: str) -> set[str]:
    """The names in capital letters that a module of the house gives a value."""
    return set(re.findall(r"^\s*([A-Z][A-Z_]{3,})\b[^=\n]*=", (ROOT / path).read_text(), re.MULTILINE))


def test_every_variable_that_is_read_has_an_effect() -> None:
    """What the settings read is used by the portal, by Django, or by a library that the settings name."""
    text = (ROOT / "sop_portal" / "settings.py").read_text()
    read = re.findall(r"^([A-Z_]+) = env", text, re.MULTILINE)
    house = [path.read_text() for part in HOUSE for path in (ROOT / part).rglob("*.py") if path.name != "settings.py"]
    used = {name for name in read if any(f"settings.{name}" in source for source in house)}
    lines = [line for line in text.splitlines() if not re.match(r"[A-Z_]+ = env", line)]
    within = {name for name in read if any(re.search(rf"\b{name}\b", line) for line in lines)}
    assert sorted(set(read) - used - within - set(dir(global_settings)) - OF_LIBRARIES) == []


@pytest.mark.parametrize("document", [*DOCUMENTS, *GUIDES])
def test_every_address_that_a_document_names_is_there(document: str) -> None:
    named = {span for span in spans(document) if re.fullmatch(r"/[a-z0-9/-]+/?", span)}
    assert sorted(path for path in named if not path.startswith(NO_ADDRESSES) and not is_address(path)) == []


def is_address(path: str) -> bool:
    """Whether a view answers there, or at the first page of what stands under it."""
    if path in PROBES:
        return True
    for place in (path, f"{path}login/", f"{path}1/"):
        try:
            resolve(place)
        except Resolver404:
            continue
        return True
    return False


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


def rules_of_imports() -> dict[str, list[set[str]]]:
    """What each contract of .importlinter lays over what: its layers, from above, with what stands side by side."""
    rules = ConfigParser()
    rules.read(ROOT / ".importlinter")
    return {
        name: [
            set(re.findall(r"[\w.]+", line))
            for line in rules[f"importlinter:contract:{name}"]["layers"].split("\n")
            if line
        ]
        for name in ("house", "foundation", *HOUSE[1:], "stage")
    }


def drawn_layers(block: str) -> dict[str, list[set[str]]]:
    """The drawing of the page in the same form: lines from above, and what stands behind a name in order."""
    found: dict[str, list[set[str]]] = {"house": []}
    for line in block.strip().splitlines():
        name, _blanks, order = (part.strip() for part in line.partition("  "))
        key = name.rpartition(".")[2] if order else ""
        if order:
            prefix = "" if key == "foundation" else f"{name}."
            found[key] = [{f"{prefix}{part.strip()}" for part in layer.split("|")} for layer in order.split("→")]
        found["house"].append({part.strip() for part in name.split("|")})
    return found


def test_the_page_draws_the_import_rules_as_they_are_checked() -> None:
    text, rules = text_of("docs/architecture.md"), rules_of_imports()
    section = text.partition("## Who may import whom")[2]
    drawn = drawn_layers(section.split("```")[1])
    within = section.partition("Inside a stage: `")[2].partition("`")[0]
    drawn["stage"] = [set(re.findall(r"\w+", layer)) for layer in within.split("→")]
    assert drawn == rules, "Draw the rules of .importlinter in docs/architecture.md."


@pytest.mark.parametrize("document", ["docs/architecture.md", "README.md"])
def test_every_package_of_the_house_has_its_place_on_the_map(document: str) -> None:
    packages = {path.parent.name for path in (ROOT / "sop_portal").glob("*/__init__.py")} - {"tests"}
    named = {name for name in packages if f"{name}/" in text_of(document)}
    assert named == packages, f"Say in {document} what stands there."
