"""Everything a person reads exists in Chinese."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
WITH_WORDS = ("manage.py", "sop_portal", "planning", "budgets", "evaluations", "templates", "static", "locale")


def catalogue(root: Path) -> Catalog:
    with (root / CATALOGUE).open("rb") as source:
        return read_po(source, locale="zh_Hans")


def messages(root: Path) -> list[Message]:
    return [message for message in catalogue(root) if message.id]


def names(found: list[Message]) -> set[tuple[str | None, str]]:
    """What Django looks a message up by."""
    return {(found.context, found.id if isinstance(found.id, str) else found.id[0]) for found in found}


def is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings) and not message.fuzzy


def translated_inside_a_text(path: Path) -> list[str]:
    """Messages in the braces of an f-string, where nobody collects them."""
    inside = (
        node
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call)
    )
    return [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)}"
        for call in inside
        if re.fullmatch(r"_|[dnp]*gettext(_lazy)?", ast.unparse(call.func).rpartition(".")[2])
    ]


def test_no_message_stands_where_it_is_not_collected() -> None:
    modules = [path for name in WITH_WORDS for path in sorted((ROOT / name).rglob("*.py"))]
    assert len(modules) > 400
    assert [found for path in modules for found in translated_inside_a_text(path)] == []


def test_every_message_is_translated_and_none_is_a_guess() -> None:
    untranslated = [message.id for message in messages(ROOT) if not is_translated(message)]
    assert untranslated == [], "Translate them in locale/zh_Hans/LC_MESSAGES/django.po."


# A day begins with a figure and ends with a sign; of any other name nobody knows how it begins.
DAYS = re.compile(r"%\((?:day|first|last|moment|today|restored|made|starts|ends)\)s")
NAMES = re.compile(r"<[^>]*>|%\(\w+\)[sd]")
JOINED = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")


def joined_up(text: str) -> list[str]:
    """Where a Latin word, a figure or a day touches the Chinese beside it."""
    return JOINED.findall(NAMES.sub(" ", DAYS.sub("1·", text)))


def test_chinese_stands_apart_from_latin_words_figures_and_days() -> None:
    assert [joined_up(text) for text in ("自%(day)s起", "自 %(day)s起", "每30 秒", "共%(n)s 个")] == [
        ["自1"],
        [],
        ["每3"],
        [],
    ]
    strings = [message.string for message in messages(ROOT)]
    texts = [text for found in strings for text in ([found] if isinstance(found, str) else found)]
    assert [text for text in texts if joined_up(text)] == []


def test_every_placeholder_of_a_message_is_in_its_translation() -> None:
    assert [(message.id, [str(error) for error in errors]) for message, errors in catalogue(ROOT).check()] == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("xgettext"), reason="collecting messages needs gettext")
def test_catalogue_holds_what_the_code_says_and_nothing_else(tmp_path: Path) -> None:
    for name in WITH_WORDS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-wrap"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sop_portal.settings"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert names(messages(tmp_path)) == names(messages(ROOT)), "`make messages`, then translate what is new."


NOTED = {"Change", "editing.change", "editing.set"}


def kept_in_one_language(path: Path) -> list[str]:
    """Words of the portal that an act hands to the trail, which every reader reads in a language of their own."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    noted = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in NOTED]
    handed = [part for call in noted for part in (*call.args, *(keyword.value for keyword in call.keywords))]
    handed += [node.value for node in nodes if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "where"]
    return [
        f"{path.relative_to(ROOT)}:{part.lineno} {ast.unparse(part)}"
        for part in (part for argument in handed for part in ast.walk(argument))
        if (isinstance(part, ast.Call) and re.fullmatch(r"_|[dnp]*gettext|.*\.get_\w+_display", ast.unparse(part.func)))
        or (isinstance(part, ast.Attribute) and part.attr == "label")
    ]


def test_the_trail_keeps_keys_and_no_words_of_one_language() -> None:
    modules = [p for name in WITH_WORDS for p in sorted((ROOT / name).rglob("*.py")) if "tests" not in p.parts]
    assert len(modules) > 400
    assert [found for path in modules for found in kept_in_one_language(path)] == []
