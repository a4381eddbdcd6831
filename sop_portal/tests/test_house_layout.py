"""The house rules that no linter knows: docs/architecture.md says them, these tests hold them."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("planning", "budgets", "evaluations")
HOUSE = ("sop_portal", *APPS)
NOT_STAGES = {"tests", "migrations", "management", "templatetags"}
LONGEST_MODULE = 300
LONGEST_TEST_MODULE = 400
WIDEST_LINE = 120
# One tag, alone on its line or as what one attribute says: Django reads a tag on one line only.
UNBREAKABLE = re.compile(r'(?:[\w-]+=")?\{%(?:(?!%\}).)*%\}(?:">?)?')
# Names that say nothing of what they name; whoever needs one has not found the field's word yet.
EMPTY_WORDS = {"manager", "handler", "helper", "util", "common", "core", "service", "item", "data", "info"}
NAMED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
WRITTEN_BY_HAND = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\b")
WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
# What a folder of a stage is made of; one that outgrew a file is split in a folder of that name.
SCHEME = {
    "models",
    "workflow",
    "actions",
    "figures",
    "forms",
    "queries",
    "deadlines",
    "urls",
    "exports",
    "imports",
    "previews",
}
# Other names of a stage, at most 25, and why each is none of the above.
OTHER_NAMES = {"planning/cycles/calendar.py": "the dates of a year, worked out from dates alone; three stages ask it"}
# At most so many modules in a folder, but for these two, and why nothing of them is a folder of its own yet.
MOST_MODULES = 15
LARGE_FOLDERS = {
    "sop_portal/foundation/kit": "small things that two packages or more need; charts, sheets and tags are folders",
    "sop_portal/foundation/workflow": "the engine and what every step shares; each module is asked for by its name",
}
# Parameters of the product that may be anything: what Django, or a library without types, passes on.
MOST_ANY = 59
MOST_UNFORMATTED = 39
MOST_WIDE = 39
# The end of a table of values, alone on its line.
END_OF_TABLE = re.compile(r"[)\]}]+,?  # fmt: skip")
# No word is needed for a place on a chart, what is left unused, and the box for words to look for, which is ?q=.
ONE_LETTER = {"x", "y", "_", "q"}
# Whoever opens these asks Django's own machinery for them, by name.
ASKED_FOR_BY_DJANGO = {"403.html", "403_csrf.html", "429.html", "404.html"}


def modules() -> list[Path]:
    return [
        path
        for package in HOUSE
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts and path.read_text().strip()
    ]


def outside_tests() -> list[Path]:
    return [path for path in modules() if "tests" not in path.relative_to(ROOT).parts]


def packages_in(package: str) -> set[str]:
    found = (ROOT / package.replace(".", "/")).glob("*/__init__.py")
    return {f"{package}.{path.parent.name}" for path in found if path.parent.name not in NOT_STAGES}


def contract(name: str, option: str) -> set[str]:
    """The module names that a contract of .importlinter lists, without its signs."""
    rules = ConfigParser()
    rules.read(ROOT / ".importlinter")
    return set(re.findall(r"[\w.]+", rules[f"importlinter:contract:{name}"][option]))


@cache
def parsed(path: Path) -> ast.Module:
    """The module as a tree, read once for all tests."""
    return ast.parse(path.read_text())


def said_of(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} {ast.unparse(node)}"


def calls_in(path: Path) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def writes_in(path: Path) -> list[str]:
    """The calls in a module that change rows."""
    found = []
    for call, function in calls_in(path):
        said = ast.unparse(function.value)
        # A dictionary is handed another one; rows are given fields by name.
        of_rows = re.search(r"objects|filter\(|exclude\(", said) or (call.keywords and said not in SETTINGS)
        by_hand = function.attr.startswith("execute") and WRITTEN_BY_HAND.search(ast.unparse(call))
        if (function.attr in WRITES and said not in NO_ROWS) or (function.attr == "update" and of_rows) or by_hand:
            found.append(said_of(path, call))
    return found


def nested_imports(path: Path) -> Iterator[str]:
    """Imports of the house that do not stand at the top of their module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom | ast.Import) and node.col_offset:
            imported = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            if imported and imported.split(".")[0] in HOUSE:
                yield said_of(path, node)


def words_of(name: str) -> set[str]:
    """The words a name is joined from, in the singular: CycleHelper, cycle_helpers → cycle, helper."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {word.lower().removesuffix("s") for word in words} | {word.lower() for word in words}


def empty_names_in(path: Path) -> Iterator[str]:
    """The names of a module, its folders, classes and functions that hold an empty word."""
    place = path.relative_to(ROOT)
    for part in place.with_suffix("").parts:
        if words_of(part) & EMPTY_WORDS:
            yield f"{place}: {part}"
    for node in ast.walk(parsed(path)):
        if isinstance(node, NAMED) and words_of(node.name) & EMPTY_WORDS:
            yield f"{place}:{node.lineno} {node.name}"


def arguments_in(path: Path) -> Iterator[ast.arg]:
    """Every parameter of every function of a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (argument for argument in ast.walk(node.args) if isinstance(argument, ast.arg))


def short_names_in(path: Path) -> Iterator[str]:
    """The variables and parameters of one letter, but for those of comprehensions, lambdas and type variables."""
    within = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
    passing = {id(part) for node in ast.walk(parsed(path)) if isinstance(node, within) for part in ast.walk(node)}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("TypeVar("):
            passing |= {id(target) for target in node.targets}
    for node in ast.walk(parsed(path)):
        is_variable = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        name = getattr(node, "id", "") if is_variable else node.arg if isinstance(node, ast.arg) else ""
        if len(name) == 1 and name not in ONE_LETTER and id(node) not in passing:
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} {name}"


def test_every_package_of_the_house_is_named_in_the_import_rules() -> None:
    named = contract("house", "layers")
    assert packages_in("sop_portal") - named == set()
    assert set(APPS) - named == set()
    assert packages_in("sop_portal.foundation") == {
        f"sop_portal.foundation.{name}" for name in contract("foundation", "layers")
    }


def test_the_stages_import_of_the_house_nothing_but_its_foundation() -> None:
    roof = {f"sop_portal.{path.stem}" for path in (ROOT / "sop_portal").glob("*.py") if path.stem != "__init__"}
    forbidden = contract("floor", "forbidden_modules")
    assert forbidden == (roof | packages_in("sop_portal")) - {"sop_portal.foundation"}


@pytest.mark.parametrize("app", APPS)
def test_every_stage_has_its_place_in_the_order_of_its_app(app: str) -> None:
    assert contract(app, "layers") == packages_in(app), (
        "Give the folder its place in the order of the app: .importlinter"
    )


def test_every_stage_keeps_the_order_from_the_page_down_to_the_row() -> None:
    folders = set().union(*(packages_in(app) for app in APPS))
    assert contract("stage", "containers") == folders, "Name the folder among the containers of .importlinter."


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    # Settings are one flat list that people read beside .env.example; Django knows no other.
    lengths.pop("sop_portal/settings.py")
    longest = {name: LONGEST_TEST_MODULE if "/tests/" in name else LONGEST_MODULE for name in lengths}
    assert {name: length for name, length in lengths.items() if length > longest[name]} == {}


# What writes without being an act, and why.
WRITERS = {
    "sop_portal/demo/": "builds a demonstration, or loads a large one row by row",
    "sop_portal/foundation/kit/bulk.py": "many rows in one statement, for actions",
    "sop_portal/foundation/kit/fitting.py": "a row that is held against its fields first, for actions",
    "sop_portal/foundation/notices/lease.py": "which sender holds which mails",
    "sop_portal/foundation/notices/outbox.py": "what became of a mail that was sent",
    "sop_portal/foundation/organisation/access.py": "which forms were sent already",
    "sop_portal/foundation/organisation/models.py": "Django's own way to make a user",
    "sop_portal/foundation/papers/child/": "pictures and documents, which are no rows",
    "sop_portal/foundation/papers/store.py": "files, which are no rows",
    "sop_portal/foundation/workflow/contributors.py": "what the engine keeps of who shaped a record",
    "sop_portal/foundation/workflow/engine.py": "the engine",
    "sop_portal/foundation/workflow/seals.py": "what the engine keeps of an act",
    "sop_portal/foundation/workflow/taking_out.py": "what the engine lets be taken out again",
    "sop_portal/operations/backup/databases.py": "a backup that is brought back, table by table",
}
# What is saved or created there is no row.
NO_ROWS = {"autosave", "self", "super()", "trigger"}
SETTINGS = {"app.conf"}


# What is imported inside a function, because a library comes with it that no process needs at its start.
LOADED_LATE = {
    "sop_portal/foundation/papers/child/acting.py": "a name for a type; the child loads its modules by path",
    "sop_portal/foundation/papers/child/pdfs.py": "a name for a type; the child loads its modules by path",
    "sop_portal/foundation/notices/bell.py": "celery comes with the first ring",
    "sop_portal/operations/pages/probes.py": "prometheus_client comes where somebody asks for figures",
    "sop_portal/reminders/pages/calendar.py": "icalendar comes with the first calendar",
}


def is_action(path: Path) -> bool:
    """Whether a module is one of `actions`, or a migration."""
    return path.name == "actions.py" or not {"actions", "migrations"}.isdisjoint(path.relative_to(ROOT).parts)


def test_only_actions_write() -> None:
    others = [path for path in outside_tests() if not is_action(path)]
    writes = [write for path in others for write in writes_in(path)]
    unknown = [write for write in writes if not write.startswith(tuple(WRITERS))]
    assert unknown == [], "Write in actions.py, through the engine; or say in WRITERS why it is no act."
    assert [name for name in WRITERS if not any(write.startswith(name) for write in writes)] == []


def test_the_house_is_imported_at_the_top_of_a_module_and_nowhere_inside() -> None:
    nested = [found for path in outside_tests() for found in nested_imports(path)]
    assert [found for found in nested if not found.startswith(tuple(LOADED_LATE))] == []
    assert [name for name in LOADED_LATE if not any(found.startswith(name) for found in nested)] == []


def test_a_class_name_is_used_once_in_the_whole_house() -> None:
    """Commands excepted: Django asks for that name."""
    places: dict[str, list[str]] = {}
    for path in outside_tests():
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places.setdefault(node.name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_name_is_an_empty_word() -> None:
    assert [name for path in outside_tests() for name in empty_names_in(path)] == []


def test_every_function_and_class_is_used_outside_of_tests() -> None:
    """Django finds the classes of apps.py by itself; what is decorated is registered somewhere."""
    texts = [path.read_text() for path in [*outside_tests(), *(ROOT / "templates").rglob("*.html")]]
    texts += [path.read_text() for folder in ("tools", "benchmarks") for path in (ROOT / folder).glob("*.py")]
    texts += [path.read_text() for folder in HOUSE for path in (ROOT / folder).rglob("migrations/*.py")]
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    defined = [
        (path, node)
        for path in outside_tests()
        if path.name != "apps.py"
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list
    ]
    assert [said_of(path, node) for path, node in defined if words[node.name] < 2] == []


def test_every_template_is_used() -> None:
    texts = [path.read_text() for path in outside_tests()]
    folder = ROOT / "templates"
    templates = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for name, path in templates.items():
        texts.append(path.read_text().replace(name, ""))
    unused = [name for name in templates if not overrides(name) and not any(name in text for text in texts)]
    assert sorted(set(unused) - ASKED_FOR_BY_DJANGO) == []


def wide_lines(place: Path) -> list[tuple[str, str]]:
    """The lines of the templates in a folder that are wider than a reader's window, each with its place."""
    return [
        (f"{path.relative_to(ROOT)}:{number}", line.strip())
        for path in (sorted(path for path in place.rglob("*.*")) if place.is_dir() else [place])
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > WIDEST_LINE
    ]


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "templates").iterdir()))
def test_a_line_of_a_template_is_wide_only_for_one_tag_that_cannot_be_broken(folder: str) -> None:
    wide = [found for found in wide_lines(ROOT / "templates" / folder) if not UNBREAKABLE.fullmatch(found[1])]
    assert wide == [], "`make format` breaks what it can; the rest is yours: a name before, a component, an if around"


def test_few_lines_of_templates_are_wide() -> None:
    wide = wide_lines(ROOT / "templates")
    assert len(wide) <= MOST_WIDE, f"Give a long text a name before: translate … as what_comes. {wide}"


def test_a_line_of_a_style_sheet_or_script_is_wide_only_for_a_picture_within_it() -> None:
    places = sorted(path for kind in ("css", "js") for path in (ROOT / "static" / kind).rglob(f"*.{kind}"))
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in places
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > WIDEST_LINE and 'url("data:' not in line
    ]
    assert wide == []


def test_classes_are_parted_by_a_space_and_not_by_a_word_of_the_language() -> None:
    """Chinese parts no words, so that `{% blank %}` between two classes makes one of them there."""
    joined = re.compile(r'class="[^"]*{% blank %}')
    found = [
        str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html") if joined.search(path.read_text())
    ]
    assert found == []


def overrides(name: str) -> bool:
    """Whether the template stands in for one that a library brings and asks for itself."""
    libraries = [Path(app.path) for app in apps.get_app_configs() if app.name.split(".")[0] not in HOUSE]
    return any((library / "templates" / name).exists() for library in libraries)


def test_no_form_lets_the_browser_check_in_a_language_of_its_own() -> None:
    posted = [
        (str(path.relative_to(ROOT)), form)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for form in re.findall(r"<form [^>]*method=\"post\"[^>]*>", path.read_text())
    ]
    assert len(posted) > 40
    assert [entry for entry in posted if "novalidate" not in entry[1]] == []


def imports_trail_writer(path: Path) -> bool:
    """Whether a module takes hold of what writes the trail, in whichever way it is imported."""
    imports = [(node.module, node.names) for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
    named = {(module, alias.name) for module, aliases in imports for alias in aliases}
    whole = [alias.name for node in ast.walk(parsed(path)) if isinstance(node, ast.Import) for alias in node.names]
    trail = "sop_portal.foundation.trail"
    return not named.isdisjoint({(f"{trail}.actions", "record"), (trail, "actions")}) or f"{trail}.actions" in whole


def test_the_trail_is_written_by_the_engine_alone() -> None:
    """Steps, edits, decisions on parts, what follows from them, and notes of what no table knows: all in one file."""
    importing = [str(path.relative_to(ROOT)) for path in outside_tests() if imports_trail_writer(path)]
    assert importing == ["sop_portal/foundation/workflow/engine.py"]


def test_every_module_of_a_stage_has_a_name_of_the_scheme() -> None:
    folders = [ROOT / folder.replace(".", "/") for app in APPS for folder in sorted(packages_in(app))]
    parts = [
        part for folder in folders for part in sorted(folder.iterdir()) if part.stem not in {"__init__", "__pycache__"}
    ]
    others = {str(part.relative_to(ROOT)) for part in parts if part.stem not in {*SCHEME, "pages"}}
    assert others == set(OTHER_NAMES), "Give it a name of docs/architecture.md, or say in OTHER_NAMES why not."
    assert len(OTHER_NAMES) <= 25


def test_no_folder_has_more_modules_than_a_reader_looks_through() -> None:
    counted = Counter(str(path.parent.relative_to(ROOT)) for path in outside_tests() if path.name != "__init__.py")
    assert {folder for folder, count in counted.items() if count > MOST_MODULES} == set(LARGE_FOLDERS)


def test_what_a_parameter_is_is_said_where_django_leaves_the_choice() -> None:
    anything = [
        said_of(path, argument)
        for path in outside_tests()
        for argument in arguments_in(path)
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "Any"
    ]
    assert len(anything) <= MOST_ANY, anything


def test_only_tables_of_values_are_set_by_hand() -> None:
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", line.strip())
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"# fmt: \w+$", line)
    ]
    assert [place for place, line in lines if not END_OF_TABLE.fullmatch(line)] == []
    assert len(lines) <= MOST_UNFORMATTED, lines


def test_a_name_has_more_than_one_letter() -> None:
    """But for what is named and forgotten within one expression, and type variables."""
    assert [name for path in outside_tests() for name in short_names_in(path)] == []
